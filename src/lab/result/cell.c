/*
 * Cells: what the trials of one design, workload and level say together.
 *
 * Knows which trials count and which belong in pairs; refuses to know what a metric means. The one
 * surprising thing: the reference design's own trials are left out, because their block holds the
 * same design once more.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/result/result.h"
#include "lab/stats/statistics.h"

/* What is closer than this is a tie. */
#define TIE 0.05

static bool is_measured(const struct stator_trial *trial)
{
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        if (!isnan(trial->values[i])) {
            return true;
        }
    }
    return false;
}

static void count_trial(struct stator_cell *cell, const struct stator_trial *trial)
{
    cell->arch = trial->arch;
    cell->workload = trial->workload;
    cell->label = trial->label;
    cell->level = trial->level;
    if (trial->reference) {
        return;
    }
    cell->asked++;
    cell->flags |= trial->flags;
    cell->overlap = trial->overlap > cell->overlap ? trial->overlap : cell->overlap;
    cell->count += is_measured(trial);
    if (trial->refusal != NULL) {
        cell->refusal = trial->refusal;
    }
}

bool stator_result_cell(const struct stator_result *result, size_t index, struct stator_cell *out)
{
    struct stator_cell cell = {.index = index};

    if (index >= result->cell_count) {
        return false;
    }
    for (size_t i = 0; i < result->trial_count; i++) {
        if (result->trials[i].cell == index) {
            count_trial(&cell, &result->trials[i]);
        }
    }
    *out = cell;
    return true;
}

/* From so many repetitions on they say themselves how far figures wander. */
#define SELF_EVIDENT 5

#define WHOLE_RUN UINT_MAX

/* How many times more, or less, than its own median the reference has had of a metric in that
 * repetition; 1 where nobody knows. */
static double wander_in(const struct stator_result *result, enum stator_metric metric,
                        unsigned repetition)
{
    double *values = calloc(result->trial_count + 1, sizeof(*values));
    double min = INFINITY, max = 0, median;
    size_t count = 0;

    for (size_t i = 0; i < result->trial_count && values != NULL; i++) {
        const struct stator_trial *trial = &result->trials[i];
        double value = trial->values[metric];

        if (trial->reference && isfinite(value) &&
            (repetition == WHOLE_RUN || trial->repetition == repetition)) {
            min = fmin(min, value);
            max = fmax(max, value);
            values[count++] = value;
        }
    }
    median = count > 0 ? stator_statistics_median(values, count) : NAN;
    free(values);
    return min > 0 && median > 0 ? fmax(max / median, median / min) : 1;
}

/* The same within any one repetition, at most. */
static double wander_within(const struct stator_result *result, enum stator_metric metric)
{
    double max = 1;

    for (size_t i = 0; i < result->trial_count; i++) {
        const struct stator_trial *trial = &result->trials[i];

        if (trial->reference) {
            max = fmax(max, wander_in(result, metric, trial->repetition));
        }
    }
    return max;
}

/*
 * The range of a few values says too little of what others will be: it is widened by what the
 * reference, of which nothing changed but the moment, has wandered.
 */
static void widen(const struct stator_result *result, enum stator_metric metric, bool within,
                  struct stator_estimate *estimate)
{
    if (estimate->count > 0 && estimate->count < SELF_EVIDENT && estimate->low >= 0) {
        double wander =
            within ? wander_within(result, metric) : wander_in(result, metric, WHOLE_RUN);

        estimate->low /= wander;
        estimate->high *= wander;
    }
}

/* Without memory an interval is as wide as it gets, which claims nothing. */
static struct stator_estimate estimate(const struct stator_result *result, const double *values,
                                       size_t count)
{
    struct stator_estimate estimate = {NAN, NAN, NAN, count};
    struct stator_interval interval = {-INFINITY, INFINITY};

    if (count == 0) {
        return estimate;
    }
    stator_statistics_bootstrap(values, count, result->seed, &interval);
    estimate.median = stator_statistics_median(values, count);
    estimate.low = interval.low;
    estimate.high = interval.high;
    return estimate;
}

struct stator_estimate stator_result_estimate(const struct stator_result *result,
                                              const struct stator_cell *cell,
                                              enum stator_metric metric)
{
    double *values = calloc(result->trial_count + 1, sizeof(*values));
    struct stator_estimate out;
    size_t count = 0;

    for (size_t i = 0; i < result->trial_count && values != NULL; i++) {
        const struct stator_trial *trial = &result->trials[i];

        if (trial->cell == cell->index && !trial->reference && isfinite(trial->values[metric])) {
            values[count++] = trial->values[metric];
        }
    }
    out = estimate(result, values, count);
    free(values);
    widen(result, metric, false, &out);
    return out;
}

/* The other design's trial of the same workload, level and block, or NULL. */
static const struct stator_trial *find_pair(const struct stator_result *result,
                                            const struct stator_trial *trial, const char *arch)
{
    for (size_t i = 0; i < result->trial_count; i++) {
        const struct stator_trial *other = &result->trials[i];

        if (other->repetition == trial->repetition && other->level == trial->level &&
            !other->reference && strcmp(other->arch, arch) == 0 &&
            strcmp(other->workload, trial->workload) == 0) {
            return other;
        }
    }
    return NULL;
}

struct stator_estimate stator_result_ratio(const struct stator_result *result,
                                           const struct stator_cell *cell, const char *arch,
                                           enum stator_metric metric)
{
    double *values = calloc(result->trial_count + 1, sizeof(*values));
    struct stator_estimate out;
    size_t count = 0;

    for (size_t i = 0; i < result->trial_count && values != NULL; i++) {
        const struct stator_trial *trial = &result->trials[i], *pair;

        if (trial->cell != cell->index || trial->reference) {
            continue;
        }
        pair = find_pair(result, trial, arch);
        if (pair != NULL && isfinite(trial->values[metric] / pair->values[metric])) {
            values[count++] = trial->values[metric] / pair->values[metric];
        }
    }
    out = estimate(result, values, count);
    free(values);
    widen(result, metric, true, &out);
    return out;
}

bool stator_estimate_is_tie(const struct stator_estimate *ratio)
{
    return fabs(ratio->median - 1) < TIE || (ratio->low <= 1 && ratio->high >= 1);
}

struct stator_histogram *stator_result_times(const struct stator_result *result,
                                             const struct stator_cell *cell, bool from_sent)
{
    struct stator_histogram *times = stator_histogram_create();

    for (size_t i = 0; i < result->trial_count && times != NULL; i++) {
        const struct stator_trial *trial = &result->trials[i];
        const struct stator_histogram *part = from_sent ? trial->from_sent : trial->from_intended;

        if (trial->cell == cell->index && !trial->reference && part != NULL) {
            stator_histogram_merge(times, part);
        }
    }
    if (times != NULL && times->count == 0) {
        stator_histogram_destroy(times);
        return NULL;
    }
    return times;
}
