/*
 * Walks through a conversation's steps. Knows what each demands; refuses to know what carries the
 * bytes. The one surprising thing: a conversation that does not end in a close is followed by one
 * more GET on the same connection, so that bytes too many, or a close nobody asked for, come out.
 */
#include "wire/play.h"

#include "wire/answer.h"
#include "wire/match.h"
#include "wire/template.h"

#define SHOWN 400

struct play {
    const struct wire_conversation *conversation;
    const struct wire_site *site;
    struct wire_fixture *fixture;
    struct wire_client *client;
    struct stator_text *failure;
    struct wire_variables variables;
    bool as_head;
    size_t used;     /* bytes of the inbox that belong to answers already judged */
    size_t answered; /* requests that have their final answer */
    bool said_close; /* the last answer announced the end */
    bool may_close;  /* the end needs no announcement: the client or the clock brought it */
};

void wire_client_finish(struct wire_client *client)
{
    stator_text_finish(&client->inbox);
    stator_text_finish(&client->heads);
}

static struct stator_span unread(const struct play *play)
{
    struct stator_span all = stator_text_span(&play->client->inbox);
    return all.length > 0 ? stator_span_skip(all, play->used) : all;
}

static bool fail(struct play *play, unsigned line, const char *what)
{
    stator_text_add_format(play->failure, "  line %u: %s\n    came: ", line, what);
    wire_show(play->failure, unread(play), SHOWN);
    stator_text_add_char(play->failure, '\n');
    return false;
}

/* --- sending -------------------------------------------------------------------------------- */

/* Adds one line as it is sent: the raw ones as they are, others with CRLF. */
static bool add_line(struct play *play, const struct wire_line *line, struct stator_text *out)
{
    bool raw = wire_line_is(line, ">>");
    struct stator_span text = line->text;
    if (play->as_head && wire_line_method(line).length > 0) {
        stator_text_add_string(out, "HEAD");
        text = stator_span_skip(text, strlen("GET"));
    }
    if (!wire_template_expand(text, raw, &play->variables, out)) {
        return fail(play, line->number, "an unknown variable or a bad escape");
    }
    if (!raw) {
        stator_text_add_string(out, "\r\n");
    }
    return true;
}

static bool play_send(struct play *play, const struct wire_step *step)
{
    struct stator_text bytes = {0};
    bool good = true;
    for (size_t i = 0; good && i < step->line_count; i++) {
        good = add_line(play, &step->lines[i], &bytes);
    }
    if (good) {
        play->client->send(play->client, stator_text_span(&bytes));
    }
    stator_text_finish(&bytes);
    return good;
}

/* --- receiving ------------------------------------------------------------------------------ */

/* CAME only where there is something that no answer has used yet. */
static enum wire_receive receive(struct play *play, bool brief)
{
    enum wire_receive got;
    do {
        got = play->client->receive(play->client, brief);
    } while (got == WIRE_RECEIVE_CAME && unread(play).length == 0);
    return got;
}

/* Was the n-th request of the conversation a HEAD? Those written raw are not counted. */
static bool asked_head(const struct play *play, size_t n)
{
    const struct wire_conversation *conversation = play->conversation;
    for (size_t i = 0; i < conversation->step_count; i++) {
        const struct wire_step *step = &conversation->steps[i];
        for (size_t j = 0; step->kind == WIRE_STEP_KIND_SEND && j < step->line_count; j++) {
            struct stator_span method = wire_line_method(&step->lines[j]);
            if (method.length > 0 && n-- == 0) {
                return play->as_head || stator_span_equal(method, STATOR_SPAN("HEAD"));
            }
        }
    }
    return false;
}

/* Waits for a whole answer and takes it off the inbox. Its spans live until more bytes come. */
static bool next_answer(struct play *play, unsigned line, struct wire_answer *out)
{
    bool to_head = asked_head(play, play->answered);
    for (;;) {
        struct stator_text why = {0};
        enum wire_read got = wire_answer_read(unread(play), to_head, out, &why);
        if (got == WIRE_READ_BAD) {
            stator_text_add_char(&why, '\0');
            fail(play, line, why.at);
        }
        stator_text_finish(&why);
        if (got != WIRE_READ_MORE) {
            play->used += got == WIRE_READ_DONE ? out->length : 0;
            return got == WIRE_READ_DONE;
        }
        switch (receive(play, false)) {
        case WIRE_RECEIVE_CAME:
            break;
        case WIRE_RECEIVE_QUIET:
            return fail(play, line, "an answer is expected; the server waits for more");
        case WIRE_RECEIVE_ENDED:
            return fail(play, line, "an answer is expected; the server closed");
        case WIRE_RECEIVE_BROKEN:
            return fail(play, line, "an answer is expected; the connection was cut");
        }
    }
}

static bool check_rules(struct play *play, unsigned line, const struct wire_answer *answer)
{
    struct stator_text why = {0};
    bool good = wire_answer_check(answer, play->site->server, &why);
    if (play->said_close) {
        stator_text_add_string(&why, "; an answer after one that said 'Connection: close'");
        good = false;
    }
    if (!good) {
        stator_text_add_format(play->failure, "  line %u: %.*s\n    came: ", line, (int)why.length,
                               why.at);
        wire_show(play->failure, (struct stator_span){answer->status_line.at, answer->length},
                  SHOWN);
        stator_text_add_char(play->failure, '\n');
    }
    stator_text_finish(&why);
    return good;
}

