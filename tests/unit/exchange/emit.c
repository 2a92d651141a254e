/* Responses as bytes: which fields go with which, and that Content-Length is never wrong. */
#include "exchange/emit.h"

#include "exchange/respond.h"
#include "fixture.h"

#define LARGE 200000
#define HUGE  (5ULL << 30)

static void open_site(struct fixture *fixture)
{
    char path[256];

    fixture_open(fixture);
    fixture_pattern(fixture, "site/small.txt", 1000);
    fixture_pattern(fixture, "site/large.txt", LARGE);
    fixture_write(fixture, "site/empty.txt", "", 0);
    fixture_directory(fixture, "site/dir");
    fixture_write(fixture, "site/huge.bin", "", 0);
    fixture_path(fixture, "site/huge.bin", path);
    cr_assert_eq(truncate(path, (off_t)HUGE), 0);
    fixture_touch(fixture, "site/huge.bin", FIXTURE_TIME);
}

/* What a client would get: everything of one response, and how many pieces it came in. */
struct wire {
    struct stator_text bytes;
    struct stator_span head; /* with the empty line */
    struct stator_span body;
    int pieces;
};

static void pull(struct stator_output *out, struct stator_text *bytes)
{
    for (;;) {
        char *room = stator_text_reserve(bytes, 30000);
        int64_t count = stator_output_pull(out, room, 30000);

        cr_assert_geq(count, 0);
        bytes->length += (size_t)count;
        if (count == 0) {
            return;
        }
    }
}

static void play(const struct fixture *fixture, struct stator_response *response, struct wire *wire)
{
    struct stator_output out;
    int more = 1;

    stator_output_init(&out);
    *wire = (struct wire){.pieces = 0};
    while (more == 1) {
        more = stator_emit(response, fixture->worker, &out);
        cr_assert_geq(more, 0);
        cr_expect_eq(out.more, more == 1);
        pull(&out, &wire->bytes);
        wire->pieces++;
    }
    stator_output_finish(&out);

    struct stator_span all = stator_text_span(&wire->bytes);
    const char *end = memmem(all.at, all.length, "\r\n\r\n", 4);

    cr_assert_not_null(end);
    wire->head = stator_span_first(all, (size_t)(end - all.at) + 4);
    wire->body = stator_span_skip(all, wire->head.length);
    cr_expect_eq(response->head_length, wire->head.length);
}

static void ask(const struct fixture *fixture, const char *line, const char *fields,
                struct wire *wire)
{
    struct stator_response response;
    char head[2048];

    snprintf(head, sizeof(head), "%s\r\nHost: h\r\n%s\r\n", line, fields);
    stator_response_init(&response);
    stator_respond(fixture_parse(fixture, head), fixture->worker, &response);
    play(fixture, &response, wire);
    stator_response_finish(&response);
}

/* The value of a field, and how often it stands in the head. */
static int find_field(struct stator_span head, const char *name, struct stator_span *out)
{
    char line[64];
    int count = 0;

    snprintf(line, sizeof(line), "\r\n%s: ", name);
    while (head.length > 0) {
        const char *at = memmem(head.at, head.length, line, strlen(line));

        if (at == NULL) {
            break;
        }
        head = stator_span_skip(head, (size_t)(at - head.at) + strlen(line));
        *out = stator_span_first(head, stator_span_find(head, '\r'));
        count++;
    }
    return count;
}

static uint64_t content_length(const struct wire *wire)
{
    struct stator_span value;

    cr_assert_eq(find_field(wire->head, "Content-Length", &value), 1);
    return strtoull(value.at, NULL, 10);
}

