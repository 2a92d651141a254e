/* Values as people write them, and the ranges they must keep to. */
#include <criterion/criterion.h>

#include "server/value.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NUMBER       STATOR_VALUE_NUMBER
#define SIZE         STATOR_VALUE_SIZE
#define DURATION     STATOR_VALUE_DURATION
#define WIDEST       "0..18446744073709551615"

Test(value, accepted)
{
    static const struct {
        enum stator_value kind;
        const char *range, *text;
        uint64_t value;
    } rows[] = {
        {NUMBER, "0..65535", "0", 0},        {NUMBER, "0..65535", "65535", 65535},
        {NUMBER, "0..65535", "0080", 80},    {NUMBER, WIDEST, "18446744073709551615", UINT64_MAX},
        {NUMBER, "auto|1..1024", "auto", 0}, {NUMBER, "auto|1..1024", "1024", 1024},
        {NUMBER, "1..2|4..5", "5", 5},       {NUMBER, "false|true", "false", 0},
        {NUMBER, "false|true", "true", 1},   {NUMBER, "common|combined|json|pretty", "pretty", 3},
        {SIZE, "0..1T", "512", 512},         {SIZE, "0..1T", "64k", 65536},
        {SIZE, "0..1T", "64K", 65536},       {SIZE, "0..1T", "3M", 3145728},
        {SIZE, "0..1T", "2G", 2147483648},   {SIZE, "0..1T", "1T", 1099511627776},
        {SIZE, "1K..2K", "1024", 1024},      {SIZE, WIDEST, "16777215T", 18446742974197923840u},
        {DURATION, "0..24h", "10", 10000},   {DURATION, "0..24h", "10s", 10000},
        {DURATION, "0..24h", "500ms", 500},  {DURATION, "0..24h", "500MS", 500},
        {DURATION, "0..24h", "2m", 120000},  {DURATION, "0..24h", "24h", 86400000},
        {DURATION, "1ms..1h", "1ms", 1},     {DURATION, "0..1h", "0", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 424242;
        cr_expect(stator_value_parse(rows[i].kind, stator_span_from(rows[i].range),
                                     stator_span_from(rows[i].text), &value),
                  "%s in %s", rows[i].text, rows[i].range);
        cr_expect_eq(value, rows[i].value, "%s in %s: %llu", rows[i].text, rows[i].range,
                     (unsigned long long)value);
    }
}

Test(value, refused_and_out_is_untouched)
{
    static const struct {
        const char *label;
        enum stator_value kind;
        const char *range, *text;
    } rows[] = {
        {"empty", NUMBER, "0..65535", ""},
        {"one too many", NUMBER, "0..65535", "65536"},
        {"one too few", NUMBER, "1..1024", "0"},
        {"a sign", NUMBER, "0..65535", "+1"},
        {"negative", NUMBER, "0..65535", "-1"},
        {"a space before", NUMBER, "0..65535", " 1"},
        {"a space after", NUMBER, "0..65535", "1 "},
        {"hexadecimal", NUMBER, "0..65535", "0x10"},
        {"a fraction", NUMBER, "0..65535", "1.5"},
        {"past 64 bits", NUMBER, WIDEST, "18446744073709551616"},
        {"a unit where there is none", NUMBER, "0..65535", "1k"},
        {"the range itself", NUMBER, "0..65535", "0..65535"},
        {"a word that is none", NUMBER, "auto|1..1024", "all"},
        {"a word in capitals", NUMBER, "auto|1..1024", "AUTO"},
        {"the beginning of a word", NUMBER, "common|combined", "com"},
        {"two words", NUMBER, "common|combined", "common|combined"},
        {"an empty word", NUMBER, "common|combined", ""},
        {"between two stretches", NUMBER, "1..2|4..5", "3"},
        {"the unit alone", SIZE, "0..1T", "K"},
        {"two units", SIZE, "0..1T", "1KK"},
        {"a unit that is spelled out", SIZE, "0..1T", "1KiB"},
        {"a unit of time", SIZE, "0..1T", "1s"},
        {"too large by its unit", SIZE, "0..1M", "2M"},
        {"past 64 bits by its unit", SIZE, WIDEST, "16777216T"},
        {"a unit of size", DURATION, "0..24h", "1k"},
        {"days", DURATION, "0..24h", "1d"},
        {"too long", DURATION, "0..1h", "61m"},
        {"too short", DURATION, "1ms..1h", "0"},
        {"a space before the unit", DURATION, "0..1h", "1 s"},
        {"past 64 bits in ms", DURATION, WIDEST, "18446744073709552"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 424242;
        cr_expect_not(stator_value_parse(rows[i].kind, stator_span_from(rows[i].range),
                                         stator_span_from(rows[i].text), &value),
                      "%s", rows[i].label);
        cr_expect_eq(value, 424242u, "%s", rows[i].label);
    }
}
