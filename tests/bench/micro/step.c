/*
 * Whole requests through stator_conn_step, in memory and on a connection that persists: read,
 * answered, taken, and put on the access log.
 *
 * Two things are left out that a driver would do: the system calls, and writing the log's batch,
 * which is thrown away here.
 */
#include <errno.h>
#include <stdlib.h>

#include "answer.h"
#include "conn/conn.h"
#include "micro.h"
#include "request_heads.h"
#include "site.h"

#define PIPELINED 64

struct question {
    const char *lines;
    bool revalidates;
    size_t times; /* how many of them come in one piece */
    struct answer answer;
};

struct talk {
    const struct question *question;
    struct site site;
    struct stator_text bytes; /* that come */
    struct stator_conn conn;
    struct stator_output out;
    struct stator_output sent; /* what was on `out` last: it stands where it stood until then */
    enum stator_want want;
};

static void finish(void *state)
{
    struct talk *talk = state;

    stator_conn_finish(&talk->conn, &talk->out);
    stator_output_finish(&talk->out);
    stator_text_finish(&talk->bytes);
    site_finish(&talk->site);
    free(talk);
}

static int setup(const void *with, void **out)
{
    const struct question *question = with;
    struct talk *talk = calloc(1, sizeof(*talk));
    int error;

    if (talk == NULL) {
        return -ENOMEM;
    }
    talk->question = question;
    error = site_init(false, &talk->site);
    if (error < 0) {
        free(talk);
        return error;
    }
    stator_output_init(&talk->out);
    stator_conn_init(&talk->conn, talk->site.worker, "192.0.2.1");
    for (size_t i = 0; error == 0 && i < question->times; i++) {
        error = site_add_head(&talk->site, question->lines, question->revalidates, &talk->bytes);
    }
    if (error < 0) {
        finish(talk);
        return error;
    }
    *out = talk;
    return 0;
}

static void exchange(void *state)
{
    struct talk *talk = state;
    struct stator_span in = stator_text_span(&talk->bytes);

    stator_text_clear(&talk->site.worker->log.lines);
    while ((talk->want = stator_conn_step(&talk->conn, &in, &talk->out)) == STATOR_WANT_WRITE) {
        talk->sent = talk->out;
        stator_output_advance(&talk->out, (size_t)stator_output_length(&talk->out));
    }
    micro_keep(talk);
}

static size_t count_lines(struct stator_span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++) {
        count += text.at[i] == '\n';
    }
    return count;
}

static bool check(const void *state)
{
    const struct talk *talk = state;
    const struct stator_worker *worker = talk->site.worker;
    const struct question *question = talk->question;

    return talk->want == STATOR_WANT_READ &&
           stator_counter_read(&worker->counters->requests) == question->times &&
           stator_counter_read(&worker->counters->errors) == 0 &&
           stator_counter_read(&worker->counters->body_bytes) ==
               question->times * question->answer.bytes &&
           count_lines(stator_text_span(&worker->log.lines)) == question->times &&
           answer_is_in(&question->answer, &talk->sent);
}

static const struct question whole = {HEADS_WRK("/index.html"), false, 1, ANSWER_WHOLE};
static const struct question browser = {HEADS_BROWSER("/index.html"), false, 1, ANSWER_WHOLE};
static const struct question pipelined = {HEADS_WRK("/index.html"), false, PIPELINED, ANSWER_WHOLE};
static const struct question unchanged = {HEADS_WRK("/index.html"), true, 1, ANSWER_UNCHANGED};

static const struct micro_row rows[] = {
    {"200 of 1 KiB", &whole, 1, setup, exchange, check, finish},
    {"200 of 1 KiB, a browser's head", &browser, 1, setup, exchange, check, finish},
    {"200 of 1 KiB, each of 64 pipelined", &pipelined, PIPELINED, setup, exchange, check, finish},
    {"304", &unchanged, 1, setup, exchange, check, finish},
};

const struct micro_subject micro_step = MICRO_SUBJECT("step", rows);
