/*
 * The log: that no line is torn, lost without being counted, or waited for. Most tests number their
 * lines, so that whatever comes out can be checked for gaps.
 */
#include "base/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static char directory[] = "/tmp/stator-log-XXXXXX";

static void set_up(void)
{
    signal(SIGPIPE, SIG_IGN);
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void tear_down(void)
{
    static const char *const names[] = {"log", "old", "fifo", "in/log"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(names[i]);
    }
    rmdir("in");
    cr_expect_eq(rmdir(directory), 0, "a test left something behind");
}

TestSuite(log, .init = set_up, .fini = tear_down);

static struct stator_log *open_log(const char *path)
{
    struct stator_log *log = NULL;
    cr_assert_eq(stator_log_open(path, &log), 0, "%s", path);
    return log;
}

/* Adds line `number`, padded to about `width` bytes. False if it was dropped. */
static bool add(struct stator_log_batch *batch, int64_t now, int number, int width)
{
    struct stator_text *text = stator_log_batch_line(batch);
    if (text != NULL) {
        stator_text_add_format(text, "%08d %0*d\n", number, width, number);
        stator_log_batch_added(batch, now);
    }
    return text != NULL;
}

/* Adds `count` lines of width 90, numbered from 0. */
static void fill(struct stator_log_batch *batch, int64_t now, int count)
{
    for (int i = 0; i < count; i++) {
        cr_expect(add(batch, now, i, 90));
    }
}

/* One line, written at once. */
static void say(struct stator_log *log, const char *line)
{
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    stator_text_add_string(stator_log_batch_line(&batch), line);
    stator_log_batch_added(&batch, 0);
    stator_log_batch_flush(&batch, 0, true);
    stator_log_batch_finish(&batch);
}

/* All that can be read now, appended. */
static void read_more(int fd, struct stator_text *out)
{
    ssize_t length;
    do {
        char *room = stator_text_reserve(out, 65536);
        cr_assert_not_null(room);
        length = read(fd, room, 65536);
        out->length += length > 0 ? (size_t)length : 0;
    } while (length > 0);
}

static struct stator_text read_file(const char *path)
{
    struct stator_text text = {0};
    int fd = open(path, O_RDONLY);
    cr_assert_geq(fd, 0, "%s", path);
    read_more(fd, &text);
    close(fd);
    return text;
}

static bool file_is(const char *path, const char *wanted)
{
    struct stator_text text = read_file(path);
    bool is = stator_span_equal(stator_text_span(&text), stator_span_from(wanted));
    stator_text_finish(&text);
    return is;
}

static off_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

/*
 * Checks that `text` is whole lines of `add`, numbered upwards; returns how many. Gaps are allowed
 * only where lines may have been dropped.
 */
static int check_lines(const struct stator_text *text, int width, bool gaps)
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
static int open_fifo(struct stator_log **out)
{
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    cr_assert_geq(reader, 0);
    *out = open_log("fifo");
    return reader;
}

/* Reads and flushes in turn until nothing waits. */
static void pump(struct stator_log_batch *batch, int reader, struct stator_text *out)
{
    while (stator_log_batch_waits(batch)) {
        stator_log_batch_flush(batch, 0, true);
        read_more(reader, out);
    }
}

Test(log, off_takes_nothing_and_drops_nothing)
{
    struct stator_log *log = open_log("off");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    cr_expect_not(stator_log_is_on(log));
    cr_expect_not(stator_log_is_terminal(log));
    cr_expect_null(stator_log_batch_line(&batch));
    stator_log_batch_flush(&batch, 0, true);
    stator_log_batch_finish(&batch);
    cr_expect_eq(batch.dropped, 0);
    cr_expect_eq(stator_log_reopen(log), 0);
    stator_log_destroy(log);
    stator_log_destroy(NULL);
}

Test(log, open_says_why_not)
{
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    static const struct {
        const char *path;
        int error;
    } rows[] = {{"missing/log", -ENOENT}, {"/", -EISDIR}, {"", -ENOENT}, {"fifo", -ENXIO}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_log *log = NULL;
        cr_expect_eq(stator_log_open(rows[i].path, &log), rows[i].error, "%s", rows[i].path);
        cr_expect_null(log, "%s", rows[i].path);
    }
}

Test(log, a_file_is_made_for_its_group_and_appended_to)
{
    umask(0);
    struct stator_log *log = open_log("log");
    say(log, "one\n");
    stator_log_destroy(log);
    struct stat status;
    cr_assert_eq(stat("log", &status), 0);
    cr_expect_eq(status.st_mode & 07777, 0640);
    log = open_log("log");
    cr_expect(stator_log_is_on(log));
    cr_expect_not(stator_log_is_terminal(log));
    say(log, "two\n");
    stator_log_destroy(log);
    cr_expect(file_is("log", "one\ntwo\n"));
}

Test(log, a_batch_is_written_when_due)
{
    static const struct {
        const char *label;
        int lines, first, last; /* how many, and when they were added */
        int64_t now;
        bool force, written;
    } rows[] = {
        {"young and small", 1, 1000, 1000, 1000 + STATOR_LOG_DELAY_MS - 1, false, false},
        {"forced", 1, 1000, 1000, 1000, true, true},
        {"old", 1, 1000, 1000, 1000 + STATOR_LOG_DELAY_MS, false, true},
        {"the oldest line counts", 2, 1000, 1249, 1250, false, true},
        {"not yet large", 300, 1000, 1000, 1000, false, false},
        {"large", 400, 1000, 1000, 1000, false, true},
        {"empty", 0, 0, 0, 1000000, true, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_log *log = open_log("log");
        struct stator_log_batch batch;
        stator_log_batch_init(&batch, log);
        for (int line = 0; line < rows[i].lines; line++) {
            cr_expect(add(&batch, line == 0 ? rows[i].first : rows[i].last, line, 80));
        }
        stator_log_batch_flush(&batch, rows[i].now, rows[i].force);
        cr_expect_eq(size_of("log") > 0, rows[i].written, "%s", rows[i].label);
        bool waits = rows[i].lines > 0 && !rows[i].written;
        cr_expect_eq(stator_log_batch_waits(&batch), waits, "%s", rows[i].label);
        stator_log_batch_finish(&batch);
        struct stator_text text = read_file("log");
        cr_expect_eq(check_lines(&text, 80, false), rows[i].lines, "%s", rows[i].label);
        cr_expect_eq(batch.dropped, 0, "%s", rows[i].label);
        stator_text_finish(&text);
        stator_log_destroy(log);
        unlink("log");
    }
}

/* A line's age starts anew with each batch, not with the first line ever. */
Test(log, age_is_that_of_what_waits)
{
    struct stator_log *log = open_log("log");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    cr_expect(add(&batch, 1000, 0, 1));
    stator_log_batch_flush(&batch, 1250, false);
    off_t size = size_of("log");
    cr_expect(add(&batch, 2000, 1, 1));
    stator_log_batch_flush(&batch, 2249, false);
    cr_expect_eq(size_of("log"), size);
    stator_log_batch_flush(&batch, 2250, false);
    cr_expect_gt(size_of("log"), size);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
}

static struct stator_log *rotated;

static void on_signal(int number)
{
    (void)number;
    stator_log_reopen(rotated);
}

Test(log, rotation_by_a_signal)
{
    rotated = open_log("log");
    signal(SIGUSR1, on_signal);
    say(rotated, "one\n");
    cr_assert_eq(rename("log", "old"), 0);
    say(rotated, "two\n");
    errno = ENOTTY;
    raise(SIGUSR1);
    cr_expect_eq(errno, ENOTTY);
    say(rotated, "three\n");
    cr_expect(file_is("old", "one\ntwo\n"));
    cr_expect(file_is("log", "three\n"));
    stator_log_destroy(rotated);
}

/* True if any descriptor above the standard three is open without close-on-exec. */
static bool leaks_into_children(const bool *before)
{
    for (int fd = 3; fd < 256; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0 && !before[fd]) {
            return true;
        }
    }
    return false;
}

static int count_open(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

Test(log, rotation_keeps_one_descriptor_and_closes_it_on_exec)
{
    bool before[256] = {false};
    for (int fd = 0; fd < 256; fd++) {
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    }
    int open_before = count_open();
    struct stator_log *log = open_log("log"), *standard = open_log("-");
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(stator_log_reopen(log), 0);
    }
    cr_expect_eq(count_open(), open_before + 2);
    cr_expect_not(leaks_into_children(before));
    stator_log_destroy(standard);
    stator_log_destroy(log);
    cr_expect_eq(count_open(), open_before);
}

Test(log, rotation_that_fails_keeps_the_old_file)
{
    cr_assert_eq(mkdir("in", 0700), 0);
    struct stator_log *log = open_log("in/log");
    cr_assert_eq(rename("in/log", "old"), 0);
    cr_assert_eq(rmdir("in"), 0);
    errno = ENOTTY;
    cr_expect_eq(stator_log_reopen(log), -ENOENT);
    cr_expect_eq(errno, ENOTTY, "a signal handler must leave errno alone");
    say(log, "still here\n");
    cr_expect(file_is("old", "still here\n"));
    stator_log_destroy(log);
}

Test(log, a_full_pipe_drops_counts_and_tears_nothing)
{
    struct stator_log *log;
    int reader = open_fifo(&log), added = 0;
    struct stator_log_batch batch;
    struct stator_text text = {0};
    stator_log_batch_init(&batch, log);
    while (add(&batch, 0, added, 90)) {
        stator_log_batch_flush(&batch, 0, added % 100 == 0);
        added++;
        cr_assert_lt(added, 1000000, "a batch must have a bound");
    }
    cr_expect_geq(batch.lines.length, STATOR_LOG_BATCH_MAX);
    cr_expect_lt(batch.lines.length, STATOR_LOG_BATCH_MAX + 200);
    for (int i = 1; i < 500; i++) {
        cr_expect_not(add(&batch, 0, added + i, 90));
    }
    cr_expect_eq(batch.dropped, 500);
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 90, false), added);
    cr_expect_leq(batch.lines.capacity, 2 * STATOR_LOG_BATCH, "a jam's memory is given back");

    cr_expect(add(&batch, 0, added + 500, 90));
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 90, true), added + 1);
    cr_expect_eq(batch.dropped, 500);
    stator_text_finish(&text);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(reader);
}

