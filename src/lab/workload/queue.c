/*
 * Workloads in which requests wait for each other: for their class, for their object, for a burst
 * to pass. Emulated devices make the server slow enough for a queue, whatever the machine can do.
 */
#include <stdio.h>

#include "lab/workload/table.h"

#define MS 1000000

/* --- skew ------------------------------------------------------------------------------------ */

static void plan_skew(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *group =
        stator_workload_ask(out, "clients", 32, STATOR_DOCROOT_SIZE_1K);

    group->targets = stator_docroot_objects();
    group->target_count = STATOR_DOCROOT_OBJECTS;
    group->skew = level;
    out->shortest = 1;
    out->devices = (struct stator_device_spec){.cpu_service = 4 * MS, .cpu_cores = 8};
}

static void label_skew(double level, char *out, size_t size)
{
    snprintf(out, size, level > 0 ? "exponent %.0f" : "all alike", level);
}

const struct stator_workload stator_workload_skew = {
    .name = "skew",
    .what = "64 files, some asked for far more often (Zipf); 4 ms of 8 emulated processors each",
    .tests = "A thread for each object: the hottest object is the cap (CS555; Schmidt 1998).",
    .expect =
        "Where all files are alike, a thread for each of them keeps the processors as busy as a "
        "pool does. The more one file is asked for, the more requests wait for its thread while "
        "others have nothing to do: that thread does 250 a second, which is all of the file that "
        "anybody gets. A pool does not notice.",
    .axis = "Zipf's exponent",
    .verdict = STATOR_METRIC_RATE,
    .levels = (const double[]){0, 1, 2, -1},
    .archs = (const char *const[]){"pool:unit=request", "thread-object",
                                   "thread-object:map=path,objects=64", "thread", "event", NULL},
    .plan = plan_skew,
    .label = label_skew,
};

/* --- priority -------------------------------------------------------------------------------- */

/* Four workers on four emulated processors: whoever waits does so in the queue. */
#define QUEUED "pool:unit=request,workers=4"

static const char *const disciplines[] = {QUEUED, QUEUED ",discipline=strict,queues=2",
                                          QUEUED ",discipline=aging,queues=2", NULL};

/* What four processors with 4 ms each can do in a second, and what is always asked for. */
#define CAPACITY 1000
#define ORDINARY 500

static void ask_with_class(struct stator_trial_plan *plan, const char *name, double rate,
                           const struct stator_load_target *target)
{
    struct stator_load_group *group = stator_workload_ask(plan, name, 32, STATOR_DOCROOT_SIZE_1K);

    group->targets = target;
    group->arrival = STATOR_LOAD_ARRIVAL_POISSON;
    group->rate = rate;
    group->timeout = 1;
}

static void plan_classes(double level, struct stator_trial_plan *out)
{
    static struct stator_load_target urgent, ordinary;

    urgent = ordinary = *stator_docroot_target(STATOR_DOCROOT_SIZE_1K);
    urgent.fields = "Priority: u=0\r\n";
    ordinary.fields = "Priority: u=7\r\n";
    ask_with_class(out, "urgent", level / 100 * CAPACITY, &urgent);
    ask_with_class(out, "ordinary", ORDINARY, &ordinary);
    out->shortest = 3;
    out->classes = true;
    out->devices = (struct stator_device_spec){.cpu_service = 4 * MS, .cpu_cores = 4};
}

static void plan_priority(double level, struct stator_trial_plan *out)
{
    plan_classes(level, out);
}

static void plan_starve(double level, struct stator_trial_plan *out)
{
    plan_classes(level, out);
    out->probe = 1;
}

static void label_urgent(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f %% urgent", level);
}

#define URGENT_LEVELS ((const double[]){20, 60, 90, -1})

const struct stator_workload stator_workload_priority = {
    .name = "priority",
    .what = "urgent requests of 20 to 90 % of capacity, and ordinary ones of 50 % beside them",
    .tests = "A queue for each class lets the urgent ones pass (CS555, worker pool).",
    .expect =
        "What is seen here is the urgent requests. In one queue for all they wait behind ordinary "
        "ones as soon as both together are more than the pool can do; with strict classes they "
        "hardly wait as long as they alone are not too many; aging lies between.",
    .axis = "urgent requests, % of capacity",
    .verdict = STATOR_METRIC_P90,
    .levels = URGENT_LEVELS,
    .archs = disciplines,
    .plan = plan_priority,
    .label = label_urgent,
};

const struct stator_workload stator_workload_starve = {
    .name = "starve",
    .what = "the same load as priority; what is seen is its ordinary requests",
    .tests = "Strict classes starve the lower one, aging does not (Silberschatz, ch. 5).",
    .expect =
        "With strict classes the ordinary requests get what the urgent ones leave, which is a "
        "tenth of the pool where those ask for nine tenths: most fail. In one queue for all, and "
        "with aging, everybody gets a share.",
    .axis = "urgent requests, % of capacity",
    .verdict = STATOR_METRIC_RATE,
    .levels = URGENT_LEVELS,
    .archs = disciplines,
    .plan = plan_starve,
    .label = label_urgent,
};

/* --- burst ----------------------------------------------------------------------------------- */

static void plan_burst(double level, struct stator_trial_plan *out)
{
    struct stator_load_group *group =
        stator_workload_ask(out, "clients", 256, STATOR_DOCROOT_SIZE_1K);

    group->arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    group->rate = level / 0.1;
    group->burst = 0.1;
    group->pause = 0.4;
    group->per_connection = 1;
    group->timeout = 2;
    out->shortest = 2;
    out->devices =
        (struct stator_device_spec){.disk_service = 20 * MS, .disk_channels = 64, .miss_share = 1};
}

static void label_burst(double level, char *out, size_t size)
{
    snprintf(out, size, "%.0f a burst", level);
}

const struct stator_workload stator_workload_burst = {
    .name = "burst",
    .what = "bursts of 0.1 s twice a second; each request waits 20 ms for an emulated disk",
    .tests = "A fixed pool queues what it was not made for; threads on demand are (CS555).",
    .expect =
        "On demand there is a thread or process for everybody, so a burst takes little longer than "
        "one request, plus what making them costs. A pool of 16 does 800 requests a second: a "
        "larger burst waits in its queue, and is worked off in the pause. A loop that waits for "
        "its disk in place does 50 a second and never catches up.",
    .axis = "requests a burst",
    .log_axis = true,
    .verdict = STATOR_METRIC_P90,
    .levels = (const double[]){20, 80, 160, -1},
    .archs = (const char *const[]){"fork", "prefork", "thread", "pool", "pool:workers=64",
                                   "thread-request", "event", "amped:helpers=16", NULL},
    .plan = plan_burst,
    .label = label_burst,
};
