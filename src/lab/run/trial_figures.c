/*
 * What load and meters say together: a trial's metrics.
 *
 * Knows how each metric is worked out; refuses to know how anything was measured. The one
 * surprising thing: what the server used is divided by the responses of all groups since the meters
 * were read, which is a little before anything counts, while rates and times are those of the probe
 * alone.
 */
#include <math.h>
#include <stdlib.h>

#include "lab/run/trial_parts.h"

/* From this share of failed requests on a trial is marked. */
#define ERRORS_MARKED 0.001

#define WORKERS_MAX 4096

static uint64_t count_errors(const struct stator_load_outcome *probe)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        sum += probe->errors[i];
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
        values[rows[i].metric] = stator_histogram_sure(probe->from_intended, rows[i].share);
    }
    if (probe->responses > 0) {
        values[STATOR_METRIC_MAX] = (double)probe->from_intended->max;
    }
    values[STATOR_METRIC_FROM_SENT_P99] = stator_histogram_sure(probe->from_sent, 0.99);
    values[STATOR_METRIC_CLIENT_LAG] = stator_histogram_percentile(probe->lag, 0.99);
}

static double per(double amount, uint64_t requests)
{
    return requests > 0 ? amount / (double)requests : NAN;
}

/* NAN where the later reading is less: whoever knew the rest has ended. */
static double grown(uint64_t before, uint64_t after)
{
    return after >= before ? (double)(after - before) : NAN;
}

static void fill_usage(const struct stator_measurement *self, double *values)
{
    uint64_t responses = self->load.metered.responses;
    double total = (double)(self->after.cpu_us - self->before.cpu_us);
    double user = stator_meter_user_share(&self->before, &self->after) * total;
    double slab = self->kernel_after > self->kernel_before
                      ? (double)(self->kernel_after - self->kernel_before)
                      : 0;

    values[STATOR_METRIC_CORES] = total * 1000 / (double)self->load.metered.ns;
    values[STATOR_METRIC_CPU] = per(total, responses);
    values[STATOR_METRIC_CPU_USER] = per(user, responses);
    values[STATOR_METRIC_CPU_SYSTEM] = per(total - user, responses);
    values[STATOR_METRIC_PSS] = (double)self->after.pss;
    values[STATOR_METRIC_KERNEL] = (double)self->after.kernel + slab;
    values[STATOR_METRIC_MEMORY] = values[STATOR_METRIC_PSS] + values[STATOR_METRIC_KERNEL];
    values[STATOR_METRIC_SWITCHES] =
        per(grown(self->before.switches, self->after.switches), responses);
    values[STATOR_METRIC_PREEMPTIONS] =
        per(grown(self->before.preemptions, self->after.preemptions), responses);
    values[STATOR_METRIC_THREADS] = self->after.threads;
    values[STATOR_METRIC_CLIENT_CPU] = self->load.client_cpu;
    values[STATOR_METRIC_START] = (double)self->sut.start_us;
}

static double imbalance(const struct stator_measurement *self)
{
    uint64_t *requests = calloc(WORKERS_MAX, sizeof(*requests));
    unsigned count = 0;
    double busiest = 0, sum = 0;

    if (requests != NULL) {
        count = stator_sut_workers(&self->sut, requests, WORKERS_MAX);
        count = count < WORKERS_MAX ? count : WORKERS_MAX;
    }
    for (unsigned i = 0; i < count; i++) {
        sum += (double)requests[i];
        busiest = (double)requests[i] > busiest ? (double)requests[i] : busiest;
    }
    free(requests);
    return count > 1 && sum > 0 ? busiest / (sum / count) : NAN;
}

static uint64_t held(const struct stator_load_result *load)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < load->group_count; i++) {
        sum += load->groups[i].held;
    }
    return sum;
}

void stator_trial_fill(const struct stator_measurement *self, struct stator_trial *trial)
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
    values[STATOR_METRIC_HELD] = 0;
    if (values[STATOR_METRIC_ERRORS] >= ERRORS_MARKED) {
        trial->flags |= STATOR_TRIAL_FLAG_ERRORS;
    } else if (values[STATOR_METRIC_FAIRNESS] >= STATOR_METRIC_FAIR) {
        /* Else some were merely not turned away. */
        values[STATOR_METRIC_HELD] = (double)held(&self->load);
    }
    if (self->load.unsteady) {
        trial->flags |= STATOR_TRIAL_FLAG_UNSTEADY;
    }
    if (probe->responses == 0 || values[STATOR_METRIC_FAIRNESS] < STATOR_METRIC_FAIR) {
        trial->flags |= STATOR_TRIAL_FLAG_STARVED;
    }
    if (self->load.limited) {
        trial->flags |= STATOR_TRIAL_FLAG_CLIENT_LIMITED;
    }
}
