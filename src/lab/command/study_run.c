/*
 * A study carried out.
 *
 * Knows what must be so before anything is measured; refuses to know which files there are
 * afterwards, and what stands in them. The one surprising thing: after a ^C what was measured is
 * written and reported as partial.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/command/command.h"
#include "lab/command/progress.h"
#include "lab/command/study.h"
#include "lab/command/study_files.h"
#include "lab/run/calls.h"
#include "lab/run/campaign.h"
#include "lab/run/environment.h"

/* --- before ---------------------------------------------------------------------------------- */

/* Says what limits the machine; returns an exit code where nothing can be measured. */
static int examine_machine(void)
{
    struct stator_diagnosis diagnosis;

    for (unsigned i = 0; stator_environment_diagnose(i, &diagnosis); i++) {
        if (diagnosis.fatal) {
            return stator_command_fail(STATOR_LAB_EXIT_CANNOT, diagnosis.what, NULL, diagnosis.fix);
        }
        fprintf(stderr, "note: %s\n", diagnosis.what);
    }
    return STATOR_LAB_EXIT_OK;
}

static int examine_processors(const struct stator_study *study)
{
    struct stator_environment_cpus cpus;

    stator_environment_cpus(&cpus);
    if (cpus.disjoint || (study->one_core && !study->publish)) {
        return STATOR_LAB_EXIT_OK;
    }
    return stator_command_fail(STATOR_LAB_EXIT_CANNOT,
                               "there is no processor for the load generator",
                               "it would take time from the server that it measures",
                               "use a machine with two, or add --one-core and believe nothing "
                               "but the order of designs");
}

static int examine_build(const struct stator_study *study)
{
    if (stator_environment_is_publishable()) {
        return STATOR_LAB_EXIT_OK;
    }
    if (study->publish) {
        return stator_command_fail(STATOR_LAB_EXIT_CANNOT,
                                   "this build's figures cannot be published",
                                   "it has no optimisation, or has assertions or sanitizers",
                                   "build with meson setup --buildtype=release -Db_lto=true");
    }
    fprintf(stderr, "note: this is no release build; the report says so\n");
    return STATOR_LAB_EXIT_OK;
}

/* --- the plan -------------------------------------------------------------------------------- */

static struct stator_plan make_plan(struct stator_study *study)
{
    return (struct stator_plan){
        .candidates = study->candidates,
        .candidate_count = study->candidate_count,
        .items = study->items,
        .item_count = study->item_count,
        .warm_up = study->warm_up,
        .duration = study->duration,
        .repetitions = study->repetitions,
        .budget = study->budget,
        .counts_calls = stator_calls_try() == 0,
    };
}

/* Writes what was left out; empty for nothing. */
static void describe_dropped(const struct stator_plan *plan, char *out, size_t size)
{
    out[0] = '\0';
    if (plan->dropped_repetitions + plan->dropped_levels + plan->dropped_workloads > 0) {
        snprintf(out, size, "%u repetitions, %u levels and %u workloads, to fit %.0f s",
                 plan->dropped_repetitions, plan->dropped_levels, plan->dropped_workloads,
                 plan->budget);
    }
}

static int fit_plan(struct stator_plan *plan)
{
    char what[160], dropped[160];
    bool fits = stator_plan_fit(plan);
    double seconds = stator_plan_seconds(plan);

    if (!fits) {
        snprintf(what, sizeof(what), "the least of it takes %.0f s, and there are %.0f", seconds,
                 plan->budget);
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, what, NULL,
                                   "choose fewer designs or workloads, or a larger --budget");
    }
    printf("%zu design%s, %zu workload%s, %u repetition%s: %zu trials of %.2f s, about %.0f s\n",
           plan->candidate_count, plan->candidate_count == 1 ? "" : "s", plan->item_count,
           plan->item_count == 1 ? "" : "s", plan->repetitions, plan->repetitions == 1 ? "" : "s",
           (stator_plan_trials(plan) + 3) * plan->repetitions, plan->duration, seconds);
    describe_dropped(plan, dropped, sizeof(dropped));
    if (dropped[0] != '\0') {
        printf("left out: %s\n", dropped);
    }
    fflush(stdout);
    return STATOR_LAB_EXIT_OK;
}

/* --- the campaign ---------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static bool goes_on(void *context)
{
    (void)context;
    return !interrupted;
}

static void on_progress(const struct stator_campaign_progress *progress, void *context)
{
    (void)context;
    stator_progress_show(progress);
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

/* Until all is written: a second ^C must not cost what was measured. */
static void catch_signals(struct sigaction before[SIGNALS])
{
    struct sigaction action = {.sa_handler = on_interrupt};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], &action, &before[i]);
    }
}

static void release_signals(const struct sigaction before[SIGNALS])
{
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], &before[i], NULL);
    }
}

