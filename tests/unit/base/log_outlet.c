/* Whatever a log is written to: that no line is torn, and that nobody waits for it. */
#include "log_fixture.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <termios.h>

TestSuite(log_outlet, .init = set_up, .fini = tear_down);

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

Test(log_outlet, two_sinks_on_one_file_tear_nothing)
{
    write_by_two("log", -1, NULL);
    struct stator_text text = read_file("log");
    check_shares(&text);
    stator_text_finish(&text);
}

Test(log_outlet, two_sinks_on_one_pipe_tear_nothing)
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

/* The side that a terminal program has: what is written there is what somebody types. */
static void open_controller(int out[2])
{
    struct termios raw;
    int ends[2];
    open_terminal(ends);
    cr_assert_eq(tcgetattr(ends[1], &raw), 0);
    cfmakeraw(&raw);
    cr_assert_eq(tcsetattr(ends[1], TCSANOW, &raw), 0);
    fcntl(ends[0], F_SETFL, O_RDWR);
    fcntl(ends[1], F_SETFL, O_RDWR | O_NONBLOCK);
    out[0] = ends[1];
    out[1] = ends[0];
}

enum { LONG = 2 * PIPE_BUF + 17 };

static const struct outlet {
    const char *label;
    void (*open)(int out[2]);
    int width;   /* of the lines */
    bool hidden; /* has no name by which it could be opened again; its flags are not ours */
} outlets[] = {
    {"pipe", open_pipe, 90, false},
    {"pipe, long lines", open_pipe, LONG, false},
    {"terminal", open_terminal, 90, false},
    {"terminal, long lines", open_terminal, LONG, false},
    {"socket", open_sockets, 90, false},
    {"socket, long lines", open_sockets, LONG, false},
    {"controlling side", open_controller, 90, false},
    {"controlling side, long lines", open_controller, LONG, false},
    {"hidden pipe", open_pipe, 90, true},
    {"hidden pipe, long lines", open_pipe, LONG, true},
    {"hidden terminal", open_terminal, 90, true},
    {"hidden terminal, long lines", open_terminal, LONG, true},
};

enum { OUTLETS = sizeof(outlets) / sizeof(outlets[0]), WRITERS = 4, TASK = 40000 };

/* A root without /proc and /dev hides names, for which one must be root: others test the rest. */
static bool is_possible(const struct outlet *outlet)
{
    return !outlet->hidden || geteuid() == 0;
}

static struct stator_log *open_outlet(const struct outlet *outlet, int fd)
{
    if (!outlet->hidden) {
        return open_standard(fd);
    }
    int outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_eq(chroot("."), 0);
    struct stator_log *log = open_standard(fd);
    cr_assert(fchdir(outside) == 0 && chroot(".") == 0 && chdir(directory) == 0);
    close(outside);
    return log;
}

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

static void run_writers(struct stator_log *log, struct member *writers, int width, int lines)
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct member){.share = i, .width = width, .lines = lines};
        stator_log_batch_init(&writers[i].batch, log);
        cr_assert_eq(pthread_create(&writers[i].thread, NULL, work, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
    }
}

/* Reads and flushes, the last thread's batch first, until nothing waits anywhere. */
static void pump_writers(struct member *writers, int reader, struct stator_text *out)
{
    for (bool waits = true; waits;) {
        read_more(reader, out);
        waits = false;
        for (int i = WRITERS - 1; i >= 0; i--) {
            stator_log_batch_flush(&writers[i].batch, 0, true);
            waits = waits || stator_log_batch_waits(&writers[i].batch);
        }
    }
}

/* Checks that every line is whole, and those of each share in order; returns how many. */
static int check_writers(const struct stator_text *text, const struct outlet *outlet)
{
    struct stator_span rest = stator_text_span(text);
    int count = 0, last[WRITERS] = {-1, -1, -1, -1};
    static char wanted[20000];
    for (; rest.length > 0; count++) {
        int number = atoi(rest.at), share = number / TASK;
        cr_assert(share < WRITERS && number % TASK > last[share], "%s: %d", outlet->label, number);
        last[share] = number % TASK;
        size_t length =
            (size_t)snprintf(wanted, sizeof(wanted), "%08d %0*d\n", number, outlet->width, number);
        cr_assert(stator_span_starts(rest, (struct stator_span){wanted, length}),
                  "%s: line %d is torn", outlet->label, number);
        rest = stator_span_skip(rest, length);
    }
    return count;
}

static int count_lines(struct stator_span text)
{
    int count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += text.at[i] == '\n';
    }
    return count;
}

/* Reads, waiting, until `out` has `lines` lines or the last writer is gone. */
static void read_lines(int reader, int lines, struct stator_text *out)
{
    int count = count_lines(stator_text_span(out));
    ssize_t length = 1;
    fcntl(reader, F_SETFL, 0);
    while (count < lines && length > 0) {
        char *room = stator_text_reserve(out, 3000);
        length = room != NULL ? read(reader, room, 3000) : -1;
        size_t more = length > 0 ? (size_t)length : 0;
        count += count_lines((struct stator_span){room, more});
        out->length += more;
    }
}

/*
 * Nobody reads until all threads are through: each call must have come back (what hangs runs into
 * the timeout). Then all that was not counted as lost must arrive. Standard output is blocking
 * and stays so.
 */
