/* One trial: a fresh server, its load, and what the meters said. */
#ifndef STATOR_LAB_RUN_TRIAL_H
#define STATOR_LAB_RUN_TRIAL_H

#include "lab/result/result.h"
#include "lab/run/environment.h"
#include "lab/workload/candidate.h"

struct stator_trial_setup {
    const struct stator_candidate *candidate;
    const struct stator_workload *workload;
    double level;
    const char *root; /* of stator_docroot_make */
    const struct stator_environment_cpus *cpus;
    double warm_up, duration;       /* seconds */
    bool counts_calls;              /* of the system, in a short load after the one that counts */
    uint64_t seed;                  /* of this repetition: every design meets the same schedule */
    bool (*goes_on)(void *context); /* asked some times a second; false breaks it off */
    void *context;
};

/*
 * Measures and fills `trial`, which stator_result_trial made; checks that fail are added to
 * `result`. Nothing is left running. Returns: 0, also where the design cannot do it
 * (trial->refusal); -EINTR where it was broken off; another -errno where it could not be measured.
 */
int stator_trial_run(const struct stator_trial_setup *setup, struct stator_result *result,
                     struct stator_trial *trial);

#endif
