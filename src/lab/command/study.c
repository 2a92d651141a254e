/*
 * What is studied: from words to a plan.
 *
 * Knows how lists of designs and workloads are written, and what stands for those that nobody
 * named; refuses to know how they are measured (campaign.c) and shown (study_run.c).
 */
#include "lab/command/study.h"

#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"

/* A trial of a quick run. */
#define WARM_UP  0.1
#define DURATION 0.25
#define REPEATED 3

void stator_study_init(struct stator_study *study)
{
    *study = (struct stator_study){
        .warm_up = WARM_UP,
        .duration = DURATION,
        .repetitions = REPEATED,
        .seed = 1,
        .directory = ".",
    };
}

void stator_study_quote(struct stator_study *study, char *const argv[])
{
    size_t length = (size_t)snprintf(study->command, sizeof(study->command), "stator-lab");

    for (size_t i = 0; argv[i] != NULL && length < sizeof(study->command); i++) {
        length += (size_t)snprintf(study->command + length, sizeof(study->command) - length, " %s",
                                   argv[i]);
    }
}

static int fail_full(const char *what)
{
    return stator_command_fail(STATOR_LAB_EXIT_USAGE, what, NULL, "choose fewer");
}

static int read_arch(const char *spelling, struct stator_candidate *out)
{
    struct stator_error error = {0};

    return stator_candidate_read(spelling, out, &error) < 0
               ? stator_command_fail(STATOR_LAB_EXIT_USAGE, error.what, error.why, error.fix)
               : STATOR_LAB_EXIT_OK;
}

static int add_arch(struct stator_study *study, const char *spelling)
{
    int code;

    if (study->candidate_count == STATOR_STUDY_ARCHS) {
        return fail_full("these are too many designs for one comparison");
    }
    code = read_arch(spelling, &study->candidates[study->candidate_count]);
    study->candidate_count += code == STATOR_LAB_EXIT_OK;
    return code;
}

/* True where what comes after a comma is a knob of the design before it: "workers=4". */
static bool is_option(const char *word)
{
    size_t end = strcspn(word, ",:=");

    return word[end] == '=';
}

int stator_study_add_archs(struct stator_study *study, char *list)
{
    int code = STATOR_LAB_EXIT_OK;

    while (code == STATOR_LAB_EXIT_OK && list != NULL) {
        char *end = strchr(list, ',');

        while (end != NULL && is_option(end + 1)) {
            end = strchr(end + 1, ',');
        }
        if (end != NULL) {
            *end++ = '\0';
        }
        code = add_arch(study, list);
        list = end;
    }
    return code;
}

static size_t count_levels(const double *levels)
{
    size_t count = 0;

    while (levels[count] >= 0) {
        count++;
    }
    return count;
}

static int add_workload(struct stator_study *study, const struct stator_workload *workload,
                        const double *levels)
{
    if (study->item_count == STATOR_STUDY_WORKLOADS) {
        return fail_full("these are too many workloads for one comparison");
    }
    study->items[study->item_count++] = (struct stator_plan_item){
        .workload = workload, .levels = levels, .count = count_levels(levels)};
    return STATOR_LAB_EXIT_OK;
}

static int fail_workload(const char *name)
{
    const char *names[STATOR_STUDY_WORKLOADS + 1] = {NULL};

    for (size_t i = 0; i < STATOR_STUDY_WORKLOADS && stator_workload_at(i) != NULL; i++) {
        names[i] = stator_workload_at(i)->name;
    }
    return stator_command_unknown("workload", name, names);
}

int stator_study_add_workloads(struct stator_study *study, char *list)
{
    int code = STATOR_LAB_EXIT_OK;

    for (char *rest, *name = strtok_r(list, ",", &rest); name != NULL && code == STATOR_LAB_EXIT_OK;
         name = strtok_r(NULL, ",", &rest)) {
        const struct stator_workload *workload = stator_workload_find(name);

        code = workload != NULL ? add_workload(study, workload, workload->levels)
                                : fail_workload(name);
    }
    return code;
}

/* A workload that is about some designs compares these. */
static int add_own_archs(struct stator_study *study, size_t index)
{
    struct stator_plan_item *item = &study->items[index];
    const char *const *archs = item->workload->archs;
    int code = STATOR_LAB_EXIT_OK;

    for (size_t i = 0; archs != NULL && archs[i] != NULL && code == STATOR_LAB_EXIT_OK; i++) {
        code = read_arch(archs[i], &study->own[index][i]);
        item->candidate_count = i + 1;
    }
    item->candidates = study->own[index];
    return code;
}

/* Every design that is built; or, for some workloads, what they are about. */
static int complete_archs(struct stator_study *study)
{
    int code = STATOR_LAB_EXIT_OK;

    for (size_t i = 0; stator_candidate_default(i) != NULL && code == STATOR_LAB_EXIT_OK; i++) {
        code = add_arch(study, stator_candidate_default(i));
    }
    for (size_t i = 0; i < study->item_count && code == STATOR_LAB_EXIT_OK; i++) {
        code = add_own_archs(study, i);
    }
    return code;
}

int stator_study_complete(struct stator_study *study, bool quick)
{
    bool all = study->item_count == 0;
    int code = STATOR_LAB_EXIT_OK;

    for (size_t i = 0; all && stator_workload_at(i) != NULL && code == STATOR_LAB_EXIT_OK; i++) {
        const struct stator_workload *workload = stator_workload_at(i);

        if (!quick || workload->quick_levels != NULL) {
            code = add_workload(study, workload, quick ? workload->quick_levels : workload->levels);
        }
    }
    return code == STATOR_LAB_EXIT_OK && study->candidate_count == 0 ? complete_archs(study) : code;
}
