/*
 * The chunked coding as a state machine: one byte, one step, but data goes by the stretch.
 *
 * Knows the framing of RFC 9112 7.1; refuses to know what extensions and trailers mean. The
 * surprising thing: every line must end in CRLF and hold no control byte even inside a quoted
 * extension, for a recipient that finds another line end there finds another request.
 */
#include "http/chunked.h"

#include "http/token.h"

#define SIZE_DIGITS_MAX 16

enum state {
    SIZE,       /* chunk-size */
    SIZE_SPACE, /* white space behind it, which only an extension excuses */
    EXTENSION,
    SIZE_FEED,
    DATA,
    DATA_RETURN,
    DATA_FEED,
    TRAILER, /* the start of a trailer line, or of the last CRLF */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_FEED,
    LAST_FEED,
    ENDED,
    BROKEN,
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static enum state expect(char c, char wanted, enum state next)
{
    return c == wanted ? next : BROKEN;
}

/* Counts a byte that is neither size nor data; their number is bounded for the whole body. */
static enum state extra(struct stator_chunked *chunked, enum state next)
{
    return chunked->extra++ < STATOR_CHUNKED_EXTRA_MAX ? next : BROKEN;
}

/* Leading zeros count as digits too, so a size cannot go on for ever, nor overflow. */
static enum state read_size(struct stator_chunked *chunked, char c)
{
    if (stator_char_is(c, STATOR_CHAR_HEX)) {
        chunked->left = chunked->left << 4 | (uint64_t)stator_hex_value(c);
        return chunked->digits++ < SIZE_DIGITS_MAX ? SIZE : BROKEN;
    }
    if (chunked->digits == 0) {
        return BROKEN;
    }
    if (c == '\r') {
        return SIZE_FEED;
    }
    return c == ';' ? extra(chunked, EXTENSION) : is_space(c) ? extra(chunked, SIZE_SPACE) : BROKEN;
}

static enum state read_size_space(struct stator_chunked *chunked, char c)
{
    if (is_space(c)) {
        return extra(chunked, SIZE_SPACE);
    }
    return c == ';' ? extra(chunked, EXTENSION) : BROKEN;
}

static enum state read_text(struct stator_chunked *chunked, char c, enum state same,
                            enum state feed)
{
    if (c == '\r') {
        return feed;
    }
    return stator_char_is(c, STATOR_CHAR_FIELD) ? extra(chunked, same) : BROKEN;
}

static enum state end_size(struct stator_chunked *chunked, char c)
{
    chunked->digits = 0;
    return expect(c, '\n', chunked->left > 0 ? DATA : TRAILER);
}

static enum state read_trailer(struct stator_chunked *chunked, char c)
{
    if (c == '\r') {
        return LAST_FEED;
    }
    return stator_char_is(c, STATOR_CHAR_TOKEN) ? extra(chunked, TRAILER_NAME) : BROKEN;
}

static enum state read_trailer_name(struct stator_chunked *chunked, char c)
{
    if (c == ':') {
        return extra(chunked, TRAILER_VALUE);
    }
    return stator_char_is(c, STATOR_CHAR_TOKEN) ? extra(chunked, TRAILER_NAME) : BROKEN;
}

static enum state step(struct stator_chunked *chunked, char c)
{
    switch ((enum state)chunked->state) {
    case SIZE:
        return read_size(chunked, c);
    case SIZE_SPACE:
        return read_size_space(chunked, c);
    case EXTENSION:
        return read_text(chunked, c, EXTENSION, SIZE_FEED);
    case SIZE_FEED:
        return end_size(chunked, c);
    case DATA_RETURN:
        return expect(c, '\r', DATA_FEED);
    case DATA_FEED:
        return expect(c, '\n', SIZE);
    case TRAILER:
        return read_trailer(chunked, c);
    case TRAILER_NAME:
        return read_trailer_name(chunked, c);
    case TRAILER_VALUE:
        return read_text(chunked, c, TRAILER_VALUE, TRAILER_FEED);
    case TRAILER_FEED:
        return expect(c, '\n', TRAILER);
    case LAST_FEED:
        return expect(c, '\n', ENDED);
    case DATA:
    case ENDED:
    case BROKEN:
        break;
    }
    return BROKEN;
}

static struct stator_span take_data(struct stator_chunked *chunked, struct stator_span *in)
{
    size_t length = in->length < chunked->left ? in->length : (size_t)chunked->left;
    struct stator_span data = stator_span_first(*in, length);
    *in = stator_span_skip(*in, length);
    chunked->left -= length;
    if (chunked->left == 0) {
        chunked->state = DATA_RETURN;
    }
    return data;
}

enum stator_parse stator_chunked_decode(struct stator_chunked *chunked, struct stator_span *in,
                                        struct stator_span *data)
{
    *data = stator_span_first(*in, 0);
    while (chunked->state != ENDED && chunked->state != BROKEN && in->length > 0) {
        if (chunked->state == DATA) {
            *data = take_data(chunked, in);
            return STATOR_PARSE_MORE;
        }
        chunked->state = step(chunked, in->at[0]);
        *in = stator_span_skip(*in, 1);
    }
    if (chunked->state == ENDED) {
        return STATOR_PARSE_DONE;
    }
    return chunked->state == BROKEN ? STATOR_PARSE_FAILED : STATOR_PARSE_MORE;
}
