/*
 * Reads templates piece by piece: a byte, a wildcard, a variable, a capture or a repetition. Knows
 * nothing of HTTP. The one surprising thing: a value is matched by trying, with backtracking;
 * values are short, so that is the simplest thing that is right.
 */
#include "wire/template.h"

#include "http/token.h"

#include <stdio.h>

enum piece_kind {
    PIECE_END,
    PIECE_BYTE,
    PIECE_STAR,
    PIECE_VARIABLE, /* ${name} */
    PIECE_CAPTURE,  /* ${name?} */
    PIECE_REPEAT,   /* ${text*100} */
    PIECE_BAD,
};

struct piece {
    enum piece_kind kind;
    char byte;
    struct stator_span text;
    uint64_t count;
};

void wire_variables_finish(struct wire_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        stator_text_finish(&variables->at[i].value);
    }
    variables->count = 0;
}

static struct wire_variable *find_variable(const struct wire_variables *variables,
                                           struct stator_span name)
{
    for (size_t i = 0; i < variables->count; i++) {
        if (stator_span_equal(variables->at[i].name, name)) {
            return (struct wire_variable *)&variables->at[i];
        }
    }
    return NULL;
}

static bool remember(struct wire_variables *variables, struct stator_span name,
                     struct stator_span value)
{
    struct wire_variable *variable = find_variable(variables, name);
    if (variable == NULL) {
        if (variables->count == WIRE_VARIABLES_MAX) {
            return false;
        }
        variable = &variables->at[variables->count++];
        *variable = (struct wire_variable){.name = name};
    }
    stator_text_clear(&variable->value);
    stator_text_add(&variable->value, value);
    return !variable->value.failed;
}

/* `rest` stands behind a backslash. */
static struct piece read_escape(struct stator_span *rest)
{
    static const char names[] = "0abtnvfr\\\"'*$?";
    static const char bytes[] = "\0\a\b\t\n\v\f\r\\\"'*$?";
    struct piece piece = {.kind = PIECE_BAD};
    if (rest->length >= 3 && rest->at[0] == 'x' && stator_hex_value(rest->at[1]) >= 0 &&
        stator_hex_value(rest->at[2]) >= 0) {
        piece.kind = PIECE_BYTE;
        piece.byte = (char)(stator_hex_value(rest->at[1]) * 16 + stator_hex_value(rest->at[2]));
        *rest = stator_span_skip(*rest, 3);
    } else if (rest->length > 0) {
        size_t index = stator_span_find((struct stator_span)STATOR_SPAN_INIT(names), rest->at[0]);
        if (index < sizeof(names) - 1) {
            piece.kind = PIECE_BYTE;
            piece.byte = bytes[index];
            *rest = stator_span_skip(*rest, 1);
        }
    }
    return piece;
}

/* `rest` stands behind "${". */
static struct piece read_brace(struct stator_span *rest)
{
    struct piece piece = {.kind = PIECE_BAD};
    size_t length = stator_span_find(*rest, '}');
    struct stator_span inner = stator_span_first(*rest, length);
    size_t star = stator_span_find_last(inner, '*');
    if (length == rest->length || length == 0) {
        return piece;
    }
    *rest = stator_span_skip(*rest, length + 1);
    piece.text = inner;
    if (star < inner.length) {
        piece.text = stator_span_first(inner, star);
        if (stator_number_parse(stator_span_skip(inner, star + 1), &piece.count)) {
            piece.kind = PIECE_REPEAT;
        }
    } else if (inner.at[length - 1] == '?') {
        piece.text.length--;
        piece.kind = PIECE_CAPTURE;
    } else {
        piece.kind = PIECE_VARIABLE;
    }
    return piece;
}

static struct piece read_piece(struct stator_span *rest, bool escapes, bool wildcards)
{
    struct piece piece = {.kind = PIECE_END};
    if (rest->length == 0) {
        return piece;
    }
    char byte = rest->at[0];
    *rest = stator_span_skip(*rest, 1);
    if (escapes && byte == '\\') {
        return read_escape(rest);
    }
    if (byte == '$' && rest->length > 0 && rest->at[0] == '{') {
        *rest = stator_span_skip(*rest, 1);
        return read_brace(rest);
    }
    piece.kind = wildcards && byte == '*' ? PIECE_STAR : PIECE_BYTE;
    piece.byte = byte;
    return piece;
}

static bool expand_piece(const struct piece *piece, bool escapes,
                         const struct wire_variables *variables, struct stator_text *out)
{
    struct wire_variable *variable;
    switch (piece->kind) {
    case PIECE_BYTE:
        stator_text_add_char(out, piece->byte);
        return true;
    case PIECE_VARIABLE:
        variable = find_variable(variables, piece->text);
        if (variable == NULL) {
            return false;
        }
        stator_text_add(out, stator_text_span(&variable->value));
        return true;
    case PIECE_REPEAT:
        for (uint64_t i = 0; i < piece->count; i++) {
            if (!wire_template_expand(piece->text, escapes, variables, out)) {
                return false;
            }
        }
        return true;
    default:
        return false;
    }
}

bool wire_template_expand(struct stator_span template, bool escapes,
                          const struct wire_variables *variables, struct stator_text *out)
{
    for (;;) {
        struct piece piece = read_piece(&template, escapes, false);
        if (piece.kind == PIECE_END) {
            return !out->failed;
        }
        if (!expand_piece(&piece, escapes, variables, out)) {
            return false;
        }
    }
}

static bool match_run(const struct piece *piece, struct stator_span template,
                      struct stator_span value, struct wire_variables *variables)
{
    for (size_t length = 0; length <= value.length; length++) {
        if (wire_template_match(template, stator_span_skip(value, length), variables)) {
            return piece->kind == PIECE_STAR ||
                   remember(variables, piece->text, stator_span_first(value, length));
        }
    }
    return false;
}

bool wire_template_match(struct stator_span template, struct stator_span value,
                         struct wire_variables *variables)
{
    struct piece piece = read_piece(&template, true, true);
    struct stator_text literal = {0};
    bool fits = false;
    switch (piece.kind) {
    case PIECE_END:
        return value.length == 0;
    case PIECE_STAR:
    case PIECE_CAPTURE:
        return match_run(&piece, template, value, variables);
    default:
        if (expand_piece(&piece, true, variables, &literal) &&
            stator_span_starts(value, stator_text_span(&literal))) {
            fits =
                wire_template_match(template, stator_span_skip(value, literal.length), variables);
        }
        stator_text_finish(&literal);
        return fits;
    }
}

void wire_show(struct stator_text *out, struct stator_span bytes, size_t limit)
{
    for (size_t i = 0; i < bytes.length && i < limit; i++) {
        char byte = bytes.at[i];
        if (byte == '\n' || byte == '\r') {
            stator_text_add_string(out, byte == '\n' ? "\\n" : "\\r");
        } else if (byte >= ' ' && byte <= '~') {
            stator_text_add_char(out, byte);
        } else {
            stator_text_add_format(out, "\\x%02x", (unsigned char)byte);
        }
    }
    if (bytes.length > limit) {
        stator_text_add_format(out, "... (%zu bytes)", bytes.length);
    }
}
