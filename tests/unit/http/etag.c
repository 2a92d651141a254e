/* Entity tags; several rows are what other servers got wrong. */
#include "http/etag.h"

#include <criterion/criterion.h>

Test(etag, parse)
{
    static const struct {
        struct stator_span text;
        bool valid, weak;
        const char *opaque;
    } rows[] = {
        {STATOR_SPAN_INIT("\"abc\""), true, false, "abc"},
        {STATOR_SPAN_INIT("W/\"abc\""), true, true, "abc"},
        {STATOR_SPAN_INIT("\"\""), true, false, ""},
        {STATOR_SPAN_INIT("W/\"\""), true, true, ""},
        {STATOR_SPAN_INIT("\"a,b\""), true, false, "a,b"},
        {STATOR_SPAN_INIT("\"a\\\""), true, false, "a\\"}, /* no escapes: RFC 9110 8.8.3 */
        {STATOR_SPAN_INIT("\"\xff!#\""), true, false, "\xff!#"},
        {STATOR_SPAN_INIT(""), false, false, NULL},
        {{NULL, 0}, false, false, NULL},
        {STATOR_SPAN_INIT("abc"), false, false, NULL},
        {STATOR_SPAN_INIT("\""), false, false, NULL},
        {STATOR_SPAN_INIT("W/"), false, false, NULL},
        {STATOR_SPAN_INIT("W/\""), false, false, NULL},
        {STATOR_SPAN_INIT("w/\"abc\""), false, false, NULL},
        {STATOR_SPAN_INIT("W/abc"), false, false, NULL},
        {STATOR_SPAN_INIT("\"abc"), false, false, NULL},
        {STATOR_SPAN_INIT("abc\""), false, false, NULL},
        {STATOR_SPAN_INIT("\"a b\""), false, false, NULL},
        {STATOR_SPAN_INIT("\"a\tb\""), false, false, NULL},
        {STATOR_SPAN_INIT("\"a\x7f\""), false, false, NULL},
        {STATOR_SPAN_INIT("\"a\"b\""), false, false, NULL},
        {STATOR_SPAN_INIT("\"a\" "), false, false, NULL},
        {STATOR_SPAN_INIT(" \"a\""), false, false, NULL},
        {STATOR_SPAN_INIT("W /\"a\""), false, false, NULL},
        {STATOR_SPAN_INIT("*"), false, false, NULL},
        {STATOR_SPAN_INIT("\"a\", \"b\""), false, false, NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_etag etag = {.opaque = STATOR_SPAN_INIT("untouched"), .weak = true};
        cr_expect_eq(stator_etag_parse(rows[i].text, &etag), rows[i].valid, "row %zu", i);
        struct stator_span wanted =
            rows[i].valid ? stator_span_from(rows[i].opaque) : STATOR_SPAN("untouched");
        cr_expect(stator_span_equal(etag.opaque, wanted), "row %zu", i);
        cr_expect_eq(etag.weak, rows[i].valid ? rows[i].weak : true, "row %zu", i);
    }
}

/* The table of RFC 9110 8.8.3.2. */
Test(etag, equal)
{
    static const struct {
        struct stator_etag a, b;
        bool strong, weak;
    } rows[] = {
        {{STATOR_SPAN_INIT("1"), true}, {STATOR_SPAN_INIT("1"), true}, false, true},
        {{STATOR_SPAN_INIT("1"), true}, {STATOR_SPAN_INIT("2"), true}, false, false},
        {{STATOR_SPAN_INIT("1"), true}, {STATOR_SPAN_INIT("1"), false}, false, true},
        {{STATOR_SPAN_INIT("1"), false}, {STATOR_SPAN_INIT("1"), true}, false, true},
        {{STATOR_SPAN_INIT("1"), false}, {STATOR_SPAN_INIT("1"), false}, true, true},
        {{STATOR_SPAN_INIT("a"), false}, {STATOR_SPAN_INIT("A"), false}, false, false},
        {{STATOR_SPAN_INIT("1"), false}, {STATOR_SPAN_INIT("12"), false}, false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_etag_equal(&rows[i].a, &rows[i].b, STATOR_ETAG_COMPARISON_STRONG),
                     rows[i].strong, "row %zu", i);
        cr_expect_eq(stator_etag_equal(&rows[i].a, &rows[i].b, STATOR_ETAG_COMPARISON_WEAK),
                     rows[i].weak, "row %zu", i);
    }
}

static const struct {
    const char *label;
    struct stator_span list;
    enum stator_etag_match strong, weak;
} lists[] = {
#define NONE    STATOR_ETAG_MATCH_NO
#define MATCH   STATOR_ETAG_MATCH_YES
#define INVALID STATOR_ETAG_MATCH_INVALID
    {"the one", STATOR_SPAN_INIT("\"abc\""), MATCH, MATCH},
    {"weak", STATOR_SPAN_INIT("W/\"abc\""), NONE, MATCH},
    {"another", STATOR_SPAN_INIT("\"abd\""), NONE, NONE},
    {"a longer one", STATOR_SPAN_INIT("\"abcd\""), NONE, NONE},
    {"with a suffix as of a coding", STATOR_SPAN_INIT("\"abc-gzip\""), NONE, NONE},
    {"star", STATOR_SPAN_INIT("*"), MATCH, MATCH},
    {"star with space", STATOR_SPAN_INIT(" * "), MATCH, MATCH},
    {"quoted star is a tag", STATOR_SPAN_INIT("\"*\""), NONE, NONE},
    {"star among tags", STATOR_SPAN_INIT("*, \"abc\""), INVALID, INVALID},
    {"tag, then star", STATOR_SPAN_INIT("\"abc\", *"), INVALID, INVALID},
    {"two stars", STATOR_SPAN_INIT("*, *"), INVALID, INVALID},
    {"first of a list", STATOR_SPAN_INIT("\"abc\", \"x\""), MATCH, MATCH},
    {"last of a list", STATOR_SPAN_INIT("\"x\", \"y\",\"abc\""), MATCH, MATCH},
    {"weak and strong", STATOR_SPAN_INIT("W/\"abc\", \"abc\""), MATCH, MATCH},
    {"weak in a list", STATOR_SPAN_INIT("\"x\", W/\"abc\""), NONE, MATCH},
    {"none of a list", STATOR_SPAN_INIT("\"x\", W/\"y\""), NONE, NONE},
    {"no space", STATOR_SPAN_INIT("\"x\",\"abc\""), MATCH, MATCH},
    {"tabs", STATOR_SPAN_INIT("\t\"x\"\t,\t\"abc\"\t"), MATCH, MATCH},
    {"empty members", STATOR_SPAN_INIT(", ,\"x\",, \"abc\" ,"), MATCH, MATCH},
    {"only commas", STATOR_SPAN_INIT(",,"), NONE, NONE},
    {"nothing", STATOR_SPAN_INIT(""), NONE, NONE},
    {"comma in a tag", STATOR_SPAN_INIT("\"x,\"abc\""), INVALID, INVALID},
    {"a tag with a comma", STATOR_SPAN_INIT("\"x,y\", \"abc\""), MATCH, MATCH},
    {"the tag's text inside another", STATOR_SPAN_INIT("\"x,abc\""), NONE, NONE},
    {"backslash is no escape", STATOR_SPAN_INIT("\"x\\\", \"abc\""), MATCH, MATCH},
    {"unquoted", STATOR_SPAN_INIT("abc"), INVALID, INVALID},
    {"match, then unquoted", STATOR_SPAN_INIT("\"abc\", x"), INVALID, INVALID},
    {"match, then never closed", STATOR_SPAN_INIT("\"abc\", \"x"), INVALID, INVALID},
    {"no comma between", STATOR_SPAN_INIT("\"x\" \"abc\""), INVALID, INVALID},
    {"nothing between", STATOR_SPAN_INIT("\"x\"\"abc\""), INVALID, INVALID},
    {"lower-case w", STATOR_SPAN_INIT("w/\"abc\""), INVALID, INVALID},
    {"semicolon", STATOR_SPAN_INIT("\"x\"; \"abc\""), INVALID, INVALID},
};

Test(etag, list_match)
{
    struct stator_etag current = {.opaque = STATOR_SPAN_INIT("abc")};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        cr_expect_eq(stator_etag_list_match(lists[i].list, &current, STATOR_ETAG_COMPARISON_STRONG),
                     lists[i].strong, "%s, strong", lists[i].label);
        cr_expect_eq(stator_etag_list_match(lists[i].list, &current, STATOR_ETAG_COMPARISON_WEAK),
                     lists[i].weak, "%s, weak", lists[i].label);
    }
}

/* A weak current tag never matches strongly, but "*" still stands for whatever there is. */
Test(etag, list_match_of_a_weak_tag)
{
    struct stator_etag current = {.opaque = STATOR_SPAN_INIT("abc"), .weak = true};
    struct stator_span list = STATOR_SPAN_INIT("\"abc\", W/\"abc\""), star = STATOR_SPAN_INIT("*");
    cr_expect_eq(stator_etag_list_match(list, &current, STATOR_ETAG_COMPARISON_STRONG), NONE);
    cr_expect_eq(stator_etag_list_match(list, &current, STATOR_ETAG_COMPARISON_WEAK), MATCH);
    cr_expect_eq(stator_etag_list_match(star, &current, STATOR_ETAG_COMPARISON_STRONG), MATCH);
}
