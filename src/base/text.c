/*
 * A text that grows at its end.
 *
 * Knows bytes; refuses to know what they mean or where they go. The one surprising thing: a
 * failure is remembered rather than returned, so a head of twenty pieces is checked once, and a
 * text that failed holds a clean prefix, never half a piece.
 */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

#define CAPACITY_FIRST 256

/* The capacity to grow to so that `needed` bytes fit; doubling, so that adding stays linear. */
static size_t capacity_for(size_t capacity, size_t needed)
{
    if (capacity < CAPACITY_FIRST) {
        capacity = CAPACITY_FIRST;
    }
    while (capacity < needed) {
        if (capacity > SIZE_MAX / 2) {
            return needed;
        }
        capacity *= 2;
    }
    return capacity;
}

void stator_text_finish(struct stator_text *text)
{
    free(text->at);
    *text = (struct stator_text){0};
}

char *stator_text_reserve(struct stator_text *text, size_t count)
{
    size_t needed;
    if (text->failed) {
        return NULL;
    }
    if (__builtin_add_overflow(text->length, count, &needed)) {
        text->failed = true;
        return NULL;
    }
    if (needed > text->capacity || text->at == NULL) {
        size_t capacity = capacity_for(text->capacity, needed);
        char *at = realloc(text->at, capacity);
        if (at == NULL) {
            text->failed = true;
            return NULL;
        }
        text->at = at;
        text->capacity = capacity;
    }
    return text->at + text->length;
}

void stator_text_add(struct stator_text *text, struct stator_span bytes)
{
    char *room = bytes.length > 0 ? stator_text_reserve(text, bytes.length) : NULL;
    if (room != NULL) {
        memcpy(room, bytes.at, bytes.length);
        text->length += bytes.length;
    }
}

void stator_text_add_char(struct stator_text *text, char byte)
{
    char *room = stator_text_reserve(text, 1);
    if (room != NULL) {
        *room = byte;
        text->length++;
    }
}

void stator_text_add_number(struct stator_text *text, uint64_t number)
{
    char digits[sizeof("18446744073709551615") - 1];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    stator_text_add(text, (struct stator_span){digits + at, sizeof(digits) - at});
}

void stator_text_add_string(struct stator_text *text, const char *string)
{
    stator_text_add(text, stator_span_from(string));
}

/* Prints into the free room; the length it needed, or negative where printf cannot do it. */
__attribute__((format(printf, 2, 0))) static int print(struct stator_text *text, const char *format,
                                                       va_list arguments)
{
    va_list copy;
    va_copy(copy, arguments);
    int length = vsnprintf(text->at + text->length, text->capacity - text->length, format, copy);
    va_end(copy);
    return length;
}

void stator_text_add_format(struct stator_text *text, const char *format, ...)
{
    if (stator_text_reserve(text, 1) == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = print(text, format, arguments);
    if (length < 0) {
        text->failed = true;
    } else if ((size_t)length < text->capacity - text->length) {
        text->length += (size_t)length;
    } else if (stator_text_reserve(text, (size_t)length + 1) != NULL) {
        print(text, format, arguments);
        text->length += (size_t)length;
    }
    va_end(arguments);
}
