/* A design as it enters a comparison: its spelling, and how it is sized for a workload. */
#ifndef STATOR_LAB_WORKLOAD_CANDIDATE_H
#define STATOR_LAB_WORKLOAD_CANDIDATE_H

#include "arch/arch.h"
#include "lab/workload/workload.h"
#include "stator/stator.h"

/* Workers of a design of fixed size whose workers serve one client at a time. */
#define STATOR_CANDIDATE_POOL 32

struct stator_candidate {
    const char *spelling; /* borrowed: "pool:unit=request" */
    const struct stator_arch_impl *impl;
    long options[STATOR_ARCH_OPTIONS_MAX];
    bool sized; /* the spelling says how many workers there are */
};

/* Fails: -EINVAL, and `error` says why; `out` untouched. */
int stator_candidate_read(const char *spelling, struct stator_candidate *out,
                          struct stator_error *error);

/*
 * How many workers it gets: as many as processors where a worker serves many clients, one for each
 * connection where they are made for connections, else STATOR_CANDIDATE_POOL. 0: as it says itself.
 */
unsigned stator_candidate_workers(const struct stator_candidate *candidate,
                                  const struct stator_trial_plan *plan, unsigned processors);

/* The most workers that any design may be given. */
#define STATOR_CANDIDATE_WORKERS_MAX 4096

/* The place of the design's knob of that name in its table, and in `knobs`; -1: it has none. */
int stator_candidate_option(const struct stator_arch_impl *impl, const char *name);

/*
 * How many requests of the plan's probe it can have at emulated devices at a time, which is how
 * many of its threads and processes may wait there; never more than there are clients, at least
 * one.
 */
unsigned stator_candidate_overlap(const struct stator_candidate *candidate,
                                  const struct stator_trial_plan *plan, unsigned processors);

/* The spellings of a comparison of everything: index 0, 1, ...; NULL after the last. */
const char *stator_candidate_default(size_t index);

/* The one that the others are compared with. */
#define STATOR_CANDIDATE_REFERENCE "event"

#endif
