/* Two results against each other: what got worse, better, or is there in one alone. */
#ifndef STATOR_LAB_RESULT_COMPARE_H
#define STATOR_LAB_RESULT_COMPARE_H

#include "lab/result/result.h"

enum stator_change {
    STATOR_CHANGE_NONE,  /* closer than 5 %, or the interval holds no change */
    STATOR_CHANGE_WORSE, /* a regression */
    STATOR_CHANGE_BETTER,
    STATOR_CHANGE_LOST,   /* the base measured it alone */
    STATOR_CHANGE_GAINED, /* the new one measured it alone */
};

struct stator_difference {
    struct stator_cell cell; /* of the base; of the new one where that alone has it */
    enum stator_metric metric;
    enum stator_change change;
    unsigned flags; /* of either's cell */
    struct stator_estimate base, now;
    struct stator_estimate ratio; /* new by base, with the interval of two independent medians */
};

struct stator_comparison {
    struct stator_difference *differences; /* owned; in the order of the base's cells */
    size_t count;
    size_t worse, better, lost, gained;
};

/*
 * By the main metrics of each cell: responses, body data, connections held, p50, p99, processor
 * time, memory and errors. Fails: -ENOMEM. Owns: the caller finishes `out`, which lives as long as
 * both results.
 */
int stator_comparison_make(const struct stator_result *base, const struct stator_result *now,
                           struct stator_comparison *out);
void stator_comparison_finish(struct stator_comparison *comparison);

#endif
