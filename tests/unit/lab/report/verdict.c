/* Ranks, trends, claims and sentences: each must change when the data do. */
#include "lab/report/verdict.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/report/claims.h"
#include "lab/result/figure.h"
#include "unit/lab/report/golden.h"

/* Five repetitions around a value. */
static void add_flagged(struct stator_result *result, const char *arch, const char *workload,
                        double level, enum stator_metric metric, double value, unsigned flags)
{
    static const double noise[] = {0.99, 1.01, 1, 0.995, 1.005};

    for (unsigned i = 0; i < 5; i++) {
        struct stator_trial *trial = stator_result_trial(result, arch, workload, level, "there");

        cr_assert_not_null(trial);
        trial->repetition = i;
        trial->values[metric] = value * noise[(i + strlen(arch)) % 5];
        trial->flags = flags;
    }
}

static void add(struct stator_result *result, const char *arch, const char *workload, double level,
                double rate)
{
    add_flagged(result, arch, workload, level, STATOR_METRIC_RATE, rate, 0);
}

static void expect_sentence(const struct stator_result *result, unsigned index, const char *part)
{
    struct stator_view *view = golden_view(result);
    struct stator_text text = {0};

    stator_verdict_add(view, index, &text);
    stator_text_add_char(&text, '\0');
    cr_expect_not_null(strstr(text.at, part), "'%s' is not in: %s", part, text.at);
    cr_expect_eq(text.at[text.length - 2], '.', "%s", text.at);
    stator_text_finish(&text);
    stator_view_destroy(view);
}

/* The first of three verdicts for the same question. */
Test(verdict, follows_the_data)
{
    struct stator_result *result = stator_result_create();

    expect_sentence(result, 0, "not measured (workload hot)");
    add(result, "event", "hot", 8, 1000);
    add(result, "thread", "hot", 8, 1010);
    expect_sentence(result, 0, "thread and event answer");
    expect_sentence(result, 0, "too close to call: here the design does not matter");
    add(result, "pool", "hot", 8, 250);
    expect_sentence(result, 0, "and the last one, pool, is behind by a factor of 4.0");
    add_flagged(result, "amped", "hot", 8, STATOR_METRIC_RATE, 9000, STATOR_TRIAL_FLAG_UNSTEADY);
    expect_sentence(result, 0, "; 1 marked row not counted");
    add_flagged(result, "select", "hot", 8, STATOR_METRIC_RATE, 2000,
                STATOR_TRIAL_FLAG_CLIENT_LIMITED);
    expect_sentence(result, 0, "select answers");
    expect_sentence(result, 0, "the load generator was the limit");
    stator_result_destroy(result);
}

Test(verdict, disk_and_convoy)
{
    struct stator_result *result = stator_result_create();

    add(result, "event", "disk", 50, 125);
    add(result, "amped", "disk", 50, 1000);
    expect_sentence(result, 1, "amped answers");
    expect_sentence(result, 1, "is behind by a factor of 8.0");
    add_flagged(result, "event", "convoy", 4, STATOR_METRIC_ERRORS, 0, 0);
    expect_sentence(result, 3, "no design failed");
    add_flagged(result, "iterative", "convoy", 4, STATOR_METRIC_ERRORS, 0.5,
                STATOR_TRIAL_FLAG_ERRORS);
    expect_sentence(result, 3, "Behind large downloads: iterative failed 50");
    stator_result_destroy(result);
}

Test(verdict, trust)
{
    struct stator_result *result = stator_result_create();

    expect_sentence(result, 4, "Nothing was measured");
    add(result, "event", "hot", 8, 1000);
    add(result, "thread", "hot", 8, 500);
    result->repetitions = 5;
    expect_sentence(result, 4, "Overall event is among the best in 1 of 1 workloads; of 2 rows 0");
    result->repetitions = 3;
    result->partial = true;
    expect_sentence(result, 4, "the run was broken off; with fewer than 5 repetitions");
    stator_result_destroy(result);
}

Test(rank, best_first_and_ties)
{
    struct stator_result *result = golden_result();
    struct stator_view *view = golden_view(result);
    size_t disk = stator_view_find_workload(view, "disk");
    struct stator_rank rank;

    stator_rank_make(view, disk, 2, STATOR_METRIC_RATE, &rank);
    cr_assert_eq(rank.count, 6u);
    cr_expect_eq(rank.ties, 3u);
    for (size_t i = 1; i < rank.count; i++) {
        cr_expect_geq(stator_view_estimate(view, rank.cells[i - 1], STATOR_METRIC_RATE)->median,
                      stator_view_estimate(view, rank.cells[i], STATOR_METRIC_RATE)->median);
    }
    stator_rank_make(view, disk, 2, STATOR_METRIC_P99, &rank);
    cr_expect_gt(stator_rank_excess(view, &rank, 5, STATOR_METRIC_P99), 7);
    stator_view_destroy(view);
    stator_result_destroy(result);
}

