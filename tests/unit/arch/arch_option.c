/* The knobs of a design: "name=value,name=value" against a table. */
#include "arch/arch_option.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct stator_arch_option table[] = {
    {.name = "colour", .choices = colours, .default_value = 1},
    {.name = "count", .min = 2, .max = 64, .default_value = 8},
    {.name = "any", .min = 0, .max = LONG_MAX, .default_value = 0},
    {.name = NULL},
};

Test(option, values)
{
    static const struct {
        const char *text;
        long colour, count, any;
    } rows[] = {
        {"", 1, 8, 0},
        {"colour=red", 0, 8, 0},
        {"colour=blue", 2, 8, 0},
        {"count=2", 1, 2, 0},
        {"count=64", 1, 64, 0},
        {"count=008", 1, 8, 0},
        {"count=3,colour=red", 0, 3, 0},
        {"colour=red,count=3", 0, 3, 0},
        {"count=3,count=4", 1, 4, 0},
        {"any=9223372036854775807", 1, 8, LONG_MAX},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_arch_option_error error;
        long values[STATOR_ARCH_OPTIONS_MAX];

        memset(values, 0x55, sizeof(values));
        cr_expect_eq(
            stator_arch_options_parse(table, stator_span_from(rows[i].text), values, &error), 0,
            "%s", rows[i].text);
        cr_expect_eq(values[0], rows[i].colour, "%s", rows[i].text);
        cr_expect_eq(values[1], rows[i].count, "%s", rows[i].text);
        cr_expect_eq(values[2], rows[i].any, "%s", rows[i].text);
        for (size_t k = 3; k < STATOR_ARCH_OPTIONS_MAX; k++) {
            cr_expect_eq(values[k], 0, "%s", rows[i].text);
        }
    }
}

Test(option, faults)
{
    static const struct {
        const char *text;
        enum stator_arch_option_fault fault;
        const char *name;
        const char *value;
        const struct stator_arch_option *option;
    } rows[] = {
        {"size=1", STATOR_ARCH_OPTION_FAULT_UNKNOWN, "size", "1", NULL},
        {"Count=3", STATOR_ARCH_OPTION_FAULT_UNKNOWN, "Count", "3", NULL},
        {"coun=3", STATOR_ARCH_OPTION_FAULT_UNKNOWN, "coun", "3", NULL},
        {" count=3", STATOR_ARCH_OPTION_FAULT_UNKNOWN, " count", "3", NULL},
        {"=3", STATOR_ARCH_OPTION_FAULT_UNKNOWN, "", "3", NULL},
        {"count=3,,any=1", STATOR_ARCH_OPTION_FAULT_UNKNOWN, "", "", NULL},
        {"count", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "", &table[1]},
        {"count=", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "", &table[1]},
        {"count=1", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "1", &table[1]},
        {"count=65", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "65", &table[1]},
        {"count=-3", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "-3", &table[1]},
        {"count=+3", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "+3", &table[1]},
        {"count=3x", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "3x", &table[1]},
        {"count=3=4", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "3=4", &table[1]},
        {"count=0x3", STATOR_ARCH_OPTION_FAULT_VALUE, "count", "0x3", &table[1]},
        {"count=99999999999999999999999", STATOR_ARCH_OPTION_FAULT_VALUE, "count",
         "99999999999999999999999", &table[1]},
        {"count=18446744073709551615", STATOR_ARCH_OPTION_FAULT_VALUE, "count",
         "18446744073709551615", &table[1]},
        {"any=9223372036854775808", STATOR_ARCH_OPTION_FAULT_VALUE, "any", "9223372036854775808",
         &table[2]},
        {"colour=Red", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "Red", &table[0]},
        {"colour=re", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "re", &table[0]},
        {"colour=0", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "0", &table[0]},
        {"colour", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "", &table[0]},
        {"count=3,colour=x", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "x", &table[0]},
        {"colour=x,count=99", STATOR_ARCH_OPTION_FAULT_VALUE, "colour", "x", &table[0]},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_arch_option_error error = {.option = table};
        long values[STATOR_ARCH_OPTIONS_MAX];

        cr_expect_eq(
            stator_arch_options_parse(table, stator_span_from(rows[i].text), values, &error),
            -EINVAL, "%s", rows[i].text);
        cr_expect_eq(error.fault, rows[i].fault, "%s", rows[i].text);
        cr_expect(stator_span_equal(error.name, stator_span_from(rows[i].name)), "%s",
                  rows[i].text);
        cr_expect(stator_span_equal(error.value, stator_span_from(rows[i].value)), "%s",
                  rows[i].text);
        cr_expect_eq(error.option, rows[i].option, "%s", rows[i].text);
    }
}

Test(option, a_architecture_without_options)
{
    struct stator_arch_option_error error;
    long values[STATOR_ARCH_OPTIONS_MAX] = {7};

    cr_expect_eq(stator_arch_options_parse(NULL, STATOR_SPAN(""), values, &error), 0);
    cr_expect_eq(values[0], 0);
    cr_expect_eq(stator_arch_options_parse(NULL, STATOR_SPAN("a=1"), values, &error), -EINVAL);
    cr_expect_eq(error.fault, STATOR_ARCH_OPTION_FAULT_UNKNOWN);
    cr_expect_null(error.option);
}
