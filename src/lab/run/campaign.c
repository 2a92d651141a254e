/*
 * Campaigns.
 *
 * Knows repetitions, the reference's drift, and when the time is over; refuses to know what a trial
 * does. The one surprising thing: a repetition that would end after the budget is not begun, and
 * the result says how many there were.
 */
#include "lab/run/campaign.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lab/run/environment.h"
#include "lab/run/trial.h"
#include "lab/workload/docroot.h"

/* The reference's trials of a repetition may differ by this much before it counts as drift. */
#define DRIFT 0.10

/* The reference's clients. */
#define REFERENCE_LEVEL 16

struct progress {
    const struct stator_campaign *campaign;
    struct stator_result *result;
    struct stator_candidate reference;
    struct stator_environment_cpus cpus;
    char root[256];
    int64_t begun; /* monotonic ms */
    size_t done, all;
};

static int64_t now_ms(void)
{
    struct stator_clock clock;

    stator_clock_read(&clock);
    return clock.monotonic;
}

static double elapsed(const struct progress *progress)
{
    return (double)(now_ms() - progress->begun) / 1000;
}

static void add_fact(struct progress *progress, const struct stator_trial *trial)
{
    const struct stator_campaign *campaign = progress->campaign;
    double spent = elapsed(progress), planned = stator_plan_seconds(&campaign->plan);
    struct stator_campaign_progress report = {
        .done = progress->done,
        .all = progress->all,
        .elapsed = spent,
        .arch = trial->arch,
        .workload = trial->workload,
        .label = trial->label,
    };

    /* As planned at first, as experienced later. */
    double share = progress->all > 0 ? (double)progress->done / (double)progress->all : 0;
    double experienced = share > 0.05 ? spent / share : planned;

    report.left = experienced > spent ? experienced - spent : 0;
    if (campaign->on_progress != NULL) {
        campaign->on_progress(&report, campaign->context);
    }
}

/* Which trial a step is. */
static void describe(const struct progress *progress, const struct stator_plan_step *step,
                     struct stator_trial_setup *out)
{
    const struct stator_plan *plan = &progress->campaign->plan;

    if (step->reference) {
        out->candidate = &progress->reference;
        out->workload = stator_workload_find("hot");
        out->level = REFERENCE_LEVEL;
    } else {
        size_t count;

        out->candidate = &stator_plan_candidates(plan, step->item, &count)[step->candidate];
        out->workload = plan->items[step->item].workload;
        out->level = step->level;
    }
}

static int run_step(struct progress *progress, const struct stator_plan_step *step,
                    unsigned repetition, unsigned position)
{
    const struct stator_campaign *campaign = progress->campaign;
    struct stator_trial_setup setup = {
        .root = progress->root,
        .cpus = &progress->cpus,
        .warm_up = campaign->plan.warm_up,
        .duration = campaign->plan.duration,
        .seed = campaign->seed + repetition,
        .counts_calls = campaign->plan.counts_calls && repetition == 0 && !step->reference,
        .goes_on = campaign->goes_on,
        .context = campaign->context,
    };
    struct stator_trial *trial;
    char label[64];
    int error;

    describe(progress, step, &setup);
    setup.workload->label(setup.level, label, sizeof(label));
    trial = stator_result_trial(progress->result, setup.candidate->spelling, setup.workload->name,
                                setup.level, label);
    if (trial == NULL) {
        return -ENOMEM;
    }
    trial->repetition = repetition;
    trial->position = position;
    trial->reference = step->reference;
    add_fact(progress, trial);
    error = stator_trial_run(&setup, progress->result, trial);
    progress->done++;
    if (error == -EINTR || error == -ENOMEM) {
        return error;
    }
    if (error < 0) {
        char detail[120];

        snprintf(detail, sizeof(detail), "%s: %s", setup.workload->name, strerror(-error));
        stator_result_check(progress->result, "every trial can be measured",
                            setup.candidate->spelling, false, detail);
    }
    return 0;
}

/* Marks the repetition's trials where the reference did not stay what it was. */
static void look_for_drift(struct stator_result *result, unsigned repetition)
{
    double min = INFINITY, max = 0;

    for (size_t i = 0; i < result->trial_count; i++) {
        const struct stator_trial *trial = &result->trials[i];
        double cpu = trial->values[STATOR_METRIC_CPU];

        if (trial->reference && trial->repetition == repetition && !isnan(cpu)) {
            min = cpu < min ? cpu : min;
            max = cpu > max ? cpu : max;
        }
    }
    if (max <= min * (1 + DRIFT)) {
        return;
    }
    for (size_t i = 0; i < result->trial_count; i++) {
        if (result->trials[i].repetition == repetition) {
            result->trials[i].flags |= STATOR_TRIAL_FLAG_DRIFT;
        }
    }
}

