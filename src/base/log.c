/*
 * A log sink and the batches that workers write to it.
 *
 * Knows descriptors and line ends; refuses to know what a line says. The one surprising thing:
 * rotation opens the path and then moves the new file onto the old descriptor's number, so a signal
 * handler can do it while other threads write, and no writer ever needs a lock.
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

struct stator_log {
    int fd;              /* -1 for "off" */
    char *path;          /* NULL where there is none to open again */
    bool terminal;       /* a person watches */
    atomic_bool regular; /* takes a whole batch in one write and never makes us wait */
};

static bool is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* O_NONBLOCK, so that a FIFO without a reader stops neither the start nor a signal handler. */
static int open_path(const char *path)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags, 0640);
    return fd >= 0 ? fd : -errno;
}

static int open_standard_output(void)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
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
        log->fd = open_standard_output();
    } else {
        log->path = strdup(path);
        log->fd = log->path != NULL ? open_path(path) : -ENOMEM;
    }
    if (log->fd < 0) {
        return log->fd;
    }
    log->terminal = isatty(log->fd) == 1;
    atomic_init(&log->regular, is_regular(log->fd));
    return 0;
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

/* True if a write of one piece will not wait, or will fail at once. */
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
        /* Standard output is shared with others, so it cannot be made non-blocking: ask first. */
        if (!has_room(log, 0)) {
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
    if (rest.length > 0) {
        memmove(lines->at, rest.at, rest.length);
        lines->length = rest.length;
    } else if (lines->capacity > 2 * STATOR_LOG_BATCH) {
        stator_text_finish(lines);
    } else {
        stator_text_clear(lines);
    }
}

/*
 * Writes until nothing is left (0) or the sink refuses (-errno). What was refused stays at the
 * front, to the byte, so the rest of a line that went out in part is what goes out next.
 */
static int drain(struct stator_log_batch *batch)
{
    struct stator_span rest = stator_text_span(&batch->lines);
    ssize_t written = 1;
    while (rest.length > 0 && written > 0) {
        written = write_some(batch->log, rest);
        if (written == -EPIPE) {
            batch->dropped += count_lines(rest);
            written = (ssize_t)rest.length;
        }
        rest = stator_span_skip(rest, written > 0 ? (size_t)written : 0);
    }
    keep(batch, rest);
    batch->refused = rest.length > 0;
    return rest.length == 0 ? 0 : written < 0 ? (int)written : -EIO;
}

/* Drains; where that has to wait, for a bounded time. */
static void drain_patiently(struct stator_log_batch *batch)
{
    struct stator_clock clock;
    stator_clock_read(&clock);
    int64_t end = clock.monotonic + FINISH_WAIT_MS;
    while (drain(batch) == -EAGAIN && clock.monotonic < end) {
        has_room(batch->log, (int)(end - clock.monotonic));
        stator_clock_read(&clock);
    }
}

void stator_log_batch_finish(struct stator_log_batch *batch)
{
    if (stator_log_batch_waits(batch)) {
        drain_patiently(batch);
    }
    batch->dropped += count_lines(stator_text_span(&batch->lines));
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
