/*
 * Results in memory.
 *
 * Knows what belongs to a result and who owns it; refuses to know what it means and how it is
 * written. The one surprising thing: a trial learns its cell when it is added, so that nobody ever
 * compares all trials with each other.
 */
#include "lab/result/result.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const flag_names[] = {"client-limited", "drift", "errors",
                                         "unsteady",       "check", "starved"};

const char *stator_trial_flag_name(unsigned bit)
{
    return bit < sizeof(flag_names) / sizeof(flag_names[0]) ? flag_names[bit] : NULL;
}

struct stator_result *stator_result_create(void)
{
    struct stator_result *result = calloc(1, sizeof(*result));

    if (result == NULL) {
        return NULL;
    }
    result->command = strdup("");
    result->date = strdup("");
    result->reference = strdup("");
    if (result->command == NULL || result->date == NULL || result->reference == NULL) {
        stator_result_destroy(result);
        return NULL;
    }
    return result;
}

static void finish_trial(struct stator_trial *trial)
{
    free(trial->arch);
    free(trial->workload);
    free(trial->label);
    free(trial->refusal);
    stator_histogram_destroy(trial->from_intended);
    stator_histogram_destroy(trial->from_sent);
}

static void finish_fact(struct stator_fact *fact)
{
    free(fact->name);
    free(fact->value);
}

static void finish_check(struct stator_check *check)
{
    free(check->name);
    free(check->where);
    free(check->detail);
}

void stator_result_destroy(struct stator_result *result)
{
    if (result == NULL) {
        return;
    }
    for (size_t i = 0; i < result->trial_count; i++) {
        finish_trial(&result->trials[i]);
    }
    for (size_t i = 0; i < result->fact_count; i++) {
        finish_fact(&result->facts[i]);
    }
    for (size_t i = 0; i < result->check_count; i++) {
        finish_check(&result->checks[i]);
    }
    free(result->trials);
    free(result->facts);
    free(result->checks);
    free(result->command);
    free(result->date);
    free(result->reference);
    free(result);
}

int stator_result_fact(struct stator_result *result, const char *name, const char *value)
{
    struct stator_fact fact = {strdup(name), strdup(value)};
    struct stator_fact *facts = reallocarray(result->facts, result->fact_count + 1, sizeof(fact));

    if (facts != NULL) {
        result->facts = facts;
    }
    if (fact.name == NULL || fact.value == NULL || facts == NULL) {
        finish_fact(&fact);
        return -ENOMEM;
    }
    facts[result->fact_count++] = fact;
    return 0;
}

const char *stator_result_find_fact(const struct stator_result *result, const char *name)
{
    for (size_t i = 0; i < result->fact_count; i++) {
        if (strcmp(result->facts[i].name, name) == 0) {
            return result->facts[i].value;
        }
    }
    return NULL;
}

bool stator_fact_is_lasting(const char *name)
{
    return strcmp(name, "load before") != 0 && strcmp(name, "memory available") != 0 &&
           strcmp(name, "repetitions") != 0;
}

int stator_result_check(struct stator_result *result, const char *name, const char *where,
                        bool passed, const char *detail)
{
    struct stator_check check = {strdup(name), strdup(where), passed, strdup(detail)};
    struct stator_check *checks =
        reallocarray(result->checks, result->check_count + 1, sizeof(check));

    if (checks != NULL) {
        result->checks = checks;
    }
    if (check.name == NULL || check.where == NULL || check.detail == NULL || checks == NULL) {
        finish_check(&check);
        return -ENOMEM;
    }
    checks[result->check_count++] = check;
    return 0;
}

/* The cell of such trials, which is a new one where there are none. */
static size_t find_cell(const struct stator_result *result, const struct stator_trial *trial)
{
    for (size_t i = result->trial_count; i > 0; i--) {
        const struct stator_trial *other = &result->trials[i - 1];

        if (other->level == trial->level && strcmp(other->arch, trial->arch) == 0 &&
            strcmp(other->workload, trial->workload) == 0) {
            return other->cell;
        }
    }
    return result->cell_count;
}

static bool make_room(struct stator_result *result)
{
    size_t capacity = result->trial_capacity > 0 ? 2 * result->trial_capacity : 64;
    struct stator_trial *trials;

    if (result->trial_count < result->trial_capacity) {
        return true;
    }
    trials = reallocarray(result->trials, capacity, sizeof(*trials));
    if (trials == NULL) {
        return false;
    }
    result->trials = trials;
    result->trial_capacity = capacity;
    return true;
}

struct stator_trial *stator_result_trial(struct stator_result *result, const char *arch,
                                         const char *workload, double level, const char *label)
{
    struct stator_trial trial = {.level = level};

    trial.arch = strdup(arch);
    trial.workload = strdup(workload);
    trial.label = strdup(label);
    if (trial.arch == NULL || trial.workload == NULL || trial.label == NULL || !make_room(result)) {
        finish_trial(&trial);
        return NULL;
    }
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        trial.values[i] = NAN;
    }
    trial.cell = find_cell(result, &trial);
    result->cell_count += trial.cell == result->cell_count;
    result->trials[result->trial_count] = trial;
    return &result->trials[result->trial_count++];
}
