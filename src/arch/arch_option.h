/* The knobs of a server design: "name:knob=value,knob=value", checked against a table. */
#ifndef STATOR_ARCH_ARCH_OPTION_H
#define STATOR_ARCH_ARCH_OPTION_H

#include "base/span.h"

#define STATOR_KNOBS_MAX 8

struct stator_knob {
    const char *name;
    const char *const *choices; /* ends with NULL; the value is the index. NULL: a number */
    long least, most;           /* of a number */
    long standard;
    const char *help;
};

enum stator_knob_fault {
    STATOR_KNOB_UNKNOWN, /* no such knob */
    STATOR_KNOB_VALUE,   /* the knob is right, its value is not possible */
};

struct stator_knob_error {
    enum stator_knob_fault fault;
    struct stator_span name;
    struct stator_span value;
    const struct stator_knob *knob; /* VALUE: the row */
};

/*
 * Reads `text` ("backend=poll,...", maybe empty) into `values`, in the order of `table` (which ends
 * with a NULL name, and may be NULL); knobs that are not named get their default. Fails: -EINVAL,
 * and `error` says which one and why; `values` are then not to be used.
 */
int stator_knobs_parse(const struct stator_knob *table, struct stator_span text,
                       long values[STATOR_KNOBS_MAX], struct stator_knob_error *error);

#endif
