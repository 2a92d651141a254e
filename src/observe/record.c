/*
 * Writes one exchange as one line of the access log.
 *
 * Knows the formats and what makes a byte harmful in them; refuses to know where lines go or when.
 * The one surprising thing: room for the longest line that the record could give is reserved first,
 * so everything after that writes through a bare cursor, without asking for room again, and a line
 * is either whole or not there. No printf: this runs once a request.
 */
#include "observe/record.h"

#include "base/clock.h"
#include "base/json.h"
#include "http/date.h"

#define VALUE_MAX STATOR_RECORD_VALUE_MAX

/* JSON's escapes are the longest, and what grows most. */
#define ESCAPE_MAX STATOR_JSON_ESCAPE_MAX
#define GROWTH_MAX STATOR_JSON_GROWTH_MAX

/* More than all that stands in a line beside its values: names, punctuation, numbers, colours. */
#define FRAME_MAX 512

/* Takes the first character off `*rest`, which is not empty, and writes its escape into `out`; its
 * length is returned. */
typedef size_t escape_fn(struct stator_span *rest, char out[ESCAPE_MAX]);

static char *put(char *at, struct stator_span bytes)
{
    if (bytes.length > 0) {
        memcpy(at, bytes.at, bytes.length);
    }
    return at + bytes.length;
}

#define PUT(at, literal) put(at, STATOR_SPAN(literal))

/* Written where it belongs at once: bytes that were just stored one by one are slow to copy. */
static char *put_number(char *at, uint64_t number)
{
    char *end = at + 1;
    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        end++;
    }
    for (char *digit = end; digit > at; number /= 10) {
        *--digit = (char)('0' + number % 10);
    }
    return end;
}

/* Right-aligns what stands between `start` and `end` in `width` columns. */
static char *pad_left(char *start, char *end, size_t width)
{
    size_t length = (size_t)(end - start);
    if (length >= width) {
        return end;
    }
    memmove(start + (width - length), start, length);
    memset(start, ' ', width - length);
    return start + width;
}

/* True for what means nothing to a terminal, to the quoting, or to JSON: ASCII that is seen,
 * without quote and backslash. */
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Eight bytes of the same value. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * The same for eight bytes at once; most lines have nothing to escape, and this is most of what
 * they cost. Each term gets the high bit of a byte that is not plain, and of no other byte unless
 * one of them has it too: carries and borrows begin only in a byte that is not plain.
 */
static bool are_eight_plain(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    uint64_t below_space = word - EIGHT(0x20);
    uint64_t above_tilde = word | (word + EIGHT(1));
    uint64_t quote = (word ^ EIGHT('"')) - EIGHT(1);
    uint64_t backslash = (word ^ EIGHT('\\')) - EIGHT(1);
    return ((below_space | above_tilde | quote | backslash) & EIGHT(0x80)) == 0;
}

static size_t plain_length(struct stator_span text)
{
    size_t length = 0;
    while (text.length - length >= 8 && are_eight_plain(text.at + length)) {
        length += 8;
    }
    /* What is left of a longer text is looked at with some of what was. */
    if (length > 0 && text.length - length < 8 && are_eight_plain(text.at + text.length - 8)) {
        return text.length;
    }
    while (length < text.length && is_plain(text.at[length])) {
        length++;
    }
    return length;
}

static size_t escape_text(struct stator_span *rest, char out[ESCAPE_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)rest->at[0];
    *rest = stator_span_skip(*rest, 1);
    out[0] = '\\';
    if (byte == '"' || byte == '\\') {
        out[1] = (char)byte;
        return 2;
    }
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 15];
    return 4;
}

/* Room that put_escaped may need: an escape is written whole before it turns out to be too long,
 * and "..." in its place does not count against the bound. */
static size_t room_for(struct stator_span value)
{
    size_t length = value.length > VALUE_MAX / GROWTH_MAX ? VALUE_MAX : value.length * GROWTH_MAX;
    return length + ESCAPE_MAX;
}

static char *put_escaped(char *at, struct stator_span value, escape_fn *escape)
{
    size_t room = VALUE_MAX;
    for (;;) {
        size_t plain = plain_length(value);
        if (plain > room) {
            at = put(at, stator_span_first(value, room));
            return PUT(at, "...");
        }
        at = put(at, stator_span_first(value, plain));
        if (plain == value.length) {
            return at;
        }
        room -= plain;
        struct stator_span rest = stator_span_skip(value, plain);
        size_t length = escape(&rest, at);
        if (length > room) {
            return PUT(at, "...");
        }
        at += length;
        room -= length;
        value = rest;
    }
}

/* For the text formats, where an empty value is "-". */
static char *put_text(char *at, struct stator_span value)
{
    return value.length > 0 ? put_escaped(at, value, escape_text) : PUT(at, "-");
}

static char *put_quoted(char *at, struct stator_span value)
{
    at = PUT(at, "\"");
    at = put_text(at, value);
    return PUT(at, "\"");
}

