/*
 * A trial.
 *
 * Knows in which order server, load and meters begin and end, and what their figures say together;
 * refuses to know workloads and designs. The one surprising thing: a design's capacity, where a
 * workload asks for a share of it, is measured on the same server right before.
 */
#include "lab/trial.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/contestant.h"
#include "lab/meter.h"
#include "lab/statistics.h"

/* How long a closed loop is run to learn what the design can do. */
#define CAPACITY_SECONDS 0.5

/* What is more than this apart does not agree. */
#define LITTLE_TOLERANCE 0.01

/* From this share of failed requests on a trial is marked. */
#define ERRORS_MARKED 0.001

/* Below this much fairness some clients waited while others were served again and again. */
#define FAIRNESS_MARKED 0.49

#define WORKERS_MAX 4096

struct measurement {
    const struct stator_trial_setup *setup;
    struct stator_trial_plan plan;
    struct stator_contestant contestant;
    struct stator_load_result load;
    struct stator_meter before, after;
    struct stator_device_use devices_before, devices_after;
    uint64_t kernel_before, kernel_after; /* of the whole machine: before the server, at the end */
    int error;
};

static void on_begin(void *context)
{
    struct measurement *self = context;

    self->devices_before = stator_contestant_devices(&self->contestant);
    self->error = stator_contestant_meter(&self->contestant, &self->before);
}

static void on_end(void *context)
{
    struct measurement *self = context;
    int error = stator_contestant_meter(&self->contestant, &self->after);

    self->devices_after = stator_contestant_devices(&self->contestant);
    self->error = self->error < 0 ? self->error : error;
    if (stator_meter_read_kernel(&self->kernel_after) < 0) {
        self->kernel_after = self->kernel_before;
    }
}

static bool on_tick(double elapsed, void *context)
{
    const struct measurement *self = context;

    (void)elapsed;
    return self->setup->goes_on == NULL || self->setup->goes_on(self->setup->context);
}

static struct stator_load_spec make_load(struct measurement *self)
{
    const struct stator_trial_setup *setup = self->setup;
    double duration = setup->duration > self->plan.shortest ? setup->duration : self->plan.shortest;

    return (struct stator_load_spec){
        .server = self->contestant.address,
        .groups = self->plan.groups,
        .group_count = self->plan.group_count,
        .warm_up = setup->warm_up,
        .duration = duration,
        .seed = setup->seed,
        .on_begin = on_begin,
        .on_end = on_end,
        .on_tick = on_tick,
        .context = self,
    };
}

/* Replaces the probe's rate by its share of what the design answers in a closed loop. */
static int scale_to_capacity(struct measurement *self)
{
    struct stator_load_group *probe = &self->plan.groups[self->plan.probe];
    struct stator_load_group closed = *probe;
    struct stator_load_spec spec = make_load(self);
    struct stator_load_result result;
    int error;

    closed.arrival = STATOR_LOAD_CLOSED;
    spec.groups = &closed;
    spec.group_count = 1;
    spec.duration = CAPACITY_SECONDS;
    spec.on_begin = NULL;
    spec.on_end = NULL;
    error = stator_load_run(&spec, &result);
    if (error < 0) {
        return error;
    }
    probe->rate = self->plan.capacity * (double)result.groups[0].responses / result.seconds;
    stator_load_finish(&result);
    return probe->rate > 0 ? 0 : -ENODATA;
}

static int start(struct measurement *self, char why[200])
{
    const struct stator_trial_setup *setup = self->setup;
    char workers[32], none[] = "--magic=off";
    const char *options[] = {none, NULL, NULL};
    struct stator_contest_spec spec = {
        .design = setup->contender->spelling,
        .root = setup->root,
        .options = options,
        .devices = self->plan.devices,
        .cpus = &setup->cpus->server,
    };
    unsigned count =
        stator_contender_workers(setup->contender, &self->plan, setup->cpus->server_count);

    if (count > 0) {
        snprintf(workers, sizeof(workers), "--workers=%u", count);
        options[1] = workers;
    }
    if (self->plan.devices.disk_service > 0) {
        spec.devices.seed = setup->seed;
    }
    if (stator_meter_read_kernel(&self->kernel_before) < 0) {
        self->kernel_before = 0;
    }
    return stator_contestant_start(&spec, &self->contestant, why);
}

/* --- what the figures say ------------------------------------------------------------------- */

static uint64_t count_errors(const struct stator_load_outcome *probe)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < STATOR_LOAD_ERRORS; i++) {
        sum += probe->errors[i];
    }
    return sum;
}

static uint64_t count_responses(const struct stator_load_result *load)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < load->group_count; i++) {
        sum += load->groups[i].responses;
    }
    return sum;
}

