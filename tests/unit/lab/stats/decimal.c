/* Quantities with a fraction, as people type them. */
#include <criterion/criterion.h>

#include "lab/stats/decimal.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef bool parse_fn(struct stator_span text, double *out);

Test(decimal, accepted)
{
    static const struct {
        parse_fn *parse;
        const char *text;
        double value;
    } rows[] = {
        {stator_decimal_parse, "0", 0},
        {stator_decimal_parse, "007", 7},
        {stator_decimal_parse, "0.75", 0.75},
        {stator_decimal_parse, "1234567.25", 1234567.25},
        {stator_decimal_parse, "999999999999999", 999999999999999},
        {stator_decimal_parse_duration, "2.5ms", 2.5e-3},
        {stator_decimal_parse_duration, "8MS", 8e-3},
        {stator_decimal_parse_duration, "150us", 150e-6},
        {stator_decimal_parse_duration, "10", 10},
        {stator_decimal_parse_duration, "0.1s", 0.1},
        {stator_decimal_parse_duration, "1.5m", 90},
        {stator_decimal_parse_duration, "2h", 7200},
        {stator_decimal_parse_share, "0.75", 0.75},
        {stator_decimal_parse_share, "75%", 0.75},
        {stator_decimal_parse_share, "12.5%", 0.125},
        {stator_decimal_parse_share, "1", 1},
        {stator_decimal_parse_share, "100%", 1},
        {stator_decimal_parse_share, "0", 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = 424242;

        cr_expect(rows[i].parse(stator_span_from(rows[i].text), &value), "%s", rows[i].text);
        cr_expect_float_eq(value, rows[i].value, 0, "%s: %.17g", rows[i].text, value);
    }
}

Test(decimal, refused_and_out_is_untouched)
{
    static const struct {
        parse_fn *parse;
        const char *text;
    } rows[] = {
        {stator_decimal_parse, ""},
        {stator_decimal_parse, "."},
        {stator_decimal_parse, ".5"},
        {stator_decimal_parse, "5."},
        {stator_decimal_parse, "1.2.3"},
        {stator_decimal_parse, "-1"},
        {stator_decimal_parse, "+1"},
        {stator_decimal_parse, "1e3"},
        {stator_decimal_parse, "nan"},
        {stator_decimal_parse, "0x10"},
        {stator_decimal_parse, " 1"},
        {stator_decimal_parse, "1,5"},
        {stator_decimal_parse, "1234567890123456"},
        {stator_decimal_parse_duration, ""},
        {stator_decimal_parse_duration, "ms"},
        {stator_decimal_parse_duration, "2.5 ms"},
        {stator_decimal_parse_duration, "2.5mss"},
        {stator_decimal_parse_duration, "2.ms"},
        {stator_decimal_parse_duration, "1d"},
        {stator_decimal_parse_duration, "1k"},
        {stator_decimal_parse_share, ""},
        {stator_decimal_parse_share, "%"},
        {stator_decimal_parse_share, "1.1"},
        {stator_decimal_parse_share, "101%"},
        {stator_decimal_parse_share, "50%%"},
        {stator_decimal_parse_share, "-1%"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = 424242;

        cr_expect_not(rows[i].parse(stator_span_from(rows[i].text), &value), "'%s'", rows[i].text);
        cr_expect_float_eq(value, 424242, 0, "'%s'", rows[i].text);
    }
}
