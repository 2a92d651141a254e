/* The workloads: what is asked of every design, and what the field expects to see. */
#ifndef STATOR_LAB_WORKLOAD_H
#define STATOR_LAB_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "arch/arch.h"
#include "lab/contestant.h"
#include "lab/load.h"
#include "lab/metric.h"

#define STATOR_WORKLOAD_LEVELS  16
#define STATOR_WORKLOAD_TARGETS 64
#define STATOR_WORKLOAD_GROUPS  4

/* All that one trial needs; filled by a workload for one of its levels. */
struct stator_trial_plan {
    struct stator_device_spec devices;
    const char *options[8];
    struct stator_load_group groups[STATOR_WORKLOAD_GROUPS];
    size_t group_count;
    size_t probe; /* the group whose figures the trial reports; the others are the circumstances */
    double warm_up, duration; /* seconds; 0: as the run decides */
    unsigned connections;     /* that it needs at a time */
};

struct stator_workload {
    const char *name;   /* "idle" */
    const char *what;   /* one line: what is done */
    const char *tests;  /* the claim that it tests, with its source */
    const char *expect; /* "what you should see and why": one or two sentences */
    const char *axis;   /* what its levels are: "idle connections" */
    bool log_axis;
    bool quick;                 /* in `run` without arguments */
    enum stator_metric verdict; /* the metric that it is about */
    const double *levels;       /* ends with a negative one */
    const double *quick_levels;

    /* Fills the zeroed `out`; its pointers live as long as the program. */
    void (*plan)(double level, struct stator_trial_plan *out);

    /* Writes the level for people: "5,000 idle". */
    void (*label)(double level, char *out, size_t size);

    /*
     * Why the design cannot do it here, or NULL. `knobs` as stator_knobs_parse wrote them.
     */
    const char *(*refuses)(const struct stator_arch_impl *impl, const long *knobs, double level);
};

/* For index 0, 1, ...; NULL after the last. */
const struct stator_workload *stator_workload_at(size_t index);
const struct stator_workload *stator_workload_find(const char *name);

/*
 * Writes the files that all workloads ask for into a fresh directory beneath TMPDIR and fills the
 * checksums of the targets. Fails: -errno. Owns: stator_workload_site_remove removes it.
 */
int stator_workload_site_make(char path[256]);
void stator_workload_site_remove(const char *path);

#endif
