/* Writes response heads: RFC 9112 4 and 5. The caller says which fields; order is as added. */
#ifndef STATOR_HTTP_HEAD_H
#define STATOR_HTTP_HEAD_H

#include "base/text.h"
#include "http/status.h"

/* Starts a head with its status line. */
void stator_head_begin(struct stator_text *text, enum stator_status status);

/* Adds one field line. `name` is a literal such as "ETag"; `value` must hold no CR, LF or NUL. */
void stator_head_add(struct stator_text *text, struct stator_span name, struct stator_span value);
void stator_head_add_number(struct stator_text *text, struct stator_span name, uint64_t value);

/* Adds a date field, `seconds` since 1970. */
void stator_head_add_date(struct stator_text *text, struct stator_span name, int64_t seconds);

/* Ends the head with the empty line. */
void stator_head_end(struct stator_text *text);

#endif
