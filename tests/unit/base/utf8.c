/* UTF-8 taken apart: every length at its bounds, and what is none at all. */
#include "base/utf8.h"

#include <criterion/criterion.h>

struct row {
    const char *label;
    struct stator_span text;
    uint32_t points[6];
    size_t count;
};

#define BAD STATOR_UTF8_REPLACEMENT

static const struct row rows[] = {
    {"ASCII", STATOR_SPAN_INIT("az\x7f"), {'a', 'z', 0x7f}, 3},
    {"NUL", STATOR_SPAN_INIT("\0"), {0}, 1},
    {"the first of two bytes", STATOR_SPAN_INIT("\xc2\x80"), {0x80}, 1},
    {"the last of two bytes", STATOR_SPAN_INIT("\xdf\xbf"), {0x7ff}, 1},
    {"the first of three bytes", STATOR_SPAN_INIT("\xe0\xa0\x80"), {0x800}, 1},
    {"between", STATOR_SPAN_INIT("\xe2\x82\xac"), {0x20ac}, 1},
    {"right below the surrogates", STATOR_SPAN_INIT("\xed\x9f\xbf"), {0xd7ff}, 1},
    {"right above the surrogates", STATOR_SPAN_INIT("\xee\x80\x80"), {0xe000}, 1},
    {"the replacement character itself", STATOR_SPAN_INIT("\xef\xbf\xbd"), {0xfffd}, 1},
    {"the last of three bytes", STATOR_SPAN_INIT("\xef\xbf\xbf"), {0xffff}, 1},
    {"the first of four bytes", STATOR_SPAN_INIT("\xf0\x90\x80\x80"), {0x10000}, 1},
    {"between, four bytes",
     STATOR_SPAN_INIT("\xf1\x80\x80\x80\xf3\xbf\xbf\xbf"),
     {0x40000, 0xfffff},
     2},
    {"the last of all", STATOR_SPAN_INIT("\xf4\x8f\xbf\xbf"), {0x10ffff}, 1},
    {"past the last", STATOR_SPAN_INIT("\xf4\x90\x80\x80"), {BAD, BAD, BAD, BAD}, 4},
    {"no first byte", STATOR_SPAN_INIT("\x80\xbf\xf5\xff"), {BAD, BAD, BAD, BAD}, 4},
    {"overlong in two", STATOR_SPAN_INIT("\xc0\xaf\xc1\xbf"), {BAD, BAD, BAD, BAD}, 4},
    {"overlong in three", STATOR_SPAN_INIT("\xe0\x80\xaf"), {BAD, BAD, BAD}, 3},
    {"overlong in four", STATOR_SPAN_INIT("\xf0\x8f\xbf\xbf"), {BAD, BAD, BAD, BAD}, 4},
    {"a surrogate", STATOR_SPAN_INIT("\xed\xa0\x80"), {BAD, BAD, BAD}, 3},
    {"the first piece of two", STATOR_SPAN_INIT("\xc3"), {BAD}, 1},
    {"the first two of three", STATOR_SPAN_INIT("\xe2\x82"), {BAD}, 1},
    {"the first three of four", STATOR_SPAN_INIT("\xf0\x9f\x98"), {BAD}, 1},
    {"cut by a letter", STATOR_SPAN_INIT("\xf0\x9f\x98z"), {BAD, 'z'}, 2},
    {"cut by another first byte", STATOR_SPAN_INIT("\xe2\x82\xc3\xa9"), {BAD, 0xe9}, 2},
    {"Unicode 3.9, table 3-8",
     STATOR_SPAN_INIT("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"),
     {BAD, BAD, BAD, BAD, 'A'},
     5},
};

Test(utf8, decodes)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_span rest = rows[i].text;
        for (size_t j = 0; j < rows[i].count; j++) {
            cr_assert_gt(rest.length, 0u, "%s: ends before character %zu", rows[i].label, j);
            uint32_t point = stator_utf8_decode(&rest);
            cr_expect_eq(point, rows[i].points[j], "%s: character %zu is %x", rows[i].label, j,
                         (unsigned)point);
        }
        cr_expect_eq(rest.length, 0u, "%s: %zu bytes are left", rows[i].label, rest.length);
        cr_expect_eq(rest.at, rows[i].text.at + rows[i].text.length, "%s", rows[i].label);
    }
}

Test(utf8, next_gives_the_bytes)
{
    static const struct stator_span replacement = STATOR_SPAN_INIT("\xef\xbf\xbd");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_span text = rows[i].text, rest = text;
        for (size_t j = 0; j < rows[i].count; j++) {
            const char *at = rest.at;
            struct stator_span bytes = stator_utf8_next(&rest);
            if (rows[i].points[j] == BAD) {
                cr_expect(stator_span_equal(bytes, replacement), "%s", rows[i].label);
            } else {
                cr_expect(bytes.at == at && bytes.at + bytes.length == rest.at, "%s: character %zu",
                          rows[i].label, j);
            }
        }
        cr_expect_eq(rest.length, 0u, "%s", rows[i].label);
    }
}

/* Every character there is, as RFC 3629 3 writes it, reads as itself; surrogates never do. */
Test(utf8, reads_every_character)
{
    for (uint32_t point = 0x80; point <= 0x10ffff; point++) {
        char bytes[4];
        size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        for (size_t i = length - 1, left = point; i > 0; i--, left >>= 6) {
            bytes[i] = (char)(0x80 | (left & 0x3f));
        }
        bytes[0] = (char)((0xf00u >> length) | (point >> (6 * (length - 1))));
        struct stator_span rest = {bytes, length};
        bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
        uint32_t found = stator_utf8_decode(&rest);
        cr_assert_eq(found, is_surrogate ? BAD : point, "%x reads as %x", (unsigned)point,
                     (unsigned)found);
        cr_assert_eq(rest.length, is_surrogate ? 2u : 0u, "%x", (unsigned)point);
    }
}
