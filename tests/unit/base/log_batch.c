/* The lines of one thread: when they are written, and that none is lost without being counted. */
#include "log_fixture.h"

#include <sys/resource.h>

#include "base/clock.h"

TestSuite(log_batch, .init = set_up, .fini = tear_down);

Test(log_batch, a_batch_is_written_when_due)
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
        cr_expect_eq(stator_log_lost(log), 0, "%s", rows[i].label);
        stator_text_finish(&text);
        stator_log_destroy(log);
        unlink("log");
    }
}

/* A line's age starts anew with each batch, not with the first line ever. */
Test(log_batch, age_is_that_of_what_waits)
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

Test(log_batch, a_full_pipe_loses_counts_and_tears_nothing)
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
    cr_expect_eq(stator_log_lost(log), 500);
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 90, false), added);
    cr_expect_leq(batch.lines.capacity, 2 * STATOR_LOG_BATCH, "a jam's memory is given back");

    cr_expect(add(&batch, 0, added + 500, 90));
    pump(&batch, reader, &text);
    cr_expect_eq(check_lines(&text, 90, true), added + 1);
    cr_expect_eq(stator_log_lost(log), 500);
    stator_text_finish(&text);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(reader);
}

Test(log_batch, a_refused_batch_is_tried_again_only_after_the_delay)
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
Test(log_batch, long_lines_pass_through_a_pipe_whole)
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
    cr_expect_eq(stator_log_lost(log), 0);
    stator_text_finish(&text);
    stator_log_batch_finish(&batch);
    stator_log_destroy(log);
    close(reader);
}

Test(log_batch, a_broken_pipe_loses_its_lines_and_counts_them)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    stator_log_batch_init(&batch, log);
    close(reader);
    fill(&batch, 0, 1000);
    stator_log_batch_flush(&batch, 0, true);
    cr_expect_eq(stator_log_lost(log), 1000);
    cr_expect_not(stator_log_batch_waits(&batch));
    cr_expect(add(&batch, 0, 1000, 90));
    stator_log_batch_finish(&batch);
    cr_expect_eq(stator_log_lost(log), 1001);
    stator_log_destroy(log);
}

Test(log_batch, a_full_disk_loses_past_the_bound)
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
    cr_expect_eq(stator_log_lost(log), 1);
    stator_log_batch_finish(&batch);
    cr_expect_eq(stator_log_lost(log), (uint64_t)added + 1);
    stator_log_destroy(log);
}

/* A limit on the file's size stands for a disk that fills up in the middle of a line. */
Test(log_batch, a_disk_that_has_room_again_gets_the_rest_of_the_line)
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
    cr_expect_eq(stator_log_lost(log), 0);
    struct stator_text text = read_file("log");
    cr_expect_eq(check_lines(&text, 90, false), 1000);
    stator_text_finish(&text);
    stator_log_destroy(log);
}

/* Whoever comes first when there is room again writes the end of the other one's line. */
Test(log_batch, a_line_that_a_full_disk_tore_is_glued_to_no_other)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit small = {.rlim_cur = 50005, .rlim_max = limit.rlim_max};
    struct stator_log *log = open_log("log");
    struct stator_log_batch torn, other;
    stator_log_batch_init(&torn, log);
    stator_log_batch_init(&other, log);
    fill(&torn, 0, 501); /* the last of them is torn */
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    stator_log_batch_flush(&torn, 0, true);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(size_of("log"), 50005);
    for (int i = 501; i < 600; i++) {
        cr_expect(add(&other, 0, i, 90));
    }
    stator_log_batch_finish(&other);
    stator_log_batch_finish(&torn);
    cr_expect_eq(stator_log_lost(log), 0);
    struct stator_text text = read_file("log");
    cr_expect_eq(check_lines(&text, 90, false), 600);
    stator_text_finish(&text);
    stator_log_destroy(log);
}

