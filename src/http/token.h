/* The lexical grounds of fields: token, quoted-string and #rule lists: RFC 9110 5.6. */
#ifndef STATOR_HTTP_TOKEN_H
#define STATOR_HTTP_TOKEN_H

#include "base/span.h"

/* Character classes, one bit each, for stator_char_is. */
enum stator_char {
    STATOR_CHAR_TOKEN = 1,  /* tchar: RFC 9110 5.6.2 */
    STATOR_CHAR_FIELD = 2,  /* what a field value may hold: SP, HTAB, VCHAR, obs-text */
    STATOR_CHAR_TARGET = 4, /* visible ASCII except '#': what a request-target may hold here */
    STATOR_CHAR_ETAG = 8,   /* etagc: RFC 9110 8.8.3 */
    STATOR_CHAR_DIGIT = 16,
    STATOR_CHAR_HEX = 32,
    STATOR_CHAR_PATH = 64,  /* pchar or '/', without '%': may stand in a redirect as it is */
    STATOR_CHAR_NAME = 128, /* what a reg-name may hold, without '%': RFC 3986 3.2.2 */
};

extern const unsigned char stator_char_classes[256];

static inline bool stator_char_is(char c, unsigned classes)
{
    return (stator_char_classes[(unsigned char)c] & classes) != 0;
}

/* How many bytes at the start of `text` are tchar: the length of the token there. */
size_t stator_token_length(struct stator_span text);

/* True if `text` is not empty and all of it is tchar. */
bool stator_token_is_valid(struct stator_span text);

/* True if `text` holds nothing that a field value may not: RFC 9110 5.5. An empty one is valid. */
bool stator_field_is_valid(struct stator_span text);

/*
 * Takes the next member off a comma-separated list: `*rest` is moved behind it, empty members are
 * skipped, white space around it is trimmed, and a comma inside a quoted-string does not separate.
 * False at the end.
 */
bool stator_list_next(struct stator_span *rest, struct stator_span *out);

/* The same for what semicolons separate: the parameters of RFC 9110 5.6.6, and what they follow. */
bool stator_parameter_next(struct stator_span *rest, struct stator_span *out);

/* Reads all of `text` as a decimal number of digits alone. Fails: false on overflow or no digit. */
bool stator_number_parse(struct stator_span text, uint64_t *out);

/* The value of one hexadecimal digit, or -1. */
int stator_hex_value(char c);

#endif