Test(emit, each_status_has_its_fields)
{
    /* The names that a response has at most once; `fields` says which of them, in this order. */
    static const struct {
        char letter;
        const char *name;
    } names[] = {
        {'s', "Server"},
        {'d', "Date"},
        {'t', "Content-Type"},
        {'l', "Content-Length"},
        {'n', "X-Content-Type-Options"},
        {'m', "Last-Modified"},
        {'e', "ETag"},
        {'a', "Accept-Ranges"},
        {'r', "Content-Range"},
        {'L', "Location"},
        {'A', "Allow"},
        {'v', "Vary"},
        {'p', "Content-Security-Policy"},
        {'c', "Connection"},
        {'T', "Transfer-Encoding"},
    };
    static const struct {
        const char *label;
        const char *line;
        const char *fields;
        const char *status;
        const char *expected;
    } rows[] = {
        {"200", "GET /small.txt HTTP/1.1", "", "200 OK", "sdtlnmea"},
        {"200 HEAD", "HEAD /small.txt HTTP/1.1", "", "200 OK", "sdtlnmea"},
        {"200 empty", "GET /empty.txt HTTP/1.1", "", "200 OK", "sdtlnmea"},
        {"200 large", "GET /large.txt HTTP/1.1", "", "200 OK", "sdtlnmea"},
        {"200 listing", "GET /dir/ HTTP/1.1", "", "200 OK", "sdtlnvp"},
        {"200 listing, json", "GET /dir/ HTTP/1.1", "Accept: application/json\r\n", "200 OK",
         "sdtlnv"},
        {"204 8.6: no Content-Length", "OPTIONS * HTTP/1.1", "", "204 No Content", "sdA"},
        {"204 of a file", "OPTIONS /small.txt HTTP/1.1", "", "204 No Content", "sdA"},
        {"206", "GET /small.txt HTTP/1.1", "Range: bytes=1-2\r\n", "206 Partial Content",
         "sdtlnmear"},
        {"206 14.6: no Content-Range", "GET /small.txt HTTP/1.1", "Range: bytes=1-2,9-10\r\n",
         "206 Partial Content", "sdtlnmea"},
        {"304 15.4.5", "GET /small.txt HTTP/1.1", "If-None-Match: *\r\n", "304 Not Modified",
         "sdme"},
        {"308", "GET /dir HTTP/1.1", "", "308 Permanent Redirect", "sdtlnLvp"},
        {"404", "GET /no HTTP/1.1", "", "404 Not Found", "sdtlnvp"},
        {"404 text", "GET /no HTTP/1.1", "Accept: text/plain\r\n", "404 Not Found", "sdtlnv"},
        {"404 HEAD", "HEAD /no HTTP/1.1", "", "404 Not Found", "sdtlnvp"},
        {"405 15.5.6", "PUT /small.txt HTTP/1.1", "", "405 Method Not Allowed", "sdtlnAvp"},
        {"412", "GET /small.txt HTTP/1.1", "If-Match: \"x\"\r\n", "412 Precondition Failed",
         "sdtlnvp"},
        {"416 15.5.17", "GET /small.txt HTTP/1.1", "Range: bytes=1000-\r\n",
         "416 Range Not Satisfiable", "sdtlnarvp"},
        {"501", "BREW / HTTP/1.1", "", "501 Not Implemented", "sdtlnvp"},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char status[64];
        struct wire wire;

        ask(&fixture, rows[i].line, rows[i].fields, &wire);
        snprintf(status, sizeof(status), "HTTP/1.1 %s\r\n", rows[i].status);
        cr_expect(stator_span_starts(wire.head, stator_span_from(status)), "%s", rows[i].label);
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
            struct stator_span value = {NULL, 0};
            bool wanted = strchr(rows[i].expected, names[k].letter) != NULL;

            cr_expect_eq(find_field(wire.head, names[k].name, &value), wanted, "%s: %s",
                         rows[i].label, names[k].name);
            cr_expect(!wanted || value.length > 0, "%s: %s is empty", rows[i].label, names[k].name);
        }
        stator_text_finish(&wire.bytes);
    }
    fixture_close(&fixture);
}