Test(log, a_refused_batch_is_tried_again_only_after_the_delay)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    struct stator_text text = {0};
    stator_log_batch_init(&batch, log);
    fill(&batch, 1000, 5000);
    stator_log_batch_flush(&batch, 2000, false);
    read_more(reader, &text);
    size_t taken = text.length;
    cr_expect_gt(taken, 0);
    cr_expect(stator_log_batch_waits(&batch));
    stator_log_batch_flush(&batch, 2000 + STATOR_LOG_DELAY_MS - 1, false);
    read_more(reader, &text);
    cr_expect_eq(text.length, taken);
    stator_log_batch_flush(&batch, 2000 + STATOR_LOG_DELAY_MS, false);
    read_more(reader, &text);
    cr_expect_gt(text.length, taken);
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 90, false), 5000);
    stator_text_finish(&text);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(reader);
}

/* Longer than any atomic write: in pieces, but the rest of a line is what goes next. */
Test(log, long_lines_pass_through_a_pipe_whole)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    struct stator_text text = {0};
    stator_log_batch_init(&batch, log);
    for (int i = 0; i < 40; i++) {
        cr_assert(add(&batch, 0, i, 3 * PIPE_BUF + 17));
    }
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 3 * PIPE_BUF + 17, false), 40);
    cr_expect_eq(batch.dropped, 0);
    stator_text_finish(&text);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(reader);
}