static bool play_answer(struct play *play, const struct wire_step *step)
{
    unsigned line = step->lines[0].number;
    struct wire_answer answer;
    if (!next_answer(play, line, &answer)) {
        return false;
    }
    bool good = check_rules(play, line, &answer);
    good =
        wire_match(step, &answer, play->as_head, play->fixture, &play->variables, play->failure) &&
        good;
    stator_text_add(&play->client->heads, wire_answer_head(&answer));
    play->client->status = answer.status;
    play->said_close = wire_answer_closes(&answer);
    play->answered += answer.status >= 200;
    return good;
}

static bool play_silence(struct play *play, unsigned line)
{
    return (unread(play).length == 0 && receive(play, true) == WIRE_RECEIVE_QUIET) ||
           fail(play, line, "silence is expected");
}

static bool play_close(struct play *play, unsigned line)
{
    if (unread(play).length > 0) {
        return fail(play, line, "nothing more is expected before the close");
    }
    if (!play->said_close && !play->may_close) {
        return fail(play, line, "the last answer did not say 'Connection: close'");
    }
    switch (receive(play, false)) {
    case WIRE_RECEIVE_ENDED:
        return true;
    case WIRE_RECEIVE_CAME:
        return fail(play, line, "nothing more is expected before the close");
    case WIRE_RECEIVE_QUIET:
        return fail(play, line, "the server is expected to close");
    default:
        return fail(play, line, "the connection was cut, not closed");
    }
}

static bool play_cut(struct play *play, unsigned line)
{
    struct wire_answer answer;
    struct stator_text why = {0};
    enum wire_receive got;
    do {
        got = receive(play, false);
    } while (got == WIRE_RECEIVE_CAME);
    enum wire_read read =
        wire_answer_read(unread(play), asked_head(play, play->answered), &answer, &why);
    stator_text_finish(&why);
    return (got == WIRE_RECEIVE_BROKEN && read == WIRE_READ_MORE) ||
           fail(play, line, "the connection is expected to be cut within an answer");
}

/* The connection must still be good for another exchange. */
static bool play_probe(struct play *play, unsigned line)
{
    struct stator_text bytes = {0};
    struct wire_answer answer;
    if (play->said_close) {
        return fail(play, line,
                    "the last answer said 'Connection: close' to a client that goes on");
    }
    stator_text_add_format(&bytes, "GET %s HTTP/1.1\r\nHost: probe\r\n\r\n", play->site->probe);
    play->client->send(play->client, stator_text_span(&bytes));
    stator_text_finish(&bytes);
    play->answered = SIZE_MAX;
    if (!next_answer(play, line, &answer)) {
        return fail(play, line, "the connection is no longer good for another GET");
    }
    if (answer.status != 200 || unread(play).length > 0) {
        play->used -= answer.length;
        return fail(play, line, "another GET on the connection was not answered as it should be");
    }
    return true;
}

/* --- the walk ------------------------------------------------------------------------------- */

static bool play_step(struct play *play, const struct wire_step *step)
{
    unsigned line = step->line;
    struct wire_client *client = play->client;
    switch (step->kind) {
    case WIRE_STEP_KIND_SEND:
        return play_send(play, step);
    case WIRE_STEP_KIND_EOF:
        play->may_close = true;
        client->half_close(client);
        return true;
    case WIRE_STEP_KIND_ANSWER:
        return play_answer(play, step);
    case WIRE_STEP_KIND_SILENCE:
        return play_silence(play, line);
    case WIRE_STEP_KIND_CLOSE:
        return play_close(play, line);
    case WIRE_STEP_KIND_CUT:
        return play_cut(play, line);
    case WIRE_STEP_KIND_PASS:
        play->may_close = true;
        client->pass(client, step->number);
        return true;
    case WIRE_STEP_KIND_READING:
        client->set_reading(client, step->number != 0);
        return true;
    case WIRE_STEP_KIND_CHANGE:
        return wire_fixture_change(play->fixture, step->words[0], step->words[1], step->words[2]) ||
               fail(play, line, "the file cannot be changed");
    }
    return false;
}

static bool ends_connection(const struct wire_conversation *conversation)
{
    enum wire_step_kind kind = conversation->steps[conversation->step_count - 1].kind;
    return kind == WIRE_STEP_KIND_CLOSE || kind == WIRE_STEP_KIND_CUT;
}

bool wire_play(const struct wire_conversation *conversation, const struct wire_site *site,
               struct wire_fixture *fixture, bool as_head, struct wire_client *client,
               struct stator_text *failure)
{
    struct play play = {conversation, site, fixture, client, failure, .as_head = as_head};
    unsigned line = conversation->line;
    bool good = true;
    for (size_t i = 0; good && i < conversation->step_count; i++) {
        line = conversation->steps[i].line;
        good = play_step(&play, &conversation->steps[i]);
    }
    good = good && (ends_connection(conversation) || play_probe(&play, line));
    wire_variables_finish(&play.variables);
    return good;
}
