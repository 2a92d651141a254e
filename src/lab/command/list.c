/* `stator-lab list`: what there is to choose from. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/report/claims.h"
#include "lab/stats/metric.h"
#include "lab/workload/workload.h"
#include "stator/stator.h"

static void print_arch(const char *name, const char *summary, const char *options, void *context)
{
    (void)context;
    printf("  %-15s %s\n", name, summary);
    if (options[0] != '\0') {
        printf("  %-15s   %s\n", "", options);
    }
}

static void list_archs(void)
{
    printf("designs (name:knob=value,...):\n");
    stator_arch_each(print_arch, NULL);
}

static void list_metrics(void)
{
    printf("metrics:\n");
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        const struct stator_metric_info *metric = stator_metric_info(i);

        printf("  %-15s %-2s  %s%s%s: %s\n", metric->key, metric->slide, metric->name,
               metric->unit[0] != '\0' ? ", " : "", metric->unit, metric->definition);
    }
}

static void list_levels(const char *title, const struct stator_workload *workload,
                        const double *levels)
{
    printf("  %-9s   %s", "", title);
    for (size_t i = 0; levels[i] >= 0; i++) {
        char label[64];

        workload->label(levels[i], label, sizeof(label));
        printf("%s%s", i > 0 ? ", " : "", label);
    }
    printf("\n");
}

/* Those that it compares where nobody names others. */
static void list_own_archs(const struct stator_workload *workload)
{
    for (size_t i = 0; workload->archs != NULL && workload->archs[i] != NULL; i++) {
        printf("  %-9s   %s %s\n", "", i == 0 ? "designs:" : "        ", workload->archs[i]);
    }
}

static void list_workloads(void)
{
    const struct stator_workload *workload;

    printf("workloads:\n");
    for (size_t i = 0; (workload = stator_workload_at(i)) != NULL; i++) {
        printf("  %-9s %s\n", workload->name, workload->what);
        printf("  %-9s   %s\n", "", workload->tests);
        list_levels("levels: ", workload, workload->levels);
        if (workload->quick_levels != NULL) {
            list_levels("quick: ", workload, workload->quick_levels);
        }
        list_own_archs(workload);
    }
}

static void list_claims(void)
{
    const struct stator_claim *claim;

    printf("claims:\n");
    for (size_t i = 0; (claim = stator_claim_at(i)) != NULL; i++) {
        printf("  %s (%s)\n      %s\n", claim->claim, claim->source, claim->test);
    }
}

static const struct {
    const char *name;
    void (*list)(void);
} lists[] = {
    {"designs", list_archs},
    {"workloads", list_workloads},
    {"metrics", list_metrics},
    {"claims", list_claims},
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static const char help[] = "usage: stator-lab list [designs|workloads|metrics|claims]\n\n"
                           "Prints what there is to choose from: all of it, or one part.\n";

int stator_command_list(int argc, char *argv[])
{
    const char *names[LISTS + 1] = {NULL};
    bool found = argc == 1;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK
                                                               : STATOR_LAB_EXIT_FAILED;
    }
    if (argc > 2) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "list takes one word at most", NULL,
                                   NULL);
    }
    for (size_t i = 0; i < LISTS; i++) {
        names[i] = lists[i].name;
        if (argc == 1 || strcmp(argv[1], names[i]) == 0) {
            printf("%s", argc == 1 && i > 0 ? "\n" : "");
            lists[i].list();
            found = true;
        }
    }
    if (!found) {
        return stator_command_unknown("list", argv[1], names);
    }
    return fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}
