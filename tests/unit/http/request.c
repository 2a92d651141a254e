/*
 * Request heads, right and wrong, each row under the clause it comes from.
 *
 * Every row is read whole, byte by byte, and cut in two at every place there is, and must always
 * give the same. A row's expectation is one line of text, "GET /path ?query host 1.1 keep none", or
 * the status that refuses it. The surprising thing: the rows know answers, the laws in fuzz/ do
 * not; random mutations of good heads are held against the laws alone.
 */
#include "http/request.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "fuzz/request_laws.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct stator_request_limits default_value = {
    STATOR_REQUEST_LINE_MAX, STATOR_REQUEST_HEAD_MAX, STATOR_REQUEST_FIELDS_MAX};

struct row {
    const char *label;
    struct stator_span in;
    const char *wanted; /* "METHOD path query authority version persistence body"; "400"; "more" */
};

/* A request line with an ordinary rest, and ordinary request lines with fields. */
#define LINE(line)  STATOR_SPAN_INIT(line "\r\nHost: h\r\n\r\n")
#define WITH(lines) STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\n" lines "\r\n")
#define ONLY(lines) STATOR_SPAN_INIT("GET / HTTP/1.1\r\n" lines "\r\n")
#define OLD(lines)  STATOR_SPAN_INIT("GET / HTTP/1.0\r\n" lines "\r\n")
#define PLAIN       "GET / - h 1.1 keep none"
#define OLD_PLAIN   "GET / - - 1.0 close none"

/* A span for "%.*s"; the empty one shows as "-". */
#define PRINTED(span)                                                                              \
    (span).length > 0 ? (int)(span).length : 1, (span).length > 0 ? (span).at : "-"

static void describe_body(const struct stator_request *request, char out[32])
{
    switch (request->framing) {
    case STATOR_FRAMING_NONE:
        snprintf(out, 32, "none");
        break;
    case STATOR_FRAMING_LENGTH:
        snprintf(out, 32, "%llu", (unsigned long long)request->content_length);
        break;
    case STATOR_FRAMING_CHUNKED:
        snprintf(out, 32, "chunked");
        break;
    }
}

static void describe(const struct played *played, char out[256])
{
    const struct stator_request *request = &played->request;
    if (played->result == STATOR_PARSE_MORE) {
        snprintf(out, 256, "more");
    } else if (played->result == STATOR_PARSE_FAILED) {
        snprintf(out, 256, "%d", (int)request->status);
    } else {
        char body[32];
        describe_body(request, body);
        snprintf(out, 256, "%.*s %.*s %.*s %.*s 1.%d %s %s%s", PRINTED(request->method_name),
                 PRINTED(request->path), PRINTED(request->target.query),
                 PRINTED(request->authority), request->minor,
                 request->keep_alive ? "keep" : "close", body,
                 request->expect_continue ? " continue" : "");
    }
}

static size_t head_end(struct stator_span in)
{
    const char *end = memmem(in.at, in.length, "\r\n\r\n", 4);
    return end != NULL ? (size_t)(end - in.at) + 4 : 0;
}

static void check_whole(const struct row *row, const struct stator_request_limits *limits)
{
    static struct played played;
    char found[256];
    cr_assert(play(row->in, FEED_WHOLE, limits, &played));
    describe(&played, found);
    cr_expect_str_eq(found, row->wanted, "%s: \"%s\", not \"%s\"", row->label, found, row->wanted);
    if (played.result == STATOR_PARSE_DONE) {
        cr_expect_eq(played.request.head_length, head_end(row->in), "%s: head length %zu",
                     row->label, played.request.head_length);
    }
    played_finish(&played);
}

static void check(const struct row *rows, size_t count, const struct stator_request_limits *limits)
{
    for (size_t i = 0; i < count; i++) {
        check_whole(&rows[i], limits);
        const char *wrong = laws_breach(rows[i].in, FEED_EACH_BYTE, limits);
        cr_expect_null(wrong, "%s, byte by byte: %s", rows[i].label, wrong);
        for (size_t cut = 1; cut < rows[i].in.length; cut++) {
            wrong = laws_breach(rows[i].in, (struct feed){cut, 0}, limits);
            cr_expect_null(wrong, "%s, cut at %zu: %s", rows[i].label, cut, wrong);
        }
    }
}

#define CHECK(rows) check((rows), COUNT(rows), &default_value)

