/*
 * Writes a response down: RFC 9112 4 to 6, RFC 9110 14.6 for the parts of a multipart one.
 *
 * Knows which field goes with which response; decides nothing. The one surprising thing: a
 * multipart body is emitted part by part, so that an output never holds more than one stretch of a
 * file.
 */
#include "exchange/emit.h"

#include <errno.h>

#include "exchange/problem.h"
#include "http/head.h"

static const struct stator_span field_accept_ranges = STATOR_SPAN_INIT("Accept-Ranges");
static const struct stator_span field_allow = STATOR_SPAN_INIT("Allow");
static const struct stator_span field_connection = STATOR_SPAN_INIT("Connection");
static const struct stator_span field_content_length = STATOR_SPAN_INIT("Content-Length");
static const struct stator_span field_content_range = STATOR_SPAN_INIT("Content-Range");
static const struct stator_span field_content_type = STATOR_SPAN_INIT("Content-Type");
static const struct stator_span field_location = STATOR_SPAN_INIT("Location");
static const struct stator_span field_nosniff = STATOR_SPAN_INIT("X-Content-Type-Options");
static const struct stator_span field_csp = STATOR_SPAN_INIT("Content-Security-Policy");
static const struct stator_span field_vary = STATOR_SPAN_INIT("Vary");

static uint64_t range_length(const struct stator_range *range)
{
    return range->last - range->first + 1;
}

/* "Content-Range: bytes 0-9/100": RFC 9110 14.4. */
static void add_content_range(struct stator_text *head, const struct stator_range *range,
                              uint64_t length)
{
    stator_text_add(head, field_content_range);
    stator_text_add_string(head, ": bytes ");
    if (range == NULL) {
        stator_text_add_char(head, '*');
    } else {
        stator_text_add_number(head, range->first);
        stator_text_add_char(head, '-');
        stator_text_add_number(head, range->last);
    }
    stator_text_add_char(head, '/');
    stator_text_add_number(head, length);
    stator_text_add_string(head, "\r\n");
}

static size_t digits(uint64_t number)
{
    size_t count = 1;

    while (number >= 10) {
        number /= 10;
        count++;
    }
    return count;
}

/* What goes between two parts; `index` 0 is the first, ranges->count the end. */
static void add_delimiter(struct stator_text *head, const struct stator_response *response,
                          size_t index)
{
    stator_text_add_string(head, index == 0 ? "--" : "\r\n--");
    stator_text_add_string(head, response->boundary);
    if (index == response->ranges->count) {
        stator_text_add_string(head, "--\r\n");
        return;
    }
    stator_text_add_string(head, "\r\n");
    stator_head_add(head, field_content_type, response->entry->type);
    add_content_range(head, &response->ranges->at[index], response->entry->version.size);
    stator_text_add_string(head, "\r\n");
}

/* The length of what add_delimiter writes for every part and the end, with the parts themselves. */
static uint64_t parts_length(const struct stator_response *response)
{
    static const struct stator_span fixed = STATOR_SPAN_INIT("\r\n--"
                                                             "\r\n"
                                                             "Content-Type: "
                                                             "\r\n"
                                                             "Content-Range: bytes "
                                                             "-/"
                                                             "\r\n"
                                                             "\r\n");
    const struct stator_range_set *ranges = response->ranges;
    size_t boundary = strlen(response->boundary);
    uint64_t total = 0;

    for (size_t i = 0; i < ranges->count; i++) {
        const struct stator_range *range = &ranges->at[i];

        total += fixed.length + boundary + response->entry->type.length + digits(range->first) +
                 digits(range->last) + digits(response->entry->version.size) + range_length(range);
    }
    /* The first delimiter has no CRLF before it; the last is CRLF "--" boundary "--" CRLF. */
    return total - 2 + 4 + boundary + 4;
}

uint64_t stator_response_length(const struct stator_response *response)
{
    switch (response->body) {
    case STATOR_RESPONSE_BODY_ENTRY:
        return response->entry->version.size;
    case STATOR_RESPONSE_BODY_RANGE:
        return range_length(&response->range);
    case STATOR_RESPONSE_BODY_PARTS:
        return parts_length(response);
    case STATOR_RESPONSE_BODY_TEXT:
        return response->text.length;
    case STATOR_RESPONSE_BODY_PROBLEM:
        return stator_problem_length(response->status, response->html);
    case STATOR_RESPONSE_BODY_NONE:
        break;
    }
    return 0;
}

/* The fields of a body that is not simply the whole entry. */
static void add_type(struct stator_text *head, const struct stator_response *response)
{
    switch (response->body) {
    case STATOR_RESPONSE_BODY_RANGE:
        stator_head_add(head, field_content_type, response->entry->type);
        break;
    case STATOR_RESPONSE_BODY_PARTS:
        stator_text_add(head, field_content_type);
        stator_text_add_string(head, ": multipart/byteranges; boundary=");
        stator_text_add_string(head, response->boundary);
        stator_text_add_string(head, "\r\n");
        break;
    case STATOR_RESPONSE_BODY_TEXT:
    case STATOR_RESPONSE_BODY_PROBLEM:
        stator_head_add(head, field_content_type, response->type);
        break;
    default:
        return;
    }
    stator_head_add_number(head, field_content_length, stator_response_length(response));
    stator_head_add(head, field_nosniff, STATOR_SPAN("nosniff"));
}

/* Field lines that an entry has ready, without the empty line at their end. */
static void add_ready(struct stator_text *head, struct stator_span fields)
{
    stator_text_add(head, stator_span_first(fields, fields.length - strlen("\r\n")));
}

