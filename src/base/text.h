/*
 * A text: bytes that grow at their end; whoever holds the struct owns them.
 *
 * Failure is sticky: when memory runs out, `failed` is set, nothing more is added, and the caller
 * asks once at the end instead of after each piece. Zero-initialized is empty and valid.
 */
#ifndef STATOR_BASE_TEXT_H
#define STATOR_BASE_TEXT_H

#include <stdarg.h>

#include "base/span.h"

struct stator_text {
    char *at;
    size_t length;
    size_t capacity;
    bool failed;
};

/* Frees the bytes and leaves an empty text. */
void stator_text_finish(struct stator_text *text);

/* Forgets the bytes and a failure, but keeps the memory. */
static inline void stator_text_clear(struct stator_text *text)
{
    text->length = 0;
    text->failed = false;
}

static inline struct stator_span stator_text_span(const struct stator_text *text)
{
    return (struct stator_span){text->at, text->length};
}

/*
 * Makes room for `count` more bytes and returns where they go; the caller writes them there and
 * adds what it wrote to `length`. Fails: NULL, and `failed` is set.
 */
char *stator_text_reserve(struct stator_text *text, size_t count);

void stator_text_add(struct stator_text *text, struct stator_span bytes);
void stator_text_add_char(struct stator_text *text, char byte);
void stator_text_add_number(struct stator_text *text, uint64_t number);

/* Adds `string` up to its NUL. */
void stator_text_add_string(struct stator_text *text, const char *string);

/* Adds as printf does (C locale rules for what the caller passes). For cold paths. */
void stator_text_add_format(struct stator_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