Test(emit, values_say_what_is_true)
{
    static const struct {
        const char *line;
        const char *fields;
        const char *name;
        const char *value;
    } rows[] = {
        {"GET /small.txt HTTP/1.1", "", "Content-Length", "1000"},
        {"GET /small.txt HTTP/1.1", "", "Content-Type", "text/plain; charset=utf-8"},
        {"GET /small.txt HTTP/1.1", "", "Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"},
        {"GET /small.txt HTTP/1.1", "", "Accept-Ranges", "bytes"},
        {"GET /small.txt HTTP/1.1", "", "X-Content-Type-Options", "nosniff"},
        {"GET /small.txt HTTP/1.1", "", "Server", "stator"},
        {"GET /small.txt HTTP/1.1", "Range: bytes=1-2\r\n", "Content-Range", "bytes 1-2/1000"},
        {"GET /small.txt HTTP/1.1", "Range: bytes=1-2\r\n", "Content-Length", "2"},
        {"GET /small.txt HTTP/1.1", "Range: bytes=-1\r\n", "Content-Range", "bytes 999-999/1000"},
        {"GET /small.txt HTTP/1.1", "Range: bytes=990-99999\r\n", "Content-Range",
         "bytes 990-999/1000"},
        {"GET /small.txt HTTP/1.1", "Range: bytes=1000-\r\n", "Content-Range", "bytes */1000"},
        {"GET /empty.txt HTTP/1.1", "Range: bytes=0-\r\n", "Content-Range", "bytes */0"},
        {"GET /empty.txt HTTP/1.1", "", "Content-Length", "0"},
        {"GET /huge.bin HTTP/1.1", "Range: bytes=5368709119-\r\n", "Content-Range",
         "bytes 5368709119-5368709119/5368709120"},
        {"HEAD /huge.bin HTTP/1.1", "", "Content-Length", "5368709120"},
        {"PUT / HTTP/1.1", "", "Allow", "GET, HEAD, OPTIONS"},
        {"GET /no HTTP/1.1", "", "Vary", "Accept"},
        {"GET /dir?q HTTP/1.1", "", "Location", "/dir/?q"},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_span value = {NULL, 0};
        struct wire wire;

        ask(&fixture, rows[i].line, rows[i].fields, &wire);
        find_field(wire.head, rows[i].name, &value);
        cr_expect(stator_span_equal(value, stator_span_from(rows[i].value)), "%s %s%s: %.*s",
                  rows[i].line, rows[i].fields, rows[i].name, (int)value.length, value.at);
        stator_text_finish(&wire.bytes);
    }
    fixture_close(&fixture);
}

Test(emit, server_can_be_turned_off)
{
    struct fixture fixture;
    struct stator_span value;
    struct wire wire;

    open_site(&fixture);
    fixture.site->server_field = false;
    ask(&fixture, "GET /small.txt HTTP/1.1", "", &wire);
    cr_expect_eq(find_field(wire.head, "Server", &value), 0);
    cr_expect_eq(find_field(wire.head, "Date", &value), 1);
    stator_text_finish(&wire.bytes);
    fixture_close(&fixture);
}

Test(emit, connection_is_said_where_the_client_would_guess_wrong)
{
    static const struct {
        bool close, keep_alive_10;
        const char *value;
    } rows[] = {
        {false, false, ""},
        {true, false, "close"},
        {false, true, "keep-alive"},
        {true, true, "close"},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_span value = {NULL, 0};
        struct stator_response response;
        struct wire wire;

        stator_response_init(&response);
        stator_respond(fixture_parse(&fixture, "GET /small.txt HTTP/1.0\r\n\r\n"), fixture.worker,
                       &response);
        response.close = rows[i].close;
        response.keep_alive_10 = rows[i].keep_alive_10;
        play(&fixture, &response, &wire);
        find_field(wire.head, "Connection", &value);
        cr_expect(stator_span_equal(value, stator_span_from(rows[i].value)), "row %zu", i);
        stator_response_finish(&response);
        stator_text_finish(&wire.bytes);
    }
    fixture_close(&fixture);
}