Test(log, a_broken_pipe_loses_its_lines_and_counts_them)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    close(reader);
    fill(&batch, 0, 1000);
    stator_log_batch_flush(&batch, 0, true);
    cr_expect_eq(batch.dropped, 1000);
    cr_expect_not(stator_log_batch_waits(&batch));
    cr_expect(add(&batch, 0, 1000, 90));
    stator_log_batch_finish(&batch);
    cr_expect_eq(batch.dropped, 1001);
    stator_log_destroy(log);
}

Test(log, a_full_disk_drops_past_the_bound)
{
    if (access("/dev/full", W_OK) != 0) {
        cr_skip_test("this system has no /dev/full");
    }
    struct stator_log *log = open_log("/dev/full");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    int added = 0;
    while (add(&batch, 0, added, 90)) {
        added++;
        cr_assert_lt(added, 1000000, "a batch must have a bound");
    }
    stator_log_batch_flush(&batch, 0, true);
    cr_expect_eq(batch.dropped, 1);
    stator_log_batch_finish(&batch);
    cr_expect_eq(batch.dropped, (uint64_t)added + 1);
    stator_log_destroy(log);
}

/* A limit on the file's size stands for a disk that fills up in the middle of a line. */
Test(log, a_disk_that_has_room_again_gets_the_rest_of_the_line)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit small = {.rlim_cur = 50005, .rlim_max = limit.rlim_max};
    struct stator_log *log = open_log("log");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    fill(&batch, 0, 1000);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    stator_log_batch_flush(&batch, 0, true);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(size_of("log"), 50005);
    cr_expect(stator_log_batch_waits(&batch));
    stator_log_batch_finish(&batch);
    cr_expect_eq(batch.dropped, 0);
    struct stator_text text = read_file("log");
    cr_expect_eq(check_lines(&text, 90, false), 1000);
    stator_text_finish(&text);
    stator_log_destroy(log);
}

