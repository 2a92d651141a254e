/*
 * A log sink, as threads share it.
 *
 * Knows whose turn it is, what is owed of a line, and what was lost; refuses to know what a line
 * says and when it is due. The one surprising thing: nobody ever waits for a lock. Who finds the
 * sink busy keeps its lines for the next time.
 */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log_outlet.h"
#include "base/text.h"

#define FINISH_WAIT_MS 1000
#define FINISH_NAP_MS  1

/*
 * What is no regular file may take a part of a line (a terminal does), so it is written to by one
 * thread at a time, which leaves the rest of such a line here for whoever comes next.
 */
struct stator_log {
    struct stator_log_outlet outlet; /* fd -1 for "off" */
    char *path;                      /* NULL where there is none to open again */
    atomic_bool busy;                /* held by who writes to what is not regular; guards: */
    atomic_bool torn;                /* there is a rest (may be read by anyone) */
    struct stator_text rest;         /* of the line that went out in part */
    _Atomic int64_t last_moment;     /* for who is about to end; 0 before the first one */
    atomic_uint_fast64_t lost;
    atomic_int why_lost;
    atomic_bool told;        /* that lines are lost; until the path is opened again */
    atomic_bool opened_anew; /* and what was owed before is not owed to the new file */
    stator_log_loss_fn *on_loss;
    void *context;
};

/* Fills the zeroed `log`. Fails: -errno; what it has by then is for stator_log_destroy. */
static int open_sink(struct stator_log *log, const char *path)
{
    log->outlet.fd = -1;
    if (strcmp(path, "off") == 0) {
        return 0;
    }
    if (strcmp(path, "-") != 0) {
        log->path = strdup(path);
        if (log->path == NULL) {
            return -ENOMEM;
        }
    }
    int error = stator_log_outlet_open(path, &log->outlet);
    if (error != 0) {
        return error;
    }
    /* So that there is always room for a line's end. */
    return stator_text_reserve(&log->rest, 1) != NULL ? 0 : -ENOMEM;
}

int stator_log_open(const char *path, struct stator_log **out)
{
    struct stator_log *log = calloc(1, sizeof(*log));
    int error = log != NULL ? open_sink(log, path) : -ENOMEM;
    if (error != 0) {
        stator_log_destroy(log);
        return error;
    }
    *out = log;
    return 0;
}

void stator_log_destroy(struct stator_log *log)
{
    if (log != NULL) {
        stator_fd_close(&log->outlet.fd);
        stator_text_finish(&log->rest);
        free(log->path);
        free(log);
    }
}

bool stator_log_is_on(const struct stator_log *log)
{
    return log->outlet.fd >= 0;
}

int stator_log_fd(const struct stator_log *log)
{
    return log->outlet.fd;
}

bool stator_log_is_terminal(const struct stator_log *log)
{
    return log->outlet.terminal;
}

int stator_log_reopen(struct stator_log *log)
{
    if (log->path == NULL) {
        return 0;
    }
    int error = stator_log_outlet_reopen(&log->outlet, log->path);
    if (error == 0) {
        atomic_store(&log->told, false);
        atomic_store(&log->opened_anew, true);
    }
    return error;
}

/* The sink is busy from 0 to release; -EBUSY where it was. */
static int claim(struct stator_log *log)
{
    return atomic_exchange_explicit(&log->busy, true, memory_order_acquire) ? -EBUSY : 0;
}

static void release(struct stator_log *log)
{
    atomic_store(&log->torn, log->rest.length > 0);
    atomic_store_explicit(&log->busy, false, memory_order_release);
}

/* A line of which only the end is owed is not lost, but the next one must not be glued to it. */
static void forget_rest(struct stator_log *log, int why)
{
    stator_log_lose(log, log->rest.failed || log->rest.length > 1, why);
    stator_text_clear(&log->rest);
    stator_text_add_char(&log->rest, '\n');
}

static int write_rest(struct stator_log *log)
{
    struct stator_span rest = stator_text_span(&log->rest);
    int error = stator_log_outlet_write(&log->outlet, &rest);
    if (error == -EPIPE) {
        /* Whoever reads next did not see the beginning, and needs no end. */
        stator_log_lose(log, rest.length > 1, error);
        rest.length = 0;
    } else if (rest.length > 0) {
        memmove(log->rest.at, rest.at, rest.length);
    }
    log->rest.length = rest.length;
    return error;
}

