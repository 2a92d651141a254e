/*
 * Results: what was measured, where, and under which conditions. Whatever measures writes one, and
 * whatever reports reads one; results.json is its whole content.
 */
#ifndef STATOR_LAB_RESULT_RESULT_H
#define STATOR_LAB_RESULT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/stats/histogram.h"
#include "lab/stats/metric.h"

/* What makes a trial one to be careful with. */
enum stator_trial_flag {
    STATOR_TRIAL_FLAG_CLIENT_LIMITED = 1, /* the load generator lagged or had no processor left */
    STATOR_TRIAL_FLAG_DRIFT = 2,          /* the reference design changed within the block */
    STATOR_TRIAL_FLAG_ERRORS = 4,         /* over 0.1 % of the requests failed */
    STATOR_TRIAL_FLAG_UNSTEADY = 8,       /* warm-up did not settle */
    STATOR_TRIAL_FLAG_CHECK = 16, /* Little's law, utilisation, bytes or counts do not agree */
    STATOR_TRIAL_FLAG_STARVED =
        32, /* clients went without: the fairness is too low, or nobody was answered */
};

/* One measurement: a design under a workload at one of its levels, once. */
struct stator_trial {
    char *arch;          /* as typed: "pool:workers=8" */
    char *workload;      /* "idle" */
    double level;        /* where it stands on the workload's axis */
    char *label;         /* the same for people: "5,000 idle" */
    unsigned repetition; /* from 0: the block */
    unsigned position;   /* from 0: its place in the block's order */
    bool reference;      /* one of the reference design's own, to see drift */
    char *refusal;    /* why it cannot be done ("at most 1000 connections, FD_SETSIZE"), or NULL */
    unsigned flags;   /* of enum stator_trial_flag */
    unsigned overlap; /* requests that it can have at emulated devices at a time; 0: unknown */
    size_t cell;      /* counted from 0, in the order in which cells came first; set by adding it */
    double values[STATOR_METRIC_COUNT]; /* NAN where it was not measured */
    struct stator_histogram
        *from_intended;                 /* us from the intended start; NULL where there is none */
    struct stator_histogram *from_sent; /* us from when it was sent */
};

/* One fact of the environment, or one setting: "kernel" = "6.1.0". */
struct stator_fact {
    char *name;
    char *value;
};

/* A check of the whole: Little's law and the like. */
struct stator_check {
    char *name;
    char *where; /* design, workload, level; "" for all */
    bool passed;
    char *detail; /* the two figures that were compared */
};

struct stator_result {
    struct stator_fact *facts; /* environment, in the order in which they are shown */
    size_t fact_count;
    char *command; /* the exact one */
    char *date;    /* ISO 8601, UTC, of the beginning */
    uint64_t seed;
    double seconds; /* that it took */
    unsigned repetitions;
    bool partial;     /* it was broken off */
    bool publishable; /* a release build without sanitizers */
    char *reference;  /* the reference design */
    struct stator_trial *trials;
    size_t trial_count, trial_capacity;
    size_t cell_count;
    struct stator_check *checks;
    size_t check_count;
};

/* Empty. Fails: NULL where memory is out. */
struct stator_result *stator_result_create(void);
void stator_result_destroy(struct stator_result *result);

/* Copies the strings. Fails: -ENOMEM. */
int stator_result_fact(struct stator_result *result, const char *name, const char *value);
int stator_result_check(struct stator_result *result, const char *name, const char *where,
                        bool passed, const char *detail);

/*
 * Adds an empty trial (values NAN), strings copied. Returns: it, until the next one is added; NULL
 * where memory is out.
 */
struct stator_trial *stator_result_trial(struct stator_result *result, const char *arch,
                                         const char *workload, double level, const char *label);

/*
 * Adds all trials, facts and checks of `more` as further repetitions, so that its pairs stay pairs.
 * Facts that are the same are kept once. Fails: -ENOMEM; `result` may then hold a part of it.
 */
int stator_result_merge(struct stator_result *result, const struct stator_result *more);

/* The fact's value, or NULL. */
const char *stator_result_find_fact(const struct stator_result *result, const char *name);

/* False for what is another one at each moment of the same machine, as its load is. */
bool stator_fact_is_lasting(const char *name);

/* The flag's name in files and reports, "client-limited"; NULL for none. `bit` counts from 0. */
const char *stator_trial_flag_name(unsigned bit);

/* --- cells: the trials of one design, workload and level together ----------------------------
 *
 * The reference's own trials (`reference`) belong to its cell, but count in none of these: there is
 * one more of the same design and repetition that does. */

struct stator_cell {
    const char *arch, *workload, *label, *refusal;
    double level;
    size_t index;
    unsigned flags;   /* of any of its trials */
    size_t asked;     /* trials; 0: there are the reference's own alone */
    size_t count;     /* those that measured something */
    unsigned overlap; /* as in struct stator_trial */
};

struct stator_estimate {
    double median; /* NAN where no trial has the metric */
    /* 95 % bootstrap interval; below 5 repetitions the range, widened by what the reference has
     * wandered from its own median: in all, or, of ratios, within a repetition. */
    double low, high;
    size_t count;
};

/* Cells in the order in which their trials came first. Returns: false after the last. */
bool stator_result_cell(const struct stator_result *result, size_t index, struct stator_cell *out);

/* The metric over the cell's trials; deterministic (seeded by the result's seed). */
struct stator_estimate stator_result_estimate(const struct stator_result *result,
                                              const struct stator_cell *cell,
                                              enum stator_metric metric);

/*
 * The metric's ratio to another design's at the same workload and level, paired by repetition. NAN
 * where there is no pair. A tie is what is closer than 5 %, or whose interval holds 1; NAN is none.
 */
struct stator_estimate stator_result_ratio(const struct stator_result *result,
                                           const struct stator_cell *cell, const char *arch,
                                           enum stator_metric metric);
bool stator_estimate_is_tie(const struct stator_estimate *ratio);

/*
 * All response times of the cell's trials, or their naive ones. Returns: NULL where there are none
 * or memory is out. Owns: the caller destroys it.
 */
struct stator_histogram *stator_result_times(const struct stator_result *result,
                                             const struct stator_cell *cell, bool from_sent);

/* --- files ----------------------------------------------------------------------------------- */

/*
 * Writes results.json, byte for byte the same for the same result. The file is there whole or as it
 * was before. Fails: -errno. What is not finite is null.
 */
int stator_result_write(const struct stator_result *result, const char *path);

/* Tidy: a line a trial and metric. Fails: -errno. */
int stator_result_write_csv(const struct stator_result *result, const char *path);

/* Fails: -errno, -EINVAL where it is no results.json of this program: `why` then says where. */
int stator_result_read(const char *path, struct stator_result **out, char why[200]);

#endif
