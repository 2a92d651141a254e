/* A line of the access log, in each of its forms. */
#include <errno.h>
#include <stdlib.h>

#include "micro.h"
#include "observe/record.h"

/* 2026-11-21 10:00:00.123 UTC */
#define WALL    1795255200123456789
#define VERSION "[21/Nov/2026:10:00:00 +0000]"
#define AGENT                                                                                      \
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "     \
    "Safari/537.36"
#define REFERER "https://www.example.org/docs/index.html"
#define COMMON  "192.0.2.1 - - " VERSION " \"GET /index.html HTTP/1.1\" 200 1024"

struct form {
    enum stator_log_format format;
    bool stamped; /* the time was written before, as a worker does once a second */
    struct stator_span line;
};

struct recording {
    const struct form *form;
    struct stator_record record;
    struct stator_text line;
    char version[STATOR_RECORD_TIMESTAMP_LENGTH];
};

static const struct stator_record usual = {
    .wall = WALL,
    .duration = 3,
    .peer = STATOR_SPAN_INIT("192.0.2.1"),
    .line = STATOR_SPAN_INIT("GET /index.html HTTP/1.1"),
    .method = STATOR_SPAN_INIT("GET"),
    .target = STATOR_SPAN_INIT("/index.html"),
    .host = STATOR_SPAN_INIT("www.example.org"),
    .referer = STATOR_SPAN_INIT(REFERER),
    .user_agent = STATOR_SPAN_INIT(AGENT),
    .minor = 1,
    .status = STATOR_STATUS_OK,
    .body_bytes = 1024,
    .complete = true,
};

static int setup(const void *with, void **out)
{
    struct recording *recording = calloc(1, sizeof(*recording));

    if (recording == NULL) {
        return -ENOMEM;
    }
    recording->form = with;
    recording->record = usual;
    stator_record_timestamp(WALL, recording->version);
    if (recording->form->stamped) {
        recording->record.timestamp = recording->version;
    }
    *out = recording;
    return 0;
}

static void finish(void *state)
{
    struct recording *recording = state;

    stator_text_finish(&recording->line);
    free(recording);
}

static void format(void *state)
{
    struct recording *recording = state;

    stator_text_clear(&recording->line);
    stator_record_format(&recording->record, recording->form->format, false, &recording->line);
    micro_keep(recording);
}

static bool check(const void *state)
{
    const struct recording *recording = state;

    return !recording->line.failed &&
           stator_span_equal(stator_text_span(&recording->line), recording->form->line);
}

static const struct form common = {STATOR_LOG_FORMAT_COMMON, true, STATOR_SPAN_INIT(COMMON "\n")};
static const struct form combined = {STATOR_LOG_FORMAT_COMBINED, true,
                                     STATOR_SPAN_INIT(COMMON " \"" REFERER "\" \"" AGENT "\"\n")};
static const struct form unstamped = {STATOR_LOG_FORMAT_COMBINED, false,
                                      STATOR_SPAN_INIT(COMMON " \"" REFERER "\" \"" AGENT "\"\n")};
static const struct form json = {
    STATOR_LOG_FORMAT_JSON, false,
    STATOR_SPAN_INIT(
        "{\"time\":\"2026-11-21T10:00:00.123Z\",\"peer\":\"192.0.2.1\",\"method\":\"GET\","
        "\"target\":\"/index.html\",\"protocol\":\"HTTP/1.1\",\"host\":\"www.example.org\","
        "\"referer\":\"" REFERER "\",\"user_agent\":\"" AGENT "\",\"status\":200,"
        "\"bytes\":1024,\"duration_ms\":3,\"complete\":true}\n")};
static const struct form pretty = {
    STATOR_LOG_FORMAT_PRETTY, false,
    STATOR_SPAN_INIT("10:00:00  200     1.0 KiB     3 ms  192.0.2.1  GET /index.html\n")};

static const struct micro_row rows[] = {
    {"common", &common, 1, setup, format, check, finish},
    {"combined", &combined, 1, setup, format, check, finish},
    {"combined, the first in its second", &unstamped, 1, setup, format, check, finish},
    {"JSON", &json, 1, setup, format, check, finish},
    {"pretty", &pretty, 1, setup, format, check, finish},
};

const struct micro_subject micro_record = MICRO_SUBJECT("record", rows);
