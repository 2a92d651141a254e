/*
 * Takes scripts apart and refuses those that say nothing: a conversation without an RFC clause,
 * without an answer, or with a line that would be silently passed over. Knows nothing of how they
 * are played. The one surprising thing: lines are kept as templates, because what they stand for is
 * known only while playing.
 */
#include "wire/script.h"

#include "http/token.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct parser {
    struct wire_script *script;
    struct stator_text *error;
    struct wire_conversation settings; /* what "@" lines before the first conversation say */
    struct wire_conversation *conversation;
    struct wire_step *step;
    unsigned number;
    bool in_comment;
    bool in_body;
    bool closed;
    bool half_closed;
};

static bool fail(struct parser *parser, const char *why)
{
    stator_text_add_format(parser->error, "%s:%u: %s", parser->script->path, parser->number, why);
    return false;
}

bool wire_line_is(const struct wire_line *line, const char *mark)
{
    return stator_span_equal(line->mark, stator_span_from(mark));
}

static bool take_word(struct stator_span *rest, struct stator_span *out)
{
    *rest = stator_span_trim(*rest);
    size_t length = stator_span_find(*rest, ' ');
    *out = stator_span_first(*rest, length);
    *rest = stator_span_skip(*rest, length);
    return length > 0;
}

struct stator_span wire_line_method(const struct wire_line *line)
{
    static const struct stator_span none = {NULL, 0};
    struct stator_span method = stator_span_first(line->text, stator_span_find(line->text, ' '));
    if (!wire_line_is(line, ">") || !stator_token_is_valid(method) ||
        method.length == line->text.length ||
        !(stator_span_ends(line->text, STATOR_SPAN(" HTTP/1.1")) ||
          stator_span_ends(line->text, STATOR_SPAN(" HTTP/1.0")))) {
        return none;
    }
    return method;
}

/* "RFC 9110 14.1.2 - ", then a sentence. */
static bool names_clause(struct stator_span comment)
{
    struct stator_span word;
    uint64_t number;
    if (!take_word(&comment, &word) || !stator_span_equal(word, STATOR_SPAN("RFC")) ||
        !take_word(&comment, &word) || !stator_number_parse(word, &number) ||
        !take_word(&comment, &word)) {
        return false;
    }
    for (size_t i = 0; i < word.length; i++) {
        if (word.at[i] != '.' && !stator_char_is(word.at[i], STATOR_CHAR_DIGIT)) {
            return false;
        }
    }
    return take_word(&comment, &word) && stator_span_equal(word, STATOR_SPAN("-")) &&
           stator_span_trim(comment).length > 0;
}

/* A GET can be a HEAD unless what it asks for exists for GET alone: RFC 9110 14.2. */
static bool can_be_head(const struct wire_conversation *conversation)
{
    size_t requests = 0;
    for (size_t i = 0; i < conversation->step_count; i++) {
        const struct wire_step *step = &conversation->steps[i];
        for (size_t j = 0; step->kind == WIRE_STEP_KIND_SEND && j < step->line_count; j++) {
            struct stator_span method = wire_line_method(&step->lines[j]);
            struct stator_span text = step->lines[j].text;
            if (method.length > 0 && !stator_span_equal(method, STATOR_SPAN("GET"))) {
                return false;
            }
            if (text.length >= 6 &&
                stator_span_equal_nocase(stator_span_first(text, 6), STATOR_SPAN("range:"))) {
                return false;
            }
            requests += method.length > 0;
        }
        if (step->kind == WIRE_STEP_KIND_CUT) {
            return false;
        }
    }
    return requests > 0;
}

static bool end_conversation(struct parser *parser)
{
    struct wire_conversation *conversation = parser->conversation;
    bool says = false;
    if (conversation == NULL) {
        return true;
    }
    for (size_t i = 0; i < conversation->step_count; i++) {
        enum wire_step_kind kind = conversation->steps[i].kind;
        says = says || kind == WIRE_STEP_KIND_ANSWER || kind == WIRE_STEP_KIND_CLOSE ||
               kind == WIRE_STEP_KIND_CUT;
    }
    if (!says) {
        return fail(parser, "the conversation before this line expects nothing");
    }
    if (parser->half_closed && !parser->closed) {
        return fail(parser, "after '> [eof]' the server must close: '< [close]'");
    }
    conversation->as_head = can_be_head(conversation);
    return true;
}

