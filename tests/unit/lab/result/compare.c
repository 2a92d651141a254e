/* Comparisons: what is a regression, what is noise, and what is missing. */
#include "lab/result/compare.h"

#include <criterion/criterion.h>
#include <math.h>

static void add(struct stator_result *result, const char *arch, enum stator_metric metric,
                const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stator_trial *trial = stator_result_trial(result, arch, "hot", 8, "8 clients");

        cr_assert_not_null(trial);
        trial->repetition = (unsigned)i;
        trial->values[metric] = values[i];
    }
}

static const struct {
    const char *label;
    enum stator_metric metric;
    size_t count;
    double base[7], now[7];
    enum stator_change change;
} rows[] = {
    {"the same", STATOR_METRIC_RATE, 3, {100, 101, 99}, {100, 101, 99}, STATOR_CHANGE_NONE},
    {"4 % less", STATOR_METRIC_RATE, 3, {100, 100, 100}, {96, 96, 96}, STATOR_CHANGE_NONE},
    {"6 % less", STATOR_METRIC_RATE, 3, {100, 100, 100}, {94, 94, 94}, STATOR_CHANGE_WORSE},
    {"6 % more", STATOR_METRIC_RATE, 3, {100, 100, 100}, {106, 106, 106}, STATOR_CHANGE_BETTER},
    {"6 % longer", STATOR_METRIC_P99, 3, {100, 100, 100}, {106, 106, 106}, STATOR_CHANGE_WORSE},
    {"20 % less, but noise",
     STATOR_METRIC_RATE,
     3,
     {100, 70, 120},
     {80, 110, 60},
     STATOR_CHANGE_NONE},
    {"one each", STATOR_METRIC_RATE, 1, {100}, {80}, STATOR_CHANGE_WORSE},
    {"resampled and certain",
     STATOR_METRIC_RATE,
     7,
     {100, 101, 99, 100, 102, 98, 100},
     {90, 91, 89, 90, 92, 88, 90},
     STATOR_CHANGE_WORSE},
    {"resampled and uncertain",
     STATOR_METRIC_RATE,
     7,
     {100, 60, 140, 90, 110, 50, 150},
     {92, 52, 132, 82, 102, 42, 142},
     STATOR_CHANGE_NONE},
    {"errors from none",
     STATOR_METRIC_ERRORS,
     3,
     {0, 0, 0},
     {0.02, 0.02, 0.02},
     STATOR_CHANGE_WORSE},
    {"a few errors",
     STATOR_METRIC_ERRORS,
     3,
     {0, 0, 0},
     {0.0005, 0.0005, 0.0005},
     STATOR_CHANGE_NONE},
    {"errors to none",
     STATOR_METRIC_ERRORS,
     3,
     {0.02, 0.02, 0.02},
     {0, 0, 0},
     STATOR_CHANGE_BETTER},
};

Test(compare, changes)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_result *base = stator_result_create(), *now = stator_result_create();
        struct stator_comparison comparison;

        add(base, "event", rows[i].metric, rows[i].base, rows[i].count);
        add(now, "event", rows[i].metric, rows[i].now, rows[i].count);
        cr_assert_eq(stator_comparison_make(base, now, &comparison), 0);
        cr_assert_eq(comparison.count, 1u, "%s", rows[i].label);
        cr_expect_eq(comparison.differences[0].change, rows[i].change, "%s: %d (%f to %f)",
                     rows[i].label, comparison.differences[0].change,
                     comparison.differences[0].ratio.low, comparison.differences[0].ratio.high);
        cr_expect_eq(comparison.worse, rows[i].change == STATOR_CHANGE_WORSE);
        stator_comparison_finish(&comparison);
        stator_result_destroy(base);
        stator_result_destroy(now);
    }
}

Test(compare, what_one_of_them_has)
{
    static const double values[] = {100};
    struct stator_result *base = stator_result_create(), *now = stator_result_create();
    struct stator_comparison comparison;

    add(base, "event", STATOR_METRIC_RATE, values, 1);
    add(base, "thread", STATOR_METRIC_RATE, values, 1);
    add(now, "event", STATOR_METRIC_RATE, values, 1);
    add(now, "pool", STATOR_METRIC_RATE, values, 1);
    cr_assert_eq(stator_comparison_make(base, now, &comparison), 0);
    cr_expect_eq(comparison.lost, 1u);
    cr_expect_eq(comparison.gained, 1u);
    cr_expect_eq(comparison.worse + comparison.better, 0u);
    cr_expect_eq(comparison.count, 3u);
    stator_comparison_finish(&comparison);
    stator_result_destroy(base);
    stator_result_destroy(now);
}
