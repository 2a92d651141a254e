/*
 * A trial.
 *
 * Knows in which order server, load and meters begin and end; refuses to know workloads and
 * designs. The one surprising thing: a design's capacity, where a workload asks for a share of it,
 * is measured on the same server right before, and system calls right after.
 */
#include "lab/run/trial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lab/run/trial_parts.h"

/* A warm-up may last so many times as long as it was meant to. */
#define WARM_UP_FACTOR_MAX 5

static void on_begin(void *context)
{
    struct stator_measurement *self = context;

    /* Before the meters: walking /proc fills the slab with what is ours. */
    if (stator_meter_read_kernel(&self->kernel_after) < 0) {
        self->kernel_after = self->kernel_before;
    }
    self->devices_before = stator_sut_devices(&self->sut);
    self->error = stator_sut_meter(&self->sut, &self->before);
}

static void on_end(void *context)
{
    struct stator_measurement *self = context;
    int error;

    /* Without warming up nobody was there yet when it began. */
    if (self->setup->warm_up <= 0 && stator_meter_read_kernel(&self->kernel_after) < 0) {
        self->kernel_after = self->kernel_before;
    }
    error = stator_sut_meter(&self->sut, &self->after);
    self->devices_after = stator_sut_devices(&self->sut);
    self->error = self->error < 0 ? self->error : error;
}

bool stator_trial_goes_on(const struct stator_measurement *self)
{
    return self->setup->goes_on == NULL || self->setup->goes_on(self->setup->context);
}

static bool on_tick(double elapsed, void *context)
{
    (void)elapsed;
    return stator_trial_goes_on(context);
}

struct stator_load_spec stator_trial_load(struct stator_measurement *self)
{
    const struct stator_trial_setup *setup = self->setup;
    double duration = setup->duration > self->plan.shortest ? setup->duration : self->plan.shortest;

    return (struct stator_load_spec){
        .server = self->sut.address,
        .groups = self->plan.groups,
        .group_count = self->plan.group_count,
        .warm_up = setup->warm_up,
        .warm_up_max = WARM_UP_FACTOR_MAX * setup->warm_up,
        .duration = duration,
        .seed = setup->seed,
        .on_begin = on_begin,
        .on_end = on_end,
        .on_tick = on_tick,
        .context = self,
    };
}

/* The first so many of the set; what is more is left out. */
static cpu_set_t take_cores(const cpu_set_t *all, unsigned count)
{
    cpu_set_t taken;

    CPU_ZERO(&taken);
    for (int cpu = 0; cpu < CPU_SETSIZE && (unsigned)CPU_COUNT(&taken) < count; cpu++) {
        if (CPU_ISSET(cpu, all)) {
            CPU_SET(cpu, &taken);
        }
    }
    return taken;
}

static int start(struct stator_measurement *self, char why[200])
{
    const struct stator_trial_setup *setup = self->setup;
    char workers[32], none[] = "--magic=off";
    const char *options[] = {none, NULL, NULL};
    struct stator_sut_spec spec = {
        .arch = setup->candidate->spelling,
        .root = setup->root,
        .options = options,
        .devices = self->plan.devices,
        .cpus = &self->cpus,
    };
    unsigned count;

    self->cores = self->plan.cores > 0 ? self->plan.cores : setup->cpus->server_count;
    self->cpus = take_cores(&setup->cpus->server, self->cores);
    count = stator_candidate_workers(setup->candidate, &self->plan, self->cores);
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
    return stator_sut_start(&spec, &self->sut, why);
}

/* --- the trial ------------------------------------------------------------------------------- */

/* Where clients ask at given times, it is them who say how many there are. */
static void note_overlap(const struct stator_measurement *self, struct stator_trial *trial)
{
    const struct stator_trial_plan *plan = &self->plan;

    if (stator_device_is_needed(&plan->devices) &&
        plan->groups[plan->probe].arrival == STATOR_LOAD_ARRIVAL_CLOSED) {
        trial->overlap = stator_candidate_overlap(self->setup->candidate, plan, self->cores);
    }
}

static void keep_histograms(struct stator_measurement *self, struct stator_trial *trial)
{
    struct stator_load_outcome *probe = &self->load.groups[self->plan.probe];

    trial->from_intended = probe->from_intended;
    trial->from_sent = probe->from_sent;
    probe->from_intended = NULL;
    probe->from_sent = NULL;
}

/* The load that counts, on a server that is halted now and then where the plan wants that. */
static int load(struct stator_measurement *self, const struct stator_load_spec *spec)
{
    const struct stator_trial_plan *plan = &self->plan;
    struct stator_pauser pauser = {0, 0};
    int error = 0;

    if (plan->stall > 0) {
        error = stator_pauser_start(self->sut.pid, plan->stall, plan->stall_every, &pauser);
    }
    error = error == 0 ? stator_load_run(spec, &self->load) : error;
    stator_pauser_end(&pauser);
    return error;
}

static int measure(struct stator_measurement *self, struct stator_result *result,
                   struct stator_trial *trial)
{
    struct stator_load_spec spec;
    int error = self->plan.capacity > 0 ? stator_trial_scale(self) : 0;

    if (error < 0) {
        return error;
    }
    spec = stator_trial_load(self);
    error = load(self, &spec);
    if (error < 0) {
        return error;
    }
    error = self->load.partial ? -EINTR : self->error;
    if (error == 0) {
        stator_trial_fill(self, trial);
        stator_trial_check(self, result, trial);
        note_overlap(self, trial);
        keep_histograms(self, trial);
        stator_trial_count_calls(self, trial);
    }
    stator_load_finish(&self->load);
    return error;
}

static int refuse(struct stator_trial *trial, const char *why)
{
    trial->refusal = strdup(why);
    return trial->refusal != NULL ? 0 : -ENOMEM;
}

/* What the server itself says that it cannot do is an answer; that it fails is none. */
static bool is_refusal(int error)
{
    return error == -EINVAL || error == -ENOTSUP || error == -EMFILE || error == -ENFILE;
}

static int fail_start(const struct stator_measurement *self, int error, const char *why,
                      struct stator_result *result, struct stator_trial *trial)
{
    if (why[0] != '\0' && is_refusal(error)) {
        return refuse(trial, why);
    }
    if (!stator_trial_goes_on(self)) {
        return -EINTR;
    }
    return stator_result_check(result, "every server starts", trial->arch, false,
                               why[0] != '\0' ? why : strerror(-error));
}

int stator_trial_run(const struct stator_trial_setup *setup, struct stator_result *result,
                     struct stator_trial *trial)
{
    struct stator_measurement self = {.setup = setup};
    const char *refusal;
    char why[200] = "";
    int error;

    setup->workload->plan(setup->level, &self.plan);
    refusal =
        stator_workload_refusal(setup->candidate->impl, &self.plan, setup->cpus->server_count);
    if (refusal == NULL &&
        stator_candidate_workers(setup->candidate, &self.plan, setup->cpus->server_count) >
            STATOR_CANDIDATE_WORKERS_MAX) {
        refusal = "at most 4,096 threads or processes at a time";
    }
    if (refusal != NULL) {
        return refuse(trial, refusal);
    }
    error = start(&self, why);
    if (error < 0) {
        return fail_start(&self, error, why, result, trial);
    }
    error = measure(&self, result, trial);
    if (!stator_sut_stop(&self.sut) && error == 0 && self.plan.devices.crash == 0) {
        stator_result_check(result, "every server ends by itself", trial->arch, false,
                            "it had to be killed");
        trial->flags |= STATOR_TRIAL_FLAG_CHECK;
    }
    return error;
}