/* Where what is left of `lines` begins within a line, keeps the rest of that line here. */
static void keep_rest(struct stator_log *log, struct stator_span lines, struct stator_span *left)
{
    if (left->length == 0 || left->at == lines.at || left->at[-1] == '\n') {
        return;
    }
    struct stator_span rest = stator_span_first(*left, stator_span_find(*left, '\n') + 1);
    stator_text_add(&log->rest, rest);
    if (log->rest.failed) {
        forget_rest(log, -ENOMEM);
    }
    *left = stator_span_skip(*left, rest.length);
}

/* As the outlet writes, but after what is torn, and only if no other thread is writing. */
static int write_in_turn(struct stator_log *log, struct stator_span *lines)
{
    struct stator_span all = *lines;
    int error = claim(log);
    if (error != 0) {
        return error;
    }
    if (atomic_exchange(&log->opened_anew, false)) {
        /* The beginning of that line stands in the old file. */
        stator_log_lose(log, log->rest.length > 1, -ESTALE);
        stator_text_clear(&log->rest);
    }
    error = write_rest(log);
    if (error == 0) {
        error = stator_log_outlet_write(&log->outlet, lines);
        if (error != -EPIPE) {
            keep_rest(log, all, lines);
        }
    }
    release(log);
    return error;
}

/* A full disk can stop in the middle of a line: then nobody goes on before that line's end. */
static int write_at_once(struct stator_log *log, struct stator_span *lines)
{
    struct stator_span all = *lines;
    int error = stator_log_outlet_write(&log->outlet, lines);
    if (error != 0 && claim(log) == 0) {
        keep_rest(log, all, lines);
        release(log);
    }
    return error;
}

int stator_log_write(struct stator_log *log, struct stator_span *lines)
{
    bool at_once = atomic_load(&log->outlet.regular) && !atomic_load(&log->torn);
    return at_once ? write_at_once(log, lines) : write_in_turn(log, lines);
}

bool stator_log_owes(const struct stator_log *log)
{
    return atomic_load_explicit(&log->torn, memory_order_relaxed);
}

void stator_log_give_up(struct stator_log *log, int why)
{
    if (stator_log_owes(log) && claim(log) == 0) {
        if (log->rest.length > 0) {
            forget_rest(log, why);
        }
        release(log);
    }
}

/* The first one that has to wait says until when they all may. */
static int64_t last_moment(struct stator_log *log, int64_t now)
{
    int64_t first = 0, mine = now + FINISH_WAIT_MS;
    return atomic_compare_exchange_strong(&log->last_moment, &first, mine) ? mine : first;
}

/*
 * The nap is for a terminal that has room but takes nothing, and for a sink that another thread
 * writes to: neither shall make us spin.
 */
bool stator_log_wait(struct stator_log *log)
{
    struct stator_clock clock;
    stator_clock_read(&clock);
    int64_t left = last_moment(log, clock.monotonic) - clock.monotonic;
    if (left <= 0) {
        return false;
    }
    stator_log_outlet_has_room(&log->outlet, (int)left);
    poll(NULL, 0, FINISH_NAP_MS);
    return true;
}

/* --- lost lines ------------------------------------------------------------------------------ */

void stator_log_watch(struct stator_log *log, stator_log_loss_fn *on_loss, void *context)
{
    log->on_loss = on_loss;
    log->context = context;
}

void stator_log_lose(struct stator_log *log, uint64_t lines, int why)
{
    if (lines == 0) {
        return;
    }
    atomic_fetch_add(&log->lost, lines);
    atomic_store(&log->why_lost, why);
    if (!atomic_exchange(&log->told, true) && log->on_loss != NULL) {
        log->on_loss(log->context);
    }
}

uint64_t stator_log_lost(const struct stator_log *log)
{
    return atomic_load(&log->lost);
}

int stator_log_why_lost(const struct stator_log *log)
{
    return atomic_load(&log->why_lost);
}
