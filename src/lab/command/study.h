/*
 * A study: what somebody who types `run` or `sweep` gets, from flags to files.
 */
#ifndef STATOR_LAB_COMMAND_STUDY_H
#define STATOR_LAB_COMMAND_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/result/result.h"
#include "lab/run/plan.h"

#define STATOR_STUDY_ARCHS     64
#define STATOR_STUDY_WORKLOADS 24

struct stator_study {
    struct stator_candidate candidates[STATOR_STUDY_ARCHS];
    size_t candidate_count;
    struct stator_plan_item items[STATOR_STUDY_WORKLOADS];
    size_t item_count;
    struct stator_candidate own[STATOR_STUDY_WORKLOADS][STATOR_WORKLOAD_ARCHS]; /* of items */
    double warm_up, duration, budget;                                           /* seconds */
    unsigned repetitions;
    uint64_t seed;
    const char *directory; /* where the files go */
    bool force;            /* they may replace others */
    bool publish;          /* refuse what could not be published */
    bool one_core;         /* client and server may share a processor */
    char command[1024];    /* as it was typed, for the report */
};

/* The seconds that `run` without a word takes at most. */
#define STATOR_STUDY_QUICK_SECONDS 300

/* Nothing is chosen yet; the durations and repetitions of a quick run. */
void stator_study_init(struct stator_study *study);

/* Notes the command line, before it is taken to pieces. */
void stator_study_quote(struct stator_study *study, char *const argv[]);

/*
 * Fills in what was not chosen: every design that is built, or what a workload is about; the quick
 * workloads at their quick levels where `quick`, else all at all. Returns: an exit code; it was
 * said what is wrong.
 */
int stator_study_complete(struct stator_study *study, bool quick);

/*
 * Adds designs as `--designs` has them: "event,pool:unit=request,workers=4,thread". Owns: `list` is
 * cut into pieces and must live on. Returns: an exit code, 0 where it is right; it was said what is
 * wrong.
 */
int stator_study_add_archs(struct stator_study *study, char *list);
int stator_study_add_workloads(struct stator_study *study, char *list);

/* Carries it out. Returns: the exit code; what went wrong was said. */
int stator_study_run(struct stator_study *study);

/* Prints the sentences of a result's verdict that apply. Fails: -ENOMEM, -E2BIG. */
int stator_study_tell(const struct stator_result *result);

#endif
