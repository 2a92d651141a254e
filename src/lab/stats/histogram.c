/*
 * Log-linear histograms.
 *
 * Knows which bucket a value belongs to and what a share of the counts does not exceed; refuses to
 * know whose times they are. The one surprising thing: the first two rows of 64 buckets both have
 * steps of 1 us, because from 64 to 127 a step of one is what 1/64 of a power of two is.
 */
#include "lab/stats/histogram.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STEP_BITS 6u
#define LONGEST   UINT32_MAX

/* So many counts must lie beyond a high percentile for it to be believed. */
#define BEYOND 10.0

_Static_assert(1u << STEP_BITS == STATOR_HISTOGRAM_STEPS, "a row is a power of two");
_Static_assert((32u - STEP_BITS + 1) * STATOR_HISTOGRAM_STEPS == STATOR_HISTOGRAM_BUCKETS,
               "the rows reach to 2^32");

/* Row 0 holds the values below 64 as they are; row r those with r - 1 bits to drop. */
static size_t index_of(uint64_t us)
{
    unsigned bits, drop;

    if (us < STATOR_HISTOGRAM_STEPS) {
        return us;
    }
    bits = 63u - (unsigned)__builtin_clzll(us);
    drop = bits - STEP_BITS;
    return (drop + 1) * STATOR_HISTOGRAM_STEPS + (us >> drop) - STATOR_HISTOGRAM_STEPS;
}

struct stator_histogram *stator_histogram_create(void)
{
    return calloc(1, sizeof(struct stator_histogram));
}

void stator_histogram_destroy(struct stator_histogram *histogram)
{
    free(histogram);
}

void stator_histogram_clear(struct stator_histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
}

void stator_histogram_add(struct stator_histogram *histogram, uint64_t us)
{
    if (us > LONGEST) {
        us = LONGEST;
    }
    histogram->count++;
    histogram->sum += us;
    histogram->buckets[index_of(us)]++;
    if (us > histogram->max) {
        histogram->max = us;
    }
}

void stator_histogram_merge(struct stator_histogram *into, const struct stator_histogram *from)
{
    into->count += from->count;
    into->sum += from->sum;
    if (from->max > into->max) {
        into->max = from->max;
    }
    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        into->buckets[i] += from->buckets[i];
    }
}

uint64_t stator_histogram_bounds(size_t index, uint64_t *low)
{
    size_t row = index / STATOR_HISTOGRAM_STEPS, step = index % STATOR_HISTOGRAM_STEPS;
    unsigned drop = row > 0 ? (unsigned)row - 1 : 0;

    *low = row > 0 ? (uint64_t)(STATOR_HISTOGRAM_STEPS + step) << drop : step;
    return *low + (1ull << drop);
}

double stator_histogram_percentile(const struct stator_histogram *histogram, double share)
{
    double wanted = ceil(share * (double)histogram->count - 1e-6);
    uint64_t seen = 0, low, end;

    if (histogram->count == 0) {
        return NAN;
    }
    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen > 0 && (double)seen >= wanted) {
            end = stator_histogram_bounds(i, &low);
            return (double)(end - 1 < histogram->max ? end - 1 : histogram->max);
        }
    }
    return (double)histogram->max;
}

double stator_histogram_sure(const struct stator_histogram *histogram, double share)
{
    /* 1 - 0.999 is not quite 0.001 in binary. */
    bool rare = share > 0.99 - 1e-9;

    if (rare && (double)histogram->count * (1 - share) < BEYOND - 1e-6) {
        return NAN;
    }
    return stator_histogram_percentile(histogram, share);
}

double stator_histogram_mean(const struct stator_histogram *histogram)
{
    return histogram->count > 0 ? (double)histogram->sum / (double)histogram->count : NAN;
}
