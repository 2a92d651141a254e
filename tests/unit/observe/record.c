/*
 * The access log's lines: the four formats, and that no client can write anything into them but
 * what is escaped and bounded.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "observe/record.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WALL         1795255200123456789LL /* 2026-11-21 10:00:00.123 UTC */

static const struct stator_record usual = {
    .wall = WALL,
    .duration = 3,
    .peer = STATOR_SPAN_INIT("192.0.2.1"),
    .line = STATOR_SPAN_INIT("GET /a?b HTTP/1.1"),
    .method = STATOR_SPAN_INIT("GET"),
    .target = STATOR_SPAN_INIT("/a?b"),
    .host = STATOR_SPAN_INIT("example.org"),
    .referer = STATOR_SPAN_INIT("http://example.org/"),
    .user_agent = STATOR_SPAN_INIT("curl/8.0"),
    .minor = 1,
    .status = STATOR_STATUS_OK,
    .body_bytes = 12,
    .complete = true,
};

/* The line as a string, which the caller frees. */
static char *line_of(const struct stator_record *record, enum stator_log_format format, bool colour)
{
    struct stator_text text = {0};
    stator_record_format(record, format, colour, &text);
    stator_text_add_char(&text, '\0');
    cr_assert(!text.failed);
    return text.at;
}

static void expect_line(const char *label, const struct stator_record *record,
                        enum stator_log_format format, bool colour, const char *expected)
{
    char *line = line_of(record, format, colour);
    cr_expect_str_eq(line, expected, "%s: got %s", label, line);
    free(line);
}

