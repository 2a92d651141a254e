/* What a few repetitions can say. Values are copied, never reordered in place. */
#ifndef STATOR_LAB_STATS_STATISTICS_H
#define STATOR_LAB_STATS_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

struct stator_interval {
    double low, high;
};

/* NAN for none, and where memory is out. */
double stator_statistics_median(const double *values, size_t count);

/* NAN for none. */
double stator_statistics_mean(const double *values, size_t count);

/*
 * Jain's index of fairness: 1 where all are equal, 1/count where one has everything; NAN for none,
 * or where all are 0.
 */
double stator_statistics_jain(const double *values, size_t count);

/*
 * The 95 % interval of the median: percentile bootstrap, 2,000 resamples from `seed`; below five
 * values their range. The same for the same values, order and seed. Fails: -EINVAL for no values,
 * -ENOMEM; `out` untouched.
 */
int stator_statistics_bootstrap(const double *values, size_t count, uint64_t seed,
                                struct stator_interval *out);

/* The least-squares slope of y over x; NAN below two points or where all x are the same. */
double stator_statistics_slope(const double *x, const double *y, size_t count);

#endif
