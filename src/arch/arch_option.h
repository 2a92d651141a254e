/* The knobs of a server design: "name:knob=value,knob=value", checked against a table. */
#ifndef STATOR_ARCH_ARCH_OPTION_H
#define STATOR_ARCH_ARCH_OPTION_H

#include "base/span.h"

#define STATOR_ARCH_OPTIONS_MAX 8

struct stator_arch_option {
    const char *name;
    const char *const *choices; /* ends with NULL; the value is the index. NULL: a number */
    long min, max;              /* of a number */
    long default_value;
    const char *help;
};

enum stator_arch_option_fault {
    STATOR_ARCH_OPTION_FAULT_UNKNOWN, /* no such knob */
    STATOR_ARCH_OPTION_FAULT_VALUE,   /* the knob is right, its value is not possible */
};

struct stator_arch_option_error {
    enum stator_arch_option_fault fault;
    struct stator_span name;
    struct stator_span value;
    const struct stator_arch_option *option; /* VALUE: the row */
};

/*
 * Reads `text` ("backend=poll,...", maybe empty) into `values`, in the order of `table` (which ends
 * with a NULL name, and may be NULL); knobs that are not named get their default. Fails: -EINVAL,
 * and `error` says which one and why; `values` are then not to be used.
 */
int stator_arch_options_parse(const struct stator_arch_option *table, struct stator_span text,
                              long values[STATOR_ARCH_OPTIONS_MAX],
                              struct stator_arch_option_error *error);

#endif
