/*
 * A span: bytes that stand somewhere else, with their length.
 *
 * Knows nothing of who owns the bytes; a span is valid as long as they are. Bytes are not
 * NUL-terminated and may hold NUL. All letters are compared as ASCII, never by locale.
 */
#ifndef STATOR_BASE_SPAN_H
#define STATOR_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct stator_span {
    const char *at;
    size_t length;
};

/* A span over a string literal, usable as an initializer. */
#define STATOR_SPAN_INIT(literal)                                                                  \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* The same as an expression. */
#define STATOR_SPAN(literal) ((struct stator_span)STATOR_SPAN_INIT(literal))

/* Views a NUL-terminated string; NULL gives the empty span. */
static inline struct stator_span stator_span_from(const char *string)
{
    return (struct stator_span){string, string ? strlen(string) : 0};
}

static inline bool stator_span_equal(struct stator_span a, struct stator_span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static inline char stator_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Compares without regard to the case of ASCII letters. */
static inline bool stator_span_equal_nocase(struct stator_span a, struct stator_span b)
{
    if (a.length != b.length) {
        return false;
    }
    for (size_t i = 0; i < a.length; i++) {
        if (stator_lower(a.at[i]) != stator_lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

static inline bool stator_span_starts(struct stator_span text, struct stator_span prefix)
{
    return text.length >= prefix.length &&
           (prefix.length == 0 || memcmp(text.at, prefix.at, prefix.length) == 0);
}

static inline bool stator_span_ends(struct stator_span text, struct stator_span suffix)
{
    return text.length >= suffix.length &&
           (suffix.length == 0 ||
            memcmp(text.at + text.length - suffix.length, suffix.at, suffix.length) == 0);
}

/* The span without its first `count` bytes; count is at most the length. */
static inline struct stator_span stator_span_skip(struct stator_span text, size_t count)
{
    /* An empty span may have no bytes to point to, and NULL + 0 is not defined. */
    return count == 0 ? text : (struct stator_span){text.at + count, text.length - count};
}

/* The first `count` bytes; count is at most the length. */
static inline struct stator_span stator_span_first(struct stator_span text, size_t count)
{
    return (struct stator_span){text.at, count};
}

/* The index of the first `byte`, or the length where there is none. */
static inline size_t stator_span_find(struct stator_span text, char byte)
{
    const char *hit = text.length > 0 ? memchr(text.at, byte, text.length) : NULL;
    return hit != NULL ? (size_t)(hit - text.at) : text.length;
}

/* The index of the last `byte`, or the length where there is none. */
static inline size_t stator_span_find_last(struct stator_span text, char byte)
{
    for (size_t i = text.length; i > 0; i--) {
        if (text.at[i - 1] == byte) {
            return i - 1;
        }
    }
    return text.length;
}

/* Without the spaces and tabs at both ends: OWS of RFC 9110 5.6.3. */
static inline struct stator_span stator_span_trim(struct stator_span text)
{
    while (text.length > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text = stator_span_skip(text, 1);
    }
    while (text.length > 0 &&
           (text.at[text.length - 1] == ' ' || text.at[text.length - 1] == '\t')) {
        text.length--;
    }
    return text;
}

#endif
