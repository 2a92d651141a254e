/*
 * A log sink and the batches that workers write to it.
 *
 * Knows descriptors and line ends; refuses to know what a line says. The one surprising thing:
 * rotation opens the path and then moves the new file onto the old descriptor's number, so a signal
 * handler can do it while other threads write. Nobody ever waits for a lock: who finds the sink
 * busy keeps its lines for the next time.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

#ifndef PIPE_BUF
#define PIPE_BUF _POSIX_PIPE_BUF
#endif

#define FINISH_WAIT_MS 1000
#define FINISH_NAP_MS  1

/*
 * What is no regular file may take a part of a line (a terminal does), so it is written to by one
 * batch at a time, which leaves the rest of such a line here for whoever comes next.
 */
struct stator_log {
    int fd;                          /* -1 for "off" */
    char *path;                      /* NULL where there is none to open again */
    bool terminal;                   /* a person watches */
    bool blocking;                   /* its flags are not ours to change */
    atomic_bool regular;             /* takes a whole batch in one write and never makes us wait */
    atomic_bool busy;                /* held by who writes to what is not regular; guards: */
    atomic_bool torn;                /* there is a rest (may be read by anyone) */
    struct stator_text rest;         /* of the line that went out in part */
    struct stator_log_batch *writer; /* whose line that is; NULL once it is counted as dropped */
    _Atomic int64_t last_moment;     /* for waiting batches that finish; 0 before the first one */
};

static bool is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* O_NONBLOCK: a FIFO without a reader is an error (-ENXIO), not a wait for one. */
static int open_path(const char *path)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags, 0640);
    return fd >= 0 ? fd : -errno;
}

static bool is_same(int fd, const struct stat *wanted)
{
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_dev == wanted->st_dev &&
           status.st_ino == wanted->st_ino;
}

/* The controlling side of a terminal pair would open as another pair. */
static bool can_open_twice(const struct stat *status)
{
    return S_ISFIFO(status->st_mode) ||
           (isatty(STDOUT_FILENO) == 1 && ptsname(STDOUT_FILENO) == NULL);
}

/*
 * Opens what standard output leads to once more: its flags belong to other programs too, those of
 * the new description to us alone. Returns -1 where the system has no way to do that.
 */
static int open_twice(void)
{
    int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    char name[256];
    struct stat status;
    if (fstat(STDOUT_FILENO, &status) != 0 || !can_open_twice(&status)) {
        return -1;
    }
    int fd = open("/proc/self/fd/1", flags);
    if (fd < 0 && ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0) {
        fd = open(name, flags);
    }
    if (fd >= 0 && !is_same(fd, &status)) {
        stator_fd_close(&fd);
    }
    return fd;
}

static int open_standard_output(bool *blocking)
{
    int fd = open_twice();
    *blocking = fd < 0;
    if (fd < 0) {
        fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    return fd >= 0 ? fd : -errno;
}

/* Fills the zeroed `log`. Fails: -errno; what it has by then is for stator_log_destroy. */
static int open_sink(struct stator_log *log, const char *path)
{
    log->fd = -1;
    if (strcmp(path, "off") == 0) {
        return 0;
    }
    if (strcmp(path, "-") == 0) {
        log->fd = open_standard_output(&log->blocking);
    } else {
        log->path = strdup(path);
        log->fd = log->path != NULL ? open_path(path) : -ENOMEM;
    }
    if (log->fd < 0) {
        return log->fd;
    }
    log->terminal = isatty(log->fd) == 1;
    atomic_init(&log->regular, is_regular(log->fd));
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
        stator_fd_close(&log->fd);
        stator_text_finish(&log->rest);
        free(log->path);
        free(log);
    }
}

bool stator_log_is_on(const struct stator_log *log)
{
    return log->fd >= 0;
}

bool stator_log_is_terminal(const struct stator_log *log)
{
    return log->terminal;
}

/* Makes `*to` stand for the file behind `from`, in one step for everybody who writes to it. */
static int replace(int from, int to)
{
    int moved;
    do {
        moved = dup2(from, to);
    } while (moved < 0 && errno == EINTR);
    /* dup2 forgets close-on-exec. */
    return moved >= 0 && fcntl(to, F_SETFD, FD_CLOEXEC) == 0 ? 0 : -errno;
}

int stator_log_reopen(struct stator_log *log)
{
    if (log->path == NULL) {
        return 0;
    }
    int before = errno;
    int fd = open_path(log->path);
    int error = fd < 0 ? fd : replace(fd, log->fd);
    if (error == 0) {
        atomic_store(&log->regular, is_regular(fd));
    }
    stator_fd_close(&fd);
    errno = before;
    return error;
}

