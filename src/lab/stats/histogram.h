/*
 * Log-linear histograms of times: every value is known to 1.6 %, in 64 steps a power of two, from
 * 1 us to over an hour. Histograms are merged by their counts.
 */
#ifndef STATOR_LAB_STATS_HISTOGRAM_H
#define STATOR_LAB_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* The buckets: 64 for 0 to 63 us, then 64 for each of the powers of two up to 2^32 us. */
#define STATOR_HISTOGRAM_STEPS   64u
#define STATOR_HISTOGRAM_BUCKETS (STATOR_HISTOGRAM_STEPS * 27u)

struct stator_histogram {
    uint64_t count;
    uint64_t sum; /* of the values themselves: the mean is exact */
    uint64_t max;
    uint64_t buckets[STATOR_HISTOGRAM_BUCKETS];
};

/* Empty. Fails: NULL where memory is out. */
struct stator_histogram *stator_histogram_create(void);
void stator_histogram_destroy(struct stator_histogram *histogram);

/* Forgets everything. */
void stator_histogram_clear(struct stator_histogram *histogram);

/* One value in us; longer ones than 2^32 - 1 count as that, in sum and max too. */
void stator_histogram_add(struct stator_histogram *histogram, uint64_t us);

void stator_histogram_merge(struct stator_histogram *into, const struct stator_histogram *from);

/*
 * The value that `share` (0 to 1) of the counts do not exceed: the longest of its bucket, so at
 * most 1.6 % above the exact one and never below it. NAN for an empty one.
 */
double stator_histogram_percentile(const struct stator_histogram *histogram, double share);

/*
 * The same, but NAN where there are too few counts for it: from 0.99 on there must be ten beyond
 * it, so 1,000 in all for 0.99 and 10,000 for 0.999.
 */
double stator_histogram_sure(const struct stator_histogram *histogram, double share);

/* Of the values themselves, not of their buckets; NAN for an empty one. */
double stator_histogram_mean(const struct stator_histogram *histogram);

/* The values of bucket `index`: from `*low` up to, not including, the return value. */
uint64_t stator_histogram_bounds(size_t index, uint64_t *low);

#endif
