/* Dates: against the C library's calendar, and every day there is against a count. */
#include "http/date.h"

#include <criterion/criterion.h>
#include <time.h>

#define DAY 86400

static struct stator_span format(int64_t seconds, char out[STATOR_DATE_LENGTH])
{
    stator_date_format(seconds, out);
    return (struct stator_span){out, STATOR_DATE_LENGTH};
}

Test(date, format)
{
    static const struct {
        int64_t seconds;
        const char *date;
    } rows[] = {
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {951868799, "Tue, 29 Feb 2000 23:59:59 GMT"},
        {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
        {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
        {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {253402300800, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {-62167219200, "Sat, 01 Jan 0000 00:00:00 GMT"},
        {-62167219201, "Sat, 01 Jan 0000 00:00:00 GMT"},
        {INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[STATOR_DATE_LENGTH];
        cr_expect(stator_span_equal(format(rows[i].seconds, out), stator_span_from(rows[i].date)),
                  "%.*s is not %s", STATOR_DATE_LENGTH, out, rows[i].date);
    }
}

/* Every day of ten thousand years, at a time that differs from day to day. */
Test(date, format_and_parse_agree_with_the_c_library)
{
    for (int64_t day = -719528; day <= 2932896; day++) {
        int64_t seconds = day * DAY + (day + 719528) * 7919 % DAY, back = 0;
        time_t time = (time_t)seconds;
        struct tm tm;
        char out[STATOR_DATE_LENGTH], wanted[64];
        gmtime_r(&time, &tm);
        strftime(wanted, sizeof(wanted), "%a, %d %b 0000 %H:%M:%S GMT", &tm);
        for (int i = 0, year = tm.tm_year + 1900; i < 4; i++, year /= 10) {
            wanted[15 - i] = (char)('0' + year % 10);
        }
        struct stator_span date = format(seconds, out);
        cr_assert(stator_span_equal(date, stator_span_from(wanted)), "%.*s is not %s",
                  STATOR_DATE_LENGTH, out, wanted);
        cr_assert(stator_date_parse(date, 0, &back) && back == seconds, "%s", wanted);
    }
}

#define EXAMPLE 784111777

Test(date, parse)
{
    static const struct {
        const char *date;
        int64_t seconds;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE},
        {"Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE},
        {"Sun Nov  6 08:49:37 1994", EXAMPLE},
        {"Sun Nov 06 08:49:37 1994", EXAMPLE},
        {"Sun Nov 16 08:49:37 1994", EXAMPLE + 10 * DAY},
        {"Mon, 06 Nov 1994 08:49:37 GMT", EXAMPLE}, /* the day's name is not compared */
        {"Wednesday, 06-Nov-94 08:49:37 GMT", EXAMPLE},
        {"Sun, 06 Nov 1994 23:59:60 GMT", EXAMPLE - 31777 + DAY - 1}, /* a leap second */
        {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sat, 01 Jan 0000 00:00:00 GMT", -62167219200},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
        {"Fri Dec 31 23:59:59 9999", 253402300799},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t seconds = 4711;
        cr_expect(stator_date_parse(stator_span_from(rows[i].date), EXAMPLE, &seconds), "%s",
                  rows[i].date);
        cr_expect_eq(seconds, rows[i].seconds, "%s", rows[i].date);
    }
}

Test(date, parse_refuses)
{
    static const struct stator_span rows[] = {
        STATOR_SPAN_INIT(""),
        {NULL, 0},
        STATOR_SPAN_INIT("784111777"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 "),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 GM"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 GMT "),
        STATOR_SPAN_INIT(" Sun, 06 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 GMT\0"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 UTC"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 +0000"),
        STATOR_SPAN_INIT("sun, 06 Nov 1994 08:49:37 GMT"), /* names are case-sensitive */
        STATOR_SPAN_INIT("Sun, 06 nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:37 gmt"),
        STATOR_SPAN_INIT("Xyz, 06 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Xyz 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun 06 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun,06 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun,  6 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 6 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 00 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 31 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 32 Dec 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 29 Feb 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 29 Feb 1900 08:49:37 GMT"), /* divisible by 100, not by 400 */
        STATOR_SPAN_INIT("Sun, 30 Feb 2000 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 94 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 19940 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov -994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 24:00:00 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:60:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49:61 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 8:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 08:49 GMT"),
        STATOR_SPAN_INIT("Sun, 06 Nov 1994 +8:49:37 GMT"),
        STATOR_SPAN_INIT("Sun, 06-Nov-94 08:49:37 GMT"), /* RFC 850 has the long names */
        STATOR_SPAN_INIT("Sunday, 06-Nov-1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sunday, 06 Nov 1994 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sunday, 29-Feb-93 08:49:37 GMT"),
        STATOR_SPAN_INIT("Sun Nov 6 08:49:37 1994"),
        STATOR_SPAN_INIT("Sun Nov  0 08:49:37 1994"),
        STATOR_SPAN_INIT("Sun Nov  16 08:49:37 1994"),
        STATOR_SPAN_INIT("Sun Nov  6 08:49:37 1994 GMT"),
        STATOR_SPAN_INIT("Sun Nov  6 08:49:37 94"),
        STATOR_SPAN_INIT("Sun Nov 31 08:49:37 1994"),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t seconds = 4711;
        cr_expect_not(stator_date_parse(rows[i], EXAMPLE, &seconds), "%.*s", (int)rows[i].length,
                      rows[i].at);
        cr_expect_eq(seconds, 4711, "%.*s", (int)rows[i].length, rows[i].at);
    }
}

/* Where a two-digit year lies: RFC 9110 5.6.7. */
Test(date, parse_short_years)
{
    static const struct {
        const char *now, *date, *wanted;
    } rows[] = {
#define Y2025 "Sat, 15 Nov 2025 12:00:00 GMT"
        {Y2025, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {Y2025, "Sunday, 06-Nov-00 08:49:37 GMT", "Sun, 06 Nov 2000 08:49:37 GMT"},
        {Y2025, "Sunday, 06-Nov-25 08:49:37 GMT", "Sun, 06 Nov 2025 08:49:37 GMT"},
        {Y2025, "Sunday, 06-Nov-26 08:49:37 GMT", "Sun, 06 Nov 2026 08:49:37 GMT"},
        {Y2025, "Sunday, 06-Nov-75 08:49:37 GMT", "Sun, 06 Nov 2075 08:49:37 GMT"},
        {Y2025, "Sunday, 15-Nov-75 12:00:00 GMT", "Sun, 15 Nov 2075 12:00:00 GMT"},
        {Y2025, "Sunday, 15-Nov-75 12:00:01 GMT", "Sun, 15 Nov 1975 12:00:01 GMT"},
        {Y2025, "Sunday, 16-Nov-75 00:00:00 GMT", "Sun, 16 Nov 1975 00:00:00 GMT"},
        {Y2025, "Sunday, 01-Jan-76 00:00:00 GMT", "Sun, 01 Jan 1976 00:00:00 GMT"},
        {Y2025, "Sunday, 29-Feb-76 00:00:00 GMT", "Sun, 29 Feb 1976 00:00:00 GMT"},
        {"Wed, 01 Jan 2070 00:00:00 GMT", "Sunday, 01-Jan-10 00:00:00 GMT",
         "Sun, 01 Jan 2110 00:00:00 GMT"},
        {"Wed, 01 Jan 2070 00:00:00 GMT", "Sunday, 01-Jan-30 00:00:00 GMT",
         "Sun, 01 Jan 2030 00:00:00 GMT"},
        {"Thu, 29 Feb 2024 00:00:00 GMT", "Sunday, 28-Feb-74 23:59:59 GMT",
         "Sun, 28 Feb 2074 23:59:59 GMT"},
        {"Thu, 01 Jan 1970 00:00:00 GMT", "Sunday, 01-Jan-21 00:00:00 GMT",
         "Sun, 01 Jan 1921 00:00:00 GMT"},
        {"Fri, 31 Dec 9999 23:59:59 GMT", "Sunday, 01-Jan-98 00:00:00 GMT",
         "Sun, 01 Jan 9998 00:00:00 GMT"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t now, seconds = 0, wanted;
        cr_assert(stator_date_parse(stator_span_from(rows[i].now), 0, &now), "%s", rows[i].now);
        cr_assert(stator_date_parse(stator_span_from(rows[i].wanted), 0, &wanted), "%s",
                  rows[i].wanted);
        cr_expect(stator_date_parse(stator_span_from(rows[i].date), now, &seconds), "%s",
                  rows[i].date);
        cr_expect_eq(seconds, wanted, "%s at %s", rows[i].date, rows[i].now);
    }
}

/* 2100 has no 29 February, so whether the day exists depends on the century that is chosen. */
Test(date, parse_a_short_year_that_is_no_leap_year)
{
    int64_t seconds = 4711, in_2060 = 2840140800, in_2025 = 1763208000;
    struct stator_span date = STATOR_SPAN_INIT("Monday, 29-Feb-00 00:00:00 GMT");
    cr_expect_not(stator_date_parse(date, in_2060, &seconds));
    cr_expect_eq(seconds, 4711);
    cr_expect(stator_date_parse(date, in_2025, &seconds));
    cr_expect_eq(seconds, 951782400);
    cr_expect(stator_date_parse(date, INT64_MIN, &seconds), "a clock that makes no sense");
    cr_expect_eq(seconds, 951782400);
}
