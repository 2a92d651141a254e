/* Spans: every comparison at its edges, empty ones included. */
#include "base/span.h"

#include <criterion/criterion.h>

Test(span, from_string)
{
    cr_expect_eq(stator_span_from("abc").length, 3);
    cr_expect_eq(stator_span_from("").length, 0);
    cr_expect_eq(stator_span_from(NULL).length, 0);
    cr_expect_eq(STATOR_SPAN("a\0b").length, 3, "a literal may hold NUL");
}

Test(span, equal)
{
    static const struct {
        struct stator_span a, b;
        bool equal, nocase;
    } rows[] = {
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("abc"), true, true},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("aBC"), false, true},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("abd"), false, false},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("abcd"), false, false},
        {STATOR_SPAN_INIT("a\0b"), STATOR_SPAN_INIT("a\0c"), false, false},
        {STATOR_SPAN_INIT(""), {NULL, 0}, true, true},
        {{NULL, 0}, {NULL, 0}, true, true},
        /* Only letters have two cases: '@' and '`', '[' and '{' are as far apart as 'A' and 'a'. */
        {STATOR_SPAN_INIT("@["), STATOR_SPAN_INIT("`{"), false, false},
        {STATOR_SPAN_INIT("AZaz"), STATOR_SPAN_INIT("azAZ"), false, true},
        {STATOR_SPAN_INIT("\xc4"), STATOR_SPAN_INIT("\xe4"), false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_span_equal(rows[i].a, rows[i].b), rows[i].equal, "row %zu", i);
        cr_expect_eq(stator_span_equal_nocase(rows[i].a, rows[i].b), rows[i].nocase, "row %zu", i);
    }
}

Test(span, starts_and_ends)
{
    static const struct {
        struct stator_span text, piece;
        bool starts, ends;
    } rows[] = {
        {STATOR_SPAN_INIT("abcab"), STATOR_SPAN_INIT("ab"), true, true},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("abc"), true, true},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("a"), true, false},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("c"), false, true},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT("abcd"), false, false},
        {STATOR_SPAN_INIT("abc"), STATOR_SPAN_INIT(""), true, true},
        {{NULL, 0}, {NULL, 0}, true, true},
        {{NULL, 0}, STATOR_SPAN_INIT("a"), false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_span_starts(rows[i].text, rows[i].piece), rows[i].starts, "row %zu", i);
        cr_expect_eq(stator_span_ends(rows[i].text, rows[i].piece), rows[i].ends, "row %zu", i);
    }
}

Test(span, find)
{
    static const struct {
        struct stator_span text;
        size_t first, last;
    } rows[] = {
        {STATOR_SPAN_INIT("a/b/c"), 1, 3}, {STATOR_SPAN_INIT("/"), 0, 0},
        {STATOR_SPAN_INIT("abc/"), 3, 3},  {STATOR_SPAN_INIT("abc"), 3, 3},
        {STATOR_SPAN_INIT("\0/"), 1, 1},   {{NULL, 0}, 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_span_find(rows[i].text, '/'), rows[i].first, "row %zu", i);
        cr_expect_eq(stator_span_find_last(rows[i].text, '/'), rows[i].last, "row %zu", i);
    }
}

Test(span, skip_and_first)
{
    struct stator_span text = STATOR_SPAN_INIT("abc");
    cr_expect(stator_span_equal(stator_span_skip(text, 0), text));
    cr_expect(stator_span_equal(stator_span_skip(text, 2), STATOR_SPAN("c")));
    cr_expect_eq(stator_span_skip(text, 3).length, 0);
    cr_expect(stator_span_equal(stator_span_first(text, 2), STATOR_SPAN("ab")));
    cr_expect_eq(stator_span_first(text, 0).length, 0);
}

Test(span, trim)
{
    static const struct {
        struct stator_span text, trimmed;
    } rows[] = {
        {STATOR_SPAN_INIT(" \ta b\t "), STATOR_SPAN_INIT("a b")},
        {STATOR_SPAN_INIT("a"), STATOR_SPAN_INIT("a")},
        {STATOR_SPAN_INIT(" \t \t"), STATOR_SPAN_INIT("")},
        {STATOR_SPAN_INIT("\r a\n"), STATOR_SPAN_INIT("\r a\n")},
        {{NULL, 0}, {NULL, 0}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect(stator_span_equal(stator_span_trim(rows[i].text), rows[i].trimmed), "row %zu", i);
    }
}
