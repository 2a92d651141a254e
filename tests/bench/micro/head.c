/*
 * Responses decided and written down, from a request that was read to an output that could be sent:
 * stator_respond and stator_emit, as a connection calls them.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer.h"
#include "exchange/emit.h"
#include "exchange/respond.h"
#include "micro.h"
#include "request_heads.h"
#include "site.h"

struct question {
    const char *lines;
    bool revalidates;
    struct answer answer;
};

struct answering {
    const struct question *question;
    struct site site;
    struct stator_text head;
    struct stator_response response; /* the last one: it lives until the next begins */
    struct stator_output out;
    int emitted;
};

static void finish(void *state)
{
    struct answering *answering = state;

    stator_response_finish(&answering->response);
    stator_text_finish(&answering->head);
    site_finish(&answering->site);
    free(answering);
}

/* Reads the head into the worker's request, as a connection does before it asks for a response. */
static int parse(struct answering *answering)
{
    struct stator_worker *worker = answering->site.worker;
    struct stator_request_progress progress = {0};

    return stator_request_parse(stator_text_span(&answering->head), &worker->limits.request,
                                &progress, &worker->request) == STATOR_PARSE_DONE
               ? 0
               : -EBADMSG;
}

static int setup(const void *with, void **out)
{
    struct answering *answering = calloc(1, sizeof(*answering));
    int error;

    if (answering == NULL) {
        return -ENOMEM;
    }
    answering->question = with;
    error = site_init(false, &answering->site);
    if (error < 0) {
        free(answering);
        return error;
    }
    error = site_add_head(&answering->site, answering->question->lines,
                          answering->question->revalidates, &answering->head);
    if (error == 0) {
        error = parse(answering);
    }
    if (error < 0) {
        finish(answering);
        return error;
    }
    *out = answering;
    return 0;
}

static void answer(void *state)
{
    struct answering *answering = state;
    struct stator_worker *worker = answering->site.worker;

    stator_response_finish(&answering->response);
    stator_output_clear(&answering->out);
    stator_respond(&worker->request, worker, &answering->response);
    answering->emitted = stator_emit(&answering->response, worker, &answering->out);
    micro_keep(answering);
}

static bool check(const void *state)
{
    const struct answering *answering = state;

    return answering->emitted == 0 && answer_is_in(&answering->question->answer, &answering->out);
}

static const struct question whole = {HEADS_WRK("/index.html"), false, ANSWER_WHOLE};
static const struct question unchanged = {HEADS_WRK("/index.html"), true, ANSWER_UNCHANGED};
static const struct question part = {
    HEADS_WRK("/index.html") "Range: bytes=0-499\r\n",
    false,
    {"HTTP/1.1 206 Partial Content\r\n", "\r\nContent-Range: bytes 0-499/1024\r\n", NULL, 500}};
static const struct question absent = {
    HEADS_WRK("/no.html"),
    false,
    {"HTTP/1.1 404 Not Found\r\n", "\r\nVary: Accept\r\n", "</html>\n", 0}};

static const struct micro_row rows[] = {
    {"200, as prepared", &whole, 1, setup, answer, check, finish},
    {"304", &unchanged, 1, setup, answer, check, finish},
    {"206, one range", &part, 1, setup, answer, check, finish},
    {"404, a page", &absent, 1, setup, answer, check, finish},
};

const struct micro_subject micro_head = MICRO_SUBJECT("head", rows);
