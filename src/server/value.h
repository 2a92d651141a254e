/*
 * Values as people write them: numbers, sizes, durations and words, within a range.
 *
 * A range is alternatives between '|', each a word or LOW..HIGH, bounds included and written as a
 * value would be: "auto|1..1024", "1ms..1h", "common|combined|json|pretty".
 */
#ifndef STATOR_SERVER_VALUE_H
#define STATOR_SERVER_VALUE_H

#include "base/span.h"

enum stator_value {
    STATOR_VALUE_NUMBER,   /* digits alone */
    STATOR_VALUE_SIZE,     /* bytes, or with K, M, G, T: powers of 1024 */
    STATOR_VALUE_DURATION, /* seconds, or with ms, s, m, h; in milliseconds */
};

/*
 * Reads `text` by `range`: a quantity is itself, a word its position among the alternatives. Units
 * may be in either case, words not. Fails: false, `out` untouched.
 */
bool stator_value_parse(enum stator_value kind, struct stator_span range, struct stator_span text,
                        uint64_t *out);

#endif