Test(request, line)
{
    static const struct row rows[] = {
        {"RFC 9112 3 - the smallest request", LINE("GET / HTTP/1.1"), PLAIN},
        {"RFC 9112 3.1 - a method is any token", LINE("X!#$%&'*+-.^_`|~1 / HTTP/1.1"),
         "X!#$%&'*+-.^_`|~1 / - h 1.1 keep none"},
        {"RFC 9112 3.1 - a method has case", LINE("get / HTTP/1.1"), "get / - h 1.1 keep none"},
        {"RFC 9112 3.2 - path and query", LINE("HEAD /a/b?c=d HTTP/1.1"),
         "HEAD /a/b ?c=d h 1.1 keep none"},
        {"RFC 9112 3.2.1 - a path that is normalized", LINE("GET /a/%2e%2E/b//c?../ HTTP/1.1"),
         "GET /b/c ?../ h 1.1 keep none"},
        {"RFC 9112 3.2.2 - absolute-form goes before Host", LINE("GET http://t:1/x HTTP/1.1"),
         "GET /x - t:1 1.1 keep none"},
        {"RFC 9112 3.2.2 - absolute-form without path", LINE("GET HTTPS://t HTTP/1.1"),
         "GET / - t 1.1 keep none"},
        {"RFC 9112 3.2.3 - authority-form", LINE("CONNECT t:443 HTTP/1.1"),
         "CONNECT - - t:443 1.1 keep none"},
        {"RFC 9112 3.2.4 - asterisk-form", LINE("OPTIONS * HTTP/1.1"),
         "OPTIONS * - h 1.1 keep none"},
        {"RFC 9112 2.2 - one empty line before", LINE("\r\nGET / HTTP/1.1"), PLAIN},
        {"RFC 9112 2.3 - HTTP/1.0", LINE("GET / HTTP/1.0"), "GET / - h 1.0 close none"},
        {"RFC 9110 2.5 - a higher minor version", LINE("GET / HTTP/1.2"), PLAIN},
        {"RFC 9110 2.5 - the highest minor version", LINE("GET / HTTP/1.9"), PLAIN},
        {"RFC 9110 15.6.6 - HTTP/2.0", LINE("GET / HTTP/2.0"), "505"},
        {"RFC 9110 15.6.6 - HTTP/0.9", LINE("GET / HTTP/0.9"), "505"},
        {"RFC 9110 15.6.6 - HTTP/9.9", LINE("GET / HTTP/9.9"), "505"},
        {"RFC 9113 3.4 - the HTTP/2 preface", STATOR_SPAN_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
         "505"},
        {"RFC 9112 3 - bad bytes go before a bad version", LINE("GET /\001 HTTP/2.0"), "400"},
        {"RFC 9112 2.3 - the name has case", LINE("GET / http/1.1"), "400"},
        {"RFC 9112 2.3 - half the name has case", LINE("GET / HTTp/1.1"), "400"},
        {"RFC 9112 2.3 - another name", LINE("GET / HTTQ/1.1"), "400"},
        {"RFC 9112 2.3 - no minor version", LINE("GET / HTTP/1"), "400"},
        {"RFC 9112 2.3 - an empty minor version", LINE("GET / HTTP/1."), "400"},
        {"RFC 9112 2.3 - two digits of minor version", LINE("GET / HTTP/1.10"), "400"},
        {"RFC 9112 2.3 - two digits of major version", LINE("GET / HTTP/11.1"), "400"},
        {"RFC 9112 2.3 - a comma", LINE("GET / HTTP/1,1"), "400"},
        {"RFC 9112 2.3 - a letter for a minor version", LINE("GET / HTTP/1.x"), "400"},
        {"RFC 9112 2.3 - a letter for a major version", LINE("GET / HTTP/x.1"), "400"},
        {"RFC 9112 2.3 - a sign", LINE("GET / HTTP/+1.1"), "400"},
        {"RFC 9112 2.3 - a space in it", LINE("GET / HTTP/ 1.1"), "400"},
        {"RFC 9112 3 - HTTP/0.9 has no version", STATOR_SPAN_INIT("GET /\r\n"), "400"},
        {"RFC 9112 3 - a version without target", LINE("GET HTTP/1.1"), "400"},
        {"RFC 9112 3 - an empty target", LINE("GET  HTTP/1.1"), "400"},
        {"RFC 9112 3 - an empty target goes before a bad version", LINE("GET  HTTP/2.0"), "400"},
        {"RFC 9112 3 - a method alone", STATOR_SPAN_INIT("GET\r\n"), "400"},
        {"RFC 9112 3 - a method and a space", STATOR_SPAN_INIT("GET \r\n"), "400"},
        {"RFC 9112 3 - two spaces before the target", LINE("GET  / HTTP/1.1"), "400"},
        {"RFC 9112 3 - two spaces before the version", LINE("GET /  HTTP/1.1"), "400"},
        {"RFC 9112 3 - a space at the end", LINE("GET / HTTP/1.1 "), "400"},
        {"RFC 9112 3 - a space at the start", LINE(" GET / HTTP/1.1"), "400"},
        {"RFC 9112 3 - HTAB for the first space", LINE("GET\t/ HTTP/1.1"), "400"},
        {"RFC 9112 3 - HTAB for the second space", LINE("GET /\tHTTP/1.1"), "400"},
        {"RFC 9112 3 - a space in the target", LINE("GET /a b HTTP/1.1"), "400"},
        {"RFC 9112 3 - two versions", LINE("GET / HTTP/1.1 HTTP/1.1"), "400"},
        {"RFC 9112 3.1 - an empty method", STATOR_SPAN_INIT(" / HTTP/1.1\r\n"), "400"},
        {"RFC 9112 3.1 - '@' in a method", LINE("G@T / HTTP/1.1"), "400"},
        {"RFC 9112 3.1 - ':' in a method", LINE("GET: / HTTP/1.1"), "400"},
        {"RFC 9112 3.1 - a method past ASCII", LINE("G\xc9T / HTTP/1.1"), "400"},
        {"RFC 9112 3.1 - NUL in a method", LINE("G\0T / HTTP/1.1"), "400"},
        {"RFC 9112 3.1 - a TLS hello", STATOR_SPAN_INIT("\x16\x03\x01\x02\n"), "400"},
        {"RFC 9112 3.2 - no asterisk but with OPTIONS", LINE("GET * HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - no authority but with CONNECT", LINE("GET h:80 HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - no path with CONNECT", LINE("CONNECT / HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - a relative target", LINE("GET index.html HTTP/1.1"), "400"},
        {"RFC 9112 3.2.2 - userinfo", LINE("GET http://u@t/ HTTP/1.1"), "400"},
        {"RFC 9112 3.2.2 - an empty authority", LINE("GET http:///x HTTP/1.1"), "400"},
        {"RFC 9112 3.2.2 - another scheme", LINE("GET ws://t/ HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - a fragment", LINE("GET /#a HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - NUL in the target", LINE("GET /\0 HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - a byte past ASCII in the target", LINE("GET /\xe9 HTTP/1.1"), "400"},
        {"RFC 9112 3.2 - DEL in the query", LINE("GET /?\x7f HTTP/1.1"), "400"},
        {"RFC 3986 2.1 - a bad escape", LINE("GET /%zz HTTP/1.1"), "400"},
        {"RFC 3986 7.3 - an escaped NUL", LINE("GET /a%00 HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - a bare LF ends no line",
         STATOR_SPAN_INIT("GET / HTTP/1.1\nHost: h\r\n\r\n"), "400"},
        {"RFC 9112 2.2 - a bare CR ends no line",
         STATOR_SPAN_INIT("GET / HTTP/1.1\rHost: h\r\n\r\n"), "400"},
        {"RFC 9112 2.2 - two CRs", LINE("GET / HTTP/1.1\r"), "400"},
        {"RFC 9112 2.2 - a CR in the target", LINE("GET /\r HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - two empty lines before", LINE("\r\n\r\nGET / HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - a bare LF before", LINE("\nGET / HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - a bare CR before", LINE("\rGET / HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - an empty line and a bare LF", LINE("\r\n\nGET / HTTP/1.1"), "400"},
        {"RFC 9112 2.2 - white space before", LINE("\r\n GET / HTTP/1.1"), "400"},
    };
    CHECK(rows);
}

Test(request, unfinished)
{
    static const struct row rows[] = {
        {"RFC 9112 2.2 - nothing", STATOR_SPAN_INIT(""), "more"},
        {"RFC 9112 2.2 - a CR that may begin an empty line", STATOR_SPAN_INIT("\r"), "more"},
        {"RFC 9112 2.2 - an empty line", STATOR_SPAN_INIT("\r\n"), "more"},
        {"RFC 9112 2.2 - a line is judged at its end", STATOR_SPAN_INIT("\001\002 bad"), "more"},
        {"RFC 9112 2.2 - without the LF", STATOR_SPAN_INIT("GET / HTTP/1.1\r"), "more"},
        {"RFC 9112 2.1 - no fields yet", STATOR_SPAN_INIT("GET / HTTP/1.1\r\n"), "more"},
        {"RFC 9112 2.1 - half a field", STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHo"), "more"},
        {"RFC 9112 2.1 - no empty line", STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\n"), "more"},
        {"RFC 9112 2.1 - half the empty line", STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\n\r"),
         "more"},
        {"RFC 9112 2.2 - a bad line is enough", STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost h\r\nA"),
         "400"},
        {"RFC 9112 2.3 - a bad version is enough", STATOR_SPAN_INIT("GET / HTTP/3.0\r\nA"), "505"},
    };
    CHECK(rows);
}

Test(request, fields)
{
    static const struct row rows[] = {
        {"RFC 9112 5 - any token is a name", WITH("!#$%&'*+-.^_`|~9aZ: x\r\n"), PLAIN},
        {"RFC 9112 5 - an empty value", WITH("A:\r\n"), PLAIN},
        {"RFC 9112 5 - a value of white space", WITH("A: \t \r\n"), PLAIN},
        {"RFC 9112 5.1 - no white space after the colon", WITH("A:b\r\n"), PLAIN},
        {"RFC 9112 5.1 - much white space after the colon", WITH("A: \t  b \t\r\n"), PLAIN},
        {"RFC 9110 5.5 - HTAB in a value", WITH("A: b\tc\r\n"), PLAIN},
        {"RFC 9110 5.5 - HTAB in a long value", WITH("A: 0123456789\t0123456789\r\n"), PLAIN},
        {"RFC 9110 5.5 - bytes past ASCII in a value", WITH("A: \x80\xff 0123456789\xa0\r\n"),
         PLAIN},
        {"RFC 9110 5.5 - a colon in a value", WITH("A: b:c\r\n"), PLAIN},
        {"RFC 9112 5.1 - a space before the colon", WITH("A : b\r\n"), "400"},
        {"RFC 9112 5.1 - HTAB before the colon", WITH("A\t: b\r\n"), "400"},
        {"RFC 9112 5.2 - obs-fold with a space", WITH("A: b\r\n c\r\n"), "400"},
        {"RFC 9112 5.2 - obs-fold with HTAB", WITH("A: b\r\n\tc\r\n"), "400"},
        {"RFC 9112 5.2 - obs-fold of a field", WITH("A: b\r\n C: d\r\n"), "400"},
        {"RFC 9112 5.2 - obs-fold of nothing", WITH("A: b\r\n \r\n"), "400"},
        {"RFC 9112 2.2 - white space after the request line",
         STATOR_SPAN_INIT("GET / HTTP/1.1\r\n Host: h\r\n\r\n"), "400"},
        {"RFC 9112 5 - an empty name", WITH(": b\r\n"), "400"},
        {"RFC 9112 5 - no colon", WITH("A\r\n"), "400"},
        {"RFC 9112 5 - no colon but a space", WITH("A b\r\n"), "400"},
        {"RFC 9110 5.6.2 - a parenthesis in a name", WITH("A(b): c\r\n"), "400"},
        {"RFC 9110 5.6.2 - a slash in a name", WITH("A/b: c\r\n"), "400"},
        {"RFC 9110 5.6.2 - '@' in a name", WITH("A@b: c\r\n"), "400"},
        {"RFC 9110 5.6.2 - brackets in a name", WITH("A[b]: c\r\n"), "400"},
        {"RFC 9110 5.6.2 - quotes in a name", WITH("\"A\": c\r\n"), "400"},
        {"RFC 9110 5.6.2 - a byte past ASCII in a name", WITH("A\xe9: c\r\n"), "400"},
        {"RFC 9110 5.6.2 - NUL in a name", WITH("A\0: c\r\n"), "400"},
        {"RFC 9110 5.6.2 - DEL in a name", WITH("A\x7f: c\r\n"), "400"},
        {"RFC 9110 5.5 - NUL in a value", WITH("A: b\0c\r\n"), "400"},
        {"RFC 9110 5.5 - NUL in a long value", WITH("A: 0123456\0789abcdef\r\n"), "400"},
        {"RFC 9110 5.5 - NUL at a long value's end", WITH("A: 0123456789abcdef\0\r\n"), "400"},
        {"RFC 9110 5.5 - NUL at a long value's start", WITH("A:\0000123456789abcdef\r\n"), "400"},
        {"RFC 9110 5.5 - ESC in a value", WITH("A: \033[31m\r\n"), "400"},
        {"RFC 9110 5.5 - the last control byte", WITH("A: 01234567\0378\r\n"), "400"},
        {"RFC 9110 5.5 - DEL in a short value", WITH("A: \x7f\r\n"), "400"},
        {"RFC 9110 5.5 - DEL in a long value", WITH("A: 01234\x7f 0123456789\r\n"), "400"},
        {"RFC 9110 5.5 - HTAB excuses no other", WITH("A: \t01234567\001\r\n"), "400"},
        {"RFC 9112 2.2 - a bare CR in a value", WITH("A: b\rc\r\n"), "400"},
        {"RFC 9112 2.2 - a bare CR before a field", WITH("A: b\rHost: x\r\n"), "400"},
        {"RFC 9112 2.2 - two CRs", WITH("A: b\r\r\n"), "400"},
        {"RFC 9112 2.2 - a bare LF ends no field", WITH("A: b\nC: d\r\n"), "400"},
        {"RFC 9112 2.2 - a bare LF ends no head",
         STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\n\n"), "400"},
        {"RFC 9112 2.2 - LF CR", WITH("A: b\n\rC: d\r\n"), "400"},
        {"RFC 9112 2.2 - a bare CR for an empty line", WITH("A: b\r\n\r \r\n"), "400"},
        {"RFC 9112 6 - what follows is not looked at", WITH("A: b\r\n\r\n\0\n bad"), PLAIN},
        {"RFC 9112 9.3.2 - another request follows",
         WITH("\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n"), PLAIN},
    };
    CHECK(rows);
}

Test(request, host)
{
    static const struct row rows[] = {
        {"RFC 9112 3.2 - a port", ONLY("Host: example.com:8080\r\n"),
         "GET / - example.com:8080 1.1 keep none"},
        {"RFC 9112 3.2 - white space around it", ONLY("Host: \t h \t\r\n"), PLAIN},
        {"RFC 9110 5.1 - the name has no case", ONLY("hOST: h\r\n"), PLAIN},
        {"RFC 9112 3.2 - IPv6", ONLY("Host: [::1]:8080\r\n"), "GET / - [::1]:8080 1.1 keep none"},
        {"RFC 9112 3.2 - an empty Host", ONLY("Host:\r\n"), "GET / - - 1.1 keep none"},
        {"RFC 9112 3.2 - a Host of white space", ONLY("Host:  \r\n"), "GET / - - 1.1 keep none"},
        {"RFC 9112 3.2 - missing", ONLY(""), "400"},
        {"RFC 9112 3.2 - missing among others", ONLY("Hos: h\r\nHosts: h\r\n"), "400"},
        {"RFC 9112 3.2 - missing in HTTP/1.0", OLD(""), OLD_PLAIN},
        {"RFC 9112 3.2 - missing in HTTP/1.2", STATOR_SPAN_INIT("GET / HTTP/1.2\r\n\r\n"), "400"},
        {"RFC 9112 3.2 - missing with absolute-form",
         STATOR_SPAN_INIT("GET http://t/ HTTP/1.1\r\n\r\n"), "400"},
        {"RFC 9112 3.2 - absolute-form in HTTP/1.0",
         STATOR_SPAN_INIT("GET http://t/ HTTP/1.0\r\n\r\n"), "GET / - t 1.0 close none"},
        {"RFC 9112 3.2 - twice", ONLY("Host: h\r\nHost: h\r\n"), "400"},
        {"RFC 9112 3.2 - twice, in another case", ONLY("Host: h\r\nA: b\r\nHOST: i\r\n"), "400"},
        {"RFC 9112 3.2 - twice, both empty", ONLY("Host:\r\nHost:\r\n"), "400"},
        {"RFC 9112 3.2 - twice in HTTP/1.0", OLD("Host: h\r\nHost: h\r\n"), "400"},
        {"RFC 9112 3.2 - twice with absolute-form",
         STATOR_SPAN_INIT("GET http://t/ HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n"), "400"},
        {"RFC 9112 3.2 - a list", ONLY("Host: a, b\r\n"), "400"},
        {"RFC 9112 3.2 - userinfo", ONLY("Host: u@h\r\n"), "400"},
        {"RFC 9112 3.2 - a path", ONLY("Host: h/x\r\n"), "400"},
        {"RFC 9112 3.2 - a URI", ONLY("Host: http://h\r\n"), "400"},
        {"RFC 9112 3.2 - a port alone", ONLY("Host: :80\r\n"), "400"},
        {"RFC 9112 3.2 - a port that is no number", ONLY("Host: h:x\r\n"), "400"},
        {"RFC 9112 3.2 - a port past the last", ONLY("Host: h:70000\r\n"), "400"},
        {"RFC 9112 3.2 - a broken IPv6 address", ONLY("Host: [::1\r\n"), "400"},
        {"RFC 9112 3.2 - a byte past ASCII", ONLY("Host: \xe9\r\n"), "400"},
        {"RFC 9112 3.2 - not valid in HTTP/1.0 either", OLD("Host: a b\r\n"), "400"},
        {"RFC 9112 3.2 - not valid with absolute-form",
         STATOR_SPAN_INIT("GET http://t/ HTTP/1.1\r\nHost: a b\r\n\r\n"), "400"},
        {"RFC 9112 3.2.2 - empty with absolute-form",
         STATOR_SPAN_INIT("GET http://t/ HTTP/1.1\r\nHost:\r\n\r\n"), "GET / - t 1.1 keep none"},
    };
    CHECK(rows);
}

Test(request, framing)
{
    static const struct row rows[] = {
        {"RFC 9112 6.3 - neither field", WITH(""), PLAIN},
        {"RFC 9112 6.2 - a length", WITH("Content-Length: 5\r\n\r\nhello"), "GET / - h 1.1 keep 5"},
        {"RFC 9112 6.2 - no length to speak of", WITH("Content-Length: 0\r\n"), PLAIN},
        {"RFC 9110 8.6 - leading zeros are digits", WITH("Content-Length: 007\r\n"),
         "GET / - h 1.1 keep 7"},
        {"RFC 9110 8.6 - the greatest length", WITH("content-length:18446744073709551615\r\n"),
         "GET / - h 1.1 keep 18446744073709551615"},
        {"RFC 9112 6.2 - a length in HTTP/1.0", OLD("Content-Length: 5\r\n"),
         "GET / - - 1.0 close 5"},
        {"RFC 9110 8.6 - one past the greatest", WITH("Content-Length: 18446744073709551616\r\n"),
         "400"},
        {"RFC 9110 8.6 - far past the greatest",
         WITH("Content-Length: 99999999999999999999999999999999999\r\n"), "400"},
        {"RFC 9110 8.6 - empty", WITH("Content-Length:\r\n"), "400"},
        {"RFC 9110 8.6 - a plus sign", WITH("Content-Length: +5\r\n"), "400"},
        {"RFC 9110 8.6 - a minus sign", WITH("Content-Length: -5\r\n"), "400"},
        {"RFC 9110 8.6 - minus nothing", WITH("Content-Length: -0\r\n"), "400"},
        {"RFC 9110 8.6 - a space in it", WITH("Content-Length: 5 5\r\n"), "400"},
        {"RFC 9110 8.6 - hexadecimal", WITH("Content-Length: 0x5\r\n"), "400"},
        {"RFC 9110 8.6 - a fraction", WITH("Content-Length: 5.0\r\n"), "400"},
        {"RFC 9110 8.6 - an exponent", WITH("Content-Length: 1e1\r\n"), "400"},
        {"RFC 9110 8.6 - a unit", WITH("Content-Length: 5b\r\n"), "400"},
        {"RFC 9110 8.6 - quoted", WITH("Content-Length: \"5\"\r\n"), "400"},
        {"RFC 9110 8.6 - digits past ASCII", WITH("Content-Length: \xb2\r\n"), "400"},
        {"RFC 9112 6.3 - a list of one value", WITH("Content-Length: 5, 5\r\n"), "400"},
        {"RFC 9112 6.3 - a list of two values", WITH("Content-Length: 5, 6\r\n"), "400"},
        {"RFC 9112 6.3 - a list of one", WITH("Content-Length: 5,\r\n"), "400"},
        {"RFC 9112 6.3 - twice the same", WITH("Content-Length: 5\r\nContent-Length: 5\r\n"),
         "400"},
        {"RFC 9112 6.3 - twice, differing", WITH("Content-Length: 5\r\nContent-Length: 6\r\n"),
         "400"},
        {"RFC 9112 6.3 - twice in HTTP/1.0", OLD("Content-Length: 5\r\nContent-Length: 5\r\n"),
         "400"},
        {"RFC 9112 6.3 - twice in HTTP/1.0, differing",
         OLD("Content-Length: 0\r\nContent-Length: 6\r\n"), "400"},
        {"RFC 9112 7.1 - chunked", WITH("Transfer-Encoding: chunked\r\n"),
         "GET / - h 1.1 keep chunked"},
        {"RFC 9112 7 - codings have no case", WITH("transfer-ENCODING:\tChunKED\t\r\n"),
         "GET / - h 1.1 keep chunked"},
        {"RFC 9112 6.1 - chunked twice", WITH("Transfer-Encoding: chunked, chunked\r\n"), "400"},
        {"RFC 9112 6.1 - chunked in two fields",
         WITH("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"},
        {"RFC 9112 6.1 - gzip, then chunked", WITH("Transfer-Encoding: gzip, chunked\r\n"), "400"},
        {"RFC 9112 6.1 - gzip and chunked in two fields",
         WITH("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"), "400"},
        {"RFC 9112 6.3 - chunked is not final", WITH("Transfer-Encoding: chunked, gzip\r\n"),
         "400"},
        {"RFC 9112 6.1 - identity", WITH("Transfer-Encoding: identity\r\n"), "400"},
        {"RFC 9112 6.1 - gzip alone", WITH("Transfer-Encoding: gzip\r\n"), "400"},
        {"RFC 9112 6.1 - xchunked", WITH("Transfer-Encoding: xchunked\r\n"), "400"},
        {"RFC 9112 6.1 - chunkedx", WITH("Transfer-Encoding: chunkedx\r\n"), "400"},
        {"RFC 9112 6.1 - a parameter", WITH("Transfer-Encoding: chunked;a=b\r\n"), "400"},
        {"RFC 9112 6.1 - quoted", WITH("Transfer-Encoding: \"chunked\"\r\n"), "400"},
        {"RFC 9112 6.1 - an empty member", WITH("Transfer-Encoding: ,chunked\r\n"), "400"},
        {"RFC 9112 6.1 - a comma behind", WITH("Transfer-Encoding: chunked,\r\n"), "400"},
        {"RFC 9112 6.1 - empty", WITH("Transfer-Encoding:\r\n"), "400"},
        {"RFC 9112 6.1 - VT before it", WITH("Transfer-Encoding: \vchunked\r\n"), "400"},
        {"RFC 9112 6.1 - NBSP before it",
         WITH("Transfer-Encoding: \xa0"
              "chunked\r\n"),
         "400"},
        {"RFC 9112 6.1 - folded", WITH("Transfer-Encoding:\r\n chunked\r\n"), "400"},
        {"RFC 9112 6.1 - in HTTP/1.0", OLD("Transfer-Encoding: chunked\r\n"), "400"},
        {"RFC 9112 6.1 - another name is another field", WITH("Transfer_Encoding: x\r\n"), PLAIN},
        {"RFC 9112 6.3 - with a length",
         WITH("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "400"},
        {"RFC 9112 6.3 - behind a length",
         WITH("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), "400"},
        {"RFC 9112 6.3 - identity with a length",
         WITH("Content-Length: 5\r\nTransfer-Encoding: identity\r\n"), "400"},
        {"RFC 9112 6.3 - with a length in HTTP/1.0",
         OLD("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "400"},
    };
    CHECK(rows);
}

Test(request, connection)
{
    static const struct row rows[] = {
        {"RFC 9112 9.3 - close", WITH("Connection: close\r\n"), "GET / - h 1.1 close none"},
        {"RFC 9112 9.3 - options have no case", WITH("connection: CLOSE\r\n"),
         "GET / - h 1.1 close none"},
        {"RFC 9112 9.3 - keep-alive changes nothing in 1.1", WITH("Connection: keep-alive\r\n"),
         PLAIN},
        {"RFC 9110 7.6.1 - close in a list", WITH("Connection: a , close,b\r\n"),
         "GET / - h 1.1 close none"},
        {"RFC 9112 9.3 - close goes first", WITH("Connection: keep-alive, close\r\n"),
         "GET / - h 1.1 close none"},
        {"RFC 9110 5.3 - several fields are one list",
         WITH("Connection: keep-alive\r\nA: b\r\nConnection: close\r\n"),
         "GET / - h 1.1 close none"},
        {"RFC 9112 9.3 - close goes first from the first field",
         OLD("Connection: close\r\nConnection: keep-alive\r\n"), OLD_PLAIN},
        {"RFC 9110 7.6.1 - an option that begins like it", WITH("Connection: closed\r\n"), PLAIN},
        {"RFC 9110 7.6.1 - an option that ends like it", WITH("Connection: x-close\r\n"), PLAIN},
        {"RFC 9110 7.6.1 - an unknown option", WITH("Connection: Upgrade\r\n"), PLAIN},
        {"RFC 9110 5.6.1 - empty members", WITH("Connection: ,, ,close,\r\n"),
         "GET / - h 1.1 close none"},
        {"RFC 9110 7.6.1 - empty", WITH("Connection:\r\n"), PLAIN},
        {"RFC 9112 9.3 - HTTP/1.0 ends", OLD(""), OLD_PLAIN},
        {"RFC 9112 C.2.2 - HTTP/1.0 asks to go on", OLD("Connection: Keep-Alive\r\n"),
         "GET / - - 1.0 keep none"},
        {"RFC 9112 C.2.2 - HTTP/1.0 asks in a list", OLD("Connection: a,keep-alive\r\n"),
         "GET / - - 1.0 keep none"},
        {"RFC 9112 9.3 - HTTP/1.0, close goes first", OLD("Connection: keep-alive, close\r\n"),
         OLD_PLAIN},
        {"RFC 9112 C.2.2 - the Keep-Alive field asks for nothing", OLD("Keep-Alive: 5\r\n"),
         OLD_PLAIN},
    };
    CHECK(rows);
}

Test(request, expectation)
{
    static const struct row rows[] = {
        {"RFC 9110 10.1.1 - 100-continue", WITH("Expect: 100-continue\r\nContent-Length: 5\r\n"),
         "GET / - h 1.1 keep 5 continue"},
        {"RFC 9110 10.1.1 - it has no case", WITH("expect:100-Continue\r\n"),
         "GET / - h 1.1 keep none continue"},
        {"RFC 9110 10.1.1 - ignored in HTTP/1.0", OLD("Expect: 100-continue\r\n"), OLD_PLAIN},
        {"RFC 9110 10.1.1 - another is left to the caller", WITH("Expect: 200-ok\r\n"), PLAIN},
        {"RFC 9110 10.1.1 - with another in a list", WITH("Expect: 100-continue, a\r\n"), PLAIN},
        {"RFC 9110 10.1.1 - with another in a field", WITH("Expect: 100-continue\r\nExpect: a\r\n"),
         PLAIN},
        {"RFC 9110 10.1.1 - empty", WITH("Expect:\r\n"), PLAIN},
    };
    CHECK(rows);
}

/* Short limits, so that the rows that reach them can be read: 20, 48 and 2. */
Test(request, limits)
{
    static const struct stator_request_limits limits = {.line = 20, .head = 48, .fields = 2};
    static const struct row rows[] = {
        {"RFC 9112 3 - as long as may be, yet wrong", LINE("GET /456 HTTP/1.1\r"), "400"},
        {"RFC 9112 3 - a line as long as may be", LINE("GET /4567 HTTP/1.1"),
         "GET /4567 - h 1.1 keep none"},
        {"RFC 9112 3 - one byte too long", LINE("GET /45678 HTTP/1.1"), "414"},
        {"RFC 9112 3 - the empty line before does not count", LINE("\r\nGET /4567 HTTP/1.1"),
         "GET /4567 - h 1.1 keep none"},
        {"RFC 9112 3 - one byte too long behind it", LINE("\r\nGET /45678 HTTP/1.1"), "414"},
        {"RFC 9112 3 - too long goes before wrong", LINE("GET\0/ 56789 123456789"), "414"},
        {"RFC 9112 3 - no end in sight", STATOR_SPAN_INIT("GET /5678901234567890"), "414"},
        {"RFC 9112 3 - at the limit without its end", STATOR_SPAN_INIT("GET /567 9 HTTP/1.1\r"),
         "414"},
        {"RFC 9112 3 - just before the limit", STATOR_SPAN_INIT("GET /567 HTTP/1.1\r"), "more"},
        {"RFC 6585 5 - as many fields as may be", WITH("A: b\r\n"), PLAIN},
        {"RFC 6585 5 - one field too many", WITH("A: b\r\nC: d\r\n"), "431"},
        {"RFC 6585 5 - one too many goes before wrong", WITH("A: b\r\n: d\r\n"), "431"},
        {"RFC 6585 5 - wrong goes before one too many", WITH(": b\r\nC: d\r\n"), "400"},
        {"RFC 6585 5 - the longest head", WITH("A: 8901234567890123\r\n"), PLAIN},
        {"RFC 6585 5 - one byte too long", WITH("A: 89012345678901234\r\n"), "431"},
        {"RFC 6585 5 - a field too long for the head", WITH("A: 8901234567890123456789\r\n"),
         "431"},
        {"RFC 6585 5 - too long goes before wrong", WITH("A\0 8901234567890123456789\r\n"), "431"},
        {"RFC 6585 5 - wrong goes before too long", WITH("A : b\r\nB: 8901234567890123456789\r\n"),
         "400"},
        {"RFC 6585 5 - no end in sight",
         STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: 3456789 123456789 123456789 1"), "431"},
        {"RFC 6585 5 - the empty line before counts for the head",
         STATOR_SPAN_INIT("\r\nGET / HTTP/1.1\r\nHost: h\r\nA: 012345678901234\r\n\r\n"), "431"},
        {"RFC 6585 5 - what follows does not", WITH("A: 8901234567890123\r\n\r\nmore"), PLAIN},
    };
    check(rows, COUNT(rows), &limits);
}

/* The head's limit may be the less of the two. */
Test(request, limits_of_a_short_head)
{
    static const struct stator_request_limits limits = {.line = 64, .head = 20, .fields = 0};
    static const struct row rows[] = {
        {"RFC 6585 5 - no field may be", STATOR_SPAN_INIT("GET /5 HTTP/1.0\r\n\r\n"),
         "GET /5 - - 1.0 close none"},
        {"RFC 6585 5 - the last byte that fits", STATOR_SPAN_INIT("GET /56 HTTP/1.0\r\n\r\n"),
         "GET /56 - - 1.0 close none"},
        {"RFC 6585 5 - the empty line does not fit", STATOR_SPAN_INIT("GET /567 HTTP/1.0\r\n\r\n"),
         "431"},
        {"RFC 6585 5 - nor behind an empty line", STATOR_SPAN_INIT("\r\nGET /5 HTTP/1.0\r\n\r\n"),
         "431"},
        {"RFC 6585 5 - the request line does not fit",
         STATOR_SPAN_INIT("GET /5678901234567890 HTTP/1.0\r\n\r\n"), "431"},
        {"RFC 6585 5 - a field is one too many", STATOR_SPAN_INIT("GET / HTTP/1.0\r\nA:\r\n\r\n"),
         "431"},
    };
    check(rows, COUNT(rows), &limits);
}

/* Where both limits are passed at once the line's is named, for that is what was too long. */
Test(request, limits_that_meet)
{
    static const struct stator_request_limits limits = {.line = 20, .head = 20, .fields = 1};
    static const struct row rows[] = {
        {"RFC 9112 3 - both at once", STATOR_SPAN_INIT("GET /5678901234567890 HTTP/1.0\r\n\r\n"),
         "414"},
        {"RFC 6585 5 - the head first",
         STATOR_SPAN_INIT("\r\nGET /78901234567890 HTTP/1.0\r\n\r\n"), "431"},
    };
    check(rows, COUNT(rows), &limits);
}

/* A head in memory that grows; large enough for twice the largest one. */
struct sheet {
    char at[2 * STATOR_REQUEST_HEAD_MAX];
    size_t length;
};

static void put(struct sheet *sheet, const char *string)
{
    size_t length = strlen(string);
    cr_assert(length <= sizeof(sheet->at) - sheet->length);
    memcpy(sheet->at + sheet->length, string, length);
    sheet->length += length;
}

static void fill(struct sheet *sheet, size_t count)
{
    cr_assert(count <= sizeof(sheet->at) - sheet->length);
    memset(sheet->at + sheet->length, 'x', count);
    sheet->length += count;
}

static void check_sheet(const struct sheet *sheet, const char *label, enum stator_status wanted)
{
    static struct played played;
    struct stator_span in = {sheet->at, sheet->length};
    cr_assert(play(in, FEED_WHOLE, &default_value, &played));
    cr_expect_neq(played.result, STATOR_PARSE_MORE, "%s", label);
    cr_expect_eq(played.request.status, wanted, "%s: %d", label, (int)played.request.status);
    played_finish(&played);
    static const struct feed feeds[] = {{1, 1000}, {8191, 1}, {100, 4096}, {16383, 1}};
    for (size_t i = 0; i < COUNT(feeds); i++) {
        const char *wrong = laws_breach(in, feeds[i], &default_value);
        cr_expect_null(wrong, "%s, fed %zu: %s", label, i, wrong);
    }
}

Test(request, default_limits)
{
    static struct sheet sheet;
    const size_t around = strlen("GET / HTTP/1.1\r\n");
    for (size_t more = 0; more < 2; more++) {
        sheet.length = 0;
        put(&sheet, "GET /");
        fill(&sheet, STATOR_REQUEST_LINE_MAX - around + more);
        put(&sheet, " HTTP/1.1\r\nHost: h\r\n\r\n");
        check_sheet(&sheet, "a line of 8 KiB",
                    more == 0 ? STATOR_STATUS_NONE : STATOR_STATUS_URI_TOO_LONG);

        sheet.length = 0;
        put(&sheet, "GET / HTTP/1.1\r\nHost: h\r\nA: ");
        fill(&sheet, STATOR_REQUEST_HEAD_MAX - sheet.length - 4 + more);
        put(&sheet, "\r\n\r\n");
        check_sheet(&sheet, "a head of 16 KiB",
                    more == 0 ? STATOR_STATUS_NONE : STATOR_STATUS_FIELDS_TOO_LARGE);

        sheet.length = 0;
        put(&sheet, "GET / HTTP/1.1\r\nHost: h\r\n");
        for (size_t i = 1; i < STATOR_REQUEST_FIELDS_MAX + more; i++) {
            put(&sheet, "A: b\r\n");
        }
        put(&sheet, "\r\n");
        check_sheet(&sheet, "100 fields",
                    more == 0 ? STATOR_STATUS_NONE : STATOR_STATUS_FIELDS_TOO_LARGE);
    }
}

/* The longest path that there can be is decoded within the buffer. */
Test(request, longest_path)
{
    static struct sheet sheet;
    put(&sheet, "GET /%41");
    fill(&sheet, STATOR_REQUEST_LINE_MAX - strlen("GET /%41 HTTP/1.1\r\n"));
    put(&sheet, " HTTP/1.1\r\nHost: h\r\n\r\n");
    check_sheet(&sheet, "an escape in a line of 8 KiB", STATOR_STATUS_NONE);
}

Test(request, known_fields)
{
    static const char *const names[STATOR_FIELD_COUNT] = {
        [STATOR_FIELD_ACCEPT] = "aCCEPT",
        [STATOR_FIELD_CONNECTION] = "Connection",
        [STATOR_FIELD_CONTENT_LENGTH] = "content-length",
        [STATOR_FIELD_EXPECT] = "EXPECT",
        [STATOR_FIELD_HOST] = "hOsT",
        [STATOR_FIELD_IF_MATCH] = "if-match",
        [STATOR_FIELD_IF_MODIFIED_SINCE] = "If-Modified-since",
        [STATOR_FIELD_IF_NONE_MATCH] = "IF-NONE-MATCH",
        [STATOR_FIELD_IF_RANGE] = "If-Range",
        [STATOR_FIELD_IF_UNMODIFIED_SINCE] = "if-Unmodified-Since",
        [STATOR_FIELD_RANGE] = "range",
        [STATOR_FIELD_REFERER] = "ReFeReR",
        [STATOR_FIELD_TRANSFER_ENCODING] = "transfer-Encoding",
        [STATOR_FIELD_USER_AGENT] = "user-agent",
    };
    static struct played played;
    for (int id = STATOR_FIELD_OTHER + 1; id < STATOR_FIELD_COUNT; id++) {
        char head[256];
        int length = snprintf(head, sizeof(head), "GET / HTTP/1.0\r\nX%s: 1\r\n%s: 7\r\n\r\n",
                              names[id] + 1, names[id]);
        struct stator_span in = {head, (size_t)length};
        cr_assert(play(in, FEED_WHOLE, &default_value, &played));
        const struct stator_request *request = &played.request;
        cr_expect_eq(request->field_count, 2, "%s", names[id]);
        cr_expect_eq(request->fields[0].id, STATOR_FIELD_OTHER, "%s", names[id]);
        cr_expect_eq((int)request->fields[1].id, id, "%s", names[id]);
        cr_expect_eq(request->known[id], 1, "%s", names[id]);
        cr_expect(stator_span_equal(stator_request_field(request, (enum stator_field)id),
                                    STATOR_SPAN("7")),
                  "%s", names[id]);
        played_finish(&played);
    }
}

Test(request, fields_are_found)
{
    static struct stator_request request;
    struct stator_request_progress progress = {0};
    struct stator_span in =
        STATOR_SPAN_INIT("GET / HTTP/1.1\r\nRange: a\r\nHost: h\r\nX:  y z\t\r\nRANGE:\r\n\r\n");
    cr_assert_eq(stator_request_parse(in, &default_value, &progress, &request), STATOR_PARSE_DONE);
    cr_expect_eq(request.field_count, 4);
    cr_expect(stator_span_equal(request.fields[2].name, STATOR_SPAN("X")));
    cr_expect(stator_span_equal(request.fields[2].value, STATOR_SPAN("y z")));

    cr_expect_eq(request.known[STATOR_FIELD_RANGE], 2);
    cr_expect(
        stator_span_equal(stator_request_field(&request, STATOR_FIELD_RANGE), STATOR_SPAN("a")));
    size_t cursor = 0;
    cr_expect_eq(stator_request_field_next(&request, STATOR_FIELD_RANGE, &cursor),
                 &request.fields[0]);
    cr_expect_eq(stator_request_field_next(&request, STATOR_FIELD_RANGE, &cursor),
                 &request.fields[3]);
    cr_expect_null(stator_request_field_next(&request, STATOR_FIELD_RANGE, &cursor));

    cr_expect_null(stator_request_field(&request, STATOR_FIELD_REFERER).at);
    cr_expect_not_null(request.fields[3].value.at, "an empty value stands somewhere");
}

/* What the log shows of a request that was refused, in however many pieces it came. */
struct refused_row {
    const char *label;
    struct stator_span in;
    const char *line;
    const char *method;
    const char *target;
};

static void check_refused(const struct refused_row *row, struct feed feed)
{
    static struct played played;
    cr_assert(play(row->in, feed, &default_value, &played));
    const struct stator_request *request = &played.request;
    cr_expect_eq(played.result, STATOR_PARSE_FAILED, "%s", row->label);
    cr_expect(stator_span_equal(request->line, stator_span_from(row->line)), "%s: line %.*s",
              row->label, PRINTED(request->line));
    cr_expect(stator_span_equal(request->method_name, stator_span_from(row->method)),
              "%s: method %.*s", row->label, PRINTED(request->method_name));
    cr_expect(stator_span_equal(request->target_text, stator_span_from(row->target)),
              "%s: target %.*s", row->label, PRINTED(request->target_text));
    played_finish(&played);
}

Test(request, refused_is_remembered)
{
    static const struct refused_row rows[] = {
        {"a bad field", STATOR_SPAN_INIT("GET /a HTTP/1.1\r\nHost: h\r\nA : b\r\n"),
         "GET /a HTTP/1.1", "GET", "/a"},
        {"a bad end", STATOR_SPAN_INIT("GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
         "GET /a HTTP/1.1", "GET", "/a"},
        {"a bad target", STATOR_SPAN_INIT("GET a HTTP/1.1\r\n"), "GET a HTTP/1.1", "GET", "a"},
        {"a bad version", STATOR_SPAN_INIT("GET / HTTP/7.1\r\n"), "GET / HTTP/7.1", "GET", "/"},
        {"no version", STATOR_SPAN_INIT("GET /\r\n"), "GET /", "GET", ""},
        {"no method", STATOR_SPAN_INIT(" x\r\n"), " x", "", ""},
        {"a bare LF", STATOR_SPAN_INIT("\r\nGET / HTTP/1.1\n"), "GET / HTTP/1.1", "", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_refused(&rows[i], FEED_WHOLE);
        check_refused(&rows[i], FEED_EACH_BYTE);
        check_refused(&rows[i], (struct feed){17, 3});
    }
}

/* A client that sends byte after byte makes nobody look at a byte twice before the end. */
Test(request, work_is_linear)
{
    static struct stator_request request;
    struct stator_span in = STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n");
    struct stator_request_progress progress = {0};
    for (size_t length = 1; length < in.length; length++) {
        cr_assert_eq(stator_request_parse(stator_span_first(in, length), &default_value, &progress,
                                          &request),
                     STATOR_PARSE_MORE);
        size_t line = stator_span_find_last(stator_span_first(in, length), '\n');
        cr_expect_eq(progress.checked, line < length ? line + 1 : 0, "at %zu", length);
        cr_expect(progress.searched == length || progress.checked == length, "at %zu", length);
    }
    cr_expect_eq(progress.field_count, 2);
}

/* What was searched for a line's end is not searched again: an end put there later is not seen. */
Test(request, no_byte_is_searched_twice)
{
    static struct stator_request request;
    char head[] = "GET /abc HTTP/1.1\r\nHost: h\r\n";
    struct stator_request_progress progress = {0};
    cr_assert_eq(
        stator_request_parse((struct stator_span){head, 8}, &default_value, &progress, &request),
        STATOR_PARSE_MORE);
    head[5] = '\n';
    cr_expect_eq(
        stator_request_parse((struct stator_span){head, 9}, &default_value, &progress, &request),
        STATOR_PARSE_MORE);
}

/* xorshift64*: the same mutations every time, on every machine. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t draw_below(uint64_t *state, size_t bound)
{
    return bound == 0 ? 0 : (size_t)(draw(state) >> 33) % bound;
}

#define MUTANT_MAX 512

struct mutant {
    char at[MUTANT_MAX];
    size_t length;
};

/* Puts `bytes` in the place of `count` bytes at `where`, if there is room. */
static void splice(struct mutant *mutant, size_t where, size_t count, struct stator_span bytes)
{
    size_t rest = mutant->length - where;
    count = count < rest ? count : rest;
    if (mutant->length - count + bytes.length > MUTANT_MAX) {
        return;
    }
    memmove(mutant->at + where + bytes.length, mutant->at + where + count, rest - count);
    memcpy(mutant->at + where, bytes.at, bytes.length);
    mutant->length += bytes.length - count;
}

static void mutate(struct mutant *mutant, uint64_t *state)
{
    static const struct stator_span pieces[] = {
        STATOR_SPAN_INIT("\r\n"),
        STATOR_SPAN_INIT("\r"),
        STATOR_SPAN_INIT("\n"),
        STATOR_SPAN_INIT("\0"),
        STATOR_SPAN_INIT(" "),
        STATOR_SPAN_INIT("\t"),
        STATOR_SPAN_INIT(":"),
        STATOR_SPAN_INIT("/"),
        STATOR_SPAN_INIT("//"),
        STATOR_SPAN_INIT("."),
        STATOR_SPAN_INIT("/.."),
        STATOR_SPAN_INIT("/./"),
        STATOR_SPAN_INIT("%2e"),
        STATOR_SPAN_INIT("%2F"),
        STATOR_SPAN_INIT("%00"),
        STATOR_SPAN_INIT("%"),
        STATOR_SPAN_INIT("?"),
        STATOR_SPAN_INIT("\x7f"),
        STATOR_SPAN_INIT("\xff"),
        STATOR_SPAN_INIT(","),
        STATOR_SPAN_INIT("0"),
        STATOR_SPAN_INIT("\r\nHost: x"),
        STATOR_SPAN_INIT("\r\nContent-Length: 5"),
        STATOR_SPAN_INIT("\r\nTransfer-Encoding: chunked"),
        STATOR_SPAN_INIT("http://x"),
        STATOR_SPAN_INIT("@"),
        STATOR_SPAN_INIT("\r\n\r\n"),
    };
    size_t where = draw_below(state, mutant->length + 1);
    char byte = (char)draw(state);
    switch (draw_below(state, 5)) {
    case 0:
        splice(mutant, where, 1, (struct stator_span){&byte, 1});
        break;
    case 1:
        splice(mutant, where, 1 + draw_below(state, 4), STATOR_SPAN(""));
        break;
    case 2:
        splice(mutant, where, draw_below(state, 3), pieces[draw_below(state, COUNT(pieces))]);
        break;
    case 3:
        splice(mutant, where, 0, pieces[draw_below(state, COUNT(pieces))]);
        break;
    default:
        splice(mutant, where, mutant->length, STATOR_SPAN(""));
        break;
    }
}

static void breed(struct mutant *mutant, uint64_t *state)
{
    static const struct stator_span parents[] = {
        STATOR_SPAN_INIT("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        STATOR_SPAN_INIT("GET /a/../%7Eb/./c//d.html?e=%2f HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        STATOR_SPAN_INIT("GET /a/.%2e/%2e/..%2f..%2fb HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        STATOR_SPAN_INIT("OPTIONS * HTTP/1.1\r\nHost:\r\nA: \t\r\n\r\n"),
        STATOR_SPAN_INIT("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"),
        STATOR_SPAN_INIT(
            "\r\nHEAD https://h:1/x/../?y HTTP/1.1\r\nHost: i\r\nConnection: close\r\n\r\n"),
        STATOR_SPAN_INIT("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                         "Content-Length: 5\r\n\r\nhello"),
        STATOR_SPAN_INIT(
            "PUT /%e2%82%ac HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n0"),
        STATOR_SPAN_INIT("GET /r HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0\r\nIf-Range: \"a\"\r\n"
                         "If-None-Match: W/\"b\", *\r\nUser-Agent: c\r\nReferer: d\r\n\r\nGET"),
    };
    struct stator_span parent = parents[draw_below(state, COUNT(parents))];
    memcpy(mutant->at, parent.at, parent.length);
    mutant->length = parent.length;
    for (size_t left = 1 + draw_below(state, 4); left > 0; left--) {
        mutate(mutant, state);
    }
}

#define MUTANTS 200000
#define SEED    UINT64_C(0x5742)

Test(request, mutations_keep_the_laws)
{
    static const struct stator_request_limits tight = {.line = 40, .head = 90, .fields = 3};
    uint64_t state = SEED;
    for (size_t i = 0; i < MUTANTS; i++) {
        struct mutant mutant;
        breed(&mutant, &state);
        struct stator_span in = {mutant.at, mutant.length};
        struct feed feed = {1 + draw_below(&state, mutant.length), draw_below(&state, 40)};
        if (i % 64 == 0) {
            feed = FEED_EACH_BYTE;
        }
        const char *wrong = laws_breach(in, feed, i % 8 == 0 ? &tight : &default_value);
        cr_assert_null(wrong, "seed %llu, mutant %zu, fed %zu then %zu: %s",
                       (unsigned long long)SEED, i, feed.first, feed.step, wrong);
    }
}
