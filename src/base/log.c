/*
 * A log sink, as threads and processes share it.
 *
 * Knows whose turn it is, what is owed of a line, and what was lost; refuses to know what a line
 * says and when it is due. The one surprising thing: nobody ever waits for a lock. Who finds the
 * sink busy keeps its lines for the next time. A path that one process opened again is opened by
 * each of the others before it writes.
 */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log_outlet.h"
#include "base/log_page.h"

#define FINISH_WAIT_MS 1000
#define FINISH_NAP_MS  1

/*
 * What is no regular file may take a part of a line (a terminal does), so it is written to by one
 * thread at a time, which leaves the rest of such a line on the page for whoever comes next.
 */
struct stator_log {
    struct stator_log_outlet outlet; /* fd -1 for "off" */
    char *path;                      /* NULL where there is none to open again */
    struct stator_log_page *page;    /* shared with children of this process; all else is copied */
    atomic_uint seen;                /* page->generation that the outlet is of */
    _Atomic int64_t last_moment;     /* for who is about to end; 0 before the first one */
    stator_log_loss_fn *on_loss;
    void *context;
};

/* Fills the zeroed `log`. Fails: -errno; what it has by then is for stator_log_destroy. */
static int open_sink(struct stator_log *log, const char *path)
{
    log->outlet.fd = -1;
    log->page = stator_log_page_create();
    if (log->page == NULL) {
        return -ENOMEM;
    }
    if (strcmp(path, "off") == 0) {
        return 0;
    }
    if (strcmp(path, "-") != 0) {
        log->path = strdup(path);
        if (log->path == NULL) {
            return -ENOMEM;
        }
    }
    return stator_log_outlet_open(path, &log->outlet);
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
        stator_log_page_destroy(log->page);
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
        atomic_store(&log->seen, atomic_fetch_add(&log->page->generation, 1) + 1);
        atomic_store(&log->page->told, false);
        atomic_store(&log->page->opened_anew, true);
    }
    return error;
}

/* Opens the path again if another process has; where that fails it is tried again next time. */
static void follow(struct stator_log *log)
{
    unsigned now = atomic_load_explicit(&log->page->generation, memory_order_relaxed);
    if (now != atomic_load_explicit(&log->seen, memory_order_relaxed) && log->path != NULL &&
        stator_log_outlet_reopen(&log->outlet, log->path) == 0) {
        atomic_store(&log->seen, now);
    }
}

/* A line of which only the end is owed is not lost, but the next one must not be glued to it. */
static void forget_rest(struct stator_log *log, bool lost, int why)
{
    stator_log_lose(log, lost, why);
    stator_log_page_end_line(log->page);
}

static int write_rest(struct stator_log *log)
{
    struct stator_span rest = stator_log_page_rest(log->page);
    int error = stator_log_outlet_write(&log->outlet, &rest);
    if (error == -EPIPE) {
        /* Whoever reads next did not see the beginning, and needs no end. */
        stator_log_lose(log, rest.length > 1, error);
        rest.length = 0;
    }
    stator_log_page_leave(log->page, rest);
    return error;
}

/* Where what is left of `lines` begins within a line, keeps the rest of that line here. */
static void keep_rest(struct stator_log *log, struct stator_span lines, struct stator_span *left)
{
    if (left->length == 0 || left->at == lines.at || left->at[-1] == '\n') {
        return;
    }
    struct stator_span rest = stator_span_first(*left, stator_span_find(*left, '\n') + 1);
    if (!stator_log_page_keep(log->page, rest)) {
        forget_rest(log, true, -ENOBUFS);
    }
    *left = stator_span_skip(*left, rest.length);
}

/* As the outlet writes, but after what is torn, and only if no other thread is writing. */
static int write_in_turn(struct stator_log *log, struct stator_span *lines)
{
    struct stator_span all = *lines;
    if (!stator_log_page_claim(log->page)) {
        return -EBUSY;
    }
    if (atomic_exchange(&log->page->opened_anew, false)) {
        /* The beginning of that line stands in the old file. */
        follow(log);
        stator_log_lose(log, log->page->rest_length > 1, -ESTALE);
        stator_log_page_leave(log->page, STATOR_SPAN(""));
    }
    int error = write_rest(log);
    if (error == 0) {
        error = stator_log_outlet_write(&log->outlet, lines);
        if (error != -EPIPE) {
            keep_rest(log, all, lines);
        }
    }
    stator_log_page_release(log->page);
    return error;
}

/* A full disk can stop in the middle of a line: then nobody goes on before that line's end. */
static int write_at_once(struct stator_log *log, struct stator_span *lines)
{
    struct stator_span all = *lines;
    int error = stator_log_outlet_write(&log->outlet, lines);
    if (error != 0 && stator_log_page_claim(log->page)) {
        keep_rest(log, all, lines);
        stator_log_page_release(log->page);
    }
    return error;
}

int stator_log_write(struct stator_log *log, struct stator_span *lines)
{
    follow(log);
    bool at_once = atomic_load(&log->outlet.regular) && !stator_log_has_pending(log);
    return at_once ? write_at_once(log, lines) : write_in_turn(log, lines);
}

bool stator_log_has_pending(const struct stator_log *log)
{
    return atomic_load_explicit(&log->page->torn, memory_order_relaxed);
}

void stator_log_give_up(struct stator_log *log, int why)
{
    if (stator_log_has_pending(log) && stator_log_page_claim(log->page)) {
        if (log->page->rest_length > 0) {
            forget_rest(log, log->page->rest_length > 1, why);
        }
        stator_log_page_release(log->page);
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
    atomic_fetch_add(&log->page->lost, lines);
    atomic_store(&log->page->why_lost, why);
    if (!atomic_exchange(&log->page->told, true) && log->on_loss != NULL) {
        log->on_loss(log->context);
    }
}

uint64_t stator_log_lost(const struct stator_log *log)
{
    return atomic_load(&log->page->lost);
}

int stator_log_why_lost(const struct stator_log *log)
{
    return atomic_load(&log->page->why_lost);
}