/* What is owed to a file is not owed to the one that takes its place. */
Test(log_batch, a_new_file_does_not_begin_within_a_line)
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
    cr_assert_eq(rename("log", "old"), 0);
    cr_assert_eq(stator_log_reopen(log), 0);
    stator_log_batch_finish(&batch);
    cr_expect_eq(stator_log_lost(log), 1);
    struct stator_text text = read_file("log");
    int whole = check_lines(&text, 90, true);
    cr_expect_gt(whole, 0);
    cr_expect_lt(whole, 1000);
    cr_expect_eq(text.length % (size_t)whole, 0, "whole lines of one length");
    stator_text_finish(&text);
    stator_log_destroy(log);
}

/* As many lines as fit, of which none can be written: finish must come back, and count them. */
Test(log_batch, finish_gives_up_on_a_pipe_that_nobody_reads)
{
    struct stator_log *log;
    int reader = open_fifo(&log);
    struct stator_log_batch batch;
    struct stator_text text = {0};
    stator_log_batch_init(&batch, log);
    fill(&batch, 0, 5000);
    stator_log_batch_finish(&batch);
    read_more(reader, &text);
    cr_expect_eq(check_lines(&text, 90, false) + (int)stator_log_lost(log), 5000);
    cr_expect_gt(stator_log_lost(log), 0);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
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
    _exit(stator_log_lost(log) == 0 ? 0 : 1);
}

Test(log_batch, finish_waits_for_a_pipe_that_is_read)
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

/* A line that was given up in the middle still gets its end, and nothing is glued to it. */
Test(log_batch, a_line_given_up_halfway_is_ended_before_the_next)
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
    cr_expect(stator_log_has_pending(log), "a pipe's room is no multiple of these lines");
    stator_log_batch_finish(&batch);
    read_more(ends[0], &text);
    cr_expect_neq(text.at[text.length - 1], '\n');
    size_t torn = text.length - stator_span_find_last(stator_text_span(&text), '\n') - 1;
    text.length -= torn;
    cr_expect_eq(check_lines(&text, LONG, false) + (int)stator_log_lost(log), COUNT);
    text.length = 0;
    say(log, "next\n");
    read_more(ends[0], &text);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN("\nnext\n")));
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(ends[0]);
    close(ends[1]);
}

/* With nothing else to write, the rest of a line is reason enough to come back. */
Test(log_batch, the_rest_of_a_line_waits_as_a_line_does)
{
    int ends[2];
    struct stator_text text = {0};
    struct stator_log_batch batch, other;
    open_pipe(ends);
    struct stator_log *log = open_standard(ends[1]);
    stator_log_batch_init(&batch, log);
    stator_log_batch_init(&other, log);
    while (!stator_log_has_pending(log)) {
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
    cr_expect(stator_span_ends(stator_text_span(&text), STATOR_SPAN("0\nother\n")));
    stator_log_batch_flush(&batch, STATOR_LOG_DELAY_MS, false);
    cr_expect_not(stator_log_batch_waits(&batch));
    stator_log_batch_finish(&batch);
    stator_log_batch_finish(&other);
    cr_expect_eq(stator_log_lost(log), 0);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(ends[0]);
    close(ends[1]);
}

/* One second for all, not for each; the bound is wide, for machines that have other work. */
Test(log_batch, batches_of_one_stuck_sink_share_their_patience, .timeout = 60)
{
    enum { BATCHES = 8 };
    struct stator_log *log;
    int reader = open_fifo(&log);
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
    }
    stator_clock_read(&end);
    cr_expect_lt(end.monotonic - begin.monotonic, 4000);
    read_more(reader, &text);
    cr_expect_eq(check_lines(&text, 90, false) + (int)stator_log_lost(log), BATCHES * 2000);
    stator_text_finish(&text);
    stator_log_destroy(log);
    close(reader);
}

Test(log_batch, a_terminal_gets_its_lines_at_once)
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
Test(log_batch, a_line_that_memory_was_not_enough_for_is_lost_whole)
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
    cr_expect_eq(stator_log_lost(log), 2);
    stator_text_finish(&text);
    stator_log_destroy(log);
}
