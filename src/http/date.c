/*
 * HTTP dates, written and read by arithmetic alone.
 *
 * Knows the proleptic Gregorian calendar; refuses to know time zones, locales and libc's calendar.
 * The one surprising thing: the three forms that are read are patterns in a table, and one loop
 * walks a pattern and the text side by side.
 */
#include "http/date.h"

#include "http/token.h"

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

/* Days from 0000-01-01 to 1970-01-01. */
#define EPOCH_DAYS 719528

#define EARLIEST (-(int64_t)EPOCH_DAYS * DAY)  /* 0000-01-01 00:00:00 */
#define LATEST   ((int64_t)253402300800LL - 1) /* 9999-12-31 23:59:59 */

#define NAME_LENGTH 3

static const struct stator_span day_names[] = {
    STATOR_SPAN_INIT("Sunday"),    STATOR_SPAN_INIT("Monday"),   STATOR_SPAN_INIT("Tuesday"),
    STATOR_SPAN_INIT("Wednesday"), STATOR_SPAN_INIT("Thursday"), STATOR_SPAN_INIT("Friday"),
    STATOR_SPAN_INIT("Saturday"),
};

static const struct stator_span month_names[] = {
    STATOR_SPAN_INIT("Jan"), STATOR_SPAN_INIT("Feb"), STATOR_SPAN_INIT("Mar"),
    STATOR_SPAN_INIT("Apr"), STATOR_SPAN_INIT("May"), STATOR_SPAN_INIT("Jun"),
    STATOR_SPAN_INIT("Jul"), STATOR_SPAN_INIT("Aug"), STATOR_SPAN_INIT("Sep"),
    STATOR_SPAN_INIT("Oct"), STATOR_SPAN_INIT("Nov"), STATOR_SPAN_INIT("Dec"),
};

