/*
 * Reads quantities with a fraction.
 *
 * Knows how they are written; refuses to know what they are for. The one surprising thing: it does
 * not use strtod, which would read "nan", "0x1p3" and, in some languages, no point at all.
 */
#include "lab/stats/decimal.h"

#include "http/token.h"

/* As many digits as a double holds for certain. */
#define DIGITS_MAX 15u

static const struct {
    struct stator_span suffix; /* in lower case */
    double factor, divisor;    /* a divisor, since 1000 is exact and 0.001 is not */
} units[] = {
    {STATOR_SPAN_INIT(""), 1, 1},      {STATOR_SPAN_INIT("us"), 1, 1000000},
    {STATOR_SPAN_INIT("ms"), 1, 1000}, {STATOR_SPAN_INIT("s"), 1, 1},
    {STATOR_SPAN_INIT("m"), 60, 1},    {STATOR_SPAN_INIT("h"), 3600, 1},
};

#define UNITS (sizeof(units) / sizeof(units[0]))

static bool is_digit(char byte)
{
    return stator_char_is(byte, STATOR_CHAR_DIGIT);
}

bool stator_decimal_parse(struct stator_span text, double *out)
{
    double number = 0, divisor = 1;
    size_t digits = 0;
    bool point = false;

    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '.' && !point && digits > 0) {
            point = true;
        } else if (is_digit(text.at[i]) && digits < DIGITS_MAX) {
            number = number * 10 + (text.at[i] - '0');
            divisor *= point ? 10 : 1;
            digits++;
        } else {
            return false;
        }
    }
    if (digits == 0 || !is_digit(text.at[text.length - 1])) {
        return false;
    }
    *out = number / divisor;
    return true;
}

bool stator_decimal_parse_duration(struct stator_span text, double *out)
{
    size_t length = 0;

    while (length < text.length && (is_digit(text.at[length]) || text.at[length] == '.')) {
        length++;
    }
    for (size_t i = 0; i < UNITS; i++) {
        if (stator_span_equal_nocase(stator_span_skip(text, length), units[i].suffix)) {
            double number;

            if (!stator_decimal_parse(stator_span_first(text, length), &number)) {
                return false;
            }
            *out = number * units[i].factor / units[i].divisor;
            return true;
        }
    }
    return false;
}

bool stator_decimal_parse_share(struct stator_span text, double *out)
{
    bool percent = stator_span_ends(text, STATOR_SPAN("%"));
    double whole = percent ? 100 : 1, number;

    if (!stator_decimal_parse(stator_span_first(text, text.length - percent), &number) ||
        number > whole) {
        return false;
    }
    *out = number / whole;
    return true;
}