/* As many lines as fit, of which none can be written: finish must come back, and count them. */
Test(log, finish_gives_up_on_a_pipe_that_nobody_reads)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    struct stator_text text = {0};
    stator_log_batch_init(&batch, log);
    fill(&batch, 0, 5000);
    stator_log_batch_finish(&batch);
    read_more(reader, &text);
    cr_expect_eq(check_lines(&text, 90, false) + (int)batch.dropped, 5000);
    cr_expect_gt(batch.dropped, 0);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
}

static void wait_for(pid_t child)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0);
}

/* The writer is a child, so that the pipe ends with it. */
static void finish_in_child(struct stator_log *log, int lines)
{
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    for (int i = 0; i < lines; i++) {
        add(&batch, 0, i, 90);
    }
    stator_log_batch_finish(&batch);
    _exit(batch.dropped == 0 ? 0 : 1);
}

Test(log, finish_waits_for_a_pipe_that_is_read)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_text text = {0};
    pid_t child = fork();
    if (child == 0) {
        finish_in_child(log, 5000);
    }
    cr_assert_gt(child, 0);
    stator_log_destroy(log);
    cr_assert_eq(fcntl(reader, F_SETFL, 0), 0);
    read_more(reader, &text);
    wait_for(child);
    cr_expect_eq(check_lines(&text, 90, false), 5000);
    stator_text_finish(&text);
    close(reader);
}

enum { EACH = 4000, WIDTH = 200 };

/* A child that writes its share of numbered lines, from two batches at once. */
static pid_t start_writer(struct stator_log *log, int share)
{
    pid_t child = fork();
    if (child != 0) {
        cr_assert_gt(child, 0);
        return child;
    }
    struct stator_log_batch batches[2];
    stator_log_batch_init(&batches[0], log);
    stator_log_batch_init(&batches[1], log);
    for (int i = 0; i < EACH; i++) {
        add(&batches[i % 2], i, share * EACH + i, WIDTH);
        stator_log_batch_flush(&batches[i % 2], i, i % 7 == 0);
    }
    stator_log_batch_finish(&batches[0]);
    stator_log_batch_finish(&batches[1]);
    _exit(0);
}

