/* The log as a sink: opened, opened again, and that what it loses is told. */
#include "log_fixture.h"

TestSuite(log, .init = set_up, .fini = tear_down);

Test(log, off_takes_nothing_and_loses_nothing)
{
    struct stator_log *log = open_log("off");
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    cr_expect_not(stator_log_is_on(log));
    cr_expect_not(stator_log_is_terminal(log));
    cr_expect_null(stator_log_batch_line(&batch));
    stator_log_batch_flush(&batch, 0, true);
    stator_log_batch_finish(&batch);
    cr_expect_eq(stator_log_lost(log), 0);
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
    struct stator_log *log = open_log("log"), *to_stdout = open_log("-");
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(stator_log_reopen(log), 0);
    }
    cr_expect_eq(count_open(), open_before + 2);
    cr_expect_not(leaks_into_children(before));
    stator_log_destroy(to_stdout);
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

static int told;

static void on_loss(void *context)
{
    told += context == &told;
}

Test(log, a_loss_is_told_when_it_begins_and_again_for_a_new_file)
{
    struct stator_log *log = open_log("log");
    stator_log_watch(log, on_loss, &told);
    cr_expect_eq(stator_log_why_lost(log), 0);
    stator_log_lose(log, 0, -EIO);
    cr_expect_eq(told, 0, "nothing is no loss");
    stator_log_lose(log, 2, -ENOSPC);
    stator_log_lose(log, 3, -EAGAIN);
    cr_expect_eq(told, 1);
    cr_expect_eq(stator_log_lost(log), 5);
    cr_expect_eq(stator_log_why_lost(log), -EAGAIN);
    cr_expect_eq(stator_log_reopen(log), 0);
    stator_log_lose(log, 1, -ENOSPC);
    cr_expect_eq(told, 2);
    stator_log_watch(log, NULL, NULL);
    cr_expect_eq(stator_log_reopen(log), 0);
    stator_log_lose(log, 1, -ENOSPC);
    cr_expect_eq(told, 2);
    cr_expect_eq(stator_log_lost(log), 7);
    stator_log_destroy(log);
}

/* Lines as numbers, so that a piece of them is not one of another place. */
static void add_numbers(struct stator_text *text, int count)
{
    for (int i = 0; i < count; i++) {
        stator_text_add_format(text, "%08d\n", i);
    }
}

Test(log, what_is_refused_is_left_to_the_byte_or_owed)
{
    struct stator_log *log;
    struct stator_text text = {0}, seen = {0};
    int reader = open_fifo(&log);
    add_numbers(&text, 100000);
    struct stator_span left = stator_text_span(&text);
    while (left.length > 0) {
        int error = stator_log_write(log, &left);
        cr_assert(left.length > 0 ? error == -EAGAIN : error == 0);
        cr_expect(left.length == 0 || left.at[-1] == '\n');
        read_more(reader, &seen);
    }
    cr_expect_not(stator_log_has_pending(log));
    cr_expect(stator_span_equal(stator_text_span(&seen), stator_text_span(&text)));
    close(reader);
    left = STATOR_SPAN("one\ntwo\n");
    cr_expect_eq(stator_log_write(log, &left), -EPIPE);
    cr_expect_eq(left.length, strlen("one\ntwo\n"));
    cr_expect_eq(stator_log_lost(log), 0, "to count is for who has the lines");
    stator_text_finish(&text);
    stator_text_finish(&seen);
    stator_log_destroy(log);
}

/* Leaves a line in the sink of which a part has gone out. */
static void tear(struct stator_log *log, int reader, struct stator_text *out)
{
    struct stator_text text = {0};
    while (!stator_log_has_pending(log)) {
        stator_text_clear(&text);
        stator_text_add_format(&text, "%0*d\n", 2 * PIPE_BUF + 17, 7);
        struct stator_span left = stator_text_span(&text);
        stator_log_write(log, &left);
    }
    read_more(reader, out);
    cr_expect_neq(out->at[out->length - 1], '\n');
    stator_text_finish(&text);
}

Test(log, a_line_that_is_given_up_is_lost_but_ended)
{
    struct stator_log *log;
    struct stator_text text = {0};
    int reader = open_fifo(&log);
    tear(log, reader, &text);
    for (int i = 0; i < 2; i++) {
        stator_log_give_up(log, -ENOSPC);
        cr_expect(stator_log_has_pending(log));
        cr_expect_eq(stator_log_lost(log), 1, "once");
    }
    cr_expect_eq(stator_log_why_lost(log), -ENOSPC);
    text.length = 0;
    struct stator_span next = STATOR_SPAN_INIT("next\n");
    cr_expect_eq(stator_log_write(log, &next), 0);
    read_more(reader, &text);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN("\nnext\n")));
    stator_log_give_up(log, -ENOSPC);
    cr_expect_eq(stator_log_lost(log), 1);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
}

/* A new reader did not see the beginning: it gets no rest. */
Test(log, a_torn_line_goes_with_its_reader)
{
    struct stator_log *log;
    struct stator_text text = {0};
    int reader = open_fifo(&log);
    tear(log, reader, &text);
    close(reader);
    struct stator_span lines = STATOR_SPAN_INIT("next\n");
    cr_expect_eq(stator_log_write(log, &lines), -EPIPE);
    cr_expect_eq(stator_log_lost(log), 1);
    cr_expect_eq(stator_log_why_lost(log), -EPIPE);
    cr_expect_not(stator_log_has_pending(log));
    text.length = 0;
    reader = open("fifo", O_RDONLY | O_NONBLOCK);
    cr_expect_eq(stator_log_write(log, &lines), 0);
    read_more(reader, &text);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN("next\n")));
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
}

/* --- processes ------------------------------------------------------------------------------- */

Test(log, a_path_opened_again_by_one_process_is_followed_by_all)
{
    struct stator_log *log = open_log("log");
    int parent[2], child[2];
    char byte = 0;
    cr_assert(pipe(parent) == 0 && pipe(child) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        say(log, "child 1\n");
        bool heard = write(child[1], "x", 1) == 1 && read(parent[0], &byte, 1) == 1;
        say(log, "child 2\n");
        _exit(!heard);
    }
    cr_assert_eq(read(child[0], &byte, 1), 1);
    cr_assert_eq(rename("log", "old"), 0);
    cr_expect_eq(stator_log_reopen(log), 0);
    say(log, "parent\n");
    cr_expect_eq(write(parent[1], "x", 1), 1);
    wait_for(pid);
    cr_expect(file_is("old", "child 1\n"));
    cr_expect(file_is("log", "parent\nchild 2\n"));
    stator_log_destroy(log);
}

Test(log, what_children_lose_is_counted_with_all_the_rest)
{
    struct stator_log *log = open_log("/dev/full");
    pid_t pid = fork();
    if (pid == 0) {
        say(log, "one\n");
        say(log, "two\n");
        _exit(0);
    }
    wait_for(pid);
    say(log, "three\n");
    cr_expect_eq(stator_log_lost(log), 3);
    cr_expect_eq(stator_log_why_lost(log), -ENOSPC);
    stator_log_destroy(log);
}
