/*
 * Workloads whose files are all in memory: what an architecture costs where nothing waits for a
 * disk.
 */
#include <stdio.h>

#include "lab/workload/table.h"

/* --- hot ------------------------------------------------------------------------------------- */

static void plan_hot(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", (unsigned)level, STATOR_DOCROOT_SIZE_1K);
}

static void label_clients(double level, char *out, size_t size)
{
    stator_workload_label(level, "client", out, size);
}

const struct stator_workload stator_workload_hot = {
    .name = "hot",
    .what = "one file of 1 KiB, kept-alive connections, as fast as responses come",
    .tests = "Where everything is cached, architecture matters little (Flash, USENIX 1999).",
    .expect =
        "Designs that serve several clients at a time lie within 20 to 30 % of each other: the "
        "same core does the same work, and only the waiting differs. iterative serves one "
        "client and lets the others wait.",
    .axis = "clients",
    .log_axis = true,
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){1, 4, 16, 64, 256, -1},
    .quick_levels = (const double[]){16, -1},
    .plan = plan_hot,
    .label = label_clients,
};

/* --- conn ------------------------------------------------------------------------------------ */

static void plan_conn(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", 16, STATOR_DOCROOT_SIZE_1K)->per_connection =
        (unsigned)level;
}

static void label_conn(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f a connection", level);
}

const struct stator_workload stator_workload_conn = {
    .name = "conn",
    .what = "16 clients that make a new connection after 1, 5 or 100 requests",
    .tests = "What a process, a thread or an accept costs (COMP 177; Stevens, UNP 30.10).",
    .expect =
        "With one request a connection fork is the slowest, then thread, then pools, then loops: "
        "each pays for what it makes for a connection. The more requests a connection has, "
        "the closer they come.",
    .axis = "requests a connection",
    .log_axis = true,
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){1, 5, 100, -1},
    .quick_levels = (const double[]){1, -1},
    .plan = plan_conn,
    .label = label_conn,
};

/* --- size ------------------------------------------------------------------------------------ */

static void plan_size(double level, struct stator_trial_plan *out)
{
    unsigned size = 0;

    while (size + 1 < STATOR_DOCROOT_SIZE_COUNT && (double)stator_docroot_length(size) < level) {
        size++;
    }
    stator_workload_ask(out, "clients", 16, size);
}

static void label_size(double level, char *out, size_t size)
{
    if (level >= 1048576) {
        snprintf(out, size, "%.0f MiB", level / 1048576);
    } else if (level >= 1024) {
        snprintf(out, size, "%.0f KiB", level / 1024);
    } else {
        snprintf(out, size, "%.0f bytes", level);
    }
}

const struct stator_workload stator_workload_size = {
    .name = "size",
    .what = "files from 100 bytes to 1 MiB, 16 kept-alive connections",
    .tests = "Requests a second turn into bits a second as files grow (COMP 177).",
    .expect = "Small files are bound by requests, large ones by bytes: the rate falls and the data "
              "rises until copying to the socket is all that is left, which is the same in every "
              "design.",
    .axis = "bytes",
    .log_axis = true,
    .verdict = STATOR_METRIC_BODY,
    .levels = (const double[]){100, 1024, 10240, 102400, 1048576, -1},
    .plan = plan_size,
    .label = label_size,
};

/* --- sweep ----------------------------------------------------------------------------------- */

static void plan_sweep(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *group =
        stator_workload_ask(out, "clients", 64, STATOR_DOCROOT_SIZE_1K);

    group->arrival = STATOR_LOAD_ARRIVAL_POISSON;
    group->timeout = 2;
    out->capacity = level / 100;
}

static void label_sweep(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f %% of capacity", level);
}

const struct stator_workload stator_workload_sweep = {
    .name = "sweep",
    .what = "requests at random moments, from a tenth of what the design can do to one and a half",
    .tests = "The knee of the response time, and what is left under overload (queueing theory).",
    .expect =
        "Response times stay flat until the load comes near the capacity, then rise like a hockey "
        "stick; beyond it the queue grows for as long as the load lasts. A client that waits "
        "for each answer before it asks again never sees this.",
    .axis = "offered load, % of capacity",
    .verdict = STATOR_METRIC_P99,
    .levels = (const double[]){10, 30, 50, 70, 80, 90, 100, 120, 150, -1},
    .plan = plan_sweep,
    .label = label_sweep,
};
