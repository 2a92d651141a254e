/*
 * A study carried out.
 *
 * Knows what must be so before anything is measured, and which files there are afterwards; refuses
 * to know what stands in them. The one surprising thing: after a ^C what was measured is written
 * and reported as partial.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lab/calls.h"
#include "lab/campaign.h"
#include "lab/command.h"
#include "lab/environment.h"
#include "lab/progress.h"
#include "lab/report.h"
#include "lab/save.h"
#include "lab/study.h"

static const char *const outputs[] = {"results.json", "results.csv", "lab-report.html"};

enum { JSON, CSV, HTML, OUTPUTS };

/* --- before ---------------------------------------------------------------------------------- */

/* Says what limits the machine; returns an exit code where nothing can be measured. */
static int examine_machine(void)
{
    struct stator_ailment ailment;

    for (unsigned i = 0; stator_environment_ailment(i, &ailment); i++) {
        if (ailment.fatal) {
            return stator_command_fail(STATOR_LAB_CANNOT, ailment.what, NULL, ailment.fix);
        }
        fprintf(stderr, "note: %s\n", ailment.what);
    }
    return STATOR_LAB_OK;
}

static int examine_processors(const struct stator_study *study)
{
    struct stator_environment_cpus cpus;

    stator_environment_cpus(&cpus);
    if (cpus.disjoint || (study->one_core && !study->publish)) {
        return STATOR_LAB_OK;
    }
    return stator_command_fail(STATOR_LAB_CANNOT, "there is no processor for the load generator",
                               "it would take time from the server that it measures",
                               "use a machine with two, or add --one-core and believe nothing "
                               "but the order of designs");
}

static int examine_build(const struct stator_study *study)
{
    if (stator_environment_is_publishable()) {
        return STATOR_LAB_OK;
    }
    if (study->publish) {
        return stator_command_fail(STATOR_LAB_CANNOT, "this build's figures cannot be published",
                                   "it has no optimisation, or has assertions or sanitizers",
                                   "build with meson setup --buildtype=release -Db_lto=true");
    }
    fprintf(stderr, "note: this is no release build; the report says so\n");
    return STATOR_LAB_OK;
}

static void name_file(const struct stator_study *study, unsigned output, char path[4096])
{
    snprintf(path, 4096, "%s/%s", study->directory, outputs[output]);
}

static int examine_directory(const struct stator_study *study)
{
    char path[4096], what[4200];

    if (mkdir(study->directory, 0777) < 0 && errno != EEXIST) {
        snprintf(what, sizeof(what), "cannot make the directory %s", study->directory);
        return stator_command_fail(STATOR_LAB_FAILED, what, strerror(errno),
                                   "make the directory above it first, or name another with -o");
    }
    if (access(study->directory, W_OK | X_OK) < 0) {
        snprintf(what, sizeof(what), "cannot write into %s", study->directory);
        return stator_command_fail(STATOR_LAB_FAILED, what, strerror(errno),
                                   "name another directory with -o");
    }
    for (unsigned i = 0; i < OUTPUTS && !study->force; i++) {
        name_file(study, i, path);
        if (access(path, F_OK) == 0) {
            snprintf(what, sizeof(what), "%s is there already", path);
            return stator_command_fail(STATOR_LAB_FAILED, what, "it may be somebody's results",
                                       "name another directory with -o, or replace it by --force");
        }
    }
    return STATOR_LAB_OK;
}

/* --- the plan -------------------------------------------------------------------------------- */

