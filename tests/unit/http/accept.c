/* The weight of one type in an Accept field. */
#include "http/accept.h"

#include <criterion/criterion.h>

static const struct {
    const char *label;
    struct stator_span accept;
    int html, plain; /* text/html, text/plain */
} rows[] = {
    {"nothing", STATOR_SPAN_INIT(""), -1, -1},
    {"no address", {NULL, 0}, -1, -1},
    {"the type", STATOR_SPAN_INIT("text/html"), 1000, -1},
    {"case", STATOR_SPAN_INIT("TEXT/Html"), 1000, -1},
    {"anything", STATOR_SPAN_INIT("*/*"), 1000, 1000},
    {"any subtype", STATOR_SPAN_INIT("text/*"), 1000, 1000},
    {"another type", STATOR_SPAN_INIT("image/*, application/json"), -1, -1},
    {"weights", STATOR_SPAN_INIT("text/html;q=0.5, text/plain;q=0.75"), 500, 750},
    {"zero", STATOR_SPAN_INIT("text/html;q=0, */*;q=0.1"), 0, 100},
    {"specific wins over greater", STATOR_SPAN_INIT("*/*, text/html;q=0.2, text/*;q=0.3"), 200,
     300},
    {"order does not matter", STATOR_SPAN_INIT("text/html;q=0.2, text/*;q=0.3, */*"), 200, 300},
    {"the greater of two equals", STATOR_SPAN_INIT("text/html;q=0.2, text/html;q=0.4"), 400, -1},
    {"the greater of two equals, first", STATOR_SPAN_INIT("text/html;q=0.4,text/html;q=0.2"), 400,
     -1},
    {"white space", STATOR_SPAN_INIT(" text/html ;\tq=0.5 ,text/plain"), 500, 1000},
    {"empty members", STATOR_SPAN_INIT(",,text/html,,"), 1000, -1},
    {"empty parameters", STATOR_SPAN_INIT("text/html;;q=0.5;"), 500, -1},
    {"capital Q", STATOR_SPAN_INIT("text/html;Q=0.5"), 500, -1},
    {"parameters are not ours", STATOR_SPAN_INIT("text/html;level=1, */*;q=0.1"), 100, 100},
    {"parameters and a weight", STATOR_SPAN_INIT("text/html;level=1;q=0.3, text/*;q=0.2"), 200,
     200},
    {"a parameter behind q", STATOR_SPAN_INIT("text/html;q=0.3;level=1"), -1, -1},
    {"quoted separators", STATOR_SPAN_INIT("a/b;c=\";,text/html\", text/plain"), -1, 1000},
    {"quoted q", STATOR_SPAN_INIT("text/html;c=\";q=0.1\";q=0.5, text/*;q=0.7"), 700, 700},
    {"quote never closed", STATOR_SPAN_INIT("text/plain, text/html;c=\"x"), -1, 1000},
    {"half a type", STATOR_SPAN_INIT("text, html, */*;q=0.1"), 100, 100},
    {"no type", STATOR_SPAN_INIT("/html, text/plain"), -1, 1000},
    {"no subtype", STATOR_SPAN_INIT("text/, text/plain"), -1, 1000},
    {"two slashes", STATOR_SPAN_INIT("text/html/x"), -1, -1},
    {"star and a subtype", STATOR_SPAN_INIT("*/html"), -1, -1},
    {"a lone star", STATOR_SPAN_INIT("*"), -1, -1},
    {"space in a type", STATOR_SPAN_INIT("text /html, text/ plain"), -1, -1},
    {"parameter first", STATOR_SPAN_INIT(";text/html"), -1, -1},
    {"a browser",
     STATOR_SPAN_INIT("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), 1000,
     800},
    {"malformed members are skipped", STATOR_SPAN_INIT("text/html;q=x, */*;q=0.3"), 300, 300},
    {"parameter without a value", STATOR_SPAN_INIT("text/html;x, */*;q=0.3"), 300, 300},
};

Test(accept, quality)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_accept_quality(rows[i].accept, STATOR_SPAN("text/html")), rows[i].html,
                     "%s, html", rows[i].label);
        cr_expect_eq(stator_accept_quality(rows[i].accept, STATOR_SPAN("text/plain")),
                     rows[i].plain, "%s, plain", rows[i].label);
    }
}

Test(accept, weights)
{
    static const struct {
        const char *accept;
        int weight;
    } weights[] = {
        {"a/b;q=1", 1000},    {"a/b;q=1.", 1000},   {"a/b;q=1.000", 1000}, {"a/b;q=0", 0},
        {"a/b;q=0.", 0},      {"a/b;q=0.000", 0},   {"a/b;q=0.001", 1},    {"a/b;q=0.01", 10},
        {"a/b;q=0.1", 100},   {"a/b;q=0.999", 999}, {"a/b;q=0.1239", 123}, {"a/b;q=1.0000", 1000},
        {"a/b;q=1.001", -1},  {"a/b;q=2", -1},      {"a/b;q=-1", -1},      {"a/b;q=.5", -1},
        {"a/b;q=", -1},       {"a/b;q", -1},        {"a/b;q= 0.5", -1},    {"a/b;q =0.5", -1},
        {"a/b;q=0.5x", -1},   {"a/b;q=00.5", -1},   {"a/b;q=0,5", 0},      {"a/b;q=\"0.5\"", -1},
        {"a/b;q=1.0001", -1},
    };
    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        cr_expect_eq(stator_accept_quality(stator_span_from(weights[i].accept), STATOR_SPAN("a/b")),
                     weights[i].weight, "%s", weights[i].accept);
    }
}
