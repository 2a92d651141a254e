/*
 * The page that says what went wrong.
 *
 * Knows a status and its advice; refuses to know the request, so nothing that a client sent can
 * come back in a page.
 */
#include "exchange/problem.h"

const struct stator_span stator_problem_policy =
    STATOR_SPAN("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

static const struct stator_span type_html = STATOR_SPAN("text/html; charset=utf-8");
static const struct stator_span type_text = STATOR_SPAN("text/plain; charset=utf-8");

static const char html_open[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;"
    "max-width:36rem;margin:18vh auto 0;padding:0 1.5rem}h1{font-size:1.6rem}</style>\n<title>";

struct stator_span stator_problem_write(enum stator_status status, bool html,
                                        struct stator_text *out)
{
    struct stator_span reason = stator_status_reason(status);

    if (html) {
        stator_text_add_string(out, html_open);
        stator_text_add_number(out, (uint64_t)status);
        stator_text_add_char(out, ' ');
        stator_text_add(out, reason);
        stator_text_add_string(out, "</title>\n<h1>");
    }
    stator_text_add_number(out, (uint64_t)status);
    stator_text_add_char(out, ' ');
    stator_text_add(out, reason);
    stator_text_add_string(out, html ? "</h1>\n<p>" : "\n\n");
    stator_text_add(out, stator_status_advice(status));
    stator_text_add_string(out, html ? "</p>\n</html>\n" : "\n");
    return html ? type_html : type_text;
}
