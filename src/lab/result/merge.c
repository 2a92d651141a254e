/*
 * Several results as one.
 *
 * Knows how repetitions of one run are kept apart from those of another; refuses to judge whether
 * the runs may be compared: the facts that differ stay beside each other for a reader to see.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab/result/result.h"

static struct stator_histogram *copy_histogram(const struct stator_histogram *histogram)
{
    struct stator_histogram *copy = stator_histogram_create();

    if (copy != NULL) {
        stator_histogram_merge(copy, histogram);
    }
    return copy;
}

static int merge_trial(struct stator_result *result, const struct stator_trial *trial,
                       unsigned repetitions)
{
    struct stator_trial *copy =
        stator_result_trial(result, trial->arch, trial->workload, trial->level, trial->label);

    if (copy == NULL) {
        return -ENOMEM;
    }
    copy->repetition = trial->repetition + repetitions;
    copy->position = trial->position;
    copy->reference = trial->reference;
    copy->flags = trial->flags;
    copy->overlap = trial->overlap;
    memcpy(copy->values, trial->values, sizeof(copy->values));
    copy->refusal = trial->refusal != NULL ? strdup(trial->refusal) : NULL;
    copy->from_intended =
        trial->from_intended != NULL ? copy_histogram(trial->from_intended) : NULL;
    copy->from_sent = trial->from_sent != NULL ? copy_histogram(trial->from_sent) : NULL;
    return (copy->refusal == NULL) == (trial->refusal == NULL) &&
                   (copy->from_intended == NULL) == (trial->from_intended == NULL) &&
                   (copy->from_sent == NULL) == (trial->from_sent == NULL)
               ? 0
               : -ENOMEM;
}

static bool has_fact(const struct stator_result *result, const struct stator_fact *fact)
{
    for (size_t i = 0; i < result->fact_count; i++) {
        if (strcmp(result->facts[i].name, fact->name) == 0 &&
            strcmp(result->facts[i].value, fact->value) == 0) {
            return true;
        }
    }
    return false;
}

static int merge_facts(struct stator_result *result, const struct stator_result *more)
{
    int error = 0;

    for (size_t i = 0; i < more->fact_count && error == 0; i++) {
        if (!has_fact(result, &more->facts[i])) {
            error = stator_result_fact(result, more->facts[i].name, more->facts[i].value);
        }
    }
    return error;
}

/* A line a run: whoever reads it can run each again. */
static int merge_command(struct stator_result *result, const struct stator_result *more)
{
    size_t length = strlen(result->command) + strlen(more->command) + 2;
    char *command = malloc(length);

    if (command == NULL) {
        return -ENOMEM;
    }
    strcpy(command, result->command);
    strcat(command, "\n");
    strcat(command, more->command);
    free(result->command);
    result->command = command;
    return 0;
}

/* The repetitions that have trials: one more than are whole where the run was broken off. */
static unsigned count_begun(const struct stator_result *result)
{
    unsigned count = result->repetitions;

    for (size_t i = 0; i < result->trial_count; i++) {
        unsigned needed = result->trials[i].repetition + 1;

        count = needed > count ? needed : count;
    }
    return count;
}

int stator_result_merge(struct stator_result *result, const struct stator_result *more)
{
    int error = merge_facts(result, more);

    for (size_t i = 0; i < more->check_count && error == 0; i++) {
        const struct stator_check *check = &more->checks[i];

        error =
            stator_result_check(result, check->name, check->where, check->passed, check->detail);
    }
    unsigned begun = count_begun(result);

    for (size_t i = 0; i < more->trial_count && error == 0; i++) {
        error = merge_trial(result, &more->trials[i], begun);
    }
    if (error == 0) {
        error = merge_command(result, more);
    }
    result->repetitions += more->repetitions;
    result->seconds += more->seconds;
    result->partial |= more->partial;
    result->publishable &= more->publishable;
    return error;
}
