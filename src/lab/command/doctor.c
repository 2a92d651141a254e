/* `stator-lab doctor`: what can run here, what limits it, and what to change. */
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/run/environment.h"
#include "stator/stator.h"

static bool print_fact(const char *name, const char *value, void *context)
{
    (void)context;
    printf("  %-22s %s\n", name, value);
    return true;
}

static void count_arch(const char *name, const char *summary, const char *options, void *context)
{
    unsigned *count = context;

    (void)name;
    (void)summary;
    (void)options;
    (*count)++;
}

static void print_list(const cpu_set_t *cpus)
{
    for (size_t i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, cpus)) {
            printf(" %zu", i);
        }
    }
}

static void print_cpus(void)
{
    struct stator_environment_cpus cpus;

    stator_environment_cpus(&cpus);
    printf("  %-22s", "server runs on");
    print_list(&cpus.server);
    printf("\n  %-22s", "client runs on");
    print_list(&cpus.client);
    printf("\n");
}

/* Returns: how many there are. */
static unsigned print_diagnoses(bool *fatal)
{
    struct stator_diagnosis diagnosis;
    unsigned count = 0;

    while (stator_environment_diagnose(count, &diagnosis)) {
        printf("%s%s %s\n    fix: %s\n", count == 0 ? "\nlimits:\n" : "",
               diagnosis.fatal ? "  !" : "  -", diagnosis.what, diagnosis.fix);
        *fatal = *fatal || diagnosis.fatal;
        count++;
    }
    return count;
}

static int conclude(unsigned limits, bool fatal)
{
    unsigned archs = 0;

    stator_arch_each(count_arch, &archs);
    if (fatal) {
        printf("\nnothing can be measured here before what is marked with ! is changed\n");
    } else if (limits == 0) {
        printf("\nall %u designs can be measured here, without reservations\n", archs);
    } else {
        printf("\nall %u designs can be measured here, with the reservations above\n", archs);
    }
    if (fflush(stdout) != 0) {
        return STATOR_LAB_EXIT_FAILED;
    }
    return fatal ? STATOR_LAB_EXIT_CANNOT : STATOR_LAB_EXIT_OK;
}

int stator_command_doctor(int argc, char *argv[])
{
    bool fatal = false;
    unsigned limits;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("usage: stator-lab doctor\n\n"
               "Says what this machine is, what limits measuring on it, and what to change.\n"
               "Exits with 77 where nothing can be measured.\n");
        return STATOR_LAB_EXIT_OK;
    }
    if (argc > 1) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "doctor takes no arguments", NULL,
                                   "stator-lab doctor --help says more");
    }
    printf("this machine:\n");
    stator_environment_each(print_fact, NULL);
    print_cpus();
    fflush(stdout);
    limits = print_diagnoses(&fatal);
    return conclude(limits, fatal);
}