static bool begin_conversation(struct parser *parser, struct stator_span comment)
{
    struct wire_script *script = parser->script;
    if (!end_conversation(parser)) {
        return false;
    }
    if (!names_clause(comment)) {
        return fail(parser, "a conversation begins with '# RFC 9110 14.1.2 - what it shows'");
    }
    for (size_t i = 0; i < script->conversation_count; i++) {
        if (stator_span_equal(script->conversations[i].comment, comment)) {
            return fail(parser, "there is a conversation with this comment already");
        }
    }
    parser->conversation = &script->conversations[script->conversation_count++];
    *parser->conversation = parser->settings;
    parser->conversation->path = script->path;
    parser->conversation->line = parser->number;
    parser->conversation->comment = comment;
    parser->conversation->steps = &script->steps[script->step_count];
    parser->step = NULL;
    parser->closed = parser->half_closed = false;
    return true;
}

static bool begin_step(struct parser *parser, enum wire_step_kind kind)
{
    struct wire_script *script = parser->script;
    if (parser->conversation == NULL) {
        return fail(parser, "this line stands before any conversation");
    }
    if (parser->closed) {
        return fail(parser, "nothing comes after the end of the connection");
    }
    parser->step = &script->steps[script->step_count++];
    *parser->step = (struct wire_step){
        .kind = kind, .line = parser->number, .lines = &script->lines[script->line_count]};
    parser->conversation->step_count++;
    parser->in_body = false;
    return true;
}

/* Adds the line to the step at hand, or begins one where that is of another kind. */
static bool add_line(struct parser *parser, enum wire_step_kind kind, struct stator_span mark,
                     struct stator_span text)
{
    struct wire_script *script = parser->script;
    if ((parser->step == NULL || parser->step->kind != kind) && !begin_step(parser, kind)) {
        return false;
    }
    script->lines[script->line_count++] = (struct wire_line){parser->number, mark, text};
    parser->step->line_count++;
    return true;
}

/* "11s", "500ms" */
static bool read_duration(struct stator_span word, int64_t *out)
{
    uint64_t number;
    uint64_t unit = 1000;
    if (stator_span_ends(word, STATOR_SPAN("ms"))) {
        word.length -= 2;
        unit = 1;
    } else if (stator_span_ends(word, STATOR_SPAN("s"))) {
        word.length--;
    } else {
        return false;
    }
    if (!stator_number_parse(word, &number) || number > 1000000) {
        return false;
    }
    *out = (int64_t)(number * unit);
    return true;
}

/* What a conversation, or all of a file, is about. */
static bool read_setting(struct wire_conversation *settings, struct stator_span word,
                         struct stator_span rest)
{
    rest = stator_span_trim(rest);
    if (stator_span_equal(word, STATOR_SPAN("site"))) {
        settings->site = rest;
        return rest.length > 0;
    }
    if (stator_span_equal(word, STATOR_SPAN("young"))) {
        settings->young = settings->memory_only = true;
    } else if (stator_span_equal(word, STATOR_SPAN("unprivileged"))) {
        settings->unprivileged = settings->memory_only = true;
    } else {
        return false;
    }
    return rest.length == 0;
}

static bool read_change(struct parser *parser, struct stator_span word, struct stator_span rest)
{
    static const char *const changes[] = {"crowd", "replace", "truncate", "remove"};
    struct stator_span name;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (stator_span_equal(word, stator_span_from(changes[i])) && take_word(&rest, &name) &&
            begin_step(parser, WIRE_STEP_KIND_CHANGE)) {
            parser->step->words[0] = word;
            parser->step->words[1] = name;
            parser->step->words[2] = stator_span_trim(rest);
            /* A crowd only adds what nobody else looks at, so all may share it: it takes long. */
            parser->conversation->changes |= i > 0;
            parser->conversation->memory_only = true;
            return true;
        }
    }
    return false;
}

