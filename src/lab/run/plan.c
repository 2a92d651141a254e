/*
 * Plans.
 *
 * Knows what a trial takes and what may be left out; refuses to know what is measured. The one
 * surprising thing: a repetition is shuffled as a whole, designs and workloads alike, so that what
 * the machine does meanwhile meets everybody with the same chance.
 */
#include "lab/run/plan.h"

#include <errno.h>
#include <stdlib.h>

#include "lab/stats/random.h"

/* The reference's own trials in a repetition. */
#define REFERENCES 3

const struct stator_candidate *stator_plan_candidates(const struct stator_plan *plan, size_t item,
                                                      size_t *count)
{
    const struct stator_plan_item *at = &plan->items[item];

    *count = at->candidate_count > 0 ? at->candidate_count : plan->candidate_count;
    return at->candidate_count > 0 ? at->candidates : plan->candidates;
}

static size_t count_candidates(const struct stator_plan *plan, size_t item)
{
    size_t count;

    stator_plan_candidates(plan, item, &count);
    return count;
}

static double trial_seconds(const struct stator_plan *plan, const struct stator_workload *workload,
                            double level)
{
    struct stator_trial_plan trial = {0};
    double duration;

    workload->plan(level, &trial);
    duration = trial.shortest > plan->duration ? trial.shortest : plan->duration;
    return duration + plan->warm_up + STATOR_PLAN_OVERHEAD +
           (trial.capacity > 0 ? plan->warm_up + 0.5 : 0);
}

double stator_plan_repetition(const struct stator_plan *plan)
{
    double sum = REFERENCES * (plan->duration + plan->warm_up + STATOR_PLAN_OVERHEAD);

    for (size_t i = 0; i < plan->item_count; i++) {
        for (size_t j = 0; j < plan->items[i].count; j++) {
            sum += (double)count_candidates(plan, i) *
                   trial_seconds(plan, plan->items[i].workload, plan->items[i].levels[j]);
        }
    }
    return sum;
}

/* What counting system calls takes in all. */
static double calls_seconds(const struct stator_plan *plan)
{
    double sum = 0;

    for (size_t i = 0; i < plan->item_count; i++) {
        for (size_t j = 0; j < plan->items[i].count; j++) {
            struct stator_trial_plan trial = {0};

            plan->items[i].workload->plan(plan->items[i].levels[j], &trial);
            sum += stator_workload_has_calls(&trial)
                       ? STATOR_PLAN_CALLS * (double)count_candidates(plan, i)
                       : 0;
        }
    }
    return sum;
}

double stator_plan_seconds(const struct stator_plan *plan)
{
    return plan->repetitions * stator_plan_repetition(plan) +
           (plan->counts_calls ? calls_seconds(plan) : 0);
}

size_t stator_plan_trials(const struct stator_plan *plan)
{
    size_t trials = 0;

    for (size_t i = 0; i < plan->item_count; i++) {
        trials += plan->items[i].count * count_candidates(plan, i);
    }
    return trials;
}

/* The item with most levels, if any has more than one. */
static struct stator_plan_item *longest_item(const struct stator_plan *plan)
{
    struct stator_plan_item *longest = NULL;

    for (size_t i = 0; i < plan->item_count; i++) {
        struct stator_plan_item *item = &plan->items[i];

        if (item->count > 1 && (longest == NULL || item->count > longest->count)) {
            longest = item;
        }
    }
    return longest;
}

bool stator_plan_fit(struct stator_plan *plan)
{
    struct stator_plan_item *longest;

    while (plan->budget > 0 && stator_plan_seconds(plan) > plan->budget) {
        if (plan->repetitions > 1) {
            plan->repetitions--;
            plan->dropped_repetitions++;
        } else if ((longest = longest_item(plan)) != NULL) {
            longest->count--;
            plan->dropped_levels++;
        } else if (plan->item_count > 1) {
            plan->item_count--;
            plan->dropped_workloads++;
        } else {
            return false;
        }
    }
    return true;
}

static void list_steps(const struct stator_plan *plan, struct stator_plan_step *out)
{
    for (size_t i = 0; i < plan->item_count; i++) {
        for (size_t j = 0; j < plan->items[i].count; j++) {
            for (size_t k = 0; k < count_candidates(plan, i); k++) {
                *out++ = (struct stator_plan_step){
                    .candidate = k, .item = i, .level = plan->items[i].levels[j]};
            }
        }
    }
}

int stator_plan_order(const struct stator_plan *plan, uint64_t seed, unsigned repetition,
                      struct stator_plan_step **out, size_t *count)
{
    size_t trials = stator_plan_trials(plan), at = 0;
    struct stator_plan_step *listed = calloc(trials, sizeof(*listed));
    struct stator_plan_step *steps = calloc(trials + REFERENCES, sizeof(*steps));
    size_t *order = calloc(trials, sizeof(*order));
    struct stator_random random;

    if (listed == NULL || steps == NULL || order == NULL) {
        free(listed);
        free(steps);
        free(order);
        return -ENOMEM;
    }
    list_steps(plan, listed);
    for (size_t i = 0; i < trials; i++) {
        order[i] = i;
    }
    stator_random_init_stream(&random, seed, repetition);
    stator_random_shuffle(&random, order, trials);
    for (size_t i = 0; i <= trials; i++) {
        if (i == 0 || i == trials / 2 || i == trials) {
            steps[at++] = (struct stator_plan_step){.reference = true};
        }
        if (i < trials) {
            steps[at++] = listed[order[i]];
        }
    }
    free(listed);
    free(order);
    *out = steps;
    *count = at;
    return 0;
}
