/*
 * Expected against received, line by line. Knows the marks of an answer's lines; refuses to know
 * how it travelled. The one surprising thing: the lines of a body that are to be exact are gathered
 * first and compared once, so that a failure shows the whole of both.
 */
#include "wire/match.h"

#include "http/token.h"

#define SHOWN 400

struct matcher {
    const struct wire_answer *answer;
    const struct wire_fixture *fixture;
    struct wire_variables *variables;
    struct stator_text *failure;
};

static bool fail(struct matcher *matcher, const struct wire_line *line, const char *what,
                 struct stator_span expected, struct stator_span came)
{
    stator_text_add_format(matcher->failure, "  line %u: %s\n    expected: ", line->number, what);
    wire_show(matcher->failure, expected, SHOWN);
    stator_text_add_string(matcher->failure, "\n    came:     ");
    wire_show(matcher->failure, came, SHOWN);
    stator_text_add_char(matcher->failure, '\n');
    return false;
}

static bool match_present(struct matcher *matcher, const struct wire_line *line)
{
    const struct wire_answer *answer = matcher->answer;
    size_t colon = stator_span_find(line->text, ':');
    struct stator_span name = stator_span_first(line->text, colon);
    struct stator_span value = stator_span_trim(stator_span_skip(line->text, colon + 1));
    for (size_t i = 0; i < answer->field_count; i++) {
        if (stator_span_equal_nocase(answer->fields[i].name, name) &&
            wire_template_match(value, answer->fields[i].value, matcher->variables)) {
            return true;
        }
    }
    return fail(matcher, line, "field", line->text, wire_answer_head(answer));
}

static bool match_absent(struct matcher *matcher, const struct wire_line *line)
{
    const struct wire_answer *answer = matcher->answer;
    for (size_t i = 0; i < answer->field_count; i++) {
        if (stator_span_equal_nocase(answer->fields[i].name, line->text)) {
            return fail(matcher, line, "a field that must not be there", line->text,
                        answer->fields[i].value);
        }
    }
    return true;
}

/* --- the body ------------------------------------------------------------------------------- */

/* Takes "NAME" or "NAME FIRST-LAST" apart. */
static bool add_file(struct matcher *matcher, struct stator_span text, struct stator_text *out)
{
    size_t space = stator_span_find(text, ' ');
    struct stator_span name = stator_span_first(text, space);
    uint64_t first = 0;
    uint64_t last = 1 << 20;
    if (space < text.length) {
        struct stator_span range = stator_span_skip(text, space + 1);
        size_t dash = stator_span_find(range, '-');
        if (dash == range.length || !stator_number_parse(stator_span_first(range, dash), &first) ||
            !stator_number_parse(stator_span_skip(range, dash + 1), &last) || last < first) {
            return false;
        }
        last++;
    }
    return wire_fixture_read(matcher->fixture, name, first, last - first, out);
}

static bool find_in(struct stator_span text, struct stator_span part, size_t *out)
{
    for (size_t i = 0; i + part.length <= text.length; i++) {
        if (part.length == 0 || memcmp(text.at + i, part.at, part.length) == 0) {
            *out = i + part.length;
            return true;
        }
    }
    return false;
}

/* "<~": the body holds this, behind what the line before found; "<!~": nowhere. */
static bool match_part(struct matcher *matcher, const struct wire_line *line, size_t *from)
{
    struct stator_text part = {0};
    struct stator_span body = matcher->answer->body;
    size_t end = 0;
    bool absent = wire_line_is(line, "<!~");
    bool good = wire_template_expand(line->text, true, matcher->variables, &part);
    if (good && absent) {
        good = !find_in(body, stator_text_span(&part), &end);
    } else if (good) {
        good = find_in(stator_span_skip(body, *from), stator_text_span(&part), &end);
        *from += end;
    }
    stator_text_finish(&part);
    return good || fail(matcher, line, absent ? "the body must not hold" : "the body must hold",
                        line->text, body);
}

static bool match_length(struct matcher *matcher, const struct wire_line *line)
{
    uint64_t length;
    return (stator_number_parse(line->text, &length) && matcher->answer->body.length == length) ||
           fail(matcher, line, "the body's length", line->text, matcher->answer->body);
}

/* Adds what the line says of the body's exact bytes. `glue`: the line before was a plain one too.
 */
static bool add_exact(struct matcher *matcher, const struct wire_line *line, bool glue,
                      struct stator_text *out)
{
    if (wire_line_is(line, "<=")) {
        return add_file(matcher, line->text, out);
    }
    if (wire_line_is(line, "<") && glue) {
        stator_text_add_char(out, '\n');
    }
    return wire_template_expand(line->text, wire_line_is(line, "<<"), matcher->variables, out);
}

static bool match_exact(struct matcher *matcher, const struct wire_line *line,
                        struct stator_span expected)
{
    return stator_span_equal(matcher->answer->body, expected) ||
           fail(matcher, line, "body", expected, matcher->answer->body);
}

/* `lines` come after the empty one. */
static bool match_body(struct matcher *matcher, const struct wire_line *lines, size_t count)
{
    struct stator_text exact = {0};
    bool good = true;
    bool is_exact = count == 0;
    bool glue = false;
    size_t from = 0;
    for (size_t i = 0; good && i < count; i++) {
        const struct wire_line *line = &lines[i];
        if (wire_line_is(line, "<*")) {
            good = match_length(matcher, line);
        } else if (wire_line_is(line, "<~") || wire_line_is(line, "<!~")) {
            good = match_part(matcher, line, &from);
        } else {
            is_exact = true;
            good = add_exact(matcher, line, glue, &exact) ||
                   fail(matcher, line, "this line cannot be understood", line->text,
                        (struct stator_span){NULL, 0});
            glue = wire_line_is(line, "<");
        }
    }
    if (good && is_exact) {
        good = match_exact(matcher, count > 0 ? lines : lines - 1, stator_text_span(&exact));
    }
    stator_text_finish(&exact);
    return good;
}

bool wire_match(const struct wire_step *step, const struct wire_answer *answer, bool as_head,
                const struct wire_fixture *fixture, struct wire_variables *variables,
                struct stator_text *failure)
{
    struct matcher matcher = {answer, fixture, variables, failure};
    const struct wire_line *lines = step->lines;
    bool good = stator_span_equal(answer->status_line, lines[0].text) ||
                fail(&matcher, &lines[0], "status line", lines[0].text, wire_answer_head(answer));
    for (size_t i = 1; i < step->line_count; i++) {
        if (wire_line_is(&lines[i], "<!")) {
            good = match_absent(&matcher, &lines[i]) && good;
        } else if (lines[i].text.length > 0) {
            good = match_present(&matcher, &lines[i]) && good;
        } else {
            return (as_head || match_body(&matcher, &lines[i + 1], step->line_count - i - 1)) &&
                   good;
        }
    }
    return good;
}
