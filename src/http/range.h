/*
 * Byte ranges: RFC 9110 14.1.2 and 14.2. Turns a Range field and a length into the stretches to
 * send: satisfiable ones only, clipped to the length, overlapping or touching ones coalesced (each
 * in the place of its first member), at most STATOR_RANGE_MAX. Never more bytes than the length.
 */
#ifndef STATOR_HTTP_RANGE_H
#define STATOR_HTTP_RANGE_H

#include "base/span.h"

#define STATOR_RANGE_MAX 16

struct stator_range {
    uint64_t first; /* both inclusive, first <= last < length */
    uint64_t last;
};

struct stator_range_set {
    size_t count;
    struct stator_range at[STATOR_RANGE_MAX];
};

enum stator_range_result {
    STATOR_RANGE_RESULT_IGNORED,       /* another unit, bad syntax, or too many: send the whole */
    STATOR_RANGE_RESULT_PARTIAL,       /* `out` holds 1 or more */
    STATOR_RANGE_RESULT_UNSATISFIABLE, /* nothing of it lies within the length: 416 */
};

/*
 * `value` is the Range field's value, `length` the representation's. More than STATOR_RANGE_MAX
 * range-specs in the field are IGNORED (before coalescing: asking for many is the attack). Numbers
 * too large for 64 bits are as good as infinite. `out` is written only for PARTIAL.
 */
enum stator_range_result stator_range_parse(struct stator_span value, uint64_t length,
                                            struct stator_range_set *out);

#endif
