/*
 * Reads answers, and holds each against the rules that have no exception. Knows nothing of what was
 * asked but for HEAD. The one surprising thing: it is stricter than a client should be, because
 * here a sloppy answer is what is looked for.
 */
#include "wire/answer.h"

#include "http/date.h"
#include "http/token.h"

static enum wire_read bad(struct stator_text *why, const char *what)
{
    stator_text_add_string(why, what);
    return WIRE_READ_BAD;
}

/* Takes a line that ends in CRLF off `rest`. MORE where it has not ended. */
static enum wire_read take_line(struct stator_span *rest, struct stator_span *line,
                                struct stator_text *why)
{
    size_t length = stator_span_find(*rest, '\n');
    if (length == rest->length) {
        return rest->length > 65536 ? bad(why, "a line of more than 64 KiB") : WIRE_READ_MORE;
    }
    if (length == 0 || rest->at[length - 1] != '\r') {
        return bad(why, "a bare LF in the head");
    }
    *line = stator_span_first(*rest, length - 1);
    for (size_t i = 0; i < line->length; i++) {
        if (!stator_char_is(line->at[i], STATOR_CHAR_FIELD)) {
            return bad(why, "a control byte in the head");
        }
    }
    *rest = stator_span_skip(*rest, length + 1);
    return WIRE_READ_DONE;
}

static bool read_status_line(struct stator_span line, struct wire_answer *out)
{
    uint64_t status;
    if (line.length < 14 || !stator_span_starts(line, STATOR_SPAN("HTTP/1.1 ")) ||
        line.at[12] != ' ' ||
        !stator_number_parse(stator_span_first(stator_span_skip(line, 9), 3), &status)) {
        return false;
    }
    out->status_line = line;
    out->status = (int)status;
    return status >= 100 && status <= 599;
}

static bool read_field(struct stator_span line, struct wire_answer *out)
{
    size_t colon = stator_span_find(line, ':');
    struct stator_span name = stator_span_first(line, colon);
    if (colon == line.length || !stator_token_is_valid(name) ||
        out->field_count == WIRE_FIELDS_MAX) {
        return false;
    }
    out->fields[out->field_count++] =
        (struct wire_field){name, stator_span_trim(stator_span_skip(line, colon + 1))};
    return true;
}

static enum wire_read read_head(struct stator_span *rest, struct wire_answer *out,
                                struct stator_text *why)
{
    struct stator_span line;
    enum wire_read got = take_line(rest, &line, why);
    if (got == WIRE_READ_DONE && !read_status_line(line, out)) {
        return bad(why, "this is no status line of HTTP/1.1");
    }
    while (got == WIRE_READ_DONE) {
        got = take_line(rest, &line, why);
        if (got == WIRE_READ_DONE && line.length == 0) {
            return WIRE_READ_DONE;
        }
        if (got == WIRE_READ_DONE && !read_field(line, out)) {
            return bad(why, "this is no field line");
        }
    }
    return got;
}

struct stator_span wire_answer_field(const struct wire_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->field_count; i++) {
        if (stator_span_equal_nocase(answer->fields[i].name, stator_span_from(name))) {
            return answer->fields[i].value;
        }
    }
    return (struct stator_span){NULL, 0};
}

/* RFC 9110 6.4.1 and 15.4.5: these never have content. */
static bool is_bodiless(const struct wire_answer *answer)
{
    return answer->status < 200 || answer->status == 204 || answer->status == 304;
}

enum wire_read wire_answer_read(struct stator_span bytes, bool to_head, struct wire_answer *out,
                                struct stator_text *why)
{
    struct stator_span rest = bytes;
    uint64_t length = 0;
    *out = (struct wire_answer){.to_head = to_head};
    enum wire_read got = read_head(&rest, out, why);
    if (got != WIRE_READ_DONE) {
        return got;
    }
    if (!is_bodiless(out)) {
        struct stator_span value = wire_answer_field(out, "Content-Length");
        if (!stator_number_parse(value, &length)) {
            return bad(why, "no valid Content-Length: where the body ends cannot be told");
        }
        length = to_head ? 0 : length;
    }
    if (length > rest.length) {
        return WIRE_READ_MORE;
    }
    out->body = stator_span_first(rest, (size_t)length);
    out->length = (size_t)(out->body.at - bytes.at) + (size_t)length;
    return WIRE_READ_DONE;
}

struct stator_span wire_answer_head(const struct wire_answer *answer)
{
    return (struct stator_span){answer->status_line.at,
                                (size_t)(answer->body.at - answer->status_line.at)};
}

