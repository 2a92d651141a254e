/*
 * Writes the fields of a response head, line by line.
 *
 * Knows how a line looks; refuses to know which fields a response has. The one surprising thing: it
 * checks nothing, because whoever makes a value is the one who can keep CR and LF out of it.
 */
#include "http/head.h"

/* Copies and returns where the next piece goes; an empty span may have no address. */
static char *put(char *at, struct stator_span piece)
{
    if (piece.length > 0) {
        memcpy(at, piece.at, piece.length);
    }
    return at + piece.length;
}

void stator_head_add(struct stator_text *text, struct stator_span name, struct stator_span value)
{
    static const struct stator_span colon = STATOR_SPAN_INIT(": "), end = STATOR_SPAN_INIT("\r\n");
    size_t length = name.length + colon.length + value.length + end.length;
    char *at = stator_text_reserve(text, length);
    if (at != NULL) {
        put(put(put(put(at, name), colon), value), end);
        text->length += length;
    }
}

void stator_head_add_number(struct stator_text *text, struct stator_span name, uint64_t value)
{
    stator_text_add(text, name);
    stator_text_add(text, STATOR_SPAN(": "));
    stator_text_add_number(text, value);
    stator_text_add(text, STATOR_SPAN("\r\n"));
}

void stator_head_end(struct stator_text *text)
{
    stator_text_add(text, STATOR_SPAN("\r\n"));
}
