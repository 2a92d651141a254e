/* JSON strings: what is escaped, what stands as it is, and that the result is always valid. */
#include "base/json.h"

#include <criterion/criterion.h>

static const struct row {
    const char *label;
    struct stator_span value;
    const char *string;  /* as stator_json_add_string writes it, without its quotes */
    const char *escaped; /* all of it through stator_json_escape; NULL for the same */
} rows[] = {
    {"empty", STATOR_SPAN_INIT(""), "", NULL},
    {"plain", STATOR_SPAN_INIT(" a/~"), " a/~", "\\u0020\\u0061\\u002f\\u007e"},
    {"quote and backslash", STATOR_SPAN_INIT("\"\\"), "\\\"\\\\", NULL},
    {"at the ends and between", STATOR_SPAN_INIT("\"a\\b\""), "\\\"a\\\\b\\\"",
     "\\\"\\u0061\\\\\\u0062\\\""},
    {"control bytes", STATOR_SPAN_INIT("\0\n\x1f"), "\\u0000\\u000a\\u001f", NULL},
    {"DEL needs no escape", STATOR_SPAN_INIT("\x7f"), "\x7f", "\\u007f"},
    {"two bytes", STATOR_SPAN_INIT("\xc3\xa9"), "\xc3\xa9", "\\u00e9"},
    {"three bytes", STATOR_SPAN_INIT("\xe2\x82\xac"), "\xe2\x82\xac", "\\u20ac"},
    {"the last unit", STATOR_SPAN_INIT("\xef\xbf\xbf"), "\xef\xbf\xbf", "\\uffff"},
    {"the first pair", STATOR_SPAN_INIT("\xf0\x90\x80\x80"), "\xf0\x90\x80\x80", "\\ud800\\udc00"},
    {"a pair", STATOR_SPAN_INIT("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80", "\\ud83d\\ude00"},
    {"the last pair", STATOR_SPAN_INIT("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf", "\\udbff\\udfff"},
    {"Latin-1", STATOR_SPAN_INIT("\xe9t\xe9"), "\xef\xbf\xbdt\xef\xbf\xbd",
     "\\ufffd\\u0074\\ufffd"},
    {"a surrogate", STATOR_SPAN_INIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
     "\\ufffd\\ufffd\\ufffd"},
    {"cut short", STATOR_SPAN_INIT("\xe2\x82"), "\xef\xbf\xbd", "\\ufffd"},
    {"cut by a quote", STATOR_SPAN_INIT("\xf0\x9f\""), "\xef\xbf\xbd\\\"", "\\ufffd\\\""},
};

Test(json, adds_a_string)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_text text = {0}, wanted = {0};
        stator_text_add_format(&wanted, ":\"%s\"", rows[i].string);
        stator_text_add_char(&text, ':');
        stator_json_add_string(&text, rows[i].value);
        cr_expect(stator_span_equal(stator_text_span(&text), stator_text_span(&wanted)), "%s: %.*s",
                  rows[i].label, (int)text.length, text.at);
        stator_text_finish(&text);
        stator_text_finish(&wanted);
    }
}

Test(json, escapes_one_character_at_a_time)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *wanted = rows[i].escaped != NULL ? rows[i].escaped : rows[i].string;
        struct stator_span rest = rows[i].value;
        struct stator_text text = {0};
        while (rest.length > 0) {
            char escape[STATOR_JSON_ESCAPE_MAX];
            size_t before = rest.length, length = stator_json_escape(&rest, escape);
            cr_assert_lt(rest.length, before, "%s", rows[i].label);
            cr_assert_leq(length, sizeof(escape), "%s", rows[i].label);
            cr_expect_leq(length, (before - rest.length) * STATOR_JSON_GROWTH_MAX, "%s",
                          rows[i].label);
            stator_text_add(&text, (struct stator_span){escape, length});
        }
        cr_expect(stator_span_equal(stator_text_span(&text), stator_span_from(wanted)), "%s: %.*s",
                  rows[i].label, (int)text.length, text.length > 0 ? text.at : "");
        stator_text_finish(&text);
    }
}

Test(json, a_failed_text_gets_nothing)
{
    struct stator_text text = {.failed = true};
    stator_json_add_string(&text, STATOR_SPAN("a\n\xc3\xa9"));
    cr_expect_eq(text.length, 0u);
    cr_expect(text.failed);
    stator_text_finish(&text);
}
