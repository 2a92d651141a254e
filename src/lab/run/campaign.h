/* A campaign: a plan carried out, from the first trial to a result. */
#ifndef STATOR_LAB_RUN_CAMPAIGN_H
#define STATOR_LAB_RUN_CAMPAIGN_H

#include "lab/result/result.h"
#include "lab/run/plan.h"

struct stator_campaign_progress {
    size_t done, all;                    /* trials */
    double elapsed, left;                /* seconds; `left` is an estimate */
    const char *arch, *workload, *label; /* of the trial that begins */
};

struct stator_campaign {
    struct stator_plan plan;
    uint64_t seed;

    /* Called before each trial. NULL: nobody. */
    void (*on_progress)(const struct stator_campaign_progress *progress, void *context);
    /* Asked some times a second; false breaks it off. NULL: never. */
    bool (*goes_on)(void *context);
    void *context;
};

/*
 * Carries it out and adds to `result`, also what was measured before it was broken off
 * (result->partial). Nothing is left running, and no file. Fails: -errno where nothing can be
 * measured; `why` says why.
 */
int stator_campaign_run(const struct stator_campaign *campaign, struct stator_result *result,
                        char why[200]);

#endif
