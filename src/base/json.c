/*
 * Writes strings of JSON.
 *
 * Knows what must be escaped and how; refuses to know objects, arrays and numbers, which are
 * printed where they are needed. The one surprising thing: an escape can be had by itself, because
 * a log line must be cut between two of them, and is wanted in ASCII alone.
 */
#include "base/json.h"

#include "base/utf8.h"

static size_t escape_unit(uint32_t unit, char *out)
{
    static const char digits[] = "0123456789abcdef";
    memcpy(out, "\\u", 2);
    for (int i = 0; i < 4; i++) {
        out[2 + i] = digits[(unit >> (12 - 4 * i)) & 15];
    }
    return 6;
}

size_t stator_json_escape(struct stator_span *rest, char out[STATOR_JSON_ESCAPE_MAX])
{
    char first = rest->at[0];
    if (first == '"' || first == '\\') {
        *rest = stator_span_skip(*rest, 1);
        out[0] = '\\';
        out[1] = first;
        return 2;
    }
    uint32_t point = stator_utf8_decode(rest);
    if (point < 0x10000) {
        return escape_unit(point, out);
    }
    escape_unit(0xd800 + ((point - 0x10000) >> 10), out);
    escape_unit(0xdc00 + ((point - 0x10000) & 0x3ff), out + 6);
    return 12;
}

/* How many bytes at the start of `text` stand in a string as they are, whatever follows them. */
static size_t plain_length(struct stator_span text)
{
    size_t length = 0;
    for (; length < text.length; length++) {
        unsigned char byte = (unsigned char)text.at[length];
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80) {
            break;
        }
    }
    return length;
}

void stator_json_add_string(struct stator_text *out, struct stator_span value)
{
    stator_text_add_char(out, '"');
    while (value.length > 0) {
        size_t plain = plain_length(value);
        stator_text_add(out, stator_span_first(value, plain));
        value = stator_span_skip(value, plain);
        if (value.length > 0 && (unsigned char)value.at[0] >= 0x80) {
            stator_text_add(out, stator_utf8_next(&value));
        } else if (value.length > 0) {
            char escape[STATOR_JSON_ESCAPE_MAX];
            size_t length = stator_json_escape(&value, escape);
            stator_text_add(out, (struct stator_span){escape, length});
        }
    }
    stator_text_add_char(out, '"');
}
