/*
 * Workloads with clients that are there and hardly ask: idle, slow, or with large downloads.
 */
#include <stdio.h>

#include "lab/workload/table.h"

/* --- idle ------------------------------------------------------------------------------------ */

static void plan_idle(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "active", 100, STATOR_DOCROOT_SIZE_1K);
    if (level > 0) {
        stator_workload_ask(out, "idle", (unsigned)level, STATOR_DOCROOT_SIZE_1K)->manner =
            STATOR_LOAD_MANNER_IDLE;
    }
}

static void label_idle(double level, char *out, size_t size)
{
    char number[STATOR_WORKLOAD_NUMBER];

    stator_workload_write(level, number);
    snprintf(out, size, "%s idle", number);
}

const struct stator_workload stator_workload_idle = {
    .name = "idle",
    .what = "100 active clients among idle connections",
    .tests =
        "select and poll cost what is watched, epoll what happens (C10K; Gammo et al., OLS 2004); "
        "an idle client costs a thread its memory (COMP 177).",
    .expect =
        "epoll is as fast among thousands of idle connections as without them; poll and select "
        "look at all of them each time and fall; a thread or process for each connection pays "
        "in memory, and a pool of fixed size is full.",
    .axis = "idle connections",
    .verdict = STATOR_METRIC_CPU,
    .levels = (const double[]){0, 1000, 5000, 10000, -1},
    .quick_levels = (const double[]){0, 1000, -1},
    .plan = plan_idle,
    .label = label_idle,
};

/* --- convoy ---------------------------------------------------------------------------------- */

static void plan_convoy(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *probes =
        stator_workload_ask(out, "probes", 20, STATOR_DOCROOT_SIZE_1K);

    probes->arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    probes->rate = 50;
    probes->per_connection = 1;
    probes->timeout = 2;
    out->shortest = 2.5;
    if (level > 0) {
        struct stator_load_group *slow =
            stator_workload_ask(out, "downloads", (unsigned)level, STATOR_DOCROOT_SIZE_8M);

        slow->manner = STATOR_LOAD_MANNER_SLOW_READER;
        slow->pace = 256 * 1024;
        slow->timeout = 120;
    }
}

static void label_convoy(double level, char *out, size_t size)
{
    stator_workload_label(level, "download", out, size);
}

const struct stator_workload stator_workload_convoy = {
    .name = "convoy",
    .what = "slow large downloads, and small requests that have 2 s to be answered",
    .tests = "It is ugly to make everyone wait for one (COMP 177).",
    .expect =
        "iterative serves a download to its end while every small request waits and fails; a pool "
        "does the same once there are as many downloads as workers; all others answer at once.",
    .axis = "slow downloads",
    .verdict = STATOR_METRIC_ERRORS,
    .levels = (const double[]){0, 4, 16, -1},
    .quick_levels = (const double[]){4, -1},
    .plan = plan_convoy,
    .label = label_convoy,
};

/* --- slow ------------------------------------------------------------------------------------ */

static void plan_slow(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *probes =
        stator_workload_ask(out, "probes", 8, STATOR_DOCROOT_SIZE_1K);

    probes->timeout = 2;
    out->shortest = 3;
    if (level > 0) {
        struct stator_load_group *slow =
            stator_workload_ask(out, "slow", (unsigned)level, STATOR_DOCROOT_SIZE_1K);

        slow->manner = STATOR_LOAD_MANNER_SLOW_WRITER;
        slow->pace = 4;
    }
}

static void label_slow(double level, char *out, size_t size)
{
    stator_workload_label(level, "slow client", out, size);
}

const struct stator_workload stator_workload_slow = {
    .name = "slow",
    .what = "clients that send their requests by 4 bytes a second, beside 8 quick ones",
    .tests = "Slowloris: whoever keeps a thread for a request's head can be starved.",
    .expect = "A pool that gives each connection a worker has none left for the quick clients; "
              "loops, and "
              "designs whose threads get whole requests, do not notice.",
    .axis = "slow clients",
    .log_axis = false,
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){0, 8, 64, 256, -1},
    .plan = plan_slow,
    .label = label_slow,
};
