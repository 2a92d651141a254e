/*
 * `stator-lab validate`: do emulated devices give the figures that a blackboard gives?
 *
 * Knows how a case is measured and shown; refuses to know what comes out of it (validation.c). The
 * one surprising thing: it needs no quiet machine, because emulated devices use no processor, and a
 * server's own time is left out.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/architectures/registry.h"
#include "lab/command/command.h"
#include "lab/load/load.h"
#include "lab/model/validation.h"
#include "lab/run/sut.h"
#include "lab/stats/statistics.h"

/* A median of few, and where it is off, of as many more as tell chance from a fault. */
#define REPETITIONS 3
#define MORE        4

struct validation {
    char root[256];
    double warm_up, duration;
    size_t failed, run;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* --- one trial -------------------------------------------------------------------------------- */

static bool goes_on(double elapsed, void *context)
{
    (void)elapsed;
    (void)context;
    return !interrupted;
}

/* Responses a second; NAN where there were none, or they were not right. */
static double put_load(const struct validation *validation,
                       const struct stator_validation_case *trial, const struct stator_sut *sut)
{
    const struct stator_load_target target = {.path = "/f.txt", .length = 2};
    const struct stator_load_group group = {
        .name = "clients", .clients = trial->clients, .targets = &target, .target_count = 1};
    const struct stator_load_spec spec = {
        .server = sut->address,
        .groups = &group,
        .group_count = 1,
        .warm_up = validation->warm_up,
        .duration = validation->duration,
        .seed = 1,
        .on_tick = goes_on,
    };
    struct stator_load_result result;
    uint64_t errors = 0;
    double rate = NAN;

    if (stator_load_run(&spec, &result) < 0) {
        return NAN;
    }
    for (unsigned i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        errors += result.groups[0].errors[i];
    }
    if (errors == 0 && result.groups[0].responses > 0 && result.seconds > 0) {
        rate = (double)result.groups[0].responses / result.seconds;
    }
    stator_load_finish(&result);
    return rate;
}

static double measure(const struct validation *validation,
                      const struct stator_validation_case *trial, uint64_t repetition)
{
    struct stator_sut_spec spec = {
        .arch = trial->arch, .root = validation->root, .devices = trial->devices};
    struct stator_sut sut;
    char why[200];
    double rate;

    spec.devices.seed = stator_validation_seed(
        trial, validation->warm_up, validation->warm_up + validation->duration, repetition);
    if (stator_sut_start(&spec, &sut, why) < 0) {
        stator_command_fail(STATOR_LAB_EXIT_FAILED, "a server did not start", why, NULL);
        return NAN;
    }
    rate = put_load(validation, trial, &sut);
    return stator_sut_stop(&sut) ? rate : NAN;
}

/* --- the table -------------------------------------------------------------------------------- */

/* "8 ms, 25 %" */
static void write_disk(const struct stator_device_spec *devices, char out[24])
{
    double ms = (double)devices->disk_service / 1e6;

    if (devices->miss_share >= 1) {
        snprintf(out, 24, "%g ms", ms);
    } else if (devices->miss == STATOR_DEVICE_MISS_COIN) {
        snprintf(out, 24, "%g ms, %.0f %%", ms, 100 * devices->miss_share);
    } else {
        snprintf(out, 24, "%g ms, 1 in %.0f", ms, 1 / devices->miss_share);
    }
}

static bool is_known(const char *arch)
{
    return stator_arch_find((struct stator_span){arch, strcspn(arch, ":")}) != NULL;
}

/* How far the median is off what it should be; NAN where one of them was not measured. */
static double offset(const double *rates, size_t count, double expected)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(rates[i])) {
            return NAN;
        }
    }
    return stator_statistics_median(rates, count) / expected - 1;
}

/* Measures until there are `count`; returns that. */
static size_t measure_up_to(struct validation *validation,
                            const struct stator_validation_case *trial, double *rates, size_t from,
                            size_t count)
{
    for (size_t i = from; i < count; i++) {
        rates[i] = interrupted ? NAN : measure(validation, trial, i + 1);
    }
    return count;
}

static void print_outcome(const double *rates, size_t count, double off, bool passed)
{
    printf(" %8.1f %+6.1f %%  %s\n", stator_statistics_median(rates, count), 100 * off,
           passed ? "ok" : "FAILED");
    for (size_t i = 0; count > REPETITIONS && i < count; i++) {
        printf("%s%.1f%s", i == 0 ? "    that is the median of " : ", ", rates[i],
               i + 1 == count ? "\n" : "");
    }
}

