/*
 * Templates: the text of a conversation's line, which may hold variables, repetitions, escapes and
 * wildcards. README.md says what they look like.
 */
#ifndef STATOR_WIRE_TEMPLATE_H
#define STATOR_WIRE_TEMPLATE_H

#include "base/text.h"

#define WIRE_VARIABLES_MAX 16

struct wire_variable {
    struct stator_span name; /* stands in the script */
    struct stator_text value;
};

struct wire_variables {
    size_t count;
    struct wire_variable at[WIRE_VARIABLES_MAX];
};

void wire_variables_finish(struct wire_variables *variables);

/*
 * Adds the bytes that `template` stands for to `out`; C escapes are read where `escapes` says so.
 * Fails: false for an unknown variable, a bad escape or a wildcard's capture; some may be added.
 */
bool wire_template_expand(struct stator_span template, bool escapes,
                          const struct wire_variables *variables, struct stator_text *out);

/*
 * True if the whole of `value` fits `template`, in which '*' is any run of bytes and a capture is
 * one that is remembered in `variables`; the shortest fitting runs are taken.
 */
bool wire_template_match(struct stator_span template, struct stator_span value,
                         struct wire_variables *variables);

/* Adds `bytes` as a person can read them: one line, control bytes escaped, cut at `limit`. */
void wire_show(struct stator_text *out, struct stator_span bytes, size_t limit);

#endif
