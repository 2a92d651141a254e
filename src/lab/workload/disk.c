/*
 * Workloads over emulated devices: what a design makes of waiting for a disk.
 */
#include <stdio.h>

#include "lab/workload/table.h"

#define MS 1000000

/* --- disk ------------------------------------------------------------------------------------ */

static void plan_channels(double level, unsigned channels, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", 32, STATOR_DOCROOT_SIZE_1K);
    out->shortest = 0.5;
    out->devices = (struct stator_device_spec){
        .disk_service = 8 * MS,
        .disk_channels = channels,
        .miss = STATOR_DEVICE_MISS_EVERY,
        .miss_share = level / 100,
    };
}

static void plan_disk(double level, struct stator_trial_plan *out)
{
    plan_channels(level, 8, out);
}

static void plan_disk_one(double level, struct stator_trial_plan *out)
{
    plan_channels(level, 1, out);
}

static void label_misses(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f %% misses", level);
}

const struct stator_workload stator_workload_disk = {
    .name = "disk",
    .what = "32 clients; some requests wait 8 ms for an emulated disk of 8 channels",
    .tests = "An event loop stops for its disk, AMPED and threads do not (Flash, USENIX 1999; "
             "\"9x\" with thread pools, nginx 2015).",
    .expect =
        "Without misses all are alike. With misses an event loop does one disk access at a time "
        "and nothing else meanwhile, so it collapses to 125 misses a second; amped and thread "
        "designs keep up to 8 channels busy.",
    .axis = "misses, %",
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){0, 5, 10, 25, 50, -1},
    .quick_levels = (const double[]){10, -1},
    .plan = plan_disk,
    .label = label_misses,
};

const struct stator_workload stator_workload_disk_one = {
    .name = "disk-one",
    .what = "the same with a disk that does one access at a time",
    .tests = "Where the device is the bound, the design hardly matters (the same sources).",
    .expect =
        "One channel gives 125 misses a second to every design; those that serve hits meanwhile "
        "win only what the hits are worth to clients that do not wait for a miss.",
    .axis = "misses, %",
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){5, 25, -1},
    .plan = plan_disk_one,
    .label = label_misses,
};

/* --- cs555 ----------------------------------------------------------------------------------- */

enum { CASE_PLAIN, CASE_CACHE, CASE_SEARCH };

static const char *const cases[] = {"no cache", "75 % hits", "75 % hits, search 0.5 ms"};

static void plan_cs555(double level, struct stator_trial_plan *out)
{
    stator_workload_ask(out, "clients", 16, STATOR_DOCROOT_SIZE_1K);
    out->shortest = 0.5;
    out->devices = (struct stator_device_spec){
        .cpu_service = 2 * MS,
        .cpu_cores = 1,
        .cache_service = level >= CASE_SEARCH ? MS / 2 : 0,
        .disk_service = 8 * MS,
        .disk_channels = 1,
        .miss = STATOR_DEVICE_MISS_EVERY,
        .miss_share = level >= CASE_CACHE ? 0.25 : 1,
    };
}

static void label_case(double level, char *out, size_t size)
{
    snprintf(out, size, "%s", cases[(unsigned)level % 3]);
}

const struct stator_workload stator_workload_cs555 = {
    .name = "cs555",
    .what = "each request needs 2 ms of an emulated processor and, on a miss, 8 ms of one disk",
    .tests = "The lecture's arithmetic of threads and caches (CS555).",
    .expect =
        "Without a cache the disk allows 125 requests a second to designs that overlap disk and "
        "processor, and 100 to those with one thread. With 75 % hits two threads and more reach "
        "500, or 400 where a search costs 0.5 ms.",
    .axis = "case",
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){CASE_PLAIN, CASE_CACHE, CASE_SEARCH, -1},
    .quick_levels = (const double[]){CASE_CACHE, -1},
    .plan = plan_cs555,
    .label = label_case,
};
