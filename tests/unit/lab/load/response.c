/* The response parser against every way to cut its bytes, and the checksum of bodies. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "lab/load/load.h"
#include "lab/load/response.h"

#define OK "HTTP/1.1 200 OK\r\n"

/* What the parser must make of the bytes, however they are cut. */
static const struct {
    const char *label, *bytes;
    enum stator_parse parse;
    int status;
    bool close;
    const char *body, *rest;
} rows[] = {
    {"length", OK "Content-Length: 5\r\n\r\nhello", STATOR_PARSE_DONE, 200, false, "hello", ""},
    {"names have no case", OK "content-LENGTH:5\r\n\r\nhello", STATOR_PARSE_DONE, 200, false,
     "hello", ""},
    {"empty body", OK "Content-Length: 0\r\n\r\n", STATOR_PARSE_DONE, 200, false, "", ""},
    {"what follows is left", OK "Content-Length: 2\r\n\r\nhiHTTP/1.1 2", STATOR_PARSE_DONE, 200,
     false, "hi", "HTTP/1.1 2"},
    {"body too short", OK "Content-Length: 6\r\n\r\nhello", STATOR_PARSE_MORE, 200, false, "hello",
     ""},
    {"equal lengths", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", STATOR_PARSE_DONE, 200,
     false, "hi", ""},
    {"two lengths", OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", STATOR_PARSE_FAILED, 200,
     false, "", NULL},
    {"no number", OK "Content-Length: 2x\r\n\r\nhi", STATOR_PARSE_FAILED, 200, false, "", NULL},
    {"negative", OK "Content-Length: -2\r\n\r\nhi", STATOR_PARSE_FAILED, 200, false, "", NULL},
    {"too large a number", OK "Content-Length: 99999999999999999999\r\n\r\nhi", STATOR_PARSE_FAILED,
     200, false, "", NULL},
    {"chunked", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
     STATOR_PARSE_DONE, 200, false, "hello", ""},
    {"trailers", OK "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\nrest",
     STATOR_PARSE_DONE, 200, false, "a", "rest"},
    {"chunked without end", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", STATOR_PARSE_MORE,
     200, false, "hel", ""},
    {"chunk of no size", OK "Transfer-Encoding: chunked\r\n\r\nz\r\n", STATOR_PARSE_FAILED, 200,
     false, "", NULL},
    {"chunked and length", OK "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
     STATOR_PARSE_FAILED, 200, false, "", NULL},
    {"another coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", STATOR_PARSE_FAILED, 200,
     false, "", NULL},
    {"not modified has no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
     STATOR_PARSE_DONE, 304, false, "", ""},
    {"no content", "HTTP/1.1 204 No Content\r\n\r\nnext", STATOR_PARSE_DONE, 204, false, "",
     "next"},
    {"no reason", "HTTP/1.1 404\r\nContent-Length: 1\r\n\r\nx", STATOR_PARSE_DONE, 404, false, "x",
     ""},
    {"interim", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", STATOR_PARSE_DONE,
     200, false, "x", ""},
    {"what an interim one says is forgotten",
     "HTTP/1.1 103 Early\r\nConnection: close\r\nContent-Length: 7\r\n\r\n" OK
     "Content-Length: 1\r\n\r\nx",
     STATOR_PARSE_DONE, 200, false, "x", ""},
    {"switching", "HTTP/1.1 101 Switching\r\n\r\n", STATOR_PARSE_FAILED, 101, false, "", NULL},
    {"close", OK "Connection: foo, Close\r\nContent-Length: 1\r\n\r\nx", STATOR_PARSE_DONE, 200,
     true, "x", ""},
    {"old", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", STATOR_PARSE_DONE, 200, true, "x", ""},
    {"old, kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
     STATOR_PARSE_DONE, 200, false, "x", ""},
    {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", STATOR_PARSE_DONE, 200, false,
     "x", ""},
    {"until the end", OK "\r\nabc", STATOR_PARSE_MORE, 200, true, "abc", ""},
    {"no status", "hello\r\n", STATOR_PARSE_FAILED, 0, false, "", NULL},
    {"another protocol", "HTTP/2.0 200 OK\r\n", STATOR_PARSE_FAILED, 0, false, "", NULL},
    {"status of two digits", "HTTP/1.1 20 OK\r\n", STATOR_PARSE_FAILED, 0, false, "", NULL},
    {"status of four digits", "HTTP/1.1 2000 OK\r\n", STATOR_PARSE_FAILED, 0, false, "", NULL},
    {"status below all", "HTTP/1.1 099 OK\r\n", STATOR_PARSE_FAILED, 0, false, "", NULL},
    {"field without colon", OK "Content-Length\r\n", STATOR_PARSE_FAILED, 200, false, "", NULL},
    {"head without end", OK "Server: x\r\n", STATOR_PARSE_MORE, 200, false, "", ""},
    {"nothing", "", STATOR_PARSE_MORE, 0, false, "", ""},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static uint64_t sum_of(const char *text)
{
    return stator_load_checksum(STATOR_LOAD_CHECKSUM, text, strlen(text));
}

/* Feeds the bytes before `cut`, then the others. */
static enum stator_parse feed_cut(struct stator_load_response *response, struct stator_span bytes,
                                  size_t cut, struct stator_span *rest)
{
    struct stator_span in = stator_span_first(bytes, cut);
    enum stator_parse parse = stator_load_response_feed(response, &in);

    *rest = stator_span_skip(bytes, cut - in.length);
    return parse == STATOR_PARSE_MORE ? stator_load_response_feed(response, rest) : parse;
}

static void expect_row(size_t i, const struct stator_load_response *response,
                       enum stator_parse parse, struct stator_span rest, size_t cut)
{
    cr_expect_eq(parse, rows[i].parse, "%s, cut at %zu: %d", rows[i].label, cut, (int)parse);
    cr_expect_eq(response->status, rows[i].status, "%s, cut at %zu", rows[i].label, cut);
    if (rows[i].rest == NULL) {
        return;
    }
    cr_expect_eq(response->close, rows[i].close, "%s, cut at %zu", rows[i].label, cut);
    cr_expect_eq(response->length, strlen(rows[i].body), "%s, cut at %zu", rows[i].label, cut);
    cr_expect_eq(response->sum, sum_of(rows[i].body), "%s, cut at %zu", rows[i].label, cut);
    cr_expect(stator_span_equal(rest, stator_span_from(rows[i].rest)), "%s, cut at %zu: %.*s",
              rows[i].label, cut, (int)rest.length, rest.at);
}

Test(load_response, is_the_same_however_it_is_cut)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct stator_span bytes = stator_span_from(rows[i].bytes);

        for (size_t cut = 0; cut <= bytes.length; cut++) {
            struct stator_load_response response;
            struct stator_span rest;

            stator_load_response_init(&response, true);
            expect_row(i, &response, feed_cut(&response, bytes, cut, &rest), rest, cut);
        }
    }
}

