/* Which trials a run consists of, in which order, and what of them its budget allows. */
#ifndef STATOR_LAB_RUN_PLAN_H
#define STATOR_LAB_RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/workload/candidate.h"
#include "lab/workload/workload.h"

/* One workload at the levels that a run measures. */
struct stator_plan_item {
    const struct stator_workload *workload;
    const double *levels; /* the first `count` of them */
    size_t count;
    const struct stator_candidate *candidates; /* borrowed; its own, where `contender_count` */
    size_t candidate_count;                    /* 0: the plan's */
};

struct stator_plan {
    const struct stator_candidate *candidates; /* borrowed */
    size_t candidate_count;
    struct stator_plan_item *items; /* borrowed; what does not fit is dropped from them */
    size_t item_count;
    double warm_up, duration; /* seconds of a trial */
    unsigned repetitions;
    double budget;     /* seconds; 0: none */
    bool counts_calls; /* system calls, in the first repetition: they hardly vary */

    /* What stator_plan_fit had to leave out. */
    unsigned dropped_repetitions;
    unsigned dropped_levels;
    unsigned dropped_workloads;
};

/* What starting and ending a server costs besides, in seconds. */
#define STATOR_PLAN_OVERHEAD 0.08

/* The designs that the item compares, and how many. */
const struct stator_candidate *stator_plan_candidates(const struct stator_plan *plan, size_t item,
                                                      size_t *count);

/* What counting system calls costs a trial that has any to be counted, in seconds. */
#define STATOR_PLAN_CALLS 0.15

/* Seconds that one repetition takes, calls not counted, and the whole. */
double stator_plan_repetition(const struct stator_plan *plan);
double stator_plan_seconds(const struct stator_plan *plan);

/* How many trials one repetition has, the reference's own left out. */
size_t stator_plan_trials(const struct stator_plan *plan);

/*
 * Drops repetitions down to one, then the last level of the workload that has most, then the
 * last workload, until the plan fits its budget. False where even a single one does
 * not fit; it is then at that.
 */
bool stator_plan_fit(struct stator_plan *plan);

/* One trial of a repetition. */
struct stator_plan_step {
    size_t candidate; /* of stator_plan_candidates */
    size_t item;
    double level;
    bool reference; /* the reference design, to see drift: `candidate` is ignored */
};

/*
 * The order of a repetition: drawn from the seed, the reference at the start, in the middle and at
 * the end. Owns: the caller frees `out`, of stator_plan_trials + 3. Fails: -ENOMEM.
 */
int stator_plan_order(const struct stator_plan *plan, uint64_t seed, unsigned repetition,
                      struct stator_plan_step **out, size_t *count);

#endif
