/*
 * Chunked bodies, right and wrong, each row under the clause it comes from.
 *
 * Every row is decoded whole, byte by byte, and cut in two at every place there is, and must always
 * give the same data, the same end, and the same bytes left behind it.
 */
#include "http/chunked.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct row {
    const char *label;
    struct stator_span in;
    const char *wanted; /* "data|what follows"; "more data"; "400" */
};

struct decoded {
    struct stator_chunked chunked;
    enum stator_parse result;
    char data[256];
    size_t length;
    size_t used;
};

/* Decodes one piece, handed over in memory of its exact size. */
static void decode(struct decoded *decoded, struct stator_span piece)
{
    char *bytes = malloc(piece.length + 1);
    cr_assert_not_null(bytes);
    memcpy(bytes + 1, piece.at, piece.length);
    struct stator_span in = {bytes + 1, piece.length};
    struct stator_span data;
    do {
        decoded->result = stator_chunked_decode(&decoded->chunked, &in, &data);
        cr_assert(data.length <= sizeof(decoded->data) - decoded->length);
        memcpy(decoded->data + decoded->length, data.at, data.length);
        decoded->length += data.length;
    } while (decoded->result == STATOR_PARSE_MORE && data.length > 0);
    cr_expect(decoded->result != STATOR_PARSE_MORE || in.length == 0, "bytes are left over");
    decoded->used += piece.length - in.length;
    free(bytes);
}

static void describe(const struct decoded *decoded, struct stator_span in, char out[512])
{
    struct stator_span rest = stator_span_skip(in, decoded->used);
    switch (decoded->result) {
    case STATOR_PARSE_MORE:
        snprintf(out, 512, "more %.*s", (int)decoded->length, decoded->data);
        break;
    case STATOR_PARSE_DONE:
        snprintf(out, 512, "%.*s|%.*s", (int)decoded->length, decoded->data, (int)rest.length,
                 rest.at);
        break;
    case STATOR_PARSE_FAILED:
        snprintf(out, 512, "400");
        break;
    }
}

/* Decodes `in` in pieces of `first` bytes and then of `step`, until it is decided. */
static void play(struct stator_span in, size_t first, size_t step, struct decoded *decoded)
{
    *decoded = (struct decoded){.result = STATOR_PARSE_MORE};
    size_t from = 0;
    while (decoded->result == STATOR_PARSE_MORE && from < in.length) {
        size_t size = from == 0 ? first : step;
        size = size < in.length - from ? size : in.length - from;
        decode(decoded, stator_span_first(stator_span_skip(in, from), size));
        from += size;
    }
}

static void check_split(const struct row *row, size_t first, size_t step)
{
    struct decoded decoded;
    char found[512];
    play(row->in, first, step, &decoded);
    describe(&decoded, row->in, found);
    cr_expect_str_eq(found, row->wanted, "%s, in %zu and %zu: \"%s\", not \"%s\"", row->label,
                     first, step, found, row->wanted);
}

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_split(&rows[i], rows[i].in.length, 1);
        check_split(&rows[i], 1, 1);
        check_split(&rows[i], 3, 2);
        for (size_t cut = 1; cut < rows[i].in.length; cut++) {
            check_split(&rows[i], cut, rows[i].in.length);
        }
    }
}

#define CHECK(rows) check((rows), COUNT(rows))