Test(record, usual_request_in_each_format)
{
    static const struct {
        const char *label;
        enum stator_log_format format;
        bool colour;
        const char *line;
    } rows[] = {
        {"common", STATOR_LOG_FORMAT_COMMON, false,
         "192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] \"GET /a?b HTTP/1.1\" 200 12\n"},
        {"combined", STATOR_LOG_FORMAT_COMBINED, false,
         "192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] \"GET /a?b HTTP/1.1\" 200 12 "
         "\"http://example.org/\" \"curl/8.0\"\n"},
        {"combined knows no colour", STATOR_LOG_FORMAT_COMBINED, true,
         "192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] \"GET /a?b HTTP/1.1\" 200 12 "
         "\"http://example.org/\" \"curl/8.0\"\n"},
        {"json", STATOR_LOG_FORMAT_JSON, false,
         "{\"time\":\"2026-11-21T10:00:00.123Z\",\"peer\":\"192.0.2.1\",\"method\":\"GET\","
         "\"target\":\"/a?b\",\"protocol\":\"HTTP/1.1\",\"host\":\"example.org\","
         "\"referer\":\"http://example.org/\",\"user_agent\":\"curl/8.0\",\"status\":200,"
         "\"bytes\":12,\"duration_ms\":3,\"complete\":true}\n"},
        {"pretty", STATOR_LOG_FORMAT_PRETTY, false,
         "10:00:00  200        12 B     3 ms  192.0.2.1  GET /a?b\n"},
        {"pretty in colour", STATOR_LOG_FORMAT_PRETTY, true,
         "10:00:00  \033[32m200\033[0m        12 B     3 ms  192.0.2.1  GET /a?b\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_line(rows[i].label, &usual, rows[i].format, rows[i].colour, rows[i].line);
    }
}

Test(record, a_request_that_was_never_understood)
{
    static const struct stator_record nothing = {.peer = STATOR_SPAN_INIT("unix:")};
    static const struct stator_record broken = {
        .peer = STATOR_SPAN_INIT("2001:db8::1"),
        .line = STATOR_SPAN_INIT("\x16\x03\x01"),
        .status = STATOR_STATUS_BAD_REQUEST,
        .complete = true,
    };
    static const struct {
        const char *label;
        const struct stator_record *record;
        enum stator_log_format format;
        const char *line;
    } rows[] = {
        {"nothing, combined", &nothing, STATOR_LOG_FORMAT_COMBINED,
         "unix: - - [01/Jan/1970:00:00:00 +0000] \"-\" - - \"-\" \"-\"\n"},
        {"nothing, json", &nothing, STATOR_LOG_FORMAT_JSON,
         "{\"time\":\"1970-01-01T00:00:00.000Z\",\"peer\":\"unix:\",\"status\":0,\"bytes\":0,"
         "\"duration_ms\":0,\"complete\":false}\n"},
        {"nothing, pretty", &nothing, STATOR_LOG_FORMAT_PRETTY,
         "00:00:00    -         0 B     0 ms  unix:  -  (cut)\n"},
        {"broken, common", &broken, STATOR_LOG_FORMAT_COMMON,
         "2001:db8::1 - - [01/Jan/1970:00:00:00 +0000] \"\\x16\\x03\\x01\" 400 -\n"},
        {"broken, json", &broken, STATOR_LOG_FORMAT_JSON,
         "{\"time\":\"1970-01-01T00:00:00.000Z\",\"peer\":\"2001:db8::1\","
         "\"line\":\"\\u0016\\u0003\\u0001\",\"status\":400,\"bytes\":0,\"duration_ms\":0,"
         "\"complete\":true}\n"},
        {"broken, pretty", &broken, STATOR_LOG_FORMAT_PRETTY,
         "00:00:00  400         0 B     0 ms  2001:db8::1  \\x16\\x03\\x01\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_line(rows[i].label, rows[i].record, rows[i].format, false, rows[i].line);
    }
}

Test(record, times)
{
    static const struct {
        int64_t wall;
        const char *common, *json;
    } rows[] = {
        {0, "[01/Jan/1970:00:00:00 +0000]", "1970-01-01T00:00:00.000Z"},
        {-1, "[31/Dec/1969:23:59:59 +0000]", "1969-12-31T23:59:59.999Z"},
        {951782399999999999, "[28/Feb/2000:23:59:59 +0000]", "2000-02-28T23:59:59.999Z"},
        {951782400000000000, "[29/Feb/2000:00:00:00 +0000]", "2000-02-29T00:00:00.000Z"},
        {1709251200001000000, "[01/Mar/2024:00:00:00 +0000]", "2024-03-01T00:00:00.001Z"},
        {4107542400000000000, "[01/Mar/2100:00:00:00 +0000]", "2100-03-01T00:00:00.000Z"},
        {1798761599010000000, "[31/Dec/2026:23:59:59 +0000]", "2026-12-31T23:59:59.010Z"},
        {INT64_MAX, "[11/Apr/2262:23:47:16 +0000]", "2262-04-11T23:47:16.854Z"},
        {INT64_MIN, "[21/Sep/1677:00:12:43 +0000]", "1677-09-21T00:12:43.145Z"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_record record = {.wall = rows[i].wall};
        char *common = line_of(&record, STATOR_LOG_FORMAT_COMMON, false);
        char *json = line_of(&record, STATOR_LOG_FORMAT_JSON, false);
        cr_expect_not_null(strstr(common, rows[i].common), "%s: got %s", rows[i].common, common);
        cr_expect_not_null(strstr(json, rows[i].json), "%s: got %s", rows[i].json, json);
        free(common);
        free(json);
    }
}

struct hostile_row {
    const char *label;
    struct stator_span bytes;
    const char *text, *json;
};

static const struct hostile_row hostile_rows[] = {
    {"plain", STATOR_SPAN_INIT(" az~!"), " az~!", " az~!"},
    {"forged line", STATOR_SPAN_INIT("a\r\n1.2.3.4 - -"), "a\\x0d\\x0a1.2.3.4 - -",
     "a\\u000d\\u000a1.2.3.4 - -"},
    {"terminal escape", STATOR_SPAN_INIT("\033[2J\a\t\b"), "\\x1b[2J\\x07\\x09\\x08",
     "\\u001b[2J\\u0007\\u0009\\u0008"},
    {"closing quote", STATOR_SPAN_INIT("\" 200 0 \\\""), "\\\" 200 0 \\\\\\\"",
     "\\\" 200 0 \\\\\\\""},
    {"trailing backslash", STATOR_SPAN_INIT("a\\"), "a\\\\", "a\\\\"},
    {"NUL", STATOR_SPAN_INIT("a\0b"), "a\\x00b", "a\\u0000b"},
    {"DEL and C1 bytes", STATOR_SPAN_INIT("\x7f\x80\x9b\xff"), "\\x7f\\x80\\x9b\\xff",
     "\\u007f\\ufffd\\ufffd\\ufffd"},
    {"C1 as UTF-8", STATOR_SPAN_INIT("\xc2\x9b"), "\\xc2\\x9b", "\\u009b"},
    {"two bytes", STATOR_SPAN_INIT("\xc3\xa9"), "\\xc3\\xa9", "\\u00e9"},
    {"three bytes", STATOR_SPAN_INIT("\xe2\x82\xac"), "\\xe2\\x82\\xac", "\\u20ac"},
    {"four bytes", STATOR_SPAN_INIT("\xf0\x9f\x98\x80"), "\\xf0\\x9f\\x98\\x80", "\\ud83d\\ude00"},
    {"last character", STATOR_SPAN_INIT("\xf4\x8f\xbf\xbf"), "\\xf4\\x8f\\xbf\\xbf",
     "\\udbff\\udfff"},
    {"past the last", STATOR_SPAN_INIT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80",
     "\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"overlong slash", STATOR_SPAN_INIT("\xc0\xaf\xe0\x80\xaf"), "\\xc0\\xaf\\xe0\\x80\\xaf",
     "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"overlong in four", STATOR_SPAN_INIT("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf",
     "\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"a surrogate", STATOR_SPAN_INIT("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\\ufffd\\ufffd\\ufffd"},
    {"right below surrogates", STATOR_SPAN_INIT("\xed\x9f\xbf"), "\\xed\\x9f\\xbf", "\\ud7ff"},
    {"cut in three", STATOR_SPAN_INIT("\xe2\x82"), "\\xe2\\x82", "\\ufffd"},
    {"cut by a letter", STATOR_SPAN_INIT("\xf0\x9f\x98z"), "\\xf0\\x9f\\x98z", "\\ufffdz"},
    {"cut by a quote", STATOR_SPAN_INIT("\xc3\""), "\\xc3\\\"", "\\ufffd\\\""},
};

Test(record, hostile_bytes_in_each_value)
{
    for (size_t i = 0; i < COUNT(hostile_rows); i++) {
        const struct hostile_row *row = &hostile_rows[i];
        struct stator_record record = usual;
        record.line = record.method = record.target = record.host = row->bytes;
        record.referer = record.user_agent = record.peer = row->bytes;
        char *line, expected[1024];

        line = line_of(&record, STATOR_LOG_FORMAT_COMBINED, false);
        snprintf(expected, sizeof(expected),
                 "%s - - [21/Nov/2026:10:00:00 +0000] \"%s\" 200 12 \"%s\" \"%s\"\n", row->text,
                 row->text, row->text, row->text);
        cr_expect_str_eq(line, expected, "%s, combined: got %s", row->label, line);
        free(line);

        line = line_of(&record, STATOR_LOG_FORMAT_PRETTY, false);
        snprintf(expected, sizeof(expected), "10:00:00  200        12 B     3 ms  %s  %s %s\n",
                 row->text, row->text, row->text);
        cr_expect_str_eq(line, expected, "%s, pretty: got %s", row->label, line);
        free(line);

        line = line_of(&record, STATOR_LOG_FORMAT_JSON, false);
        snprintf(expected, sizeof(expected),
                 "{\"time\":\"2026-11-21T10:00:00.123Z\",\"peer\":\"%s\",\"method\":\"%s\","
                 "\"target\":\"%s\",\"protocol\":\"HTTP/1.1\",\"host\":\"%s\",\"referer\":\"%s\","
                 "\"user_agent\":\"%s\",\"status\":200,\"bytes\":12,\"duration_ms\":3,"
                 "\"complete\":true}\n",
                 row->json, row->json, row->json, row->json, row->json, row->json);
        cr_expect_str_eq(line, expected, "%s, json: got %s", row->label, line);
        free(line);
    }
}

Test(record, every_byte_gives_visible_ascii_on_one_line)
{
    char all[256];
    for (size_t i = 0; i < sizeof(all); i++) {
        all[i] = (char)i;
    }
    struct stator_record record = usual;
    record.line = record.user_agent = (struct stator_span){all, sizeof(all)};
    record.method = (struct stator_span){0};
    for (int format = STATOR_LOG_FORMAT_COMMON; format <= STATOR_LOG_FORMAT_PRETTY; format++) {
        struct stator_text text = {0};
        stator_record_format(&record, (enum stator_log_format)format, false, &text);
        cr_assert_gt(text.length, sizeof(all), "format %d", format);
        for (size_t i = 0; i + 1 < text.length; i++) {
            cr_expect(text.at[i] >= 0x20 && text.at[i] < 0x7f, "format %d, byte %zu: %02x", format,
                      i, (unsigned char)text.at[i]);
        }
        cr_expect_eq(text.at[text.length - 1], '\n', "format %d", format);
        stator_text_finish(&text);
    }
}

Test(record, each_byte_is_judged_alike_at_each_place)
{
    for (int byte = 0; byte < 256; byte++) {
        bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
        for (size_t place = 0; place < 19; place++) {
            char value[19];
            memset(value, 'a', sizeof(value));
            value[place] = (char)byte;
            struct stator_record record = {.user_agent = {value, sizeof(value)}};
            char *line = line_of(&record, STATOR_LOG_FORMAT_COMBINED, false);
            size_t escaped = strlen(strstr(line, "\"-\" \"") + 5) - strlen("\"\n");
            size_t growth = plain ? 0 : byte == '"' || byte == '\\' ? 1 : 3;
            cr_expect_eq(escaped, sizeof(value) + growth, "%02x at %zu: got %s", (unsigned)byte,
                         place, line);
            free(line);
        }
    }
}

/* `count` times `unit`, as a span whose bytes the caller frees. */
static struct stator_span repeat(struct stator_span unit, size_t count)
{
    char *bytes = malloc(unit.length * count);
    cr_assert_not_null(bytes);
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + i * unit.length, unit.at, unit.length);
    }
    return (struct stator_span){bytes, unit.length * count};
}

Test(record, a_value_is_cut_at_its_bound_but_never_inside_an_escape)
{
    static const struct {
        const char *label;
        struct stator_span unit;
        size_t count;
        enum stator_log_format format;
        size_t escaped; /* length of what stands in the line before its "..." or closing quote */
        bool cut;
    } rows[] = {
        {"just fits", STATOR_SPAN_INIT("a"), 10240, STATOR_LOG_FORMAT_COMBINED, 10240, false},
        {"one too many", STATOR_SPAN_INIT("a"), 10241, STATOR_LOG_FORMAT_COMBINED, 10240, true},
        {"a megabyte", STATOR_SPAN_INIT("a"), 1 << 20, STATOR_LOG_FORMAT_COMBINED, 10240, true},
        {"escapes just fit", STATOR_SPAN_INIT("\n"), 2560, STATOR_LOG_FORMAT_COMBINED, 10240,
         false},
        {"one escape too many", STATOR_SPAN_INIT("\n"), 2561, STATOR_LOG_FORMAT_COMBINED, 10240,
         true},
        {"five bytes a unit", STATOR_SPAN_INIT("\na"), 2049, STATOR_LOG_FORMAT_COMBINED, 10240,
         true},
        {"three bytes a unit", STATOR_SPAN_INIT("\"a"), 3414, STATOR_LOG_FORMAT_COMBINED, 10239,
         true},
        {"json escapes", STATOR_SPAN_INIT("\n"), 1706, STATOR_LOG_FORMAT_JSON, 10236, false},
        {"one json escape too many", STATOR_SPAN_INIT("\n"), 1707, STATOR_LOG_FORMAT_JSON, 10236,
         true},
        {"json pairs", STATOR_SPAN_INIT("\xf0\x9f\x98\x80"), 854, STATOR_LOG_FORMAT_JSON, 10236,
         true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_record record = {.user_agent = repeat(rows[i].unit, rows[i].count)};
        char *line = line_of(&record, rows[i].format, false);
        const char *key =
            rows[i].format == STATOR_LOG_FORMAT_JSON ? "\"user_agent\":\"" : "- - \"-\" \"";
        const char *value = strstr(line, key);
        cr_assert_not_null(value, "%s", rows[i].label);
        value += strlen(key);
        const char *after = value + rows[i].escaped;
        cr_assert_lt(rows[i].escaped, strlen(value), "%s", rows[i].label);
        cr_expect_eq(strncmp(after, rows[i].cut ? "...\"" : "\"", rows[i].cut ? 4 : 1), 0,
                     "%s: got %.8s", rows[i].label, after);
        free((char *)record.user_agent.at);
        free(line);
    }
}

Test(record, a_line_stays_below_64_kib_whatever_the_values)
{
    static const struct stator_span units[] = {
        STATOR_SPAN_INIT("a"),
        STATOR_SPAN_INIT("\n"),
        STATOR_SPAN_INIT("\""),
        STATOR_SPAN_INIT("\xff"),
        STATOR_SPAN_INIT("\xf0\x9f\x98\x80"),
    };
    for (size_t i = 0; i < COUNT(units); i++) {
        struct stator_span huge = repeat(units[i], 20000);
        struct stator_record record = {
            .wall = INT64_MAX,
            .duration = INT64_MAX,
            .peer = huge,
            .line = huge,
            .method = huge,
            .target = huge,
            .host = huge,
            .referer = huge,
            .user_agent = huge,
            .minor = 2147483647,
            .status = STATOR_STATUS_VERSION_NOT_SUPPORTED,
            .body_bytes = UINT64_MAX,
        };
        for (int format = STATOR_LOG_FORMAT_COMMON; format <= STATOR_LOG_FORMAT_PRETTY; format++) {
            char *line = line_of(&record, (enum stator_log_format)format, true);
            size_t length = strlen(line);
            cr_expect_lt(length, 65536u, "unit %zu, format %d: %zu", i, format, length);
            cr_expect_gt(length, 20000u, "unit %zu, format %d: %zu", i, format, length);
            free(line);
        }
        free((char *)huge.at);
    }
}

Test(record, pretty_sizes_and_durations)
{
    static const struct {
        uint64_t bytes;
        int64_t duration;
        const char *part;
    } rows[] = {
        {0, 0, "         0 B     0 ms  "},
        {1023, 999, "      1023 B   999 ms  "},
        {1024, 1000, "     1.0 KiB    1.0 s  "},
        {1048575, 59999, "  1023.9 KiB   59.9 s  "},
        {1048576, 60000, "     1.0 MiB   60.0 s  "},
        {UINT64_MAX, -5, "    15.9 EiB     0 ms  "},
        {1536ull << 20, INT64_MAX, "     1.5 GiB  9223372036854775.8 s  "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_record record = usual;
        record.body_bytes = rows[i].bytes;
        record.duration = rows[i].duration;
        char *line = line_of(&record, STATOR_LOG_FORMAT_PRETTY, false);
        cr_expect_not_null(strstr(line, rows[i].part), "%s: got %s", rows[i].part, line);
        free(line);
    }
}

Test(record, pretty_colours_by_class)
{
    static const struct {
        enum stator_status status;
        const char *part;
    } rows[] = {
        {STATOR_STATUS_NONE, "\033[35m  -\033[0m"},
        {STATOR_STATUS_CONTINUE, "\033[35m100\033[0m"},
        {STATOR_STATUS_PARTIAL_CONTENT, "\033[32m206\033[0m"},
        {STATOR_STATUS_NOT_MODIFIED, "\033[36m304\033[0m"},
        {STATOR_STATUS_NOT_FOUND, "\033[33m404\033[0m"},
        {STATOR_STATUS_SERVICE_UNAVAILABLE, "\033[31m503\033[0m"},
        {(enum stator_status)999, "\033[35m999\033[0m"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_record record = usual;
        record.status = rows[i].status;
        char *line = line_of(&record, STATOR_LOG_FORMAT_PRETTY, true);
        cr_expect_not_null(strstr(line, rows[i].part), "%d: got %s", (int)rows[i].status, line);
        free(line);
    }
}

Test(record, lines_follow_each_other_in_one_text)
{
    struct stator_text text = {0};
    stator_text_add_string(&text, "before\n");
    stator_record_format(&usual, STATOR_LOG_FORMAT_COMMON, false, &text);
    stator_record_format(&usual, STATOR_LOG_FORMAT_COMMON, false, &text);
    stator_text_add_char(&text, '\0');
    cr_assert(!text.failed);
    cr_expect_str_eq(text.at, "before\n"
                              "192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] "
                              "\"GET /a?b HTTP/1.1\" 200 12\n"
                              "192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] "
                              "\"GET /a?b HTTP/1.1\" 200 12\n");
    stator_text_finish(&text);
}

Test(record, a_failed_text_gets_nothing)
{
    struct stator_text text = {.failed = true};
    stator_record_format(&usual, STATOR_LOG_FORMAT_JSON, false, &text);
    cr_expect_eq(text.length, 0u);
    cr_expect(text.failed);
    stator_text_finish(&text);
}