void stator_log_batch_init(struct stator_log_batch *batch, struct stator_log *log)
{
    *batch = (struct stator_log_batch){.log = log};
}

/* What may go in one write without tearing: whole lines, or a piece of one that is too long. */
static struct stator_span piece_of(struct stator_span lines)
{
    if (lines.length <= PIPE_BUF) {
        return lines;
    }
    struct stator_span piece = stator_span_first(lines, PIPE_BUF);
    size_t end = stator_span_find_last(piece, '\n');
    return end < piece.length ? stator_span_first(piece, end + 1) : piece;
}

/* True if the sink takes something, or a write will fail at once. */
static bool has_room(const struct stator_log *log, int wait_ms)
{
    struct pollfd poller = {.fd = log->fd, .events = POLLOUT};
    return poll(&poller, 1, wait_ms) > 0;
}

/* Writes some of `lines`. Fails: -EAGAIN when it would have to wait, else -errno. */
static ssize_t write_some(const struct stator_log *log, struct stator_span lines)
{
    if (!atomic_load_explicit(&log->regular, memory_order_relaxed)) {
        lines = piece_of(lines);
        /* No other batch is writing, so the room is still there when we do. */
        if (log->blocking && !has_room(log, 0)) {
            return -EAGAIN;
        }
    }
    ssize_t written;
    do {
        written = write(log->fd, lines.at, lines.length);
    } while (written < 0 && errno == EINTR);
    return written >= 0 ? written : -errno;
}

static uint64_t count_lines(struct stator_span lines)
{
    uint64_t count = 0;
    for (size_t i = 0; i < lines.length; i++) {
        count += lines.at[i] == '\n';
    }
    return count;
}

/* Leaves `rest`, the end of the batch's lines, and gives back memory that a jam took. */
static void keep(struct stator_log_batch *batch, struct stator_span rest)
{
    struct stator_text *lines = &batch->lines;
    if (rest.length == lines->length) {
        return;
    }
    if (rest.length > 0) {
        memmove(lines->at, rest.at, rest.length);
        lines->length = rest.length;
    } else if (lines->capacity > 2 * STATOR_LOG_BATCH) {
        stator_text_finish(lines);
    } else {
        stator_text_clear(lines);
    }
}

/* Writes until nothing is left (0) or the sink refuses (-errno); `lines` is then what is left. */
static int write_lines(const struct stator_log *log, struct stator_span *lines)
{
    while (lines->length > 0) {
        ssize_t written = write_some(log, *lines);
        if (written <= 0) {
            return written < 0 ? (int)written : -EIO;
        }
        *lines = stator_span_skip(*lines, (size_t)written);
    }
    return 0;
}

/* The sink is busy from 0 to release; -EBUSY where it was. */
static int claim(struct stator_log *log)
{
    return atomic_exchange_explicit(&log->busy, true, memory_order_acquire) ? -EBUSY : 0;
}

static void release(struct stator_log *log)
{
    atomic_store(&log->torn, log->rest.length > 0);
    if (log->rest.length == 0) {
        log->writer = NULL;
    }
    atomic_store_explicit(&log->busy, false, memory_order_release);
}

/* Gives the torn line up: only its end is still owed, lest the next line be glued to it. */
static void forget_rest(struct stator_log *log)
{
    log->writer = NULL;
    stator_text_clear(&log->rest);
    stator_text_add_char(&log->rest, '\n');
}

static int write_rest(struct stator_log_batch *batch)
{
    struct stator_log *log = batch->log;
    struct stator_span rest = stator_text_span(&log->rest);
    int error = write_lines(log, &rest);
    if (error == -EPIPE) {
        batch->dropped += log->writer != NULL;
        rest.length = 0;
    } else if (rest.length > 0) {
        memmove(log->rest.at, rest.at, rest.length);
    }
    log->rest.length = rest.length;
    return error;
}

/* Where `left` begins within a line, moves the rest of that line from the batch to the sink. */
static void hand_over(struct stator_log_batch *batch, struct stator_span *left)
{
    struct stator_log *log = batch->log;
    if (left->length == 0 || left->at == batch->lines.at || left->at[-1] == '\n') {
        return;
    }
    struct stator_span rest = stator_span_first(*left, stator_span_find(*left, '\n') + 1);
    stator_text_add(&log->rest, rest);
    log->writer = batch;
    if (log->rest.failed) {
        batch->dropped++;
        forget_rest(log);
    }
    *left = stator_span_skip(*left, rest.length);
}