static void jam(const struct outlet *outlet, int lines)
{
    int ends[2];
    outlet->open(ends);
    int flags = fcntl(ends[1], F_GETFL);
    struct stator_log *log = open_outlet(outlet, ends[1]);
    struct member writers[WRITERS];
    struct stator_text text = {0};
    run_writers(log, writers, outlet->width, lines);
    cr_expect_eq(fcntl(ends[1], F_GETFL), flags, "%s: flags are shared", outlet->label);
    cr_expect_eq(stator_log_reopen(log), 0, "%s: there is no path to open again", outlet->label);
    pump_writers(writers, ends[0], &text);
    for (int i = 0; i < WRITERS; i++) {
        stator_log_batch_finish(&writers[i].batch);
    }
    int lost = (int)stator_log_lost(log);
    stator_log_destroy(log);
    cr_expect_eq(fcntl(ends[1], F_GETFD), 0, "%s: the log closes its own", outlet->label);
    /* A terminal forgets what was typed when its controlling side is closed: read that first. */
    read_lines(ends[0], WRITERS * lines - lost, &text);
    close(ends[1]);
    read_more(ends[0], &text);
    forget_returns(&text);
    cr_expect_eq(check_writers(&text, outlet) + lost, WRITERS * lines, "%s", outlet->label);
    cr_expect_eq(lost > 0, lines * outlet->width > (int)STATOR_LOG_BATCH_MAX * 2, "%s",
                 outlet->label);
    stator_text_finish(&text);
    close(ends[0]);
}

Test(log_outlet, standard_output_that_nobody_reads_holds_no_thread_up, .timeout = 60)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        if (is_possible(&outlets[i])) {
            jam(&outlets[i], 60);
        }
    }
}

Test(log_outlet, what_standard_output_cannot_take_is_lost_by_lines_and_counted, .timeout = 100)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        if (is_possible(&outlets[i])) {
            jam(&outlets[i], outlets[i].width > PIPE_BUF ? 300 : 30000);
        }
    }
}

enum { SHARE = 80 };

struct slow {
    int reader;
    struct stator_text text;
};

static void *read_slowly(void *context)
{
    struct slow *slow = context;
    read_lines(slow->reader, WRITERS * SHARE, &slow->text);
    return NULL;
}

/* The threads meet again and again where one line got out in part. */
static void share(const struct outlet *outlet)
{
    int ends[2];
    struct member writers[WRITERS];
    pthread_t thread;
    outlet->open(ends);
    struct slow slow = {.reader = ends[0]};
    struct stator_log *log = open_outlet(outlet, ends[1]);
    cr_assert_eq(pthread_create(&thread, NULL, read_slowly, &slow), 0);
    run_writers(log, writers, outlet->width, SHARE);
    for (int i = WRITERS - 1; i >= 0; i--) {
        stator_log_batch_finish(&writers[i].batch);
    }
    cr_expect_eq(stator_log_lost(log), 0, "%s", outlet->label);
    stator_log_destroy(log);
    pthread_join(thread, NULL);
    close(ends[1]);
    forget_returns(&slow.text);
    cr_expect_eq(check_writers(&slow.text, outlet), WRITERS * SHARE, "%s", outlet->label);
    stator_text_finish(&slow.text);
    close(ends[0]);
}

Test(log_outlet, threads_share_a_slow_standard_output, .timeout = 100)
{
    for (size_t i = 0; i < OUTLETS; i++) {
        if (is_possible(&outlets[i])) {
            share(&outlets[i]);
        }
    }
}

/* True if `fd` is the terminal of this session and never makes a writer wait. */
static bool is_own_terminal(int fd)
{
    return tcgetsid(fd) == getsid(0) && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

/* As after su: the session is ours, its terminal somebody else's. */
Test(log_outlet, the_session_s_terminal_is_opened_again_though_it_is_not_ours, .timeout = 20)
{
    int ends[2], own = 0;
    if (geteuid() != 0) {
        cr_skip_test("only root may become somebody else");
    }
    open_terminal(ends);
    cr_assert(setsid() > 0 || getsid(0) == getpid());
    cr_assert_eq(ioctl(ends[1], TIOCSCTTY, 0), 0);
    cr_assert_eq(fchmod(ends[1], 0600), 0);
    cr_assert_eq(seteuid(65534), 0);
    struct stator_log *log = open_standard(ends[1]);
    cr_assert_eq(seteuid(0), 0);
    for (int fd = 3; fd < 64; fd++) {
        own += fd != ends[0] && is_own_terminal(fd);
    }
    cr_expect_eq(own, 1);
    char seen[100] = "";
    say(log, "line\n");
    cr_expect_gt(read(ends[0], seen, sizeof(seen) - 1), 0);
    cr_expect_str_eq(seen, "line\r\n");
    stator_log_destroy(log);
    signal(SIGHUP, SIG_IGN); /* which the end of a session's terminal sends */
    close(ends[0]);
    close(ends[1]);
}

/* What is open elsewhere would open as something else: the log must keep to what it was given. */
Test(log_outlet, the_controlling_side_of_a_terminal_is_written_to_itself, .timeout = 20)
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
