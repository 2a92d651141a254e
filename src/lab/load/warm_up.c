/*
 * Looks whether a load has settled.
 *
 * Knows two successive slices; refuses to know what is counted and for how long one may wait. The
 * one surprising thing: ten responses and twelve do not agree within 5 %, and yet say nothing; so
 * what differs by less than two standard deviations of a random count agrees as well.
 */
#include "lab/load/warm_up.h"

#include <math.h>

#define SHARE  0.05
#define CHANCE 2.0

static bool agree(double one, double other)
{
    double difference = fabs(one - other);

    /* The variance of a difference of random counts is their sum. */
    return difference <= SHARE * fmax(one, other) || difference <= CHANCE * sqrt(one + other);
}

bool stator_load_warm_up_add(struct stator_load_warm_up *warm_up, uint64_t count)
{
    uint64_t done = count - warm_up->count;
    /* Nothing at all is no state to measure in. */
    bool steady = warm_up->slices > 0 && done > 0 && agree((double)warm_up->last, (double)done);

    warm_up->slices++;
    warm_up->count = count;
    warm_up->last = done;
    return steady;
}
