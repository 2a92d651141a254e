/*
 * Workloads in which something is done to the server itself: it gets fewer processors, is halted,
 * or crashes.
 */
#include <stdio.h>

#include "lab/workload/table.h"

/* --- stall ----------------------------------------------------------------------------------- */

static void plan_stall(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *group =
        stator_workload_ask(out, "clients", 4, STATOR_DOCROOT_SIZE_1K);

    group->arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    group->rate = 500;
    group->timeout = 2;
    out->shortest = 4;
    out->stall = level / 1000;
    out->stall_every = 2;
}

static void label_stall(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f ms", level);
}

const struct stator_workload stator_workload_stall = {
    .name = "stall",
    .what = "500 requests a second; the server is stopped for 200 ms every 2 s",
    .tests = "Coordinated omission: who waits for an answer before asking again sees one slow "
             "request where a hundred were (Tene 2013; wrk2).",
    .expect =
        "A tenth of all requests is meant to be sent while the server stands still. Counted from "
        "then on, the p99 is some 180 ms; counted from when they were sent, which only four could "
        "be, it looks as if nothing had happened. It has nothing to do with the design.",
    .axis = "ms that the server stands still, every 2 s",
    .verdict = STATOR_METRIC_P99,
    .levels = (const double[]){0, 200, -1},
    .archs = (const char *const[]){"prefork", "thread", "event", NULL},
    .plan = plan_stall,
    .label = label_stall,
};

/* --- cores ----------------------------------------------------------------------------------- */

static void plan_cores(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", 64, STATOR_DOCROOT_SIZE_1K);
    out->cores = (unsigned)level;
}

static void label_cores(double level, char *out, size_t size)
{
    stator_workload_label(level, "core", out, size);
}

const struct stator_workload stator_workload_cores = {
    .name = "cores",
    .what = "64 clients, one file of 1 KiB, and a server on 1, 2, 4, ... cores",
    .tests = "Use all cores (COMP 177); what is shared bounds what more of them bring (USL).",
    .expect =
        "One loop stays where it is, however many cores there are. A loop for each core, and "
        "threads and processes, do more with each one until they meet at what they share, or the "
        "load generator has no core left.",
    .axis = "cores",
    .log_axis = true,
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){1, 2, 4, 8, 16, 32, -1},
    .plan = plan_cores,
    .label = label_cores,
};

/* --- crash ----------------------------------------------------------------------------------- */

static void plan_crash(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", 16, STATOR_DOCROOT_SIZE_1K)->timeout = 2;
    out->shortest = 2;
    out->devices.crash = (unsigned)level;
}

static void label_crash(double level, char *out, size_t size)
{
    char number[STATOR_WORKLOAD_NUMBER];

    stator_workload_write(level, number);
    snprintf(out, size, "1 in %s", number);
}

const struct stator_workload stator_workload_crash = {
    .name = "crash",
    .what = "16 clients; one request in 10,000, or in 1,000, dereferences a null pointer",
    .tests = "Processes limit the damage (COMP 177; Apache's prefork).",
    .expect =
        "A process of its own loses the one request, and is replaced. A process for many clients "
        "loses those that were its own. Threads and single loops lose everybody, for good: from "
        "the first crash on nobody is answered.",
    .axis = "requests a crash",
    .log_axis = true,
    .verdict = STATOR_METRIC_ERRORS,
    .levels = (const double[]){1000, 10000, -1},
    .plan = plan_crash,
    .label = label_crash,
};