/* Checks that each line of both writers is there once and whole, in whatever order. */
static void check_shares(const struct stator_text *text)
{
    static bool seen[2 * EACH];
    char wanted[WIDTH + 20];
    struct stator_span rest = stator_text_span(text);
    int count = 0;
    for (; rest.length > 0; count++) {
        int number = atoi(rest.at);
        cr_assert(number >= 0 && number < 2 * EACH && !seen[number], "%d", number);
        seen[number] = true;
        int length = snprintf(wanted, sizeof(wanted), "%08d %0*d\n", number, WIDTH, number);
        cr_assert(stator_span_starts(rest, (struct stator_span){wanted, (size_t)length}), "%d",
                  number);
        rest = stator_span_skip(rest, (size_t)length);
    }
    cr_expect_eq(count, 2 * EACH);
}

/* Each child has a sink of its own; `reader`, if any, reads until both have gone. */
static void write_by_two(const char *path, int reader, struct stator_text *out)
{
    struct stator_log *logs[2] = {open_log(path), open_log(path)};
    pid_t children[2] = {start_writer(logs[0], 0), start_writer(logs[1], 1)};
    stator_log_destroy(logs[0]);
    stator_log_destroy(logs[1]);
    if (reader >= 0) {
        read_more(reader, out);
    }
    wait_for(children[0]);
    wait_for(children[1]);
}

Test(log, two_sinks_on_one_file_tear_nothing)
{
    write_by_two("log", -1, NULL);
    struct stator_text text = read_file("log");
    check_shares(&text);
    stator_text_finish(&text);
}

Test(log, two_sinks_on_one_pipe_tear_nothing)
{
    struct stator_log *log;
    struct stator_text text = {0};
    int reader = open_fifo(&log);
    cr_assert_eq(fcntl(reader, F_SETFL, 0), 0);
    stator_log_destroy(log);
    write_by_two("fifo", reader, &text);
    check_shares(&text);
    stator_text_finish(&text);
    close(reader);
}

/* Puts `fd` in the place of standard output while a log is opened on it. */
static struct stator_log *open_standard(int fd)
{
    int kept = dup(STDOUT_FILENO);
    cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    struct stator_log *log = open_log("-");
    cr_assert_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    close(kept);
    return log;
}

/* The two ends of what a log may be written to; [0] is read from, without waiting. */
static void open_pipe(int out[2])
{
    cr_assert_eq(pipe(out), 0);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
}

static void open_sockets(int out[2])
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
}

static void open_terminal(int out[2])
{
    out[0] = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    cr_assert(out[0] >= 0 && grantpt(out[0]) == 0 && unlockpt(out[0]) == 0);
    out[1] = open(ptsname(out[0]), O_RDWR | O_NOCTTY);
    cr_assert_geq(out[1], 0);
}

static const struct outlet {
    const char *label;
    void (*open)(int out[2]);
    int width; /* of the lines */
} outlets[] = {
    {"pipe", open_pipe, 90},         {"pipe, long lines", open_pipe, 2 * PIPE_BUF + 17},
    {"terminal", open_terminal, 90}, {"terminal, long lines", open_terminal, 2 * PIPE_BUF + 17},
    {"socket", open_sockets, 90},    {"socket, long lines", open_sockets, 2 * PIPE_BUF + 17},
};

enum { OUTLETS = sizeof(outlets) / sizeof(outlets[0]), CREW = 4, TASK = 40000 };

/* A terminal ends its lines with CR LF. */
static void forget_returns(struct stator_text *text)
{
    size_t length = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (text->at[i] != '\r') {
            text->at[length++] = text->at[i];
        }
    }
    text->length = length;
}