Test(chunked, bodies)
{
    static const struct row rows[] = {
        {"RFC 9112 7.1 - an empty body", STATOR_SPAN_INIT("0\r\n\r\n"), "|"},
        {"RFC 9112 7.1 - one chunk", STATOR_SPAN_INIT("5\r\nhello\r\n0\r\n\r\n"), "hello|"},
        {"RFC 9112 7.1 - two chunks", STATOR_SPAN_INIT("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"),
         "hello!|"},
        {"RFC 9112 7.1 - hex digits have no case",
         STATOR_SPAN_INIT("a\r\n0123456789\r\nB\r\n01234567890\r\n0\r\n\r\n"),
         "012345678901234567890|"},
        {"RFC 9112 7.1 - two digits", STATOR_SPAN_INIT("10\r\n0123456789abcdef\r\n0\r\n\r\n"),
         "0123456789abcdef|"},
        {"RFC 9112 7.1 - leading zeros", STATOR_SPAN_INIT("0005\r\nhello\r\n000\r\n\r\n"),
         "hello|"},
        {"RFC 9112 7.1 - sixteen digits", STATOR_SPAN_INIT("0000000000000001\r\nx\r\n0\r\n\r\n"),
         "x|"},
        {"RFC 9112 7.1 - data may look like framing",
         STATOR_SPAN_INIT("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), "\r\n0\r\n\r\n|"},
        {"RFC 9112 9.3.2 - what follows is left", STATOR_SPAN_INIT("0\r\n\r\nGET / HTTP/1.1\r\n"),
         "|GET / HTTP/1.1\r\n"},
        {"RFC 9112 9.3.2 - an empty line that follows is left", STATOR_SPAN_INIT("0\r\n\r\n\r\n"),
         "|\r\n"},
        {"RFC 9112 7.1.1 - an extension", STATOR_SPAN_INIT("1;a\r\nx\r\n0;b=c\r\n\r\n"), "x|"},
        {"RFC 9112 7.1.1 - white space around it",
         STATOR_SPAN_INIT("1 \t;\t a = b \r\nx\r\n0\r\n\r\n"), "x|"},
        {"RFC 9112 7.1.1 - a quoted value", STATOR_SPAN_INIT("1;a=\"b;\\\" c\"\r\nx\r\n0\r\n\r\n"),
         "x|"},
        {"RFC 9112 7.1.1 - it is no size", STATOR_SPAN_INIT("1;2\r\nx\r\n0;5\r\n\r\n"), "x|"},
        {"RFC 9112 7.1.2 - a trailer", STATOR_SPAN_INIT("0\r\nA: b\r\n\r\n"), "|"},
        {"RFC 9112 7.1.2 - two trailers",
         STATOR_SPAN_INIT("1\r\nx\r\n0\r\nA:\r\nContent-Length: 5\r\n\r\ny"), "x|y"},
        {"RFC 9112 7.1 - nothing yet", STATOR_SPAN_INIT(""), "more "},
        {"RFC 9112 7.1 - half a size", STATOR_SPAN_INIT("1"), "more "},
        {"RFC 9112 7.1 - half a chunk", STATOR_SPAN_INIT("5\r\nhel"), "more hel"},
        {"RFC 9112 7.1 - without the data's end", STATOR_SPAN_INIT("5\r\nhello"), "more hello"},
        {"RFC 9112 7.1 - without the last chunk", STATOR_SPAN_INIT("1\r\nx\r\n"), "more x"},
        {"RFC 9112 7.1 - without the end", STATOR_SPAN_INIT("1\r\nx\r\n0\r\n"), "more x"},
        {"RFC 9112 7.1 - without the LF", STATOR_SPAN_INIT("1\r\nx\r\n0\r\n\r"), "more x"},
        {"RFC 9112 7.1.2 - half a trailer", STATOR_SPAN_INIT("0\r\nA: b"), "more "},
        {"RFC 9112 7.1 - the greatest size", STATOR_SPAN_INIT("ffffffffffffffff\r\nx"), "more x"},
    };
    CHECK(rows);
}

Test(chunked, refused)
{
    static const struct row rows[] = {
        {"RFC 9112 7.1 - no size", STATOR_SPAN_INIT("\r\n"), "400"},
        {"RFC 9112 7.1 - no size but an extension", STATOR_SPAN_INIT(";a\r\n"), "400"},
        {"RFC 9112 7.1 - no hex digit", STATOR_SPAN_INIT("g\r\n"), "400"},
        {"RFC 9112 7.1 - a plus sign", STATOR_SPAN_INIT("+5\r\n"), "400"},
        {"RFC 9112 7.1 - a minus sign", STATOR_SPAN_INIT("-1\r\n"), "400"},
        {"RFC 9112 7.1 - 0x", STATOR_SPAN_INIT("0x5\r\n"), "400"},
        {"RFC 9112 7.1 - a space before", STATOR_SPAN_INIT(" 5\r\n"), "400"},
        {"RFC 9112 7.1 - a space behind", STATOR_SPAN_INIT("5 \r\nhello\r\n0\r\n\r\n"), "400"},
        {"RFC 9112 7.1 - a space in it", STATOR_SPAN_INIT("1 0\r\n"), "400"},
        {"RFC 9112 7.1 - a digit past ASCII", STATOR_SPAN_INIT("\xb2\r\n"), "400"},
        {"RFC 9112 7.1 - NUL", STATOR_SPAN_INIT("5\0\r\n"), "400"},
        {"RFC 9112 7.1 - an underscore", STATOR_SPAN_INIT("1_0\r\n"), "400"},
        {"RFC 9112 7.1 - seventeen digits", STATOR_SPAN_INIT("10000000000000000"), "400"},
        {"RFC 9112 7.1 - seventeen zeros", STATOR_SPAN_INIT("00000000000000000"), "400"},
        {"RFC 9112 7.1 - a bare LF behind the size", STATOR_SPAN_INIT("5\nhello"), "400"},
        {"RFC 9112 7.1 - a bare CR behind the size", STATOR_SPAN_INIT("5\rhello"), "400"},
        {"RFC 9112 7.1 - two CRs", STATOR_SPAN_INIT("5\r\r\n"), "400"},
        {"RFC 9112 7.1 - data longer than its size", STATOR_SPAN_INIT("5\r\nhello!\r\n"), "400"},
        {"RFC 9112 7.1 - data shorter than its size", STATOR_SPAN_INIT("5\r\nhell\r\n0\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1 - a bare LF behind data", STATOR_SPAN_INIT("1\r\nx\n0\r\n\r\n"), "400"},
        {"RFC 9112 7.1 - a bare CR behind data", STATOR_SPAN_INIT("1\r\nx\r0\r\n\r\n"), "400"},
        {"RFC 9112 7.1 - any byte and LF behind data", STATOR_SPAN_INIT("1\r\nxy\n0\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1 - CR and any byte behind data", STATOR_SPAN_INIT("1\r\nx\ry0\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1 - no line end behind data", STATOR_SPAN_INIT("1\r\nx0\r\n\r\n"), "400"},
        {"RFC 9112 7.1 - an empty line between", STATOR_SPAN_INIT("1\r\nx\r\n\r\n0\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1 - a later size that is none", STATOR_SPAN_INIT("1\r\nx\r\nz\r\n"), "400"},
        {"RFC 9112 7.1 - a bare LF at the end", STATOR_SPAN_INIT("0\r\n\n"), "400"},
        {"RFC 9112 7.1 - a bare CR at the end", STATOR_SPAN_INIT("0\r\n\rX"), "400"},
        {"RFC 9112 7.1.1 - a bare LF in an extension", STATOR_SPAN_INIT("1;a\nx\r\n0\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1.1 - a bare CR in an extension", STATOR_SPAN_INIT("1;a\rb\r\nx"), "400"},
        {"RFC 9112 7.1.1 - a quoted LF", STATOR_SPAN_INIT("1;a=\"\n\"\r\nx"), "400"},
        {"RFC 9112 7.1.1 - a quoted CRLF ends the line",
         STATOR_SPAN_INIT("1;a=\"\r\nxy\r\n0\r\n\r\n"), "400"},
        {"RFC 9112 7.1.1 - NUL in an extension", STATOR_SPAN_INIT("1;a\0\r\nx"), "400"},
        {"RFC 9112 7.1.1 - DEL in an extension", STATOR_SPAN_INIT("1;\x7f\r\nx"), "400"},
        {"RFC 9112 7.1.1 - white space and no semicolon", STATOR_SPAN_INIT("1 a\r\nx"), "400"},
        {"RFC 9112 7.1.2 - a trailer without colon", STATOR_SPAN_INIT("0\r\nA\r\n\r\n"), "400"},
        {"RFC 9112 7.1.2 - a trailer without name", STATOR_SPAN_INIT("0\r\n: a\r\n\r\n"), "400"},
        {"RFC 9112 7.1.2 - a space before the colon", STATOR_SPAN_INIT("0\r\nA : b\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1.2 - a folded trailer", STATOR_SPAN_INIT("0\r\nA: b\r\n c\r\n\r\n"), "400"},
        {"RFC 9112 7.1.2 - a bare LF in a trailer", STATOR_SPAN_INIT("0\r\nA: b\n\r\n"), "400"},
        {"RFC 9112 7.1.2 - a bare CR in a trailer", STATOR_SPAN_INIT("0\r\nA: b\rc\r\n\r\n"),
         "400"},
        {"RFC 9112 7.1.2 - NUL in a trailer", STATOR_SPAN_INIT("0\r\nA: \0\r\n\r\n"), "400"},
        {"RFC 9112 7.1.2 - a byte past ASCII in a name", STATOR_SPAN_INIT("0\r\n\xe9: b\r\n\r\n"),
         "400"},
    };
    CHECK(rows);
}

/* Decodes `before`, then `count` times `again`, then `after`, which is what the result is of. */
static enum stator_parse decode_many(const char *before, const char *again, size_t count,
                                     const char *after)
{
    struct stator_chunked chunked = {0};
    enum stator_parse result = STATOR_PARSE_MORE;
    for (size_t i = 0; i < count + 2 && result == STATOR_PARSE_MORE; i++) {
        struct stator_span in = stator_span_from(i == 0 ? before : i <= count ? again : after);
        struct stator_span data;
        do {
            result = stator_chunked_decode(&chunked, &in, &data);
        } while (result == STATOR_PARSE_MORE && in.length > 0);
    }
    return result;
}

/* Neither what nobody reads nor the count of chunks makes a body go on for ever. */
Test(chunked, extras_are_bounded)
{
    const size_t max = STATOR_CHUNKED_EXTRA_MAX;
    cr_expect_eq(decode_many("0;", "x", max - 1, "\r\n\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("0;", "x", max, "\r\n\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("0", " ", max - 1, ";\r\n\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("0", " ", max, ";\r\n\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("0\r\nA:", "x", max - 2, "\r\n\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("0\r\nA:", "x", max - 1, "\r\n\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("0\r\n", "x", max - 1, ":\r\n\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("0\r\n", "x", max, ":\r\n\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("0\r\n", "A:\r\n", max / 2, "\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("0\r\n", "A:\r\n", max / 2 + 1, "\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("", "1;\r\nx\r\n", max, "0\r\n\r\n"), STATOR_PARSE_DONE);
    cr_expect_eq(decode_many("", "1;\r\nx\r\n", max + 1, "0\r\n\r\n"), STATOR_PARSE_FAILED);
    cr_expect_eq(decode_many("", "00000001\r\nx\r\n", 100000, "0\r\n\r\n"), STATOR_PARSE_DONE);
}

Test(chunked, end_and_failure_last)
{
    struct stator_chunked chunked = {0};
    struct stator_span in = STATOR_SPAN_INIT("0\r\n\r\nnext");
    struct stator_span data;
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(stator_chunked_decode(&chunked, &in, &data), STATOR_PARSE_DONE);
        cr_expect_eq(data.length, 0);
        cr_expect(stator_span_equal(in, STATOR_SPAN("next")));
    }
    chunked = (struct stator_chunked){0};
    in = STATOR_SPAN("x1\r\n");
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(stator_chunked_decode(&chunked, &in, &data), STATOR_PARSE_FAILED);
        cr_expect_eq(data.length, 0);
    }
}

/* Data is pointed at where it came in, never copied. */
Test(chunked, data_stays_where_it_is)
{
    struct stator_chunked chunked = {0};
    const struct stator_span whole = STATOR_SPAN_INIT("5\r\nhello\r\n0\r\n\r\n");
    struct stator_span in = whole;
    struct stator_span data;
    cr_expect_eq(stator_chunked_decode(&chunked, &in, &data), STATOR_PARSE_MORE);
    cr_expect_eq(data.at, whole.at + 3);
    cr_expect_eq(data.length, 5);
    cr_expect_eq(in.at, whole.at + 8);
    cr_expect_eq(stator_chunked_decode(&chunked, &in, &data), STATOR_PARSE_DONE);
    cr_expect_eq(in.length, 0);
}