static bool read_directive(struct parser *parser, struct stator_span text)
{
    struct wire_conversation *conversation = parser->conversation;
    struct stator_span rest = text;
    struct stator_span word;
    int64_t duration;
    if (!take_word(&rest, &word)) {
        return fail(parser, "'@' and nothing");
    }
    if (conversation == NULL || conversation->step_count == 0) {
        if (read_setting(conversation == NULL ? &parser->settings : conversation, word, rest)) {
            return true;
        }
    }
    if (read_duration(word, &duration) && begin_step(parser, WIRE_STEP_KIND_PASS)) {
        parser->step->number = duration;
        parser->conversation->memory_only = true;
        return true;
    }
    rest = stator_span_trim(rest);
    if (stator_span_equal(word, STATOR_SPAN("reading")) &&
        (stator_span_equal(rest, STATOR_SPAN("on")) ||
         stator_span_equal(rest, STATOR_SPAN("off"))) &&
        begin_step(parser, WIRE_STEP_KIND_READING)) {
        parser->step->number = stator_span_equal(rest, STATOR_SPAN("on"));
        parser->conversation->memory_only = true;
        return true;
    }
    return read_change(parser, word, rest) ||
           (parser->error->length > 0 ? false : fail(parser, "unknown or misplaced '@' line"));
}

static bool read_send(struct parser *parser, struct stator_span mark, struct stator_span text)
{
    if (parser->half_closed) {
        return fail(parser, "nothing is sent after '> [eof]'");
    }
    if (mark.length == 1 && stator_span_equal(text, STATOR_SPAN("[eof]"))) {
        parser->half_closed = true;
        return begin_step(parser, WIRE_STEP_KIND_EOF);
    }
    if (text.length > 0 && text.at[text.length - 1] == ' ') {
        return fail(parser, "a space at the end gets lost: write it with '>>' and \\x20");
    }
    return add_line(parser, WIRE_STEP_KIND_SEND, mark, text);
}

/* A line after the status line: a field before the empty line, the body behind it. */
static bool read_answer(struct parser *parser, struct stator_span mark, struct stator_span text)
{
    bool plain = mark.length == 1;
    bool absent = stator_span_equal(mark, STATOR_SPAN("<!"));
    if (parser->step == NULL || parser->step->kind != WIRE_STEP_KIND_ANSWER) {
        return fail(parser, "an answer begins with '< HTTP/1.1 ...'");
    }
    if (parser->in_body) {
        return absent ? fail(parser, "'<!' is about the head, which has ended")
                      : add_line(parser, WIRE_STEP_KIND_ANSWER, mark, text);
    }
    if (plain && text.length == 0) {
        parser->in_body = true;
    } else if (plain && stator_span_find(text, ':') == text.length) {
        return fail(parser, "a field is '< Name: value'");
    } else if (!plain && !absent) {
        return fail(parser, "the body comes after an empty '<' line");
    }
    return add_line(parser, WIRE_STEP_KIND_ANSWER, mark, text);
}

static bool read_expect(struct parser *parser, struct stator_span mark, struct stator_span text)
{
    static const struct {
        const char *text;
        enum wire_step_kind kind;
    } words[] = {{"[close]", WIRE_STEP_KIND_CLOSE},
                 {"[cut]", WIRE_STEP_KIND_CUT},
                 {"[silence]", WIRE_STEP_KIND_SILENCE}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (mark.length == 1 && stator_span_equal(text, stator_span_from(words[i].text))) {
            bool begun = begin_step(parser, words[i].kind);
            parser->closed = words[i].kind != WIRE_STEP_KIND_SILENCE;
            return begun;
        }
    }
    if (mark.length == 1 && stator_span_starts(text, STATOR_SPAN("HTTP/"))) {
        return begin_step(parser, WIRE_STEP_KIND_ANSWER) &&
               add_line(parser, WIRE_STEP_KIND_ANSWER, mark, text);
    }
    return read_answer(parser, mark, text);
}