/* A thread with a batch of its own, which adds its share of lines to a log. */
struct member {
    pthread_t thread;
    struct stator_log_batch batch;
    int share;
    int width;
    int lines;
};

static void *work(void *context)
{
    struct member *member = context;
    for (int i = 0; i < member->lines; i++) {
        add(&member->batch, 0, member->share * TASK + i, member->width);
        stator_log_batch_flush(&member->batch, 0, true);
    }
    return NULL;
}

static void run_crew(struct stator_log *log, struct member *crew, int width, int lines)
{
    for (int i = 0; i < CREW; i++) {
        crew[i] = (struct member){.share = i, .width = width, .lines = lines};
        stator_log_batch_init(&crew[i].batch, log);
        cr_assert_eq(pthread_create(&crew[i].thread, NULL, work, &crew[i]), 0);
    }
    for (int i = 0; i < CREW; i++) {
        pthread_join(crew[i].thread, NULL);
    }
}

/* Reads and flushes, the last thread's batch first, until nothing waits anywhere. */
static void pump_crew(struct member *crew, int reader, struct stator_text *out)
{
    for (bool waits = true; waits;) {
        read_more(reader, out);
        waits = false;
        for (int i = CREW - 1; i >= 0; i--) {
            stator_log_batch_flush(&crew[i].batch, 0, true);
            waits = waits || stator_log_batch_waits(&crew[i].batch);
        }
    }
}

/* Checks that every line is whole, and those of each share in order; returns how many. */
static int check_crew(const struct stator_text *text, const struct outlet *outlet)
{
    struct stator_span rest = stator_text_span(text);
    int count = 0, last[CREW] = {-1, -1, -1, -1};
    static char wanted[20000];
    for (; rest.length > 0; count++) {
        int number = atoi(rest.at), share = number / TASK;
        cr_assert(share < CREW && number % TASK > last[share], "%s: %d", outlet->label, number);
        last[share] = number % TASK;
        size_t length =
            (size_t)snprintf(wanted, sizeof(wanted), "%08d %0*d\n", number, outlet->width, number);
        cr_assert(stator_span_starts(rest, (struct stator_span){wanted, length}),
                  "%s: line %d is torn", outlet->label, number);
        rest = stator_span_skip(rest, length);
    }
    return count;
}

/* All that is still on its way once the last writer is gone. */
static void read_to_end(int reader, struct stator_text *out)
{
    fcntl(reader, F_SETFL, 0);
    read_more(reader, out);
}

/*
 * Nobody reads until all threads are through: each call must have come back (what hangs runs into
 * the timeout). Then all that was not counted as dropped must arrive. Standard output is blocking
 * and stays so.
 */
static void jam(const struct outlet *outlet, int lines)
{
    int ends[2];
    outlet->open(ends);
    int flags = fcntl(ends[1], F_GETFL);
    struct stator_log *log = open_standard(ends[1]);
    struct member crew[CREW];
    struct stator_text text = {0};
    uint64_t dropped = 0;
    run_crew(log, crew, outlet->width, lines);
    cr_expect_eq(fcntl(ends[1], F_GETFL), flags, "%s: flags are shared", outlet->label);
    cr_expect_eq(stator_log_reopen(log), 0, "%s: there is no path to open again", outlet->label);
    pump_crew(crew, ends[0], &text);
    for (int i = 0; i < CREW; i++) {
        stator_log_batch_finish(&crew[i].batch);
        dropped += crew[i].batch.dropped;
    }
    stator_log_destroy(log);
    cr_expect_eq(fcntl(ends[1], F_GETFD), 0, "%s: the log closes its own", outlet->label);
    close(ends[1]);
    read_to_end(ends[0], &text);
    forget_returns(&text);
    cr_expect_eq(check_crew(&text, outlet) + (int)dropped, CREW * lines, "%s", outlet->label);
    cr_expect_eq(dropped > 0, lines * outlet->width > (int)STATOR_LOG_BATCH_MAX * 2, "%s",
                 outlet->label);
    stator_text_finish(&text);
    close(ends[0]);
}

