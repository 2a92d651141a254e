/* Writes the fields of a response head: RFC 9112 5. The caller says which; order is as added. */
#ifndef STATOR_HTTP_HEAD_H
#define STATOR_HTTP_HEAD_H

#include "base/text.h"

/* Adds one field line. `name` is a literal such as "ETag"; `value` must hold no CR, LF or NUL. */
void stator_head_add(struct stator_text *text, struct stator_span name, struct stator_span value);
void stator_head_add_number(struct stator_text *text, struct stator_span name, uint64_t value);

/* Ends the head with the empty line. */
void stator_head_end(struct stator_text *text);

#endif