Test(view, order)
{
    static const char *const archs[] = {"iterative", "thread", "pool:workers=8",
                                        "select",    "event",  "amped"};
    struct stator_result *result = golden_result();
    struct stator_view *view = golden_view(result);
    size_t idle = stator_view_find_workload(view, "idle");

    cr_assert_eq(view->arch_count, 6u);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_str_eq(view->archs[i], archs[i]);
    }
    cr_expect_eq(stator_view_find_arch(view, "pool"), 2u, "it is the only one of that name");
    cr_expect_eq(stator_view_find_arch(view, "poo"), 6u);
    cr_expect_eq(view->workloads[idle].level_count, 3u);
    cr_expect_eq(view->workloads[idle].decisive, 2u, "four of six are half of them");
    stator_view_destroy(view);
    stator_result_destroy(result);
}

Test(trend, flat_up_and_down)
{
    static const struct {
        double first, last;
        enum stator_trend_kind kind;
    } rows[] = {
        {100, 110, STATOR_TREND_KIND_FLAT},
        {100, 300, STATOR_TREND_KIND_UP},
        {100, 20, STATOR_TREND_KIND_DOWN},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_result *result = stator_result_create();
        struct stator_view *view;
        struct stator_trend trend;

        add(result, "event", "hot", 1, rows[i].first);
        view = golden_view(result);
        cr_expect_eq(stator_trend_of(view, 0, 0, STATOR_METRIC_RATE).kind,
                     STATOR_TREND_KIND_UNKNOWN);
        stator_view_destroy(view);
        add(result, "event", "hot", 2, rows[i].last);
        view = golden_view(result);
        trend = stator_trend_of(view, 0, 0, STATOR_METRIC_RATE);
        cr_expect_eq(trend.kind, rows[i].kind);
        cr_expect_float_eq(trend.ratio, rows[i].last / rows[i].first, 1e-9);
        cr_expect_eq(trend.first, 0);
        cr_expect_eq(trend.last, 1);
        stator_view_destroy(view);
        stator_result_destroy(result);
    }
}

static enum stator_claim_answer ask(const struct stator_result *result, const char *beginning)
{
    struct stator_view *view = golden_view(result);
    enum stator_claim_answer answer = STATOR_CLAIM_ANSWER_NOT_TESTABLE;
    const struct stator_claim *claim;
    struct stator_text detail = {0};
    bool found = false;

    for (size_t i = 0; (claim = stator_claim_at(i)) != NULL; i++) {
        if (strncmp(claim->claim, beginning, strlen(beginning)) == 0) {
            answer = stator_claim_test(view, i, &detail);
            cr_expect_gt(detail.length, 0u);
            found = true;
        }
    }
    cr_assert(found, "%s", beginning);
    stator_text_finish(&detail);
    stator_view_destroy(view);
    return answer;
}

