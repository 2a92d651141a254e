/* Sentences that say why: each comes with its cause in the data, and not without it. */
#include "lab/report/findings.h"

#include <criterion/criterion.h>
#include <string.h>

#include "lab/workload/workload.h"

static struct stator_view *see(const struct stator_result *result)
{
    struct stator_view *view = NULL;

    cr_assert_eq(stator_view_create(result, stator_workload_find, &view), 0);
    return view;
}

struct figure {
    const char *arch, *workload;
    double level;
    enum stator_metric metric;
    double value;
};

/* A result of two repetitions that agree. */
static struct stator_result *make(const struct figure *figures, size_t count)
{
    struct stator_result *result = stator_result_create();

    for (size_t i = 0; i < 2 * count; i++) {
        const struct figure *figure = &figures[i / 2];
        struct stator_trial *trial =
            stator_result_trial(result, figure->arch, figure->workload, figure->level, "there");

        cr_assert_not_null(trial);
        trial->repetition = i % 2;
        trial->values[figure->metric] = figure->value;
    }
    return result;
}

/* What was seen of the first workload has a line that is `wanted`; NULL: nothing with `without`. */
static void expect_line(struct stator_result *result, const char *wanted, const char *without)
{
    struct stator_view *view = see(result);
    struct stator_text text = {0};

    stator_findings_saw(view, 0, &text);
    cr_expect_eq(text.at[text.length - 1], '\n');
    stator_text_add_char(&text, '\0');
    if (wanted != NULL) {
        cr_expect_not_null(strstr(text.at, wanted), "'%s' is not in: %s", wanted, text.at);
    }
    if (without != NULL) {
        cr_expect_null(strstr(text.at, without), "'%s' is in: %s", without, text.at);
    }
    stator_text_finish(&text);
    stator_view_destroy(view);
    stator_result_destroy(result);
}

/* 10 % of the requests miss, for 8 ms: 10,000 a second keep 8 channels busy, 1,250 one. */
Test(findings, channels)
{
    const struct figure both[] = {
        {"event", "disk", 10, STATOR_METRIC_RATE, 1250},
        {"amped", "disk", 10, STATOR_METRIC_RATE, 10000},
    };

    expect_line(make(both, 2), "amped keeps up to 8.0 channels of the disk busy at a time. event",
                NULL);
    expect_line(make(both, 2), "event keeps at most 1.0 of them busy: while one request waits",
                NULL);
    expect_line(make(both + 1, 1), NULL, "of them busy");
}

Test(findings, channels_of_a_disk_with_one_say_nothing)
{
    const struct figure one = {"event", "disk-one", 25, STATOR_METRIC_RATE, 500};

    expect_line(make(&one, 1), NULL, "channels");
}

Test(findings, memory_of_a_connection)
{
    const struct figure figures[] = {
        {"thread", "idle", 1000, STATOR_METRIC_PER_CONNECTION, 40960},
        {"event", "idle", 1000, STATOR_METRIC_PER_CONNECTION, 8192},
        {"event", "idle", 5000, STATOR_METRIC_PER_CONNECTION, 7000},
    };

    expect_line(make(figures, 3),
                "costs 8 KiB of memory in event; 40 KiB of memory in thread, 5.0 times", NULL);
    expect_line(make(figures + 1, 2), "costs 6.84 KiB of memory in event.", "thread");
}

Test(findings, who_answers_nobody)
{
    const struct figure figures[] = {
        {"pool", "idle", 1000, STATOR_METRIC_RATE, 0},
        {"event", "idle", 1000, STATOR_METRIC_RATE, 100},
        {"prefork", "idle", 1000, STATOR_METRIC_FAIRNESS, 0.3},
    };

    expect_line(make(figures, 3), "At there pool answered no request at all", NULL);
    expect_line(make(figures, 3),
                "At there prefork left about half of the clients or more without an answer", NULL);
    expect_line(make(figures + 1, 1), NULL, "answered");
}