Test(emit, head_is_get_without_the_body)
{
    static const char *const targets[] = {"/small.txt", "/large.txt", "/empty.txt",
                                          "/dir/",      "/dir",       "/no"};
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        char line[64];
        struct wire get, head;

        snprintf(line, sizeof(line), "GET %s HTTP/1.1", targets[i]);
        ask(&fixture, line, "", &get);
        snprintf(line, sizeof(line), "HEAD %s HTTP/1.1", targets[i]);
        ask(&fixture, line, "", &head);
        cr_expect(stator_span_equal(get.head, head.head), "%s", targets[i]);
        cr_expect_eq(head.body.length, 0, "%s", targets[i]);
        cr_expect_eq(get.body.length, content_length(&get), "%s", targets[i]);
        cr_expect_eq(head.pieces, 1, "%s", targets[i]);
        stator_text_finish(&get.bytes);
        stator_text_finish(&head.bytes);
    }
    fixture_close(&fixture);
}

/* Takes `piece` off the front of `*rest`. */
static bool take(struct stator_span *rest, const char *piece)
{
    if (!stator_span_starts(*rest, stator_span_from(piece))) {
        return false;
    }
    *rest = stator_span_skip(*rest, strlen(piece));
    return true;
}

/* Reads a multipart body as a strict client would; returns how many parts it has, -1 if it is not
 * one: RFC 2046 5.1.1. */
static int read_parts(struct stator_span body, const char *boundary, uint64_t size, bool pattern)
{
    char delimiter[80], part[256];
    int parts = 0;

    snprintf(delimiter, sizeof(delimiter), "--%s", boundary);
    while (take(&body, delimiter)) {
        unsigned long long first, last, total;
        int used = 0;

        if (take(&body, "--\r\n")) {
            return body.length == 0 ? parts : -1;
        }
        snprintf(part, sizeof(part), "%.*s", (int)(body.length < 200 ? body.length : 200), body.at);
        if (sscanf(part,
                   "\r\nContent-Type: %*[^\r]\r\nContent-Range: bytes %llu-%llu/%llu\r\n\r\n%n",
                   &first, &last, &total, &used) != 3 ||
            used < 4 || memcmp(part + used - 4, "\r\n\r\n", 4) != 0 || total != size ||
            first > last || last >= size) {
            return -1;
        }
        body = stator_span_skip(body, (size_t)used);
        if (body.length < last - first + 1) {
            return -1;
        }
        for (uint64_t i = first; i <= last; i++) {
            if (body.at[i - first] != (pattern ? fixture_byte(i) : '\0')) {
                return -1;
            }
        }
        body = stator_span_skip(body, (size_t)(last - first + 1));
        if (!take(&body, "\r\n")) {
            return -1;
        }
        parts++;
    }
    return -1;
}

static void draw_ranges(uint64_t *state, uint64_t size, char *out, size_t room)
{
    size_t count = 2 + generator_next(state) % 15;
    size_t length = (size_t)snprintf(out, room, "Range: bytes=");

    for (size_t i = 0; i < count; i++) {
        uint64_t first = generator_next(state) % size;
        uint64_t last = first + generator_next(state) % 900;
        const char *comma = i > 0 ? "," : "";

        switch (generator_next(state) % 8) {
        case 0:
            length += (size_t)snprintf(out + length, room - length, "%s-%u", comma,
                                       (unsigned)(generator_next(state) % 300));
            break;
        case 1:
            length += (size_t)snprintf(out + length, room - length, "%s%llu-", comma,
                                       (unsigned long long)(size - 1 - first % 100));
            break;
        default:
            length += (size_t)snprintf(out + length, room - length, "%s%llu-%llu", comma,
                                       (unsigned long long)first, (unsigned long long)last);
            break;
        }
    }
    snprintf(out + length, room - length, "\r\n");
}