Test(log, standard_output_that_nobody_reads_holds_no_thread_up, .timeout = 60)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        jam(&outlets[i], 60);
    }
}

Test(log, what_standard_output_cannot_take_is_dropped_by_lines_and_counted, .timeout = 100)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        jam(&outlets[i], outlets[i].width > PIPE_BUF ? 300 : 30000);
    }
}

/* The reader is slow, and the threads meet again and again where one line got out in part. */
static void *read_slowly(void *context)
{
    struct stator_text *text = ((void **)context)[1];
    int reader = *(int *)((void **)context)[0];
    ssize_t length = 1;
    while (length > 0) {
        char *room = stator_text_reserve(text, 3000);
        length = room != NULL ? read(reader, room, 3000) : -1;
        text->length += length > 0 ? (size_t)length : 0;
    }
    return NULL;
}

Test(log, threads_share_a_slow_standard_output, .timeout = 100)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        int ends[2];
        struct member crew[CREW];
        struct stator_text text = {0};
        pthread_t reader;
        outlets[i].open(ends);
        fcntl(ends[0], F_SETFL, 0);
        struct stator_log *log = open_standard(ends[1]);
        void *context[] = {&ends[0], &text};
        cr_assert_eq(pthread_create(&reader, NULL, read_slowly, context), 0);
        run_crew(log, crew, outlets[i].width, 80);
        for (int j = CREW - 1; j >= 0; j--) {
            stator_log_batch_finish(&crew[j].batch);
            cr_expect_eq(crew[j].batch.dropped, 0, "%s", outlets[i].label);
        }
        stator_log_destroy(log);
        close(ends[1]);
        pthread_join(reader, NULL);
        forget_returns(&text);
        cr_expect_eq(check_crew(&text, &outlets[i]), CREW * 80, "%s", outlets[i].label);
        stator_text_finish(&text);
        close(ends[0]);
    }
}

/* What is open elsewhere would open as something else: the log must keep to what it was given. */
Test(log, the_controlling_side_of_a_terminal_is_written_to_itself, .timeout = 20)
{
    int ends[2];
    char seen[100] = "";
    open_terminal(ends);
    struct stator_log *log = open_standard(ends[0]);
    say(log, "typed\n");
    cr_expect_gt(read(ends[1], seen, sizeof(seen) - 1), 0);
    cr_expect_str_eq(seen, "typed\n");
    stator_log_destroy(log);
    close(ends[0]);
    close(ends[1]);
}

/* A line that was given up in the middle still gets its end, and nothing is glued to it. */
Test(log, a_line_given_up_halfway_is_ended_before_the_next)
{
    int ends[2];
    enum { LONG = 2 * PIPE_BUF + 17, COUNT = 30 };
    struct stator_text text = {0};
    struct stator_log_batch batch;
    open_pipe(ends);
    struct stator_log *log = open_standard(ends[1]);
    stator_log_batch_init(&batch, log);
    for (int i = 0; i < COUNT; i++) {
        cr_expect(add(&batch, 0, i, LONG));
    }
    stator_log_batch_flush(&batch, 0, true);
    cr_expect(batch.owes, "a pipe's room is no multiple of these lines");
    stator_log_batch_finish(&batch);
    cr_expect_not(batch.owes);
    read_more(ends[0], &text);
    cr_expect_neq(text.at[text.length - 1], '\n');
    size_t torn = text.length - stator_span_find_last(stator_text_span(&text), '\n') - 1;
    text.length -= torn;
    cr_expect_eq(check_lines(&text, LONG, false) + (int)batch.dropped, COUNT);
    text.length = 0;
    say(log, "next\n");
    read_more(ends[0], &text);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN_OF("\nnext\n")));
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(ends[0]);
    close(ends[1]);
}

