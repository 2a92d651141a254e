/*
 * The page that says what went wrong.
 *
 * Knows a status and its advice; refuses to know the request, so nothing that a client sent can
 * come back in a page.
 */
#include "exchange/problem.h"

const struct stator_span stator_problem_csp =
    STATOR_SPAN_INIT("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

static const struct stator_span type_html = STATOR_SPAN_INIT("text/html; charset=utf-8");
static const struct stator_span type_text = STATOR_SPAN_INIT("text/plain; charset=utf-8");

static const struct stator_span html_open = STATOR_SPAN_INIT(
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;"
    "max-width:36rem;margin:18vh auto 0;padding:0 1.5rem}h1{font-size:1.6rem}</style>\n<title>");

#define PIECES_MAX 7

/* What a page is made of, in order. Returns: how many pieces. */
static size_t collect(enum stator_status status, bool html, struct stator_span out[PIECES_MAX])
{
    struct stator_span title = stator_status_title(status), advice = stator_status_advice(status);
    const struct stator_span page[] = {html_open,
                                       title,
                                       STATOR_SPAN_INIT("</title>\n<h1>"),
                                       title,
                                       STATOR_SPAN_INIT("</h1>\n<p>"),
                                       advice,
                                       STATOR_SPAN_INIT("</p>\n</html>\n")};
    const struct stator_span text[] = {title, STATOR_SPAN_INIT("\n\n"), advice,
                                       STATOR_SPAN_INIT("\n")};

    memcpy(out, html ? page : text, html ? sizeof(page) : sizeof(text));
    return html ? sizeof(page) / sizeof(page[0]) : sizeof(text) / sizeof(text[0]);
}

struct stator_span stator_problem_type(bool html)
{
    return html ? type_html : type_text;
}

size_t stator_problem_length(enum stator_status status, bool html)
{
    struct stator_span pieces[PIECES_MAX];
    size_t count = collect(status, html, pieces), length = 0;

    for (size_t i = 0; i < count; i++) {
        length += pieces[i].length;
    }
    return length;
}

void stator_problem_write(enum stator_status status, bool html, struct stator_text *out)
{
    struct stator_span pieces[PIECES_MAX];
    size_t count = collect(status, html, pieces);

    for (size_t i = 0; i < count; i++) {
        stator_text_add(out, pieces[i]);
    }
}