static void fill_times(const struct stator_load_outcome *probe, double *values)
{
    static const struct {
        enum stator_metric metric;
        double share;
    } rows[] = {
        {STATOR_METRIC_P50, 0.5},
        {STATOR_METRIC_P90, 0.9},
        {STATOR_METRIC_P99, 0.99},
        {STATOR_METRIC_P999, 0.999},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        values[rows[i].metric] = stator_histogram_sure(probe->honest, rows[i].share);
    }
    if (probe->responses > 0) {
        values[STATOR_METRIC_MAX] = (double)probe->honest->max;
    }
    values[STATOR_METRIC_NAIVE_P99] = stator_histogram_sure(probe->naive, 0.99);
    values[STATOR_METRIC_CLIENT_LAG] = stator_histogram_percentile(probe->lag, 0.99);
}

static double per(double amount, uint64_t requests)
{
    return requests > 0 ? amount / (double)requests : NAN;
}

static void fill_usage(const struct measurement *self, double *values)
{
    uint64_t responses = count_responses(&self->load);
    double user = (double)(self->after.user_us - self->before.user_us);
    double system = (double)(self->after.system_us - self->before.system_us);
    double slab = self->kernel_after > self->kernel_before
                      ? (double)(self->kernel_after - self->kernel_before)
                      : 0;

    values[STATOR_METRIC_CORES] = (user + system) / 1e6 / self->load.seconds;
    values[STATOR_METRIC_CPU] = per(user + system, responses);
    values[STATOR_METRIC_CPU_USER] = per(user, responses);
    values[STATOR_METRIC_CPU_SYSTEM] = per(system, responses);
    values[STATOR_METRIC_PSS] = (double)self->after.pss;
    values[STATOR_METRIC_KERNEL] = (double)self->after.kernel + slab;
    values[STATOR_METRIC_MEMORY] = values[STATOR_METRIC_PSS] + values[STATOR_METRIC_KERNEL];
    values[STATOR_METRIC_SWITCHES] =
        per((double)(self->after.switches - self->before.switches), responses);
    values[STATOR_METRIC_PREEMPTIONS] =
        per((double)(self->after.preemptions - self->before.preemptions), responses);
    if (self->after.calls != UINT64_MAX && self->before.calls != UINT64_MAX) {
        values[STATOR_METRIC_CALLS] =
            per((double)(self->after.calls - self->before.calls), responses);
    }
    values[STATOR_METRIC_THREADS] = self->after.threads;
    values[STATOR_METRIC_CLIENT_CPU] = self->load.client_cpu;
    values[STATOR_METRIC_START] = (double)self->contestant.start_us;
}

static double imbalance(const struct measurement *self)
{
    uint64_t *requests = calloc(WORKERS_MAX, sizeof(*requests));
    unsigned count = 0;
    double most = 0, sum = 0;

    if (requests != NULL) {
        count = stator_contestant_workers(&self->contestant, requests, WORKERS_MAX);
        count = count < WORKERS_MAX ? count : WORKERS_MAX;
    }
    for (unsigned i = 0; i < count; i++) {
        sum += (double)requests[i];
        most = (double)requests[i] > most ? (double)requests[i] : most;
    }
    free(requests);
    return count > 1 && sum > 0 ? most / (sum / count) : NAN;
}

static uint64_t held(const struct stator_load_result *load)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < load->group_count; i++) {
        sum += load->groups[i].held;
    }
    return sum;
}

static void fill(const struct measurement *self, struct stator_trial *trial)
{
    const struct stator_load_outcome *probe = &self->load.groups[self->plan.probe];
    uint64_t errors = count_errors(probe);
    double *values = trial->values;

    values[STATOR_METRIC_RATE] = (double)probe->responses / self->load.seconds;
    values[STATOR_METRIC_BODY] = (double)probe->body_bytes * 8 / 1e6 / self->load.seconds;
    values[STATOR_METRIC_ERRORS] = per((double)errors, errors + probe->responses);
    values[STATOR_METRIC_FAIRNESS] = probe->responses > 0 ? probe->fairness : NAN;
    values[STATOR_METRIC_IMBALANCE] = imbalance(self);
    fill_times(probe, values);
    fill_usage(self, values);
    if (!(values[STATOR_METRIC_ERRORS] >= ERRORS_MARKED)) {
        values[STATOR_METRIC_HELD] = (double)held(&self->load);
    } else {
        values[STATOR_METRIC_HELD] = 0;
        trial->flags |= STATOR_TRIAL_ERRORS;
    }
    if (values[STATOR_METRIC_FAIRNESS] < FAIRNESS_MARKED) {
        trial->flags |= STATOR_TRIAL_STARVED;
    }
    if (self->load.limited) {
        trial->flags |= STATOR_TRIAL_CLIENT_LIMITED;
    }
}

/* --- laws that must hold --------------------------------------------------------------------- */

