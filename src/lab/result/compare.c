/*
 * Two results against each other.
 *
 * Knows when a change is one; refuses to know where it came from. The one surprising thing: the
 * runs share no blocks, so their repetitions are no pairs, and the interval is that of the ratio of
 * two independent medians.
 */
#include "lab/result/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/stats/random.h"
#include "lab/stats/statistics.h"

#define CHANGE    0.05
#define ERRORS    0.001
#define RESAMPLES 2000u
#define FEW       5u /* below that many there is nothing to resample */

static const enum stator_metric metrics[] = {
    STATOR_METRIC_RATE, STATOR_METRIC_BODY, STATOR_METRIC_HELD,   STATOR_METRIC_P50,
    STATOR_METRIC_P99,  STATOR_METRIC_CPU,  STATOR_METRIC_MEMORY, STATOR_METRIC_ERRORS,
};

#define METRICS (sizeof(metrics) / sizeof(metrics[0]))

struct sample {
    double *values; /* owned */
    size_t count;
};

static int take_sample(const struct stator_result *result, const struct stator_cell *cell,
                       enum stator_metric metric, struct sample *out)
{
    out->values = calloc(result->trial_count + 1, sizeof(*out->values));
    out->count = 0;
    for (size_t i = 0; i < result->trial_count && out->values != NULL; i++) {
        const struct stator_trial *trial = &result->trials[i];

        if (trial->cell == cell->index && !trial->reference && isfinite(trial->values[metric])) {
            out->values[out->count++] = trial->values[metric];
        }
    }
    return out->values != NULL ? 0 : -ENOMEM;
}