/* A claim, and data that reproduce it and data that do not. */
Test(claims, follow_the_data)
{
    static const struct {
        const char *claim, *workload, *arch, *other;
        enum stator_metric metric;
        double levels[2]; /* the second one 0: there is one alone */
        double yes, no;   /* the design's figure at the last level; the other's is 100 */
    } rows[] = {
        {"With everything", "hot", "event", "thread", STATOR_METRIC_RATE, {8, 0}, 120, 200},
        {"A single event", "disk", "amped", "event", STATOR_METRIC_RATE, {50, 0}, 800, 102},
        {"Threads overlap", "disk", "pool", "amped", STATOR_METRIC_RATE, {50, 0}, 99, 60},
        {"Thread pools", "disk", "amped", "event", STATOR_METRIC_RATE, {50, 0}, 900, 300},
        {"With many idle connections poll",
         "idle",
         "event:backend=poll",
         "event",
         STATOR_METRIC_RATE,
         {1, 5000},
         21,
         95},
        {"With many idle connections epoll",
         "idle",
         "event",
         "select",
         STATOR_METRIC_RATE,
         {1, 5000},
         98,
         50},
        {"select is not", "idle", "select", "event", STATOR_METRIC_CPU, {1, 5000}, 200, 90},
        {"One machine", "idle", "event", "select", STATOR_METRIC_HELD, {1, 10000}, 10100, 500},
        {"A thread for",
         "idle",
         "thread",
         "event",
         STATOR_METRIC_PER_CONNECTION,
         {1, 5000},
         700,
         150},
        {"Event-driven processes",
         "hot",
         "event-prefork",
         "thread",
         STATOR_METRIC_RATE,
         {8, 0},
         118,
         101},
        {"It is ugly", "convoy", "iterative", "event", STATOR_METRIC_ERRORS, {4, 0}, 0.8, 0},
        {"A process for", "conn", "fork", "thread", STATOR_METRIC_CPU, {1, 0}, 300, 104},
        {"A pool spares", "conn", "thread", "pool", STATOR_METRIC_CPU, {1, 0}, 150, 60},
        {"Keep-alive", "conn", "fork", "event", STATOR_METRIC_CPU, {1, 100}, 110, 1000},
        {"A second thread",
         "cs555",
         "pool:workers=2",
         "pool:workers=1",
         STATOR_METRIC_RATE,
         {0, 0},
         125,
         140},
        {"Scanning", "convoy", "spin", "event", STATOR_METRIC_CORES, {4, 0}, 400, 101},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned yes = 0; yes < 2; yes++) {
            struct stator_result *result = stator_result_create();
            double last = rows[i].levels[1] > 0 ? rows[i].levels[1] : rows[i].levels[0];

            cr_expect_eq(ask(result, rows[i].claim), STATOR_CLAIM_ANSWER_NOT_TESTABLE);
            if (rows[i].levels[1] > 0) {
                double first = rows[i].metric == STATOR_METRIC_CPU ? 1000 : 100;

                add_flagged(result, rows[i].arch, rows[i].workload, rows[i].levels[0],
                            rows[i].metric, first, 0);
                add_flagged(result, rows[i].other, rows[i].workload, rows[i].levels[0],
                            rows[i].metric, 100, 0);
            }
            add_flagged(result, rows[i].arch, rows[i].workload, last, rows[i].metric,
                        yes ? rows[i].yes : rows[i].no, 0);
            add_flagged(result, rows[i].other, rows[i].workload, last, rows[i].metric, 100, 0);
            cr_expect_eq(ask(result, rows[i].claim),
                         yes ? STATOR_CLAIM_ANSWER_REPRODUCED : STATOR_CLAIM_ANSWER_NOT_REPRODUCED,
                         "%s %u", rows[i].claim, yes);
            stator_result_destroy(result);
        }
    }
}

/* Two repetitions each; the other's figure is 100 in both. */
static enum stator_claim_answer ask_uncertain(const char *claim, const char *workload, double level,
                                              const char *arch, const char *other,
                                              enum stator_metric metric, const double figures[2])
{
    struct stator_result *result = stator_result_create();
    enum stator_claim_answer answer;

    for (unsigned i = 0; i < 2; i++) {
        struct stator_trial *trial = stator_result_trial(result, arch, workload, level, "there");

        trial->repetition = i;
        trial->values[metric] = figures[i];
        trial = stator_result_trial(result, other, workload, level, "there");
        trial->repetition = i;
        trial->values[metric] = 100;
    }
    answer = ask(result, claim);
    stator_result_destroy(result);
    return answer;
}