static struct stator_plan make_plan(struct stator_study *study)
{
    return (struct stator_plan){
        .contenders = study->contenders,
        .contender_count = study->contender_count,
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
    if (plan->dropped_repetitions > 0) {
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
        return stator_command_fail(STATOR_LAB_USAGE, what, NULL,
                                   "choose fewer designs or workloads, or a larger --budget");
    }
    printf("%zu design%s, %zu workload%s, %u repetition%s: %zu trials of %.2f s, about %.0f s\n",
           plan->contender_count, plan->contender_count == 1 ? "" : "s", plan->item_count,
           plan->item_count == 1 ? "" : "s", plan->repetitions, plan->repetitions == 1 ? "" : "s",
           (stator_plan_trials(plan) + 3) * plan->repetitions, plan->duration, seconds);
    describe_dropped(plan, dropped, sizeof(dropped));
    if (dropped[0] != '\0') {
        printf("left out: %s\n", dropped);
    }
    fflush(stdout);
    return STATOR_LAB_OK;
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

static int run_campaign(const struct stator_study *study, const struct stator_plan *plan,
                        struct stator_result *result, char why[200])
{
    struct stator_campaign campaign = {
        .plan = *plan, .seed = study->seed, .on_progress = on_progress, .goes_on = goes_on};
    struct sigaction action = {.sa_handler = on_interrupt}, before[3];
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    int error;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < 3; i++) {
        sigaction(signals[i], &action, &before[i]);
    }
    error = stator_campaign_run(&campaign, result, why);
    for (size_t i = 0; i < 3; i++) {
        sigaction(signals[i], &before[i], NULL);
    }
    stator_progress_clear();
    return error;
}

/* --- the result ------------------------------------------------------------------------------ */

static int describe_run(const struct stator_study *study, const struct stator_plan *plan,
                        struct stator_result *result)
{
    char text[160];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    result->command = strdup(study->command);
    result->date = strdup(text);
    result->reference = strdup(STATOR_CONTENDER_REFERENCE);
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
             STATOR_CONTENDER_POOL);
    error = error < 0 ? error : stator_result_fact(result, "workers", text);
    describe_dropped(plan, text, sizeof(text));
    if (text[0] != '\0') {
        error = error < 0 ? error : stator_result_fact(result, "left out", text);
    }
    snprintf(text, sizeof(text), "%s",
             plan->counts_calls
                 ? "counted by a trace event, beside the first repetition's trials"
                 : "not counted: the kernel's trace events are out of sight, or not allowed");
    error = error < 0 ? error : stator_result_fact(result, "system calls", text);
    return error < 0 ? error : stator_environment_describe(result);
}

static int write_page(const struct stator_result *result, const char *path)
{
    const struct stator_report_options options = {.find = stator_workload_find, .plots = true};
    struct stator_text page = {0};
    int error = stator_report_make(result, &options, &page);

    if (error == 0) {
        error = stator_save_text(path, &page);
    }
    stator_text_finish(&page);
    return error;
}

static int write_file(const struct stator_result *result, unsigned output, const char *path)
{
    switch (output) {
    case JSON:
        return stator_result_write(result, path);
    case CSV:
        return stator_result_write_csv(result, path);
    default:
        return write_page(result, path);
    }
}

/* What can be made of results.json can be made again, once there is room. */
static int write_files(const struct stator_study *study, const struct stator_result *result)
{
    char path[OUTPUTS][4096], what[4200], fix[4200];

    for (unsigned i = 0; i < OUTPUTS; i++) {
        name_file(study, i, path[i]);
    }
    for (unsigned i = 0; i < OUTPUTS; i++) {
        int error = write_file(result, i, path[i]);

        if (error < 0) {
            snprintf(what, sizeof(what), "cannot write %.4000s", path[i]);
            snprintf(fix, sizeof(fix), "make room, then: stator-lab report %.4000s", path[JSON]);
            return stator_command_fail(STATOR_LAB_FAILED, what, strerror(-error),
                                       i == JSON ? NULL : fix);
        }
    }
    printf("\n%s\n%s\n%s\n", path[HTML], path[JSON], path[CSV]);
    return STATOR_LAB_OK;
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
    code = write_files(study, result);
    if ((failed_checks(result) > 0 || result->partial) && code == STATOR_LAB_OK) {
        code = STATOR_LAB_FAILED;
    }
    return code;
}

static int measure(const struct stator_study *study, const struct stator_plan *plan)
{
    struct stator_result *result = stator_result_create();
    char why[200] = "out of memory";
    int code = STATOR_LAB_FAILED;
    int error = result != NULL ? describe_run(study, plan, result) : -ENOMEM;

    if (error == 0) {
        error = run_campaign(study, plan, result, why);
    }
    if (error < 0) {
        stator_command_fail(code, "cannot measure", why, NULL);
    } else {
        code = conclude(study, result);
    }
    stator_result_destroy(result);
    return code;
}

int stator_study_run(struct stator_study *study)
{
    struct stator_plan plan = make_plan(study);
    int code = examine_machine();

    code = code == STATOR_LAB_OK ? examine_processors(study) : code;
    code = code == STATOR_LAB_OK ? examine_build(study) : code;
    code = code == STATOR_LAB_OK ? examine_directory(study) : code;
    code = code == STATOR_LAB_OK ? fit_plan(&plan) : code;
    return code == STATOR_LAB_OK ? measure(study, &plan) : code;
}