static int run_repetition(struct progress *progress, unsigned repetition)
{
    const struct stator_campaign *campaign = progress->campaign;
    struct stator_plan_step *steps = NULL;
    size_t count = 0;
    int error = stator_plan_order(&campaign->plan, campaign->seed, repetition, &steps, &count);

    for (size_t i = 0; error == 0 && i < count; i++) {
        error = run_step(progress, &steps[i], repetition, (unsigned)i);
        if (error == 0 && campaign->goes_on != NULL && !campaign->goes_on(campaign->context)) {
            error = -EINTR;
        }
    }
    if (error == 0 || error == -EINTR) {
        look_for_drift(progress->result, repetition);
    }
    free(steps);
    return error;
}

/* True where one more repetition ends within the budget, as far as can be told. */
static bool has_time(const struct progress *progress, unsigned done)
{
    double budget = progress->campaign->plan.budget;

    return budget <= 0 || done == 0 || elapsed(progress) * (done + 1) / done <= budget * 1.02;
}

/* --- what can only be told at the end -------------------------------------------------------- */

/* The trial of the same design, workload and repetition with nobody but the active clients. */
static const struct stator_trial *baseline(const struct stator_result *result,
                                           const struct stator_trial *trial)
{
    for (size_t i = 0; i < result->trial_count; i++) {
        const struct stator_trial *other = &result->trials[i];

        if (other->level == 0 && other->repetition == trial->repetition && !other->reference &&
            strcmp(other->arch, trial->arch) == 0 &&
            strcmp(other->workload, trial->workload) == 0) {
            return other;
        }
    }
    return NULL;
}

/* Of few responses, too, since who answers few is not quick. */
static bool is_as_quick(const struct stator_trial *trial, const struct stator_trial *without)
{
    return stator_histogram_percentile(trial->from_intended, 0.99) <=
           10 * stator_histogram_percentile(without->from_intended, 0.99);
}

/* Memory and connections held, against the same without the crowd. */
static void compare_with_baseline(const struct stator_result *result, struct stator_trial *trial)
{
    const struct stator_trial *without = baseline(result, trial);
    double *values = trial->values;

    if (without == NULL || trial->level <= 0 || trial->from_intended == NULL ||
        without->from_intended == NULL) {
        return;
    }
    if (values[STATOR_METRIC_HELD] >= trial->level) {
        values[STATOR_METRIC_PER_CONNECTION] =
            (values[STATOR_METRIC_MEMORY] - without->values[STATOR_METRIC_MEMORY]) / trial->level;
    }
    if (!is_as_quick(trial, without)) {
        values[STATOR_METRIC_HELD] = 0;
    }
}

static int conclude(struct progress *progress)
{
    struct stator_result *result = progress->result;
    char detail[120];
    size_t checked = 0, failed = 0;

    for (size_t i = 0; i < result->trial_count; i++) {
        struct stator_trial *trial = &result->trials[i];

        if (strcmp(trial->workload, "idle") == 0 && trial->refusal == NULL) {
            compare_with_baseline(result, trial);
        }
        checked += !isnan(trial->values[STATOR_METRIC_RATE]);
        failed += (trial->flags & STATOR_TRIAL_FLAG_CHECK) != 0;
    }
    snprintf(detail, sizeof(detail), "%zu of %zu trials", checked - failed, checked);
    return stator_result_check(
        result, "Little's law, utilisation law, bytes and counts agree in each trial", "",
        failed == 0, detail);
}

static int prepare(struct progress *progress, char why[200])
{
    struct stator_error error = {0};

    if (stator_candidate_read(STATOR_CANDIDATE_REFERENCE, &progress->reference, &error) < 0) {
        snprintf(why, 200, "%s", error.what);
        return -EINVAL;
    }
    stator_environment_cpus(&progress->cpus);
    progress->begun = now_ms();
    progress->all =
        (stator_plan_trials(&progress->campaign->plan) + 3) * progress->campaign->plan.repetitions;

    int code = stator_docroot_make(progress->root);

    if (code < 0) {
        snprintf(why, 200, "the files to be served cannot be written: %s", strerror(-code));
    }
    return code;
}

int stator_campaign_run(const struct stator_campaign *campaign, struct stator_result *result,
                        char why[200])
{
    struct progress progress = {.campaign = campaign, .result = result};
    unsigned done = 0;
    cpu_set_t before;
    bool moved;
    int error = prepare(&progress, why);

    if (error < 0) {
        return error;
    }
    /* The load generator is this thread; servers get the other processors. */
    moved = sched_getaffinity(0, sizeof(before), &before) == 0 &&
            sched_setaffinity(0, sizeof(progress.cpus.client), &progress.cpus.client) == 0;
    while (error == 0 && done < campaign->plan.repetitions && has_time(&progress, done)) {
        error = run_repetition(&progress, done);
        done += error == 0;
    }
    if (moved) {
        sched_setaffinity(0, sizeof(before), &before);
    }
    stator_docroot_remove(progress.root);
    result->partial = error == -EINTR;
    result->repetitions = done;
    result->seconds = elapsed(&progress);
    if (error == 0 || error == -EINTR) {
        error = conclude(&progress);
    }
    if (error < 0) {
        snprintf(why, 200, "%s", strerror(-error));
    }
    return error;
}
