/*
 * What HTML would take for its own.
 *
 * Knows the five characters that mean something there; refuses to know the tags around them. The
 * one surprising thing: quotes are escaped between tags too, so that one function does for
 * attributes and text alike.
 */
#include "base/html.h"

#include "base/utf8.h"

static void add_character(struct stator_text *out, struct stator_span character)
{
    switch (character.at[0]) {
    case '&':
        stator_text_add_string(out, "&amp;");
        break;
    case '<':
        stator_text_add_string(out, "&lt;");
        break;
    case '>':
        stator_text_add_string(out, "&gt;");
        break;
    case '"':
        stator_text_add_string(out, "&quot;");
        break;
    case '\'':
        stator_text_add_string(out, "&#39;");
        break;
    default:
        stator_text_add(out, character);
    }
}

void stator_html_add_text(struct stator_text *out, struct stator_span value)
{
    while (value.length > 0) {
        add_character(out, stator_utf8_next(&value));
    }
}