/* The moment of a record, in pieces of "Sat, 21 Nov 2026 10:00:00 GMT". */
struct moment {
    char date[STATOR_DATE_LENGTH];
    unsigned millisecond;
};

#define MOMENT_DAY(moment)   ((struct stator_span){(moment).date + 5, 2})
#define MOMENT_MONTH(moment) ((struct stator_span){(moment).date + 8, 3})
#define MOMENT_YEAR(moment)  ((struct stator_span){(moment).date + 12, 4})
#define MOMENT_TIME(moment)  ((struct stator_span){(moment).date + 17, 8})

static struct moment moment_of(int64_t wall)
{
    int64_t seconds = wall / STATOR_NANOSECONDS, rest = wall % STATOR_NANOSECONDS;
    if (rest < 0) {
        seconds--;
        rest += STATOR_NANOSECONDS;
    }
    struct moment moment = {.millisecond = (unsigned)(rest / 1000000)};
    stator_date_format(seconds, moment.date);
    return moment;
}

void stator_record_timestamp(int64_t wall, char out[STATOR_RECORD_TIMESTAMP_LENGTH])
{
    struct moment moment = moment_of(wall);
    out = PUT(out, "[");
    out = put(out, MOMENT_DAY(moment));
    out = PUT(out, "/");
    out = put(out, MOMENT_MONTH(moment));
    out = PUT(out, "/");
    out = put(out, MOMENT_YEAR(moment));
    out = PUT(out, ":");
    out = put(out, MOMENT_TIME(moment));
    PUT(out, " +0000]");
}

/* "01" to "12". */
static char *put_month(char *at, struct stator_span name)
{
    static const char names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    unsigned month = 1;
    while (month < 12 && memcmp(names[month - 1], name.at, 3) != 0) {
        month++;
    }
    *at++ = (char)('0' + month / 10);
    *at++ = (char)('0' + month % 10);
    return at;
}

/* "2026-11-21T10:00:00.000Z": RFC 3339 5.6 */
static char *put_rfc3339_time(char *at, const struct stator_record *record)
{
    struct moment moment = moment_of(record->wall);
    at = put(at, MOMENT_YEAR(moment));
    at = PUT(at, "-");
    at = put_month(at, MOMENT_MONTH(moment));
    at = PUT(at, "-");
    at = put(at, MOMENT_DAY(moment));
    at = PUT(at, "T");
    at = put(at, MOMENT_TIME(moment));
    at = PUT(at, ".");
    *at++ = (char)('0' + moment.millisecond / 100);
    *at++ = (char)('0' + moment.millisecond / 10 % 10);
    *at++ = (char)('0' + moment.millisecond % 10);
    return PUT(at, "Z");
}

/* An enum that came from elsewhere, or a clock that went back, never gives a huge number. */
static uint64_t not_negative(int64_t number)
{
    return number > 0 ? (uint64_t)number : 0;
}

static char *put_status(char *at, const struct stator_record *record)
{
    uint64_t status = not_negative((int64_t)record->status);
    return status > 0 ? put_number(at, status) : PUT(at, "-");
}

static char *put_common(char *at, const struct stator_record *record)
{
    at = put_text(at, record->peer);
    at = PUT(at, " - - ");
    if (record->timestamp != NULL) {
        memcpy(at, record->timestamp, STATOR_RECORD_TIMESTAMP_LENGTH);
    } else {
        stator_record_timestamp(record->wall, at);
    }
    at += STATOR_RECORD_TIMESTAMP_LENGTH;
    at = PUT(at, " ");
    at = put_quoted(at, record->line);
    at = PUT(at, " ");
    at = put_status(at, record);
    at = PUT(at, " ");
    return record->body_bytes > 0 ? put_number(at, record->body_bytes) : PUT(at, "-");
}

static char *put_combined(char *at, const struct stator_record *record)
{
    at = put_common(at, record);
    at = PUT(at, " ");
    at = put_quoted(at, record->referer);
    at = PUT(at, " ");
    return put_quoted(at, record->user_agent);
}

/* `key` as it stands in the line, with its quotes, colon and the comma before it. */
static char *put_json_string(char *at, struct stator_span key, struct stator_span value)
{
    if (value.length == 0) {
        return at;
    }
    at = put(at, key);
    at = PUT(at, "\"");
    at = put_escaped(at, value, stator_json_escape);
    return PUT(at, "\"");
}

#define PUT_JSON_STRING(at, key, value) put_json_string(at, STATOR_SPAN(",\"" key "\":"), value)

static char *put_json_request(char *at, const struct stator_record *record)
{
    if (record->method.length == 0) {
        return PUT_JSON_STRING(at, "line", record->line);
    }
    at = PUT_JSON_STRING(at, "method", record->method);
    at = PUT_JSON_STRING(at, "target", record->target);
    at = PUT(at, ",\"protocol\":\"HTTP/1.");
    at = put_number(at, not_negative(record->minor));
    return PUT(at, "\"");
}

