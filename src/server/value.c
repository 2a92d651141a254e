/*
 * Reads values by a range.
 *
 * Knows how quantities and ranges are written; refuses to know of options. The one surprising
 * thing: a range is text that is read anew for each value, by the grammar of the value, so what is
 * shown to a person and what is checked cannot differ.
 */
#include "server/value.h"

#include "http/token.h"

struct unit {
    struct stator_span suffix; /* in lower case */
    uint64_t factor;
};

#define UNITS_MAX 5

/* The units of each kind. A row whose factor is 0 is no unit. */
static const struct unit units[][UNITS_MAX] = {
    [STATOR_VALUE_NUMBER] = {{STATOR_SPAN_INIT(""), 1}},
    [STATOR_VALUE_SIZE] = {{STATOR_SPAN_INIT(""), 1},
                           {STATOR_SPAN_INIT("k"), 1ull << 10},
                           {STATOR_SPAN_INIT("m"), 1ull << 20},
                           {STATOR_SPAN_INIT("g"), 1ull << 30},
                           {STATOR_SPAN_INIT("t"), 1ull << 40}},
    [STATOR_VALUE_DURATION] = {{STATOR_SPAN_INIT(""), 1000},
                               {STATOR_SPAN_INIT("ms"), 1},
                               {STATOR_SPAN_INIT("s"), 1000},
                               {STATOR_SPAN_INIT("m"), 60 * 1000},
                               {STATOR_SPAN_INIT("h"), 60 * 60 * 1000}},
};

/* The factor of a suffix, or 0 where the kind has no such unit. */
static uint64_t factor_of(enum stator_value kind, struct stator_span suffix)
{
    for (size_t i = 0; i < UNITS_MAX && units[kind][i].factor > 0; i++) {
        if (stator_span_equal_nocase(suffix, units[kind][i].suffix)) {
            return units[kind][i].factor;
        }
    }
    return 0;
}

/* Fails: false for what is no quantity of the kind, or more than 64 bits hold. */
static bool parse_quantity(enum stator_value kind, struct stator_span text, uint64_t *out)
{
    size_t digits = 0;
    while (digits < text.length && stator_char_is(text.at[digits], STATOR_CHAR_DIGIT)) {
        digits++;
    }
    uint64_t factor = factor_of(kind, stator_span_skip(text, digits));
    uint64_t number;
    return factor > 0 && stator_number_parse(stator_span_first(text, digits), &number) &&
           !__builtin_mul_overflow(number, factor, out);
}

/* Where ".." stands in one alternative of a range, or its length where it is a word. */
static size_t find_dots(struct stator_span alternative)
{
    for (size_t i = 0; i + 2 <= alternative.length; i++) {
        if (alternative.at[i] == '.' && alternative.at[i + 1] == '.') {
            return i;
        }
    }
    return alternative.length;
}

/* Reads `text` by one alternative, which stands at `position` among them. */
static bool parse_alternative(enum stator_value kind, struct stator_span alternative,
                              uint64_t position, struct stator_span text, uint64_t *out)
{
    size_t dots = find_dots(alternative);
    if (dots == alternative.length) {
        *out = position;
        return stator_span_equal(alternative, text);
    }
    uint64_t low, high;
    return parse_quantity(kind, stator_span_first(alternative, dots), &low) &&
           parse_quantity(kind, stator_span_skip(alternative, dots + 2), &high) &&
           parse_quantity(kind, text, out) && *out >= low && *out <= high;
}

bool stator_value_parse(enum stator_value kind, struct stator_span range, struct stator_span text,
                        uint64_t *out)
{
    for (uint64_t position = 0;; position++) {
        size_t length = stator_span_find(range, '|');
        uint64_t number;
        if (parse_alternative(kind, stator_span_first(range, length), position, text, &number)) {
            *out = number;
            return true;
        }
        if (length == range.length) {
            return false;
        }
        range = stator_span_skip(range, length + 1);
    }
}