bool wire_answer_closes(const struct wire_answer *answer)
{
    return stator_span_equal_nocase(wire_answer_field(answer, "Connection"), STATOR_SPAN("close"));
}

/* --- the rules ------------------------------------------------------------------------------ */

static bool require(bool holds, struct stator_text *why, const char *rule)
{
    if (!holds) {
        stator_text_add_format(why, "%s%s", why->length > 0 ? "; " : "", rule);
    }
    return holds;
}

static bool has(const struct wire_answer *answer, const char *name)
{
    return wire_answer_field(answer, name).at != NULL;
}

/* RFC 9110 5.3: a field that is no list stands there once. */
static bool check_once(const struct wire_answer *answer, struct stator_text *why)
{
    bool good = true;
    for (size_t i = 0; i < answer->field_count; i++) {
        for (size_t j = i + 1; j < answer->field_count; j++) {
            good =
                require(!stator_span_equal_nocase(answer->fields[i].name, answer->fields[j].name),
                        why, "a field stands there twice") &&
                good;
        }
    }
    return good;
}

/* RFC 9110 6.6.1 and 8.8.2.1. */
static bool check_dates(const struct wire_answer *answer, struct stator_text *why)
{
    struct stator_span text = wire_answer_field(answer, "Date");
    struct stator_span modified = wire_answer_field(answer, "Last-Modified");
    int64_t date;
    int64_t then;
    if (!require(text.length == STATOR_DATE_LENGTH && stator_date_parse(text, 0, &date), why,
                 "Date is missing or no IMF-fixdate")) {
        return false;
    }
    return modified.at == NULL ||
           require(modified.length == STATOR_DATE_LENGTH &&
                       stator_date_parse(modified, date, &then) && then <= date,
                   why, "Last-Modified is no IMF-fixdate or later than Date");
}

/* What goes with a body, or with the head of one. */
static bool check_content(const struct wire_answer *answer, struct stator_text *why)
{
    bool bodiless = is_bodiless(answer);
    bool good = require(!has(answer, "Transfer-Encoding"), why, "there is a Transfer-Encoding");
    good = require(!bodiless || !has(answer, "Content-Length"), why,
                   "there is a Content-Length (RFC 9110 8.6)") &&
           good;
    good =
        require(!bodiless || !has(answer, "Content-Type"), why, "there is a Content-Type") && good;
    if (!bodiless) {
        good = require(has(answer, "Content-Type"), why, "there is no Content-Type") && good;
        good = require(stator_span_equal(wire_answer_field(answer, "X-Content-Type-Options"),
                                         STATOR_SPAN("nosniff")),
                       why, "there is no nosniff") &&
               good;
    }
    return good;
}

/* RFC 9110 15: fields that belong to a status. */
static bool check_status(const struct wire_answer *answer, struct stator_text *why)
{
    struct stator_span location = wire_answer_field(answer, "Location");
    struct stator_span range = wire_answer_field(answer, "Content-Range");
    bool ranged = answer->status == 206 || answer->status == 416;
    bool good = require(answer->status != 405 || has(answer, "Allow"), why,
                        "405 without Allow (RFC 9110 15.5.6)");
    good = require((location.at != NULL) == (answer->status / 100 == 3 && answer->status != 304),
                   why, "Location and status do not fit") &&
           good;
    good = require(location.at == NULL || (location.length > 0 && location.at[0] == '/' &&
                                           (location.length == 1 || location.at[1] != '/')),
                   why, "Location is not path-absolute") &&
           good;
    good = require(range.at == NULL || ranged, why, "Content-Range without 206 or 416") && good;
    good = require(answer->status != 416 || stator_span_starts(range, STATOR_SPAN("bytes */")), why,
                   "416 without 'Content-Range: bytes */N'") &&
           good;
    good = require(!ranged || has(answer, "Accept-Ranges"), why, "no Accept-Ranges") && good;
    return require(answer->status != 304 || has(answer, "ETag"), why, "304 without ETag") && good;
}

bool wire_answer_check(const struct wire_answer *answer, bool server, struct stator_text *why)
{
    if (answer->status < 200) {
        return require(answer->field_count == 0, why, "an interim answer with fields");
    }
    bool good = check_once(answer, why);
    good = check_dates(answer, why) && good;
    good = check_content(answer, why) && good;
    good = check_status(answer, why) && good;
    struct stator_span name = wire_answer_field(answer, "Server");
    return require(server ? stator_span_equal(name, STATOR_SPAN("stator")) : name.at == NULL, why,
                   "Server is not what the site says") &&
           good;
}