static double resampled_median(const struct sample *sample, struct stator_random *random,
                               double *capacity)
{
    for (size_t i = 0; i < sample->count; i++) {
        capacity[i] = sample->values[stator_random_below(random, sample->count)];
    }
    return stator_statistics_median(capacity, sample->count);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Nothing by nothing is no change. */
static double ratio_of(double now, double base)
{
    return now == 0 && base == 0 ? 1 : now / base;
}

/* The interval of now's median by base's. */
static int resample(const struct sample *base, const struct sample *now, uint64_t seed,
                    struct stator_estimate *out)
{
    size_t max = base->count > now->count ? base->count : now->count;
    double *capacity = calloc(max, sizeof(*capacity)), *ratios = calloc(RESAMPLES, sizeof(*ratios));
    struct stator_random random;
    int error = capacity != NULL && ratios != NULL ? 0 : -ENOMEM;

    stator_random_init(&random, seed);
    for (size_t i = 0; i < RESAMPLES && error == 0; i++) {
        double numerator = resampled_median(now, &random, capacity);

        ratios[i] = ratio_of(numerator, resampled_median(base, &random, capacity));
    }
    if (error == 0) {
        qsort(ratios, RESAMPLES, sizeof(*ratios), compare_doubles);
        out->low = ratios[RESAMPLES / 40];
        out->high = ratios[RESAMPLES - 1 - RESAMPLES / 40];
    }
    free(capacity);
    free(ratios);
    return error;
}

static enum stator_change grade(const struct stator_difference *difference)
{
    int better = stator_metric_info(difference->metric)->better;
    const struct stator_estimate *ratio = &difference->ratio;

    /* Nothing divides by an error rate of 0. */
    if (difference->metric == STATOR_METRIC_ERRORS) {
        double more = difference->now.median - difference->base.median;

        return fabs(more) <= ERRORS || (difference->now.low <= difference->base.high &&
                                        difference->base.low <= difference->now.high)
                   ? STATOR_CHANGE_NONE
               : more > 0 ? STATOR_CHANGE_WORSE
                          : STATOR_CHANGE_BETTER;
    }
    /* An end that is not known excludes nothing. */
    if (isnan(ratio->median) || fabs(ratio->median - 1) <= CHANGE ||
        (!(ratio->low > 1) && !(ratio->high < 1))) {
        return STATOR_CHANGE_NONE;
    }
    return (ratio->median > 1) == (better > 0) ? STATOR_CHANGE_BETTER : STATOR_CHANGE_WORSE;
}

static int compare_samples(const struct sample *base, const struct sample *now, uint64_t seed,
                           struct stator_difference *difference)
{
    struct stator_estimate *ratio = &difference->ratio;
    int error = 0;

    *ratio = (struct stator_estimate){
        .median = ratio_of(difference->now.median, difference->base.median),
        .low = ratio_of(difference->now.low, difference->base.high),
        .high = ratio_of(difference->now.high, difference->base.low),
        .count = base->count < now->count ? base->count : now->count,
    };
    if (ratio->count >= FEW) {
        error = resample(base, now, seed, ratio);
    }
    difference->change = grade(difference);
    return error;
}

static bool find_cell(const struct stator_result *result, const struct stator_cell *wanted,
                      struct stator_cell *out)
{
    for (size_t i = 0; stator_result_cell(result, i, out); i++) {
        if (out->asked > 0 && out->level == wanted->level && strcmp(out->arch, wanted->arch) == 0 &&
            strcmp(out->workload, wanted->workload) == 0) {
            return true;
        }
    }
    return false;
}

static void add(struct stator_comparison *comparison, const struct stator_difference *difference)
{
    size_t *const counts[] = {[STATOR_CHANGE_WORSE] = &comparison->worse,
                              [STATOR_CHANGE_BETTER] = &comparison->better,
                              [STATOR_CHANGE_LOST] = &comparison->lost,
                              [STATOR_CHANGE_GAINED] = &comparison->gained};

    if (difference->change != STATOR_CHANGE_NONE) {
        ++*counts[difference->change];
    }
    comparison->differences[comparison->count++] = *difference;
}

/* A metric of a cell that both may have. */
static int compare_metric(const struct stator_result *base, const struct stator_result *now,
                          const struct stator_cell *old, const struct stator_cell *new,
                          enum stator_metric metric, struct stator_comparison *out)
{
    struct stator_difference difference = {.cell = *old, .metric = metric};
    struct sample first, second = {NULL, 0};
    int error = take_sample(base, old, metric, &first);

    difference.flags = old->flags | (new != NULL ? new->flags : 0);
    difference.base = stator_result_estimate(base, old, metric);
    difference.now = (struct stator_estimate){NAN, NAN, NAN, 0};
    difference.ratio = difference.now;
    if (error == 0 && new != NULL) {
        difference.now = stator_result_estimate(now, new, metric);
        error = take_sample(now, new, metric, &second);
    }
    if (error == 0 && first.count > 0 && second.count > 0) {
        error = compare_samples(&first, &second, base->seed, &difference);
        add(out, &difference);
    } else if (error == 0 && first.count + second.count > 0) {
        difference.change = first.count > 0 ? STATOR_CHANGE_LOST : STATOR_CHANGE_GAINED;
        add(out, &difference);
    }
    free(first.values);
    free(second.values);
    return error;
}

/* What the new one alone has. */
static void add_new(const struct stator_result *base, const struct stator_result *now,
                    struct stator_comparison *out)
{
    struct stator_cell cell, old;

    for (size_t i = 0; stator_result_cell(now, i, &cell); i++) {
        for (size_t k = 0; k < METRICS && cell.asked > 0 && !find_cell(base, &cell, &old); k++) {
            struct stator_difference difference = {
                .cell = cell,
                .metric = metrics[k],
                .change = STATOR_CHANGE_GAINED,
                .flags = cell.flags,
                .base = {NAN, NAN, NAN, 0},
                .now = stator_result_estimate(now, &cell, metrics[k]),
                .ratio = {NAN, NAN, NAN, 0},
            };

            if (difference.now.count > 0) {
                add(out, &difference);
            }
        }
    }
}

int stator_comparison_make(const struct stator_result *base, const struct stator_result *now,
                           struct stator_comparison *out)
{
    struct stator_comparison comparison = {.count = 0};
    struct stator_cell old, new;
    int error = 0;

    comparison.differences =
        calloc((base->cell_count + now->cell_count) * METRICS + 1, sizeof(*comparison.differences));
    if (comparison.differences == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; stator_result_cell(base, i, &old) && error == 0; i++) {
        bool found = old.asked > 0 && find_cell(now, &old, &new);

        for (size_t k = 0; k < METRICS && old.asked > 0 && error == 0; k++) {
            error = compare_metric(base, now, &old, found ? &new : NULL, metrics[k], &comparison);
        }
    }
    if (error != 0) {
        stator_comparison_finish(&comparison);
        return error;
    }
    add_new(base, now, &comparison);
    *out = comparison;
    return 0;
}

void stator_comparison_finish(struct stator_comparison *comparison)
{
    free(comparison->differences);
    comparison->differences = NULL;
    comparison->count = 0;
}
