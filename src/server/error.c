/*
 * Fills the error that the public API hands out.
 *
 * Knows how a part must look: one line, no control bytes, cut where it does not fit. Refuses to
 * know what went wrong. The one surprising thing: the system's words for an errno are put in lower
 * case, because they stand in the middle of a sentence here.
 */
#include "server/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

#define PART sizeof(((struct stator_error *)NULL)->what)

/* Moves back from inside a UTF-8 character to its start, so that a cut leaves whole ones. */
static size_t character_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

static void replace_controls(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            *text = '?';
        }
    }
}

static void __attribute__((format(printf, 2, 0)))
print_part(char out[PART], const char *format, va_list arguments)
{
    int length = vsnprintf(out, PART, format, arguments);
    if (length < 0) {
        out[0] = '\0';
    } else if ((size_t)length >= PART) {
        strcpy(out + character_start(out, PART - sizeof("...")), "...");
    }
    replace_controls(out);
}

void stator_error_begin(struct stator_error *error, enum stator_error_kind kind, int code)
{
    if (error == NULL) {
        return;
    }
    *error = (struct stator_error){.kind = kind, .code = abs(code)};
    if (code == 0) {
        return;
    }
    /* The C libraries stator runs on give constant text, or text of the thread's own. */
    stator_error_why(error, "%s", strerror(error->code));
    /* "I/O error" keeps its capital. */
    if (stator_lower(error->why[0]) != error->why[0] &&
        stator_lower(error->why[1]) == error->why[1] && error->why[1] != '/') {
        error->why[0] = stator_lower(error->why[0]);
    }
}

void stator_error_what(struct stator_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL) {
        print_part(error->what, format, arguments);
    }
    va_end(arguments);
}

void stator_error_why(struct stator_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL) {
        print_part(error->why, format, arguments);
    }
    va_end(arguments);
}

void stator_error_fix(struct stator_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL) {
        print_part(error->fix, format, arguments);
    }
    va_end(arguments);
}

enum stator_error_kind stator_error_kind_from(int code)
{
    int number = abs(code);
    return number == EACCES || number == EPERM ? STATOR_ERROR_KIND_PERMISSION
                                               : STATOR_ERROR_KIND_RUNTIME;
}

int stator_error_memory(struct stator_error *error, const char *what)
{
    stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, ENOMEM);
    stator_error_what(error, "%s", what);
    stator_error_fix(error, "free some memory");
    return -ENOMEM;
}
