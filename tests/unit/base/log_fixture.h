/*
 * What the tests of logs share: a directory of their own, things to write to, and lines with
 * numbers, so that whatever comes out can be checked for gaps.
 */
#ifndef TESTS_UNIT_BASE_LOG_FIXTURE_H
#define TESTS_UNIT_BASE_LOG_FIXTURE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log_batch.h"

static char directory[] = "/tmp/stator-log-XXXXXX";

static inline void set_up(void)
{
    signal(SIGPIPE, SIG_IGN);
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static inline void tear_down(void)
{
    static const char *const names[] = {"log", "old", "fifo", "in/log"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(names[i]);
    }
    rmdir("in");
    cr_expect_eq(rmdir(directory), 0, "a test left something behind");
}

static inline struct stator_log *open_log(const char *path)
{
    struct stator_log *log = NULL;
    cr_assert_eq(stator_log_open(path, &log), 0, "%s", path);
    return log;
}

/* Adds line `number`, padded to about `width` bytes. False if it was lost. */
static inline bool add(struct stator_log_batch *batch, int64_t now, int number, int width)
{
    struct stator_text *text = stator_log_batch_line(batch);
    if (text != NULL) {
        stator_text_add_format(text, "%08d %0*d\n", number, width, number);
        stator_log_batch_added(batch, now);
    }
    return text != NULL;
}

/* Adds `count` lines of width 90, numbered from 0. */
static inline void fill(struct stator_log_batch *batch, int64_t now, int count)
{
    for (int i = 0; i < count; i++) {
        cr_expect(add(batch, now, i, 90));
    }
}

/* One line, written at once. */
static inline void say(struct stator_log *log, const char *line)
{
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    stator_text_add_string(stator_log_batch_line(&batch), line);
    stator_log_batch_added(&batch, 0);
    stator_log_batch_flush(&batch, 0, true);
    stator_log_batch_finish(&batch);
}

/* All that can be read now, appended. */
static inline void read_more(int fd, struct stator_text *out)
{
    ssize_t length;
    do {
        char *room = stator_text_reserve(out, 65536);
        cr_assert_not_null(room);
        length = read(fd, room, 65536);
        out->length += length > 0 ? (size_t)length : 0;
    } while (length > 0);
}

static inline struct stator_text read_file(const char *path)
{
    struct stator_text text = {0};
    int fd = open(path, O_RDONLY);
    cr_assert_geq(fd, 0, "%s", path);
    read_more(fd, &text);
    close(fd);
    return text;
}

static inline bool file_is(const char *path, const char *wanted)
{
    struct stator_text text = read_file(path);
    bool is = stator_span_equal(stator_text_span(&text), stator_span_from(wanted));
    stator_text_finish(&text);
    return is;
}

static inline off_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

/*
 * Checks that `text` is whole lines of `add`, numbered upwards; returns how many. Gaps are allowed
 * only where lines may have been lost.
 */
static inline int check_lines(const struct stator_text *text, int width, bool gaps)
{
    struct stator_span rest = stator_text_span(text);
    int count = 0, last = -1;
    char wanted[20000];
    while (rest.length > 0) {
        int number = atoi(rest.at);
        cr_assert(gaps ? number > last : number == last + 1, "%d comes after %d", number, last);
        int length = snprintf(wanted, sizeof(wanted), "%08d %0*d\n", number, width, number);
        cr_assert_geq(rest.length, (size_t)length);
        cr_assert_eq(memcmp(rest.at, wanted, (size_t)length), 0, "line %d is torn", number);
        rest = stator_span_skip(rest, (size_t)length);
        last = number;
        count++;
    }
    return count;
}

/* A FIFO with a reader that has not read yet; the log writes to it. */
static inline int open_fifo(struct stator_log **out)
{
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    cr_assert_geq(reader, 0);
    *out = open_log("fifo");
    return reader;
}

/* Reads and flushes in turn until nothing waits. */
static inline void pump(struct stator_log_batch *batch, int reader, struct stator_text *out)
{
    while (stator_log_batch_waits(batch)) {
        stator_log_batch_flush(batch, 0, true);
        read_more(reader, out);
    }
}

/* Puts `fd` in the place of standard output while a log is opened on it. */
static inline struct stator_log *open_standard(int fd)
{
    int kept = dup(STDOUT_FILENO);
    cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    struct stator_log *log = open_log("-");
    cr_assert_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    close(kept);
    return log;
}

/* The two ends of what a log may be written to; [0] is read from, without waiting. */
static inline void open_pipe(int out[2])
{
    cr_assert_eq(pipe(out), 0);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
}

static inline void open_sockets(int out[2])
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
}

static inline void open_terminal(int out[2])
{
    out[0] = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(out[0] >= 0 && grantpt(out[0]) == 0 && unlockpt(out[0]) == 0);
    out[1] = open(ptsname(out[0]), O_RDWR | O_NOCTTY);
    cr_assert_geq(out[1], 0);
}

static inline void wait_for(pid_t child)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0);
}

#endif