/* Who has served nobody needs little, and is not the best by that. */
Test(findings, who_answers_nobody_is_not_ranked)
{
    struct stator_result *result = stator_result_create();
    struct stator_view *view;
    struct stator_rank rank;

    for (unsigned i = 0; i < 4; i++) {
        struct stator_trial *trial =
            stator_result_trial(result, i % 2 == 0 ? "event" : "pool", "idle", 1000, "there");

        trial->repetition = i / 2;
        trial->values[STATOR_METRIC_RATE] = i % 2 == 0 ? 100 : 0;
        trial->values[STATOR_METRIC_MEMORY] = i % 2 == 0 ? 1000 : 10;
        trial->values[STATOR_METRIC_ERRORS] = i % 2 == 0 ? 0 : 1;
    }
    view = see(result);
    stator_rank_make(view, 0, 0, STATOR_METRIC_MEMORY, &rank);
    cr_expect_eq(rank.count, 1u);
    cr_expect_eq(rank.starving, 1u);
    cr_expect_str_eq(rank.cells[0]->cell.arch, "event");
    stator_view_destroy(view);

    for (size_t i = 0; i < result->trial_count; i++) {
        result->trials[i].flags = i % 2 == 0 ? 0 : STATOR_TRIAL_FLAG_ERRORS;
    }
    view = see(result);
    stator_rank_make(view, 0, 0, STATOR_METRIC_RATE, &rank);
    cr_expect_eq(rank.unsound, 1u);
    stator_rank_make(view, 0, 0, STATOR_METRIC_ERRORS, &rank);
    cr_expect_eq(rank.count, 2u, "errors are an answer where they are the question");
    stator_view_destroy(view);
    stator_result_destroy(result);
}

/* None and none are alike, though they have no ratio. */
Test(findings, no_errors_are_a_tie)
{
    const struct figure figures[] = {
        {"event", "convoy", 4, STATOR_METRIC_ERRORS, 0},
        {"thread", "convoy", 4, STATOR_METRIC_ERRORS, 0},
        {"iterative", "convoy", 4, STATOR_METRIC_ERRORS, 1},
    };

    expect_line(make(figures, 3),
                "cannot be told apart and have the lowest errors, about 0 %; "
                "iterative is last with 100 %",
                NULL);
}

/* One loop that stays where it is; and loops of which a tenth is serial, with a little for pairs.
 */
Test(findings, cores_are_told_by_the_law_of_scalability)
{
    static const struct figure figures[] = {
        {"event", "cores", 1, STATOR_METRIC_RATE, 1000},
        {"event", "cores", 2, STATOR_METRIC_RATE, 1000},
        {"event", "cores", 4, STATOR_METRIC_RATE, 1000},
        {"event-threads", "cores", 1, STATOR_METRIC_RATE, 1000},
        {"event-threads", "cores", 2, STATOR_METRIC_RATE, 2000 / 1.11},
        {"event-threads", "cores", 4, STATOR_METRIC_RATE, 4000 / 1.36},
    };

    expect_line(make(figures, 6),
                "event has 1.0 times one core's rate on 4; by the universal scalability law 100.0 "
                "% of its work is done by one core at a time.",
                "each pair of cores costs 1 %");
    expect_line(make(figures, 6),
                "event-threads has 2.9 times one core's rate on 4; by the universal scalability "
                "law 10.0 % of its work is done by one core at a time, each pair of cores costs "
                "0.5 %, and more than 13 would be less.",
                NULL);
}

Test(findings, two_numbers_of_cores_are_no_law)
{
    static const struct figure figures[] = {
        {"event", "cores", 1, STATOR_METRIC_RATE, 1000},
        {"event", "cores", 2, STATOR_METRIC_RATE, 1000},
    };

    expect_line(make(figures, 2), NULL, "scalability");
}
