/*
 * What a few repetitions can say.
 *
 * Knows medians, fairness, intervals and slopes of plain numbers; refuses to know what was
 * measured. The one surprising thing: of five values the bootstrap interval is still their range,
 * because one resample in seventeen has the smallest of them for its median.
 */
#include "lab/stats/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/stats/random.h"

#define RESAMPLES      2000u
#define RESAMPLES_TAIL 50u /* 2.5 % of them */
#define BOOTSTRAP_MIN  5u

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Sorts the values where they stand. */
static double median_in_place(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

double stator_statistics_median(const double *values, size_t count)
{
    double *copy = count > 0 ? calloc(count, sizeof(*copy)) : NULL;
    double median;

    if (copy == NULL) {
        return NAN;
    }
    memcpy(copy, values, count * sizeof(*copy));
    median = median_in_place(copy, count);
    free(copy);
    return median;
}

double stator_statistics_mean(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return count > 0 ? sum / (double)count : NAN;
}

double stator_statistics_jain(const double *values, size_t count)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        squares += values[i] * values[i];
    }
    return squares > 0 ? sum * sum / ((double)count * squares) : NAN;
}

static struct stator_interval range_of(const double *values, size_t count)
{
    struct stator_interval range = {values[0], values[0]};

    for (size_t i = 1; i < count; i++) {
        range.low = fmin(range.low, values[i]);
        range.high = fmax(range.high, values[i]);
    }
    return range;
}

static double resample_median(const double *values, size_t count, struct stator_random *random,
                              double *scratch)
{
    for (size_t i = 0; i < count; i++) {
        scratch[i] = values[stator_random_below(random, count)];
    }
    return median_in_place(scratch, count);
}

int stator_statistics_bootstrap(const double *values, size_t count, uint64_t seed,
                                struct stator_interval *out)
{
    struct stator_random random;
    double *medians, *scratch;

    if (count == 0) {
        return -EINVAL;
    }
    if (count < BOOTSTRAP_MIN) {
        *out = range_of(values, count);
        return 0;
    }
    medians = calloc(RESAMPLES + count, sizeof(*medians));
    if (medians == NULL) {
        return -ENOMEM;
    }
    scratch = medians + RESAMPLES;
    stator_random_init(&random, seed);
    for (size_t i = 0; i < RESAMPLES; i++) {
        medians[i] = resample_median(values, count, &random, scratch);
    }
    qsort(medians, RESAMPLES, sizeof(*medians), compare);
    *out =
        (struct stator_interval){medians[RESAMPLES_TAIL - 1], medians[RESAMPLES - RESAMPLES_TAIL]};
    free(medians);
    return 0;
}

double stator_statistics_slope(const double *x, const double *y, size_t count)
{
    double x_mean = stator_statistics_mean(x, count), y_mean = stator_statistics_mean(y, count);
    double products = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        products += (x[i] - x_mean) * (y[i] - y_mean);
        squares += (x[i] - x_mean) * (x[i] - x_mean);
    }
    return squares > 0 ? products / squares : NAN;
}