Test(load_response, comes_byte_by_byte)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct stator_span bytes = stator_span_from(rows[i].bytes);
        struct stator_load_response response;
        enum stator_parse parse = STATOR_PARSE_MORE;

        stator_load_response_init(&response, true);
        while (bytes.length > 0 && parse == STATOR_PARSE_MORE) {
            struct stator_span one = stator_span_first(bytes, 1);

            parse = stator_load_response_feed(&response, &one);
            bytes = stator_span_skip(bytes, 1 - one.length);
        }
        expect_row(i, &response, parse, bytes, 1);
    }
}

Test(load_response, ends_with_the_connection_only_where_nothing_else_says_when)
{
    static const struct {
        const char *bytes;
        enum stator_parse parse;
    } ends[] = {
        {OK "\r\nabc", STATOR_PARSE_DONE},
        {OK "\r\n", STATOR_PARSE_DONE},
        {OK "Content-Length: 5\r\n\r\nhell", STATOR_PARSE_MORE},
        {OK "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", STATOR_PARSE_MORE},
        {OK "Server: x\r\n", STATOR_PARSE_MORE},
        {"", STATOR_PARSE_MORE},
    };

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct stator_span bytes = stator_span_from(ends[i].bytes);
        struct stator_load_response response;

        stator_load_response_init(&response, false);
        stator_load_response_feed(&response, &bytes);
        cr_expect_eq(stator_load_response_end(&response), ends[i].parse, "row %zu", i);
    }
}

/* A field of that name whose value has so many spaces before it, in pieces of `piece`. */
static enum stator_parse feed_long(const char *name, const char *value, size_t spaces, size_t piece)
{
    static char text[70000];
    struct stator_load_response response;
    int length = snprintf(text, sizeof(text), OK "%s:%*s%s\r\nContent-Length: 0\r\n\r\n", name,
                          (int)spaces, "", value);
    enum stator_parse parse = STATOR_PARSE_MORE;

    stator_load_response_init(&response, false);
    for (size_t at = 0; at < (size_t)length && parse == STATOR_PARSE_MORE; at += piece) {
        size_t left = (size_t)length - at;
        struct stator_span in = {text + at, left < piece ? left : piece};

        parse = stator_load_response_feed(&response, &in);
    }
    return parse;
}

Test(load_response, long_lines_pass_where_they_do_not_matter)
{
    static const size_t pieces[] = {1, 7, 160, 70000};

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        size_t piece = pieces[i];

        cr_expect_eq(feed_long("Set-Cookie", "x", 5000, piece), STATOR_PARSE_DONE);
        cr_expect_eq(feed_long("Content-Length", "0", 5000, piece), STATOR_PARSE_FAILED);
        cr_expect_eq(feed_long("Transfer-Encoding", "chunked", 5000, piece), STATOR_PARSE_FAILED);
        cr_expect_eq(feed_long("Set-Cookie", "x", 66000, piece), STATOR_PARSE_FAILED);
    }
}

Test(load_checksum, does_not_depend_on_where_bytes_were_cut)
{
    unsigned char bytes[67];
    uint64_t whole;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)(i * 37 + 11);
    }
    whole = stator_load_checksum(STATOR_LOAD_CHECKSUM, bytes, sizeof(bytes));
    for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
        uint64_t sum = stator_load_checksum(STATOR_LOAD_CHECKSUM, bytes, cut);

        cr_expect_eq(stator_load_checksum(sum, bytes + cut, sizeof(bytes) - cut), whole, "%zu",
                     cut);
    }
}

Test(load_checksum, tells_what_differs)
{
    char bytes[64] = {0}, other[64] = {0};
    uint64_t sum = stator_load_checksum(STATOR_LOAD_CHECKSUM, bytes, sizeof(bytes));

    for (size_t i = 0; i < sizeof(bytes); i++) {
        other[i] = 1;
        cr_expect_neq(stator_load_checksum(STATOR_LOAD_CHECKSUM, other, sizeof(other)), sum);
        other[i] = 0;
        cr_expect_neq(stator_load_checksum(STATOR_LOAD_CHECKSUM, bytes, i), sum, "shorter: %zu", i);
    }
    cr_expect_neq(sum_of("ab"), sum_of("ba"));
}