/* Days of the year before each month, and before the next year. */
static const int days_before_month[2][13] = {
    {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
    {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
};

struct parts {
    int64_t year;
    int month; /* 0 to 11 */
    int day;   /* 1 to 31 */
    int hour, minute, second;
    bool short_year; /* `year` is 0 to 99 and the century is unknown */
};

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 0000-01-01 to the year's first; every fourth year before it is leap, and so on. */
static int64_t days_before_year(int64_t year)
{
    return year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

static int64_t seconds_of(const struct parts *parts)
{
    int64_t days = days_before_year(parts->year) - EPOCH_DAYS +
                   days_before_month[is_leap(parts->year)][parts->month] + parts->day - 1;
    return days * DAY + parts->hour * HOUR + parts->minute * MINUTE + parts->second;
}

static int64_t clamp(int64_t seconds, int64_t min, int64_t max)
{
    return seconds < min ? min : seconds > max ? max : seconds;
}

/* The calendar day; `days` are counted from 0000-01-01. */
static struct parts parts_of_day(int64_t days)
{
    int64_t year = days * 400 / 146097; /* off by one at most */
    if (days < days_before_year(year)) {
        year--;
    } else if (days >= days_before_year(year + 1)) {
        year++;
    }
    const int *before = days_before_month[is_leap(year)];
    int rest = (int)(days - days_before_year(year));
    int month = rest / 31; /* never past the month, and at most one short of it */
    if (rest >= before[month + 1]) {
        month++;
    }
    return (struct parts){.year = year, .month = month, .day = rest - before[month] + 1};
}

static char *put_name(char *at, struct stator_span name)
{
    memcpy(at, name.at, NAME_LENGTH);
    return at + NAME_LENGTH;
}

static char *put_two(char *at, int number, char after)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    at[2] = after;
    return at + 3;
}

void stator_date_format(int64_t seconds, char out[STATOR_DATE_LENGTH])
{
    int64_t since = clamp(seconds, EARLIEST, LATEST) - EARLIEST;
    int64_t days = since / DAY;
    int rest = (int)(since % DAY);
    struct parts parts = parts_of_day(days);
    char *at = put_name(out, day_names[(days + 6) % 7]); /* 0000-01-01 was a Saturday */
    *at++ = ',';
    *at++ = ' ';
    at = put_two(at, parts.day, ' ');
    at = put_name(at, month_names[parts.month]);
    *at++ = ' ';
    *at++ = (char)('0' + parts.year / 1000);
    *at++ = (char)('0' + parts.year / 100 % 10);
    at = put_two(at, (int)(parts.year % 100), ' ');
    at = put_two(at, rest / HOUR, ':');
    at = put_two(at, rest / MINUTE % 60, ':');
    at = put_two(at, rest % 60, ' ');
    memcpy(at, "GMT", NAME_LENGTH);
}

/* Takes `count` digits off `*text`. */
static bool take_number(struct stator_span *text, size_t count, int min, int max, int *out)
{
    uint64_t number;
    if (text->length < count || !stator_number_parse(stator_span_first(*text, count), &number) ||
        number < (uint64_t)min || number > (uint64_t)max) {
        return false;
    }
    *text = stator_span_skip(*text, count);
    *out = (int)number;
    return true;
}

/* Takes the first of `names`, cut to `cut` bytes, that `*text` starts with. */
static bool take_name(struct stator_span *text, const struct stator_span *names, size_t count,
                      size_t cut, int *out)
{
    for (size_t i = 0; i < count; i++) {
        struct stator_span name =
            names[i].length > cut ? stator_span_first(names[i], cut) : names[i];
        if (stator_span_starts(*text, name)) {
            *text = stator_span_skip(*text, name.length);
            *out = (int)i;
            return true;
        }
    }
    return false;
}

/* asctime's day of the month: a space stands for a leading zero that is not there. */
static bool take_padded_day(struct stator_span *text, int *out)
{
    if (stator_span_starts(*text, STATOR_SPAN(" "))) {
        struct stator_span rest = stator_span_skip(*text, 1);
        bool taken = take_number(&rest, 1, 1, 9, out);
        *text = rest;
        return taken;
    }
    return take_number(text, 2, 1, 31, out);
}

/* Takes what `what` of a pattern stands for. */
static bool take(struct stator_span *text, char what, struct parts *parts)
{
    int year, ignored;
    bool taken;
    switch (what) {
    case 'a': /* the name of the day is not compared with the date: nothing depends on it */
        return take_name(text, day_names, 7, NAME_LENGTH, &ignored);
    case 'A':
        return take_name(text, day_names, 7, SIZE_MAX, &ignored);
    case 'd':
        return take_number(text, 2, 1, 31, &parts->day);
    case 'e':
        return take_padded_day(text, &parts->day);
    case 'b':
        return take_name(text, month_names, 12, NAME_LENGTH, &parts->month);
    case 'Y':
    case 'y':
        parts->short_year = what == 'y';
        taken = take_number(text, what == 'y' ? 2 : 4, 0, 9999, &year);
        parts->year = taken ? year : 0;
        return taken;
    case 'H':
        return take_number(text, 2, 0, 23, &parts->hour);
    case 'M':
        return take_number(text, 2, 0, 59, &parts->minute);
    default: /* 'S', where 60 is a leap second */
        return take_number(text, 2, 0, 60, &parts->second);
    }
}

static bool match(struct stator_span text, const char *pattern, struct parts *out)
{
    struct parts parts = {0};
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '%') {
            if (!take(&text, *++pattern, &parts)) {
                return false;
            }
        } else if (text.length > 0 && text.at[0] == *pattern) {
            text = stator_span_skip(text, 1);
        } else {
            return false;
        }
    }
    *out = parts;
    return text.length == 0;
}

/* The latest year with these two digits that is not more than 50 years ahead: RFC 9110 5.6.7. */
static void place_short_year(struct parts *parts, int64_t now)
{
    int64_t today = clamp(now, 0, LATEST) / DAY + EPOCH_DAYS;
    struct parts limit = parts_of_day(today);
    limit.year += 50;
    limit.second = (int)(clamp(now, 0, LATEST) % DAY);
    parts->year += limit.year - limit.year % 100;
    if (seconds_of(parts) > seconds_of(&limit)) {
        parts->year -= 100;
    }
}

static bool day_exists(const struct parts *parts)
{
    const int *before = days_before_month[is_leap(parts->year)];
    return parts->day <= before[parts->month + 1] - before[parts->month];
}

/* RFC 9110 5.6.7: IMF-fixdate, then the two obsolete forms. Names are case-sensitive. */
static const char *const forms[] = {
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
};

bool stator_date_parse(struct stator_span text, int64_t now, int64_t *out)
{
    struct parts parts;
    size_t form = 0;
    while (!match(text, forms[form], &parts)) {
        if (++form == sizeof(forms) / sizeof(forms[0])) {
            return false;
        }
    }
    if (parts.second == 60) {
        parts.second = 59;
    }
    if (parts.short_year) {
        place_short_year(&parts, now);
    }
    if (!day_exists(&parts)) {
        return false;
    }
    *out = seconds_of(&parts);
    return true;
}
