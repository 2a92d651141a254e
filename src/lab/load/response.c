/*
 * Reads responses, line by line, then by the stretch.
 *
 * Knows the framing of RFC 9112 6.3 for answers to GET; refuses to know what was asked. The one
 * surprising thing: a line that came whole is read where it stands; only one that was cut is put
 * together, and of that no more than its start.
 */
#include "lab/load/response.h"

#include "http/token.h"
#include "lab/load/load.h"

enum state {
    STATUS,
    FIELDS,
    BODY_LENGTH,
    BODY_CHUNKED,
    BODY_TO_END,
    COMPLETE,
    BROKEN,
};

void stator_load_response_init(struct stator_load_response *response, bool checked)
{
    response->status = 0;
    response->close = false;
    response->length = 0;
    response->sum = STATOR_LOAD_CHECKSUM;
    response->state = STATUS;
    response->checked = checked;
    response->sized = response->chunked = false;
    response->left = 0;
    response->head = response->kept = 0;
    response->chunks = (struct stator_chunked){0};
}

/* Keeps the start of a line whose end has not come. */
static void keep(struct stator_load_response *response, struct stator_span piece)
{
    size_t capacity =
        response->kept < STATOR_LOAD_QUEUE_MAX ? STATOR_LOAD_QUEUE_MAX - response->kept : 0;
    size_t count = piece.length < capacity ? piece.length : capacity;

    if (count > 0) {
        memcpy(response->line + response->kept, piece.at, count);
    }
    response->kept += (uint32_t)piece.length;
}

/*
 * Takes the next line off `*in`, without its end; the start of it where it is too long. False
 * where its end has not come.
 */
static bool take_line(struct stator_load_response *response, struct stator_span *in,
                      struct stator_span *out)
{
    size_t at = stator_span_find(*in, '\n');
    bool whole = at < in->length;
    struct stator_span line = stator_span_first(*in, at);
    size_t length = response->kept + at;

    response->head += (uint32_t)(whole ? at + 1 : at);
    *in = stator_span_skip(*in, whole ? at + 1 : at);
    if (response->head > STATOR_LOAD_HEAD_MAX) {
        response->state = BROKEN;
        return false;
    }
    if (!whole || response->kept > 0) {
        keep(response, line);
        line = (struct stator_span){response->line, length};
    }
    if (!whole) {
        return false;
    }
    response->kept = 0;
    if (length > STATOR_LOAD_QUEUE_MAX) {
        line.length = STATOR_LOAD_QUEUE_MAX;
    } else if (line.length > 0 && line.at[line.length - 1] == '\r') {
        line.length--;
    }
    *out = line;
    return true;
}

/* RFC 9112 4: "HTTP/1.1 200 OK", of which the words do not matter. */
static enum state read_status(struct stator_load_response *response, struct stator_span line)
{
    uint64_t status;

    if (line.length < 12 || !stator_span_starts(line, STATOR_SPAN("HTTP/1.")) ||
        !stator_char_is(line.at[7], STATOR_CHAR_DIGIT) || line.at[8] != ' ' ||
        (line.length > 12 && line.at[12] != ' ') ||
        !stator_number_parse((struct stator_span){line.at + 9, 3}, &status) || status < 100) {
        return BROKEN;
    }
    response->status = (int)status;
    response->close = line.at[7] == '0';
    return FIELDS;
}

static void read_connection(struct stator_load_response *response, struct stator_span value)
{
    struct stator_span option;

    while (stator_list_next(&value, &option)) {
        if (stator_span_equal_nocase(option, STATOR_SPAN("close"))) {
            response->close = true;
        } else if (stator_span_equal_nocase(option, STATOR_SPAN("keep-alive"))) {
            response->close = false;
        }
    }
}

static enum state read_length(struct stator_load_response *response, struct stator_span value)
{
    uint64_t length;

    if (!stator_number_parse(value, &length) || (response->sized && length != response->left)) {
        return BROKEN;
    }
    response->sized = true;
    response->left = length;
    return FIELDS;
}

static enum state read_coding(struct stator_load_response *response, struct stator_span value)
{
    if (response->chunked || !stator_span_equal_nocase(value, STATOR_SPAN("chunked"))) {
        return BROKEN;
    }
    response->chunked = true;
    return FIELDS;
}

