/*
 * Short loads beside the one that counts, on the same server: before it, to learn what the design
 * can do; after it, to count system calls, which slows each of them down.
 *
 * Knows a closed loop of the probe's clients alone; refuses to know the other groups. The one
 * surprising thing: nothing that goes wrong after the measurement spoils it; a figure is missing
 * then.
 */
#include <errno.h>

#include "lab/run/calls.h"
#include "lab/run/trial_parts.h"

/* Seconds of each; calls are also waited for until connections are made. */
#define CAPACITY_SECONDS 0.5
#define CALLS_WARM_UP    0.02
#define CALLS_SECONDS    0.1

/* What the calls are read from, and when they were read. */
struct counting {
    struct stator_measurement *self;
    struct stator_calls calls;
    uint64_t before, after;
};

/* The spec's probe in a closed loop and alone; `closed` is the caller's, and outlives it. */
static void isolate_probe(const struct stator_measurement *self, struct stator_load_group *closed,
                          struct stator_load_spec *spec)
{
    *closed = self->plan.groups[self->plan.probe];
    closed->arrival = STATOR_LOAD_ARRIVAL_CLOSED;
    spec->groups = closed;
    spec->group_count = 1;
    spec->on_begin = spec->on_end = NULL;
}

int stator_trial_scale(struct stator_measurement *self)
{
    struct stator_load_group *probe = &self->plan.groups[self->plan.probe], closed;
    struct stator_load_spec spec = stator_trial_load(self);
    struct stator_load_result result;
    int error;

    isolate_probe(self, &closed, &spec);
    spec.duration = CAPACITY_SECONDS;
    error = stator_load_run(&spec, &result);
    if (error < 0) {
        return error;
    }
    if (result.partial) {
        stator_load_finish(&result);
        return -EINTR;
    }
    probe->rate = self->plan.capacity * (double)result.groups[0].responses / result.seconds;
    stator_load_finish(&result);
    return probe->rate > 0 ? 0 : -ENODATA;
}

static void on_begin(void *context)
{
    struct counting *counting = context;

    counting->before = stator_calls_read(&counting->calls);
}

static void on_end(void *context)
{
    struct counting *counting = context;

    counting->after = stator_calls_read(&counting->calls);
}

static bool on_tick(double elapsed, void *context)
{
    const struct counting *counting = context;

    (void)elapsed;
    return stator_trial_goes_on(counting->self);
}

void stator_trial_count_calls(struct stator_measurement *self, struct stator_trial *trial)
{
    struct counting counting = {.self = self};
    struct stator_load_spec spec = stator_trial_load(self);
    struct stator_load_result result;
    struct stator_load_group closed;

    if (!self->setup->counts_calls || !stator_workload_has_calls(&self->plan) ||
        stator_calls_open(self->sut.pid, &counting.calls) < 0) {
        return;
    }
    isolate_probe(self, &closed, &spec);
    spec.warm_up = CALLS_WARM_UP;
    spec.warm_up_max = 0;
    spec.duration = CALLS_SECONDS;
    spec.on_begin = on_begin;
    spec.on_end = on_end;
    spec.on_tick = on_tick;
    spec.context = &counting;
    if (stator_load_run(&spec, &result) == 0) {
        double responses = (double)result.metered.responses;

        /* Something else has held it up where it is much slower than before. */
        if (!result.partial && responses > 0 &&
            (double)result.groups[0].responses / result.seconds >
                trial->values[STATOR_METRIC_RATE] / 2) {
            trial->values[STATOR_METRIC_CALLS] =
                (double)(counting.after - counting.before) / responses;
        }
        stator_load_finish(&result);
    }
    stator_calls_close(&counting.calls);
}