static int run_campaign(const struct stator_study *study, const struct stator_plan *plan,
                        struct stator_result *result, char why[200])
{
    struct stator_campaign campaign = {
        .plan = *plan, .seed = study->seed, .on_progress = on_progress, .goes_on = goes_on};
    int error = stator_campaign_run(&campaign, result, why);

    stator_progress_clear();
    return error;
}

/* --- the result ------------------------------------------------------------------------------ */

static void replace(char **text, const char *with)
{
    free(*text);
    *text = strdup(with);
}

static int describe_run(const struct stator_study *study, const struct stator_plan *plan,
                        struct stator_result *result)
{
    char text[160];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    replace(&result->command, study->command);
    replace(&result->date, text);
    replace(&result->reference, STATOR_CANDIDATE_REFERENCE);
    result->seed = study->seed;
    result->publishable = stator_environment_is_publishable();
    if (result->command == NULL || result->date == NULL || result->reference == NULL) {
        return -ENOMEM;
    }
    snprintf(text, sizeof(text), "warm-up %.2f s, measurement %.2f s or longer, seed %llu",
             plan->warm_up, plan->duration, (unsigned long long)study->seed);

    int error = stator_result_fact(result, "each trial", text);

    snprintf(text, sizeof(text),
             "a processor's worth for loops, %u for pools, one a connection where made on demand",
             STATOR_CANDIDATE_POOL);
    error = error < 0 ? error : stator_result_fact(result, "workers", text);
    describe_dropped(plan, text, sizeof(text));
    if (text[0] != '\0') {
        error = error < 0 ? error : stator_result_fact(result, "left out", text);
    }
    snprintf(text, sizeof(text), "%s",
             plan->counts_calls
                 ? "counted by a trace event, beside the first repetition's trials"
                 : "not counted: the kernel's trace events are out of sight, or not allowed");
    error = error < 0 ? error : stator_result_fact(result, "system calls a request", text);
    return error < 0 ? error : stator_environment_describe(result);
}

static int failed_checks(const struct stator_result *result)
{
    int failed = 0;

    for (size_t i = 0; i < result->check_count; i++) {
        if (!result->checks[i].passed) {
            fprintf(stderr, "check failed: %s (%s): %s\n", result->checks[i].name,
                    result->checks[i].where, result->checks[i].detail);
            failed++;
        }
    }
    return failed;
}

static int conclude(const struct stator_study *study, const struct stator_result *result)
{
    int code;

    if (result->partial) {
        printf("broken off: what follows is partial\n");
    } else if (result->repetitions < study->repetitions) {
        printf("%u of %u repetitions: there was no time for more\n", result->repetitions,
               study->repetitions);
    }
    stator_study_tell(result); /* the page says why where it cannot */
    code = stator_study_files_write(study, result);
    if ((failed_checks(result) > 0 || result->partial) && code == STATOR_LAB_EXIT_OK) {
        code = STATOR_LAB_EXIT_FAILED;
    }
    return code;
}

/* "2 of 3: there was no time for more" */
static int note_repetitions(const struct stator_study *study, struct stator_result *result)
{
    char text[80];

    snprintf(text, sizeof(text), "%u of %u%s", result->repetitions, study->repetitions,
             result->partial                            ? ": it was broken off"
             : result->repetitions < study->repetitions ? ": there was no time for more"
                                                        : "");
    return stator_result_fact(result, "repetitions", text);
}

static int measure(const struct stator_study *study, const struct stator_plan *plan)
{
    struct stator_result *result = stator_result_create();
    struct sigaction before[SIGNALS];
    char why[200] = "out of memory";
    int code = STATOR_LAB_EXIT_FAILED;
    int error = result != NULL ? describe_run(study, plan, result) : -ENOMEM;

    catch_signals(before);
    if (error == 0) {
        error = run_campaign(study, plan, result, why);
    }
    if (error == 0) {
        error = note_repetitions(study, result);
    }
    if (error < 0) {
        stator_command_fail(code, "cannot measure", why, NULL);
    } else {
        code = conclude(study, result);
    }
    release_signals(before);
    stator_result_destroy(result);
    return code;
}

int stator_study_run(struct stator_study *study)
{
    struct stator_plan plan = make_plan(study);
    int code = examine_machine();

    code = code == STATOR_LAB_EXIT_OK ? examine_processors(study) : code;
    code = code == STATOR_LAB_EXIT_OK ? examine_build(study) : code;
    code = code == STATOR_LAB_EXIT_OK ? stator_study_files_examine(study) : code;
    code = code == STATOR_LAB_EXIT_OK ? fit_plan(&plan) : code;
    return code == STATOR_LAB_EXIT_OK ? measure(study, &plan) : code;
}
