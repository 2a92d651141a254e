/*
 * Quantities with a fraction, as people type them: "2.5ms", "0.75", "75%". The server's own options
 * (server/value.h) are whole numbers of milliseconds; models and loads need less than one.
 */
#ifndef STATOR_LAB_STATS_DECIMAL_H
#define STATOR_LAB_STATS_DECIMAL_H

#include "base/span.h"

/* Digits, and a point and digits after it: no sign, no exponent. Fails: false, `out` untouched. */
bool stator_decimal_parse(struct stator_span text, double *out);

/* Seconds, or with us, ms, s, m, h in either case; in seconds. Fails: false, `out` untouched. */
bool stator_decimal_parse_duration(struct stator_span text, double *out);

/* From 0 to 1, or from 0% to 100%. Fails: false, `out` untouched. */
bool stator_decimal_parse_share(struct stator_span text, double *out);

#endif
