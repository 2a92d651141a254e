/*
 * Strings of JSON: RFC 8259 7. Whatever the bytes, what is written is valid; what is no UTF-8 is
 * U+FFFD, as in utf8.h.
 */
#ifndef STATOR_BASE_JSON_H
#define STATOR_BASE_JSON_H

#include "base/text.h"

/* The longest escape: a pair of surrogates for one character of four bytes. */
#define STATOR_JSON_ESCAPE_MAX 12

/* No byte of a value grows to more than this: \u00HH for a control byte or a broken one. */
#define STATOR_JSON_GROWTH_MAX 6

/*
 * Takes the first character off `*rest`, which is not empty, and writes its escape into `out`: a
 * backslash before a quote or a backslash, \uHHHH for everything else, so that all of it is ASCII.
 * Returns the length. For writers that bound what they write; stator_json_add_string is for all
 * others.
 */
size_t stator_json_escape(struct stator_span *rest, char out[STATOR_JSON_ESCAPE_MAX]);

/* Adds `value` as a string, with its quotes. It is UTF-8: only what must be is escaped. */
void stator_json_add_string(struct stator_text *out, struct stator_span value);

#endif