static void run_trial(struct validation *validation, const struct stator_validation_part *part,
                      const struct stator_validation_case *trial)
{
    double rates[REPETITIONS + MORE], off;
    size_t count;
    char disk[24];
    bool passed;

    write_disk(&trial->devices, disk);
    printf("  %-21s %-28s %3u  %u x %.1f ms  %-13s %6.0f", trial->what, trial->arch, trial->clients,
           trial->devices.cpu_cores,
           (double)(trial->devices.cpu_service + trial->devices.cache_service) / 1e6, disk,
           trial->expected);
    fflush(stdout);
    count = measure_up_to(validation, trial, rates, 0, REPETITIONS);
    off = offset(rates, count, trial->expected);
    if (!(fabs(off) <= part->tolerance)) {
        count = measure_up_to(validation, trial, rates, count, REPETITIONS + MORE);
        off = offset(rates, count, trial->expected);
    }
    passed = fabs(off) <= part->tolerance; /* never for NAN */
    print_outcome(rates, count, off, passed);
    validation->run++;
    validation->failed += !passed;
}

static void run_part(struct validation *validation, const struct stator_validation_part *part)
{
    struct stator_validation_case trial;

    printf("\n%s (within %.0f %%)\n", part->title, 100 * part->tolerance);
    printf("  %-21s %-28s %3s  %-10s  %-13s %6s %8s\n", "case", "design", "cl.", "processors",
           "disk", "1/s", "measured");
    for (size_t i = 0; part->at(i, &trial) && !interrupted; i++) {
        if (is_known(trial.arch)) {
            run_trial(validation, part, &trial);
        }
    }
}

/* --- the command ------------------------------------------------------------------------------ */

static int make_root(struct validation *validation)
{
    const char *tmp = getenv("TMPDIR");
    char path[300];
    FILE *file;

    snprintf(validation->root, sizeof(validation->root), "%.200s/stator-lab-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(validation->root) == NULL) {
        return -errno;
    }
    snprintf(path, sizeof(path), "%s/f.txt", validation->root);
    file = fopen(path, "we");
    if (file == NULL || fputs("ok", file) < 0) {
        return -errno;
    }
    return fclose(file) == 0 ? 0 : -errno;
}

static void remove_root(const struct validation *validation)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/f.txt", validation->root);
    unlink(path);
    rmdir(validation->root);
}

static int conclude(const struct validation *validation)
{
    if (interrupted) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, "broken off", NULL, NULL);
    }
    printf("\n%zu of %zu as they should be\n", validation->run - validation->failed,
           validation->run);
    return validation->failed == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

static int validate(struct validation *validation, const char *only)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    const struct stator_validation_part *part;
    int error;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    error = make_root(validation);
    if (error < 0) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, "there is no place for a file to serve",
                                   strerror(-error),
                                   "set TMPDIR to a directory that can be "
                                   "written");
    }
    for (size_t i = 0; (part = stator_validation_at(i)) != NULL && !interrupted; i++) {
        if (only == NULL || strcmp(only, part->name) == 0) {
            run_part(validation, part);
        }
    }
    remove_root(validation);
    return conclude(validation);
}

static int print_help(void)
{
    printf("usage: stator-lab validate [--quick] [lecture|coins|designs]\n\n"
           "Puts designs on emulated devices and compares what they do with what can be\n"
           "computed: medians of %d runs of 3 s each. Exits with 1 where a figure is off.\n\n"
           "  --quick   runs of 1 s\n",
           REPETITIONS);
    return STATOR_LAB_EXIT_OK;
}

int stator_command_validate(int argc, char *argv[])
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'}, {0}};
    const struct stator_validation_part *part;
    const char *names[8] = {NULL};
    struct validation validation = {.warm_up = 0.5, .duration = 3.0};
    int option;
    bool found = false;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            return print_help();
        }
        if (option != 'q') {
            return STATOR_LAB_EXIT_USAGE;
        }
        validation.warm_up = 0.25;
        validation.duration = 1.0;
    }
    for (size_t i = 0; i < 7 && (part = stator_validation_at(i)) != NULL; i++) {
        names[i] = part->name;
        found = found || (optind < argc && strcmp(argv[optind], part->name) == 0);
    }
    if (optind + 1 < argc) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "validate takes one word at most", NULL,
                                   "stator-lab validate --help says more");
    }
    if (optind < argc && !found) {
        return stator_command_unknown("part", argv[optind], names);
    }
    return validate(&validation, argv[optind]);
}