/* The threshold is 1.05 times; 1 lies in an interval, or the threshold does, or neither. */
Test(claims, what_is_uncertain_is_neither_so_nor_not)
{
    static const struct {
        double figures[2];
        enum stator_claim_answer answer;
    } rows[] = {
        {{120, 122}, STATOR_CLAIM_ANSWER_REPRODUCED},
        {{90, 140}, STATOR_CLAIM_ANSWER_NOT_TESTABLE},
        {{101, 107}, STATOR_CLAIM_ANSWER_NOT_TESTABLE},
        {{80, 101}, STATOR_CLAIM_ANSWER_NOT_REPRODUCED},
        {{60, 61}, STATOR_CLAIM_ANSWER_NOT_REPRODUCED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(ask_uncertain("Event-driven processes", "hot", 16, "event-prefork", "thread",
                                   STATOR_METRIC_RATE, rows[i].figures),
                     rows[i].answer, "%zu", i);
    }
}

/* Without a stall there is nothing to hide; the claim is about the longest one. */
Test(claims, a_stall_is_needed_to_hide_one)
{
    struct stator_result *result = stator_result_create();
    const struct {
        double level, from_intended, from_sent;
    } rows[] = {{0, 1000, 900}, {200, 190000, 1000}};

    for (size_t i = 0; i < 2; i++) {
        struct stator_trial *trial =
            stator_result_trial(result, "event", "stall", rows[i].level, "there");

        trial->values[STATOR_METRIC_P99] = rows[i].from_intended;
        trial->values[STATOR_METRIC_FROM_SENT_P99] = rows[i].from_sent;
        cr_expect_eq(ask(result, "A client that waits"),
                     i == 0 ? STATOR_CLAIM_ANSWER_NOT_TESTABLE : STATOR_CLAIM_ANSWER_REPRODUCED,
                     "%zu", i);
    }
    stator_result_destroy(result);
}

/* The one between is steady and behind; the last one wanders, and may be as good as the first. */
Test(rank, a_tie_need_not_stand_next_to_the_best)
{
    static const struct {
        const char *arch;
        double rates[2];
    } rows[] = {{"event", {1000, 1010}}, {"thread", {900, 905}}, {"spin", {500, 1200}}};
    struct stator_result *result = stator_result_create();
    struct stator_view *view;
    struct stator_rank rank;

    for (size_t i = 0; i < 6; i++) {
        struct stator_trial *trial =
            stator_result_trial(result, rows[i / 2].arch, "hot", 16, "there");

        trial->repetition = i % 2;
        trial->values[STATOR_METRIC_RATE] = rows[i / 2].rates[i % 2];
    }
    view = golden_view(result);
    stator_rank_make(view, 0, 0, STATOR_METRIC_RATE, &rank);
    cr_assert_eq(rank.count, 3);
    cr_expect_eq(rank.ties, 2);
    cr_expect_str_eq(rank.cells[0]->cell.arch, "event");
    cr_expect_str_eq(rank.cells[1]->cell.arch, "spin");
    cr_expect_str_eq(rank.cells[2]->cell.arch, "thread");
    stator_view_destroy(view);
    stator_result_destroy(result);
}

/* 1,000 responses are needed for a p99: a row has one where all its repetitions have. */
Test(view, a_percentile_of_some_repetitions_is_none)
{
    struct stator_result *result = stator_result_create();
    struct stator_view *view;

    for (unsigned i = 0; i < 2; i++) {
        struct stator_trial *trial = stator_result_trial(result, "event", "hot", 16, "there");

        trial->repetition = i;
        trial->values[STATOR_METRIC_RATE] = 100;
        trial->values[STATOR_METRIC_P90] = 5000;
        trial->values[STATOR_METRIC_P99] = i == 0 ? 9000 : NAN;
    }
    view = golden_view(result);
    cr_expect_eq(stator_view_estimate(view, &view->cells[0], STATOR_METRIC_P90)->median, 5000);
    cr_expect(isnan(stator_view_estimate(view, &view->cells[0], STATOR_METRIC_P99)->median));
    stator_view_destroy(view);
    stator_result_destroy(result);
}

Test(claims, marked_rows_prove_nothing)
{
    struct stator_result *result = stator_result_create();

    add(result, "event", "disk", 50, 100);
    add_flagged(result, "amped", "disk", 50, STATOR_METRIC_RATE, 900, STATOR_TRIAL_FLAG_UNSTEADY);
    cr_expect_eq(ask(result, "Thread pools"), STATOR_CLAIM_ANSWER_NOT_TESTABLE);
    stator_result_destroy(result);
}

Test(figure, reads_well)
{
    static const struct {
        enum stator_metric metric;
        double value;
        const char *text;
    } rows[] = {
        {STATOR_METRIC_RATE, 12345, "12,350 /s"},
        {STATOR_METRIC_RATE, 1234567, "1,235,000 /s"},
        {STATOR_METRIC_RATE, 999.9, "1,000 /s"},
        {STATOR_METRIC_RATE, 0.5, "0.50 /s"},
        {STATOR_METRIC_P99, 850, "850 us"},
        {STATOR_METRIC_P99, 1234, "1.23 ms"},
        {STATOR_METRIC_P99, 2e6, "2 s"},
        {STATOR_METRIC_MEMORY, 1023, "1,023 B"},
        {STATOR_METRIC_MEMORY, 34.12 * 1048576, "34.1 MiB"},
        {STATOR_METRIC_ERRORS, 0.0012, "0.12 %"},
        {STATOR_METRIC_ERRORS, 0, "0 %"},
        {STATOR_METRIC_CPU, 6.54321, "6.54 us"},
        {STATOR_METRIC_HELD, 10100, "10,100"},
        {STATOR_METRIC_RATE, NAN, "-"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_text text = {0};

        stator_figure_add(&text, rows[i].metric, rows[i].value);
        cr_expect(stator_span_equal(stator_text_span(&text), stator_span_from(rows[i].text)),
                  "%s: %.*s", rows[i].text, (int)text.length, text.at);
        stator_text_finish(&text);
    }
}