/* Three names matter; their lengths tell most others apart. */
static enum state read_field(struct stator_load_response *response, struct stator_span line)
{
    size_t colon = stator_span_find(line, ':');
    struct stator_span name = stator_span_first(line, colon), value;

    if (colon == line.length) {
        return line.length < STATOR_LOAD_QUEUE_MAX ? BROKEN : FIELDS;
    }
    if (colon != 10 && colon != 14 && colon != 17) {
        return FIELDS;
    }
    value = stator_span_trim(stator_span_skip(line, colon + 1));
    if (stator_span_equal_nocase(name, STATOR_SPAN("connection"))) {
        read_connection(response, value);
    } else if (stator_span_equal_nocase(name, STATOR_SPAN("content-length"))) {
        return line.length < STATOR_LOAD_QUEUE_MAX ? read_length(response, value) : BROKEN;
    } else if (stator_span_equal_nocase(name, STATOR_SPAN("transfer-encoding"))) {
        return line.length < STATOR_LOAD_QUEUE_MAX ? read_coding(response, value) : BROKEN;
    }
    return FIELDS;
}

/* RFC 9112 6.3: how the body's end is known. */
static enum state begin_body(struct stator_load_response *response)
{
    if (response->status < 200) {
        /* An interim response: the one that counts follows. What it said is forgotten. */
        response->sized = response->chunked = false;
        return response->status == 101 ? BROKEN : STATUS;
    }
    if (response->sized && response->chunked) {
        return BROKEN;
    }
    if (response->status == 204 || response->status == 304) {
        return COMPLETE;
    }
    if (response->chunked) {
        return BODY_CHUNKED;
    }
    if (response->sized) {
        return response->left > 0 ? BODY_LENGTH : COMPLETE;
    }
    response->close = true;
    return BODY_TO_END;
}

static void read_line(struct stator_load_response *response, struct stator_span *in)
{
    struct stator_span line;

    if (!take_line(response, in, &line)) {
        return;
    }
    if (response->state == STATUS) {
        response->state = (int)read_status(response, line);
    } else if (line.length > 0) {
        response->state = (int)read_field(response, line);
    } else {
        response->state = (int)begin_body(response);
    }
}

static void take_data(struct stator_load_response *response, struct stator_span data)
{
    response->length += data.length;
    if (response->checked) {
        response->sum = stator_load_checksum(response->sum, data.at, data.length);
    }
}

static void read_counted(struct stator_load_response *response, struct stator_span *in)
{
    size_t count = in->length < response->left ? in->length : (size_t)response->left;

    take_data(response, stator_span_first(*in, count));
    *in = stator_span_skip(*in, count);
    response->left -= count;
    if (response->left == 0) {
        response->state = COMPLETE;
    }
}

static void read_chunk(struct stator_load_response *response, struct stator_span *in)
{
    struct stator_span data = {0};
    enum stator_parse parse = stator_chunked_decode(&response->chunks, in, &data);

    take_data(response, data);
    if (parse != STATOR_PARSE_MORE) {
        response->state = parse == STATOR_PARSE_DONE ? COMPLETE : BROKEN;
    }
}

static enum stator_parse verdict(const struct stator_load_response *response)
{
    return response->state == COMPLETE ? STATOR_PARSE_DONE
           : response->state == BROKEN ? STATOR_PARSE_FAILED
                                       : STATOR_PARSE_MORE;
}

enum stator_parse stator_load_response_feed(struct stator_load_response *response,
                                            struct stator_span *in)
{
    while (in->length > 0 && response->state < COMPLETE) {
        switch (response->state) {
        case BODY_LENGTH:
            read_counted(response, in);
            break;
        case BODY_CHUNKED:
            read_chunk(response, in);
            break;
        case BODY_TO_END:
            take_data(response, *in);
            *in = stator_span_skip(*in, in->length);
            break;
        default:
            read_line(response, in);
        }
    }
    return verdict(response);
}

enum stator_parse stator_load_response_end(struct stator_load_response *response)
{
    if (response->state == BODY_TO_END) {
        response->state = COMPLETE;
    }
    return verdict(response);
}
