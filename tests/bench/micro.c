/*
 * The command micro: arguments become a plan, and what was measured a page.
 *
 * Refuses to know what a subject does. The one surprising thing: it may run itself once more, under
 * Callgrind, with the mode COUNT, in which it prints nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "micro_measure.h"
#include "micro_report.h"

static const struct micro_subject *const all[] = {
    &micro_parser, &micro_target, &micro_date,   &micro_range,
    &micro_cache,  &micro_head,   &micro_record, &micro_step,
};

#define ALL (sizeof(all) / sizeof(all[0]))

enum { EXIT_USAGE = 2 };

struct mode {
    const char *option;
    bool (*run)(const char *program, const struct micro_plan *plan);
};

/* --- the modes ------------------------------------------------------------------------------ */

/* Puts instructions into results, if anything here can count them: it is no failure if not. */
static bool count_instructions(const char *program, const struct micro_plan *plan,
                               struct micro_result *results)
{
    double *counts = calloc(micro_plan_rows(plan) + 1, sizeof(*counts));
    size_t at = 0;

    if (counts == NULL) {
        return false;
    }
    if (micro_perf_count(plan, counts) < 0 && !micro_callgrind_count(program, plan, counts)) {
        free(counts);
        return !micro_interrupted;
    }
    for (size_t i = 0; i < plan->count; i++) {
        for (size_t k = 0; k < plan->subjects[i]->count; k++, at++) {
            size_t operations = plan->subjects[i]->rows[k].operations * MICRO_COUNTED;

            results[at].instructions = (counts[at + 1] - counts[0]) / (double)operations;
        }
    }
    free(counts);
    return true;
}

static bool report(const char *program, const struct micro_plan *plan,
                   bool (*print)(const struct micro_plan *plan, const struct micro_result *results))
{
    struct micro_result *results = calloc(micro_plan_rows(plan), sizeof(*results));
    bool good = results != NULL && micro_plan_measure(plan, results) &&
                count_instructions(program, plan, results) && print(plan, results);

    free(results);
    return good;
}

static bool run_table(const char *program, const struct micro_plan *plan)
{
    return report(program, plan, micro_report_table);
}

static bool run_json(const char *program, const struct micro_plan *plan)
{
    return report(program, plan, micro_report_json);
}

/* Each operation once, as a test that speaks TAP. */
static bool run_check(const char *program, const struct micro_plan *plan)
{
    size_t number = 0;
    bool good = true;

    (void)program;
    printf("1..%zu\n", micro_plan_rows(plan));
    for (size_t i = 0; i < plan->count; i++) {
        const struct micro_subject *subject = plan->subjects[i];

        for (size_t k = 0; k < subject->count && !micro_interrupted; k++) {
            bool right = micro_row_visit(&subject->rows[k], NULL, NULL);

            printf("%sok %zu - %s: %s\n", right ? "" : "not ", ++number, subject->name,
                   subject->rows[k].name);
            fflush(stdout); /* should the next one crash */
            good = good && right;
        }
    }
    return good && !micro_interrupted;
}

static bool run_count(const char *program, const struct micro_plan *plan)
{
    (void)program;
    return micro_callgrind_run(plan);
}

static const struct mode modes[] = {
    {NULL, run_table}, {"--json", run_json}, {"--check", run_check}, {"--count", run_count}};

/* --- arguments ------------------------------------------------------------------------------ */

static const struct mode *find_mode(const char *option)
{
    for (size_t i = 1; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(option, modes[i].option) == 0) {
            return &modes[i];
        }
    }
    return NULL;
}

static const struct micro_subject *find_subject(const char *name)
{
    for (size_t i = 0; i < ALL; i++) {
        if (strcmp(name, all[i]->name) == 0) {
            return all[i];
        }
    }
    return NULL;
}

static int complain(const char *argument)
{
    fprintf(stderr, "micro: \"%s\" is no subject and no option\nusage: micro [--json | --check] [",
            argument);
    for (size_t i = 0; i < ALL; i++) {
        fprintf(stderr, "%s%s", i > 0 ? " | " : "", all[i]->name);
    }
    fputs("]...\n", stderr);
    return EXIT_USAGE;
}

static void on_signal(int number)
{
    micro_interrupted = number;
}

/* Temporary directories go when the program ends in good order, so a signal only asks for that. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], &action, NULL);
    }
}

int main(int argc, char **argv)
{
    const struct mode *mode = &modes[0];
    const struct micro_subject *subjects[ALL];
    struct micro_plan plan = {subjects, 0};

    for (int i = 1; i < argc; i++) {
        const struct micro_subject *subject = find_subject(argv[i]);
        const struct mode *other = find_mode(argv[i]);

        if (other != NULL) {
            mode = other;
        } else if (subject != NULL && plan.count < ALL) {
            subjects[plan.count++] = subject;
        } else {
            return complain(argv[i]);
        }
    }
    if (plan.count == 0) {
        plan = (struct micro_plan){all, ALL};
    }
    catch_signals();
    return mode->run(argv[0], &plan) ? EXIT_SUCCESS : EXIT_FAILURE;
}