static bool is_one_of(struct stator_span mark, const char *const *marks)
{
    for (; *marks != NULL; marks++) {
        if (stator_span_equal(mark, stator_span_from(*marks))) {
            return true;
        }
    }
    return false;
}

static bool read_marked(struct parser *parser, struct stator_span mark, struct stator_span text)
{
    static const char *const expects[] = {"<", "<!", "<<", "<*", "<=", "<~", "<!~", NULL};
    static const char *const sends[] = {">", ">>", NULL};
    bool goes_on = parser->in_comment;
    parser->in_comment = stator_span_equal(mark, STATOR_SPAN("#"));
    if (parser->in_comment) {
        return goes_on || begin_conversation(parser, text);
    }
    if (stator_span_equal(mark, STATOR_SPAN("@"))) {
        return read_directive(parser, text);
    }
    if (is_one_of(mark, sends)) {
        return read_send(parser, mark, text);
    }
    return is_one_of(mark, expects) ? read_expect(parser, mark, text)
                                    : fail(parser, "a line begins with #, @, > or <");
}

static bool read_line(struct parser *parser, struct stator_span line)
{
    size_t length = stator_span_find(line, ' ');
    struct stator_span mark = stator_span_first(line, length);
    struct stator_span text = stator_span_skip(line, length < line.length ? length + 1 : length);
    for (size_t i = 0; i < line.length; i++) {
        if (line.at[i] < ' ' || line.at[i] > '~') {
            return fail(parser, "write bytes that cannot be seen as escapes");
        }
    }
    if (line.length == 0 || stator_span_equal(mark, STATOR_SPAN("##"))) {
        parser->in_comment = false;
        return true;
    }
    return read_marked(parser, mark, text);
}

static bool read_lines(struct parser *parser)
{
    struct stator_span rest = stator_text_span(&parser->script->bytes);
    while (rest.length > 0) {
        size_t length = stator_span_find(rest, '\n');
        parser->number++;
        if (!read_line(parser, stator_span_first(rest, length))) {
            return false;
        }
        rest = stator_span_skip(rest, length < rest.length ? length + 1 : length);
    }
    parser->number++;
    return end_conversation(parser) &&
           (parser->conversation != NULL || fail(parser, "there is no conversation in it"));
}

static size_t count_lines(struct stator_span source)
{
    size_t count = 1;
    for (size_t i = 0; i < source.length; i++) {
        count += source.at[i] == '\n';
    }
    return count;
}

bool wire_script_parse(const char *path, struct stator_span source, struct wire_script *out,
                       struct stator_text *error)
{
    struct wire_script script = {.path = strdup(path)};
    struct parser parser = {.script = &script, .error = error};
    size_t lines = count_lines(source);
    script.lines = calloc(lines, sizeof(*script.lines));
    script.steps = calloc(lines, sizeof(*script.steps));
    script.conversations = calloc(lines, sizeof(*script.conversations));
    stator_text_add(&script.bytes, source);
    if (script.path == NULL || script.lines == NULL || script.steps == NULL ||
        script.conversations == NULL || script.bytes.failed || !read_lines(&parser)) {
        wire_script_finish(&script);
        return false;
    }
    *out = script;
    return true;
}

static bool read_file(const char *path, struct stator_text *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0) {
        char *room = stator_text_reserve(out, 65536);
        got = room == NULL ? -1 : read(fd, room, 65536);
        out->length += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return got == 0;
}

bool wire_script_open(const char *path, struct wire_script *out, struct stator_text *error)
{
    struct stator_text source = {0};
    bool good = read_file(path, &source);
    if (good) {
        good = wire_script_parse(path, stator_text_span(&source), out, error);
    } else {
        stator_text_add_format(error, "%s: it cannot be read", path);
    }
    stator_text_finish(&source);
    return good;
}

void wire_script_finish(struct wire_script *script)
{
    free(script->path);
    free(script->lines);
    free(script->steps);
    free(script->conversations);
    stator_text_finish(&script->bytes);
    *script = (struct wire_script){0};
}