static void report(struct stator_result *result, struct stator_trial *trial, const char *law,
                   double one, double other)
{
    char where[160], detail[120];

    snprintf(where, sizeof(where), "%s, %s, %s, repetition %u", trial->design, trial->workload,
             trial->label, trial->repetition + 1);
    snprintf(detail, sizeof(detail), "%.6g and %.6g", one, other);
    trial->flags |= STATOR_TRIAL_CHECK;
    stator_result_check(result, law, where, false, detail);
}

static bool agree(double one, double other, double tolerance)
{
    double larger = fabs(one) > fabs(other) ? fabs(one) : fabs(other);

    return fabs(one - other) <= tolerance * larger;
}

/*
 * Who was inside, by who came and went, and by how long each one stayed: they differ where a
 * request was lost, or a time is wrong.
 */
static void check_little(const struct measurement *self, struct stator_result *result,
                         struct stator_trial *trial)
{
    const struct stator_load_outcome *probe = &self->load.groups[self->plan.probe];

    if (!agree(probe->inside, probe->stayed, LITTLE_TOLERANCE)) {
        report(result, trial, "Little's law: requests inside = rate x time inside", probe->inside,
               probe->stayed);
    }
}

static void check_counts(const struct measurement *self, struct stator_result *result,
                         struct stator_trial *trial)
{
    for (size_t i = 0; i < self->load.group_count; i++) {
        const struct stator_load_outcome *group = &self->load.groups[i];
        const struct stator_load_group *asked = &self->plan.groups[i];
        uint64_t bytes = group->responses * (uint64_t)asked->targets[0].length;

        if (group->honest->count != group->responses) {
            report(result, trial, "histogram count = completions", (double)group->honest->count,
                   (double)group->responses);
        }
        /* All targets of a group are of one length. */
        if (group->body_bytes != bytes) {
            report(result, trial, "bytes = sum of lengths", (double)group->body_bytes,
                   (double)bytes);
        }
    }
}

static void check_devices(const struct measurement *self, struct stator_result *result,
                          struct stator_trial *trial)
{
    const struct stator_device_spec *spec = &self->plan.devices;
    double busy = (double)(self->devices_after.disk - self->devices_before.disk);
    double misses = (double)(self->devices_after.misses - self->devices_before.misses);
    double expected = misses * (double)spec->disk_service;

    /* What is reserved and what is counted may be one request a channel apart. */
    if (spec->disk_service > 0 &&
        fabs(busy - expected) > (double)spec->disk_service * (spec->disk_channels + 32)) {
        report(result, trial, "utilisation law: busy = misses x service", busy, expected);
    }
}

/* --- the trial ------------------------------------------------------------------------------- */

static void keep_histograms(struct measurement *self, struct stator_trial *trial)
{
    struct stator_load_outcome *probe = &self->load.groups[self->plan.probe];

    trial->honest = probe->honest;
    trial->naive = probe->naive;
    probe->honest = NULL;
    probe->naive = NULL;
}

static int measure(struct measurement *self, struct stator_result *result,
                   struct stator_trial *trial)
{
    struct stator_load_spec spec;
    int error = self->plan.capacity > 0 ? scale_to_capacity(self) : 0;

    if (error < 0) {
        return error;
    }
    spec = make_load(self);
    error = stator_load_run(&spec, &self->load);
    if (error < 0) {
        return error;
    }
    error = self->load.partial ? -EINTR : self->error;
    if (error == 0) {
        fill(self, trial);
        check_little(self, result, trial);
        check_counts(self, result, trial);
        check_devices(self, result, trial);
        keep_histograms(self, trial);
    }
    stator_load_finish(&self->load);
    return error;
}

static int refuse(struct stator_trial *trial, const char *why)
{
    trial->refusal = strdup(why);
    return trial->refusal != NULL ? 0 : -ENOMEM;
}

int stator_trial_run(const struct stator_trial_setup *setup, struct stator_result *result,
                     struct stator_trial *trial)
{
    struct measurement self = {.setup = setup};
    const char *refusal;
    char why[200] = "";
    int error;

    setup->workload->plan(setup->level, &self.plan);
    refusal = stator_workload_refusal(setup->contender->impl, &self.plan);
    if (refusal == NULL &&
        stator_contender_workers(setup->contender, &self.plan, setup->cpus->server_count) >
            STATOR_CONTENDER_WORKERS_MAX) {
        refusal = "at most 4,096 threads or processes at a time";
    }
    if (refusal != NULL) {
        return refuse(trial, refusal);
    }
    error = start(&self, why);
    if (error < 0) {
        return why[0] != '\0' ? refuse(trial, why) : error;
    }
    error = measure(&self, result, trial);
    if (!stator_contestant_stop(&self.contestant) && error == 0) {
        stator_result_check(result, "every server ends by itself", trial->design, false,
                            "it had to be killed");
        trial->flags |= STATOR_TRIAL_CHECK;
    }
    return error;
}