static void add_entry(struct stator_text *head, const struct stator_response *response)
{
    const struct stator_entry *entry = response->entry;

    switch (response->status) {
    case STATOR_STATUS_OK:
        add_ready(head, entry->fields);
        break;
    case STATOR_STATUS_PARTIAL_CONTENT:
        stator_head_add(head, field_accept_ranges, STATOR_SPAN("bytes"));
        add_ready(head, entry->validators);
        break;
    case STATOR_STATUS_NOT_MODIFIED:
        add_ready(head, entry->validators);
        break;
    case STATOR_STATUS_RANGE_NOT_SATISFIABLE:
        stator_head_add(head, field_accept_ranges, STATOR_SPAN("bytes"));
        break;
    default:
        break;
    }
    if (response->body == STATOR_RESPONSE_BODY_RANGE) {
        add_content_range(head, &response->range, entry->version.size);
    } else if (response->unsatisfied) {
        add_content_range(head, NULL, entry->version.size);
    }
}

static void add_rest(struct stator_text *head, const struct stator_response *response)
{
    if (response->location.length > 0) {
        stator_head_add(head, field_location, stator_text_span(&response->location));
    }
    if (response->allow) {
        stator_head_add(head, field_allow, STATOR_SPAN("GET, HEAD, OPTIONS"));
    }
    if (response->vary_accept) {
        stator_head_add(head, field_vary, STATOR_SPAN("Accept"));
    }
    if (response->limits.length > 0) {
        stator_head_add(head, field_csp, response->limits);
    }
    if (response->close) {
        stator_head_add(head, field_connection, STATOR_SPAN("close"));
    } else if (response->keep_alive_10) {
        stator_head_add(head, field_connection, STATOR_SPAN("keep-alive"));
    }
}

static void add_head(struct stator_text *head, const struct stator_response *response,
                     struct stator_worker *worker)
{
    stator_text_add(head, stator_head_prefix(worker, response->status));
    add_type(head, response);
    if (response->entry != NULL && response->entry->kind == STATOR_ENTRY_KIND_FILE) {
        add_entry(head, response);
    }
    add_rest(head, response);
    stator_head_end(head);
}

/* Makes the output send `length` bytes of the entry, wherever it keeps them. */
static void put_entry(struct stator_output *out, const struct stator_entry *entry, uint64_t first,
                      uint64_t length)
{
    out->entry = entry;
    if (entry->body.at != NULL) {
        out->body = stator_span_first(stator_span_skip(entry->body, (size_t)first), (size_t)length);
    } else {
        out->file_offset = first;
        out->file_left = length;
    }
}

/* The part whose turn it is, with its delimiter. Returns whether more pieces follow. */
static bool put_part(const struct stator_response *response, struct stator_text *head,
                     struct stator_output *out)
{
    size_t index = response->piece;

    add_delimiter(head, response, index);
    if (index == response->ranges->count) {
        return false;
    }
    put_entry(out, response->entry, response->ranges->at[index].first,
              range_length(&response->ranges->at[index]));
    return true;
}

static bool put_body(const struct stator_response *response, struct stator_text *head,
                     struct stator_output *out)
{
    if (response->head_only) {
        return false;
    }
    switch (response->body) {
    case STATOR_RESPONSE_BODY_NONE:
        return false;
    case STATOR_RESPONSE_BODY_ENTRY:
        put_entry(out, response->entry, 0, response->entry->version.size);
        return false;
    case STATOR_RESPONSE_BODY_RANGE:
        put_entry(out, response->entry, response->range.first, range_length(&response->range));
        return false;
    case STATOR_RESPONSE_BODY_PARTS:
        return put_part(response, head, out);
    case STATOR_RESPONSE_BODY_TEXT:
        out->body = stator_text_span(&response->text);
        return false;
    case STATOR_RESPONSE_BODY_PROBLEM:
        stator_problem_write(response->status, response->html, head);
        return false;
    }
    return false;
}

/* True for the responses that nearly all are: a whole entry, or that it was not modified. */
static bool is_ready(const struct stator_response *response)
{
    if (response->close || response->keep_alive_10) {
        return false;
    }
    return (response->status == STATOR_STATUS_OK && response->body == STATOR_RESPONSE_BODY_ENTRY) ||
           response->status == STATOR_STATUS_NOT_MODIFIED;
}

/* Puts a ready response together by pointing to its pieces: nothing is written. */
static void put_ready(struct stator_response *response, struct stator_span prefix,
                      struct stator_output *out)
{
    const struct stator_entry *entry = response->entry;
    bool whole = response->status == STATOR_STATUS_OK;

    out->head = prefix;
    out->more = false;
    out->last = false;
    out->body = whole ? entry->fields : entry->validators;
    response->head_length = prefix.length + out->body.length;
    if (whole && !response->head_only && entry->body.at != NULL) {
        out->body.length += entry->body.length; /* it stands right behind the fields */
    } else if (whole && !response->head_only) {
        out->entry = entry;
        out->file_offset = 0;
        out->file_left = entry->version.size;
    }
}

int stator_emit(struct stator_response *response, struct stator_worker *worker,
                struct stator_output *out)
{
    struct stator_text *head = &worker->head;
    bool follows = !stator_output_is_empty(out);

    out->current = response->current && response->piece == 0;

    if (!follows) {
        stator_text_clear(head);
        stator_output_finish(out);
        if (response->piece == 0 && is_ready(response)) {
            put_ready(response, stator_head_prefix(worker, response->status), out);
            response->piece = 1;
            return 0;
        }
    }
    if (response->piece == 0) {
        size_t before = head->length;

        add_head(head, response, worker);
        response->head_length = head->length - before;
    }
    out->more = put_body(response, head, out);
    out->last = response->close && !out->more;
    out->head = stator_text_span(head);
    response->piece++;
    if (head->failed || response->text.failed || response->location.failed) {
        return -ENOMEM;
    }
    return out->more ? 1 : 0;
}
