/* The small body of an error response: HTML, or text for a client that prefers text. */
#ifndef STATOR_EXCHANGE_PROBLEM_H
#define STATOR_EXCHANGE_PROBLEM_H

#include "base/text.h"
#include "http/status.h"

/* The page's own Content-Security-Policy. */
extern const struct stator_span stator_problem_csp;

/* Its Content-Type. */
struct stator_span stator_problem_type(bool html);

/* How many bytes stator_problem_write adds. */
size_t stator_problem_length(enum stator_status status, bool html);

/*
 * Adds the page for `status` to `out`; nothing of the request is repeated in it, so there is
 * nothing to escape.
 */
void stator_problem_write(enum stator_status status, bool html, struct stator_text *out);

#endif
