/* Holds an answer that came against the lines that say what is expected. */
#ifndef STATOR_WIRE_MATCH_H
#define STATOR_WIRE_MATCH_H

#include "wire/answer.h"
#include "wire/fixture.h"
#include "wire/script.h"
#include "wire/template.h"

/*
 * `step` is an ANSWER. What it captures is put into `variables`. With `as_head` the body is
 * expected to be missing, and the rest to be as it says. Fails: false; `failure` says which line.
 */
bool wire_match(const struct wire_step *step, const struct wire_answer *answer, bool as_head,
                const struct wire_fixture *fixture, struct wire_variables *variables,
                struct stator_text *failure);

#endif
