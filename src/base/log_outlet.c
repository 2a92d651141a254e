/*
 * The descriptor of a log.
 *
 * Knows ways to write without waiting, and to a second description of standard output, whose flags
 * are then ours; refuses to know who writes, and when. The one surprising thing: opening again
 * moves the new file onto the old descriptor's number, so that a signal handler can do it while
 * other threads write.
 */
#include "base/log_outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"

#ifndef PIPE_BUF
#define PIPE_BUF _POSIX_PIPE_BUF
#endif

/*
 * What a terminal takes without making us wait once poll(2) says that it has room. Linux gives a
 * pseudo-terminal's room in steps of 256 bytes and a serial line's from 3840 on; the BSDs wait for
 * a queue's low-water mark. But only the first run of plain bytes is sure of that room, or the
 * first control byte, for which more than one may be sent.
 */
#define TERMINAL_ROOM 128

/* O_NONBLOCK: a FIFO without a reader is an error (-ENXIO), not a wait for one. */
static int open_path(const char *path)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags, 0640);
    return fd >= 0 ? fd : -errno;
}

static int open_name(const char *name)
{
    return open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
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

/* By a name of its own. Returns -1 where it has none that we may open. */
static int open_itself(const struct stat *wanted)
{
    char name[256];
    int fd = open_name("/proc/self/fd/1");
    if (fd < 0 && ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0) {
        fd = open_name(name);
    }
    if (fd >= 0 && !is_same(fd, wanted)) {
        stator_fd_close(&fd);
    }
    return fd;
}

/*
 * By the name that every session has for its own terminal, which may be opened where its other name
 * may not: after su or a drop of privileges that still belongs to somebody else. Returns -1 where
 * this is not the session's.
 */
static int open_session_terminal(void)
{
    char name[L_ctermid];
    return tcgetsid(STDOUT_FILENO) >= 0 ? open_name(ctermid(name)) : -1;
}

static int open_twice(const struct stat *status)
{
    if (!can_open_twice(status)) {
        return -1;
    }
    int fd = open_itself(status);
    return fd >= 0 ? fd : open_session_terminal();
}

static enum stator_log_manner manner_of(const struct stat *status)
{
    if (S_ISREG(status->st_mode)) {
        return STATOR_LOG_MANNER_PLAIN;
    }
    return S_ISSOCK(status->st_mode) ? STATOR_LOG_MANNER_SEND : STATOR_LOG_MANNER_ASK;
}

/* Its flags belong to other programs too, those of a second description to us alone. */
static int open_standard_output(enum stator_log_manner *manner)
{
    struct stat status;
    if (fstat(STDOUT_FILENO, &status) != 0) {
        return -errno;
    }
    int fd = open_twice(&status);
    if (fd < 0) {
        *manner = manner_of(&status);
        fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    return fd >= 0 ? fd : -errno;
}

static bool is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int stator_log_outlet_open(const char *path, struct stator_log_outlet *out)
{
    enum stator_log_manner manner = STATOR_LOG_MANNER_PLAIN;
    int fd = strcmp(path, "-") == 0 ? open_standard_output(&manner) : open_path(path);
    if (fd < 0) {
        return fd;
    }
    out->fd = fd;
    out->manner = manner;
    out->terminal = isatty(fd) == 1;
    atomic_init(&out->regular, is_regular(fd));
    return 0;
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

int stator_log_outlet_reopen(struct stator_log_outlet *outlet, const char *path)
{
    int before = errno;
    int fd = open_path(path);
    int error = fd < 0 ? fd : replace(fd, outlet->fd);
    if (error == 0) {
        atomic_store(&outlet->regular, is_regular(fd));
    }
    stator_fd_close(&fd);
    errno = before;
    return error;
}

/* What may go in one write without tearing: whole lines, or a piece of one that is too long. */
static struct stator_span whole_lines(struct stator_span lines)
{
    if (lines.length <= PIPE_BUF) {
        return lines;
    }
    struct stator_span piece = stator_span_first(lines, PIPE_BUF);
    size_t end = stator_span_find_last(piece, '\n');
    return end < piece.length ? stator_span_first(piece, end + 1) : piece;
}

/* What a terminal that has room takes at once. */
static struct stator_span plain_run(struct stator_span lines)
{
    size_t length = 0;
    while (length < lines.length && length < TERMINAL_ROOM &&
           (unsigned char)lines.at[length] >= ' ') {
        length++;
    }
    return stator_span_first(lines, length > 0 ? length : 1);
}

bool stator_log_outlet_has_room(const struct stator_log_outlet *outlet, int ms)
{
    struct pollfd poller = {.fd = outlet->fd, .events = POLLOUT};
    return poll(&poller, 1, ms) > 0;
}

static ssize_t write_once(const struct stator_log_outlet *outlet, struct stator_span lines)
{
    if (outlet->manner == STATOR_LOG_MANNER_SEND) {
        return send(outlet->fd, lines.at, lines.length, MSG_DONTWAIT);
    }
    if (outlet->manner == STATOR_LOG_MANNER_ASK) {
        /* No other thread of ours writes: the room is still there when we do. */
        if (!stator_log_outlet_has_room(outlet, 0)) {
            errno = EAGAIN;
            return -1;
        }
        lines = outlet->terminal ? plain_run(lines) : lines;
    }
    return write(outlet->fd, lines.at, lines.length);
}

/* Writes some of `lines`. Fails: -EAGAIN when it would have to wait, else -errno. */
static ssize_t write_some(const struct stator_log_outlet *outlet, struct stator_span lines)
{
    if (!atomic_load_explicit(&outlet->regular, memory_order_relaxed)) {
        lines = whole_lines(lines);
    }
    ssize_t written;
    do {
        written = write_once(outlet, lines);
    } while (written < 0 && errno == EINTR);
    return written >= 0 ? written : -errno;
}

int stator_log_outlet_write(const struct stator_log_outlet *outlet, struct stator_span *lines)
{
    while (lines->length > 0) {
        ssize_t written = write_some(outlet, *lines);
        if (written <= 0) {
            return written < 0 ? (int)written : -EIO;
        }
        *lines = stator_span_skip(*lines, (size_t)written);
    }
    return 0;
}