/* As write_lines, but after what is torn, and only if no other batch is writing. */
static int write_in_turn(struct stator_log_batch *batch, struct stator_span *lines)
{
    int error = claim(batch->log);
    if (error != 0) {
        return error;
    }
    error = write_rest(batch);
    if (error == 0) {
        error = write_lines(batch->log, lines);
        if (error != -EPIPE) {
            hand_over(batch, lines);
        }
    }
    batch->owes = batch->log->rest.length > 0 && batch->log->writer == batch;
    release(batch->log);
    return error;
}

/*
 * Writes until nothing is left (0) or the sink refuses (-errno). What was refused stays, to the
 * byte: the rest of a line that went out in part is what goes out next.
 */
static int drain(struct stator_log_batch *batch)
{
    struct stator_log *log = batch->log;
    struct stator_span lines = stator_text_span(&batch->lines);
    bool at_once = atomic_load(&log->regular) && !atomic_load(&log->torn);
    int error = at_once ? write_lines(log, &lines) : write_in_turn(batch, &lines);
    if (error == -EPIPE) {
        batch->dropped += count_lines(lines);
        lines.length = 0;
        error = 0;
    }
    batch->owes = batch->owes && !at_once;
    keep(batch, lines);
    batch->refused = error != 0 && error != -EBUSY;
    return error;
}

/* The first batch that has to wait says until when they all may. */
static int64_t last_moment(struct stator_log *log, int64_t now)
{
    int64_t first = 0, mine = now + FINISH_WAIT_MS;
    return atomic_compare_exchange_strong(&log->last_moment, &first, mine) ? mine : first;
}

/*
 * Drains; where that has to wait, for a bounded time. The nap is for a terminal that has room but
 * takes nothing, and for a sink that another batch writes to: neither shall make us spin.
 */
static void drain_patiently(struct stator_log_batch *batch)
{
    struct stator_clock clock;
    int error = drain(batch);
    while (error == -EAGAIN || error == -EBUSY) {
        stator_clock_read(&clock);
        int64_t left = last_moment(batch->log, clock.monotonic) - clock.monotonic;
        if (left <= 0) {
            return;
        }
        has_room(batch->log, (int)left);
        poll(NULL, 0, FINISH_NAP_MS);
        error = drain(batch);
    }
}

/* Counts what the sink did not take: the lines that wait, and the one that it has in part. */
static void drop(struct stator_log_batch *batch)
{
    batch->dropped += count_lines(stator_text_span(&batch->lines));
    if (batch->owes && claim(batch->log) == 0) {
        if (batch->log->writer == batch) {
            batch->dropped++;
            forget_rest(batch->log);
        }
        release(batch->log);
    }
    batch->owes = false;
}

void stator_log_batch_finish(struct stator_log_batch *batch)
{
    if (stator_log_batch_waits(batch)) {
        drain_patiently(batch);
    }
    drop(batch);
    stator_text_finish(&batch->lines);
}

struct stator_text *stator_log_batch_line(struct stator_log_batch *batch)
{
    if (!stator_log_is_on(batch->log)) {
        return NULL;
    }
    if (batch->lines.length >= STATOR_LOG_BATCH_MAX && !batch->refused) {
        drain(batch);
    }
    if (batch->lines.length >= STATOR_LOG_BATCH_MAX) {
        batch->dropped++;
        return NULL;
    }
    if (!stator_log_batch_waits(batch)) {
        batch->since = -1;
    }
    return &batch->lines;
}

void stator_log_batch_added(struct stator_log_batch *batch, int64_t now)
{
    struct stator_text *lines = &batch->lines;
    if (lines->failed) {
        /* Memory ran out within the line: take its beginning back. */
        size_t end = stator_span_find_last(stator_text_span(lines), '\n');
        lines->length = end < lines->length ? end + 1 : 0;
        lines->failed = false;
        batch->dropped++;
    }
    if (batch->since < 0) {
        batch->since = now;
    }
}

static bool is_due(const struct stator_log_batch *batch, int64_t now)
{
    bool old = now - batch->since >= STATOR_LOG_DELAY_MS;
    bool large = batch->lines.length >= STATOR_LOG_BATCH;
    return old || (!batch->refused && (large || batch->log->terminal));
}

void stator_log_batch_flush(struct stator_log_batch *batch, int64_t now, bool force)
{
    if (stator_log_batch_waits(batch) && (force || is_due(batch, now)) && drain(batch) != 0) {
        batch->since = now;
    }
}
