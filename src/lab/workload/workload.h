/* The workloads: what is asked of every design, and what the field expects to see. */
#ifndef STATOR_LAB_WORKLOAD_WORKLOAD_H
#define STATOR_LAB_WORKLOAD_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "arch/arch.h"
#include "lab/load/load.h"
#include "lab/stats/metric.h"
#include "lab/workload/device.h"

/* The most designs that one is about, and the most groups of clients that one has. */
#define STATOR_WORKLOAD_ARCHS  8
#define STATOR_WORKLOAD_GROUPS 4

/* All that one trial needs; filled by a workload for one of its levels. */
struct stator_trial_plan {
    struct stator_device_spec devices; /* all zero: none */
    struct stator_load_group groups[STATOR_WORKLOAD_GROUPS];
    size_t group_count;
    size_t probe;    /* the group whose figures the trial reports; others are circumstances */
    double capacity; /* the probe's rate is this share of what the design can do; 0: no share */
    double shortest; /* seconds that it must last to say anything; 0: as the run decides */
    unsigned connections; /* that it needs at a time */
    unsigned cores;       /* that the server runs on; 0: all that it may */
    bool classes;         /* it needs a design that can serve urgent requests first */
    double stall;         /* seconds that the server is stopped for; 0: it is not */
    double stall_every;   /* seconds from one such stop to the next */
};

struct stator_workload {
    const char *name;   /* "idle" */
    const char *what;   /* one line: what is done */
    const char *tests;  /* the claim that it tests, with its source */
    const char *expect; /* what one should see, and why: one or two sentences */
    const char *axis;   /* what its levels are: "idle connections" */
    bool log_axis;
    enum stator_metric verdict; /* the metric that it is about */
    const double *levels;       /* ends with a negative one */
    const double *quick_levels; /* those of a quick run; NULL: it is not in it */
    const char *const *archs;   /* spellings, then NULL: those that it is about, which it compares
                                   where nobody named others; NULL: all of a comparison */

    /* Fills the zeroed `out`; its pointers live as long as the program. */
    void (*plan)(double level, struct stator_trial_plan *out);

    /* Writes the level for people: "5,000 idle". */
    void (*label)(double level, char *out, size_t size);
};

/* For index 0, 1, ...; NULL after the last. */
const struct stator_workload *stator_workload_at(size_t index);

/* The workload of that name, or NULL. */
const struct stator_workload *stator_workload_find(const char *name);

/*
 * Whether system calls a request say something: not where clients ask at given times, for they
 * would ask otherwise while calls are counted, nor where emulated devices make calls to wait.
 */
bool stator_workload_has_calls(const struct stator_trial_plan *plan);

/*
 * Why a design cannot do what the plan needs, or NULL. Lives: until it is asked again.
 * `impl` as its spelling was read; `cores`: that servers may run on here.
 */
const char *stator_workload_refusal(const struct stator_arch_impl *impl,
                                    const struct stator_trial_plan *plan, unsigned cores);

#endif
