/*
 * Fills struct stator_error, the error of the public API: what, why and fix, one line each.
 *
 *     stator_error_begin(error, STATOR_ERROR_KIND_BIND, EADDRINUSE);
 *     stator_error_what(error, "cannot listen on %s", address);
 *     stator_error_fix(error, "stop the other program, or choose another port");
 *
 * Every function allows `error` to be NULL and then does nothing, so callers need not ask. A part
 * never holds a control byte, whatever was formatted into it; one that is too long ends in "...".
 */
#ifndef STATOR_SERVER_ERROR_H
#define STATOR_SERVER_ERROR_H

#include "stator/stator.h"

/*
 * Forgets what was there; `code` is an errno, positive or negative, or 0. Where there is one, `why`
 * is the system's words for it ("permission denied") until stator_error_why says more.
 */
void stator_error_begin(struct stator_error *error, enum stator_error_kind kind, int code);

void stator_error_what(struct stator_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void stator_error_why(struct stator_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void stator_error_fix(struct stator_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The kind of a failed system call: PERMISSION for EACCES and EPERM, else RUNTIME. Either sign. */
enum stator_error_kind stator_error_kind_from(int code);

/* Memory is out: all three parts at once. Returns: -ENOMEM. */
int stator_error_memory(struct stator_error *error, const char *what);

#endif
