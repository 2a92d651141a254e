/* Text in HTML: nothing of it is taken for a tag, an entity or the end of an attribute. */
#include "base/html.h"

#include <criterion/criterion.h>

Test(html, adds_text)
{
    static const struct {
        const char *label;
        struct stator_span value;
        const char *wanted;
    } rows[] = {
        {"empty", STATOR_SPAN_INIT(""), ""},
        {"plain", STATOR_SPAN_INIT("a b/c=d"), "a b/c=d"},
        {"a tag", STATOR_SPAN_INIT("<b>"), "&lt;b&gt;"},
        {"an entity", STATOR_SPAN_INIT("&lt;"), "&amp;lt;"},
        {"both quotes", STATOR_SPAN_INIT("\"'"), "&quot;&#39;"},
        {"two bytes", STATOR_SPAN_INIT("\xc3\xa9<"), "\xc3\xa9&lt;"},
        {"cut short", STATOR_SPAN_INIT("\xe2\x82<"), "\xef\xbf\xbd&lt;"},
        {"Latin-1", STATOR_SPAN_INIT("\xe9"), "\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_text text = {0};
        stator_html_add_text(&text, rows[i].value);
        cr_expect(stator_span_equal(stator_text_span(&text), stator_span_from(rows[i].wanted)),
                  "%s: %.*s", rows[i].label, (int)text.length, text.length > 0 ? text.at : "");
        stator_text_finish(&text);
    }
}

Test(html, a_failed_text_gets_nothing)
{
    struct stator_text text = {.failed = true};
    stator_html_add_text(&text, STATOR_SPAN("a<b"));
    cr_expect_eq(text.length, 0u);
    stator_text_finish(&text);
}