static char *put_json(char *at, const struct stator_record *record)
{
    at = PUT(at, "{\"time\":\"");
    at = put_rfc3339_time(at, record);
    at = PUT(at, "\"");
    at = PUT_JSON_STRING(at, "peer", record->peer);
    at = put_json_request(at, record);
    at = PUT_JSON_STRING(at, "host", record->host);
    at = PUT_JSON_STRING(at, "referer", record->referer);
    at = PUT_JSON_STRING(at, "user_agent", record->user_agent);
    at = PUT(at, ",\"status\":");
    at = put_number(at, not_negative((int64_t)record->status));
    at = PUT(at, ",\"bytes\":");
    at = put_number(at, record->body_bytes);
    at = PUT(at, ",\"duration_ms\":");
    at = put_number(at, not_negative(record->duration));
    at = PUT(at, ",\"complete\":");
    at = record->complete ? PUT(at, "true") : PUT(at, "false");
    return PUT(at, "}");
}

/* "999 B", "1.0 KiB" ... "15.9 EiB": rounded down. */
static char *put_size(char *at, uint64_t bytes)
{
    static const char units[] = "KMGTPE";
    if (bytes < 1024) {
        at = put_number(at, bytes);
        return PUT(at, " B");
    }
    unsigned unit = 0;
    while (bytes >= 1024 * 1024) {
        bytes >>= 10;
        unit++;
    }
    at = put_number(at, bytes >> 10);
    at = PUT(at, ".");
    at = put_number(at, (bytes & 1023) * 10 / 1024);
    at = PUT(at, " ");
    *at++ = units[unit];
    return PUT(at, "iB");
}

/* "12 ms", "1.2 s": rounded down. */
static char *put_duration(char *at, uint64_t milliseconds)
{
    if (milliseconds < 1000) {
        at = put_number(at, milliseconds);
        return PUT(at, " ms");
    }
    at = put_number(at, milliseconds / 1000);
    at = PUT(at, ".");
    at = put_number(at, milliseconds % 1000 / 100);
    return PUT(at, " s");
}

/* The class of a status as a colour: green, cyan, yellow, red; magenta where nothing was sent. */
static struct stator_span colour_of(enum stator_status status)
{
    static const struct stator_span colours[] = {
        STATOR_SPAN_INIT("\033[35m"), STATOR_SPAN_INIT("\033[35m"), STATOR_SPAN_INIT("\033[32m"),
        STATOR_SPAN_INIT("\033[36m"), STATOR_SPAN_INIT("\033[33m"), STATOR_SPAN_INIT("\033[31m"),
    };
    size_t class = (size_t)status / 100;
    return colours[class < sizeof(colours) / sizeof(colours[0]) ? class : 0];
}

static char *put_pretty_request(char *at, const struct stator_record *record)
{
    if (record->method.length == 0) {
        return put_text(at, record->line);
    }
    at = put_text(at, record->method);
    at = PUT(at, " ");
    return put_text(at, record->target);
}

static char *put_pretty(char *at, const struct stator_record *record, bool colour)
{
    struct moment moment = moment_of(record->wall);
    at = put(at, MOMENT_TIME(moment));
    at = PUT(at, "  ");
    at = colour ? put(at, colour_of(record->status)) : at;
    at = pad_left(at, put_status(at, record), 3);
    at = colour ? PUT(at, "\033[0m") : at;
    at = PUT(at, "  ");
    at = pad_left(at, put_size(at, record->body_bytes), 10);
    at = PUT(at, "  ");
    at = pad_left(at, put_duration(at, not_negative(record->duration)), 7);
    at = PUT(at, "  ");
    at = put_text(at, record->peer);
    at = PUT(at, "  ");
    at = put_pretty_request(at, record);
    return record->complete ? at : PUT(at, "  (cut)");
}

static size_t room_for_line(const struct stator_record *record)
{
    return FRAME_MAX + room_for(record->peer) + room_for(record->line) + room_for(record->method) +
           room_for(record->target) + room_for(record->host) + room_for(record->referer) +
           room_for(record->user_agent);
}

void stator_record_format(const struct stator_record *record, enum stator_log_format format,
                          bool colour, struct stator_text *out)
{
    char *start = stator_text_reserve(out, room_for_line(record)), *at = start;
    if (start == NULL) {
        return;
    }
    switch (format) {
    case STATOR_LOG_FORMAT_COMMON:
        at = put_common(at, record);
        break;
    case STATOR_LOG_FORMAT_COMBINED:
        at = put_combined(at, record);
        break;
    case STATOR_LOG_FORMAT_JSON:
        at = put_json(at, record);
        break;
    case STATOR_LOG_FORMAT_PRETTY:
        at = put_pretty(at, record, colour);
        break;
    }
    at = PUT(at, "\n");
    out->length += (size_t)(at - start);
}