Test(emit, content_length_is_what_comes_for_any_ranges)
{
    static const struct {
        const char *name;
        uint64_t size;
        bool pattern;
    } files[] = {
        {"/small.txt", 1000, true}, {"/large.txt", LARGE, true}, {"/huge.bin", HUGE, false}};
    struct fixture fixture;
    int several = 0;

    open_site(&fixture);
    for (uint64_t seed = 1; seed <= 600; seed++) {
        const size_t f = seed % 3;
        uint64_t state = seed;
        char line[64], fields[1024], boundary[64] = "";
        struct stator_span type = {NULL, 0};
        struct wire wire;

        draw_ranges(&state, files[f].size, fields, sizeof(fields));
        snprintf(line, sizeof(line), "GET %s HTTP/1.1", files[f].name);
        ask(&fixture, line, fields, &wire);
        cr_expect_eq(wire.body.length, content_length(&wire), "seed %zu: %s", (size_t)seed, fields);
        find_field(wire.head, "Content-Type", &type);
        if (sscanf(type.at, "multipart/byteranges; boundary=%32[0-9a-f]", boundary) == 1) {
            int parts = read_parts(wire.body, boundary, files[f].size, files[f].pattern);

            cr_expect_geq(parts, 2, "seed %zu: %s", (size_t)seed, fields);
            cr_expect_eq(wire.pieces, parts + 1, "seed %zu: %s", (size_t)seed, fields);
            several++;
        }
        stator_text_finish(&wire.bytes);
    }
    cr_expect_gt(several, 300);
    fixture_close(&fixture);
}

Test(emit, digits_of_any_length_are_counted)
{
    static const uint64_t borders[] = {0,          9,          10,         99,
                                       100,        999,        4294967294, 4294967295,
                                       4294967296, 4999999999, 5000000000, 5368709100};
    const size_t count = sizeof(borders) / sizeof(borders[0]);
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            char fields[128];
            struct wire wire;

            snprintf(fields, sizeof(fields), "Range: bytes=%llu-%llu,%llu-%llu\r\n",
                     (unsigned long long)borders[i], (unsigned long long)borders[i],
                     (unsigned long long)borders[k] + 5, (unsigned long long)borders[k] + 6);
            ask(&fixture, "GET /huge.bin HTTP/1.1", fields, &wire);
            cr_expect_eq(wire.body.length, content_length(&wire), "%s", fields);
            stator_text_finish(&wire.bytes);
        }
    }
    fixture_close(&fixture);
}

Test(emit, sends_the_bytes_that_were_asked_for)
{
    static const struct {
        const char *target;
        uint64_t first, last;
    } rows[] = {{"/small.txt", 0, 0},
                {"/small.txt", 0, 999},
                {"/small.txt", 999, 999},
                {"/large.txt", 0, 0},
                {"/large.txt", 65535, 65537},
                {"/large.txt", 100, 150000},
                {"/large.txt", 199999, LARGE - 1}};
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[64], fields[64];
        struct wire wire;

        snprintf(line, sizeof(line), "GET %s HTTP/1.1", rows[i].target);
        snprintf(fields, sizeof(fields), "Range: bytes=%zu-%zu\r\n", (size_t)rows[i].first,
                 (size_t)rows[i].last);
        ask(&fixture, line, fields, &wire);
        cr_assert_eq(wire.body.length, rows[i].last - rows[i].first + 1, "%s", fields);
        for (size_t k = 0; k < wire.body.length; k++) {
            cr_assert_eq(wire.body.at[k], fixture_byte(rows[i].first + k), "%s, byte %zu", fields,
                         k);
        }
        stator_text_finish(&wire.bytes);
    }
    fixture_close(&fixture);
}

Test(emit, what_memory_did_not_suffice_for_is_not_sent)
{
    struct fixture fixture;
    struct stator_output out;
    struct stator_response response;

    open_site(&fixture);
    stator_output_init(&out);
    stator_response_init(&response);
    stator_respond_error(NULL, STATOR_STATUS_NOT_FOUND, &response);
    response.text.failed = true;
    cr_expect_lt(stator_emit(&response, fixture.worker, &out), 0);
    stator_response_finish(&response);
    stator_output_finish(&out);
    fixture_close(&fixture);
}