/* With nothing else to write, the rest of a line is reason enough to come back. */
Test(log, the_rest_of_a_line_waits_as_a_line_does)
{
    int ends[2];
    struct stator_text text = {0};
    struct stator_log_batch batch, other;
    open_pipe(ends);
    struct stator_log *log = open_standard(ends[1]);
    stator_log_batch_init(&batch, log);
    stator_log_batch_init(&other, log);
    while (!batch.owes) {
        cr_assert(add(&batch, 0, 0, 2 * PIPE_BUF + 17));
        stator_log_batch_flush(&batch, 0, true);
    }
    cr_expect_eq(batch.lines.length, 0);
    cr_expect(stator_log_batch_waits(&batch));
    read_more(ends[0], &text);
    cr_expect_neq(text.at[text.length - 1], '\n');
    stator_text_add_string(stator_log_batch_line(&other), "other\n");
    stator_log_batch_added(&other, 0);
    stator_log_batch_flush(&other, 0, true);
    read_more(ends[0], &text);
    cr_expect(stator_span_ends(stator_text_span(&text), STATOR_SPAN_OF("0\nother\n")));
    stator_log_batch_flush(&batch, STATOR_LOG_DELAY_MS, false);
    cr_expect_not(stator_log_batch_waits(&batch));
    stator_log_batch_finish(&batch);
    stator_log_batch_finish(&other);
    cr_expect_eq(batch.dropped + other.dropped, 0);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(ends[0]);
    close(ends[1]);
}

/* One second for all, not for each; the bound is wide, for machines that have other work. */
Test(log, batches_of_one_stuck_sink_share_their_patience, .timeout = 60)
{
    enum { BATCHES = 8 };
    struct stator_log *log;
    int reader = open_fifo(&log), dropped = 0;
    struct stator_log_batch batches[BATCHES];
    struct stator_text text = {0};
    struct stator_clock begin, end;
    for (int i = 0; i < BATCHES; i++) {
        stator_log_batch_init(&batches[i], log);
        fill(&batches[i], 0, 2000);
    }
    stator_clock_read(&begin);
    for (int i = 0; i < BATCHES; i++) {
        stator_log_batch_finish(&batches[i]);
        dropped += (int)batches[i].dropped;
    }
    stator_clock_read(&end);
    cr_expect_lt(end.monotonic - begin.monotonic, 4000);
    read_more(reader, &text);
    cr_expect_eq(check_lines(&text, 90, false) + dropped, BATCHES * 2000);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
}

Test(log, a_terminal_gets_its_lines_at_once)
{
    int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert(keyboard >= 0 && grantpt(keyboard) == 0 && unlockpt(keyboard) == 0);
    struct stator_log *log = open_log(ptsname(keyboard));
    cr_expect(stator_log_is_terminal(log));
    struct stator_log_batch batch;
    char seen[100] = "";
    stator_log_batch_init(&batch, log);
    cr_expect(add(&batch, 1000, 7, 1));
    stator_log_batch_flush(&batch, 1000, false);
    cr_expect_not(stator_log_batch_waits(&batch));
    cr_expect_gt(read(keyboard, seen, sizeof(seen) - 1), 0);
    cr_expect_str_eq(seen, "00000007 7\r\n");
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(keyboard);
}

/* A line for which there is no memory leaves nothing behind, and the next one is whole. */
Test(log, a_line_that_memory_was_not_enough_for_is_dropped_whole)
{
    struct stator_log *log = open_log("log");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    for (int i = 0; i < 2; i++) {
        cr_expect(add(&batch, 0, i, 5));
        struct stator_text *text = stator_log_batch_line(&batch);
        stator_text_add_string(text, "half a line");
        cr_expect_null(stator_text_reserve(text, SIZE_MAX));
        stator_log_batch_added(&batch, 0);
    }
    stator_log_batch_finish(&batch);
    struct stator_text text = read_file("log");
    cr_expect_eq(check_lines(&text, 5, false), 2);
    cr_expect_eq(batch.dropped, 2);
    stator_text_finish(&text);
    stator_log_destroy(log);
}
