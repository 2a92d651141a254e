/*
 * HTTP dates: RFC 9110 5.6.7. Writes IMF-fixdate; reads it and the two obsolete forms. Needs no
 * locale, no time zone and no libc calendar. Seconds since 1970-01-01 00:00:00 UTC.
 */
#ifndef STATOR_HTTP_DATE_H
#define STATOR_HTTP_DATE_H

#include "base/span.h"

#define STATOR_DATE_LENGTH 29

/*
 * Writes `seconds` as "Sun, 06 Nov 1994 08:49:37 GMT", exactly STATOR_DATE_LENGTH bytes, no NUL.
 * Years outside 0000..9999 are written as the nearest date that can be.
 */
void stator_date_format(int64_t seconds, char out[STATOR_DATE_LENGTH]);

/*
 * Reads any of the three forms; the whole of `text` must be the date, the day of the month must
 * exist, the day name must be one but need not fit the date. `now` places the two-digit year of the
 * RFC 850 form: a date more than 50 years ahead is in the past. A leap second (:60) reads as :59.
 * Fails: false, `out` untouched.
 */
bool stator_date_parse(struct stator_span text, int64_t now, int64_t *out);

#endif
