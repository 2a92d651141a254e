#include "lab/run/plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const double many[] = {1, 2, 3, 4, -1};
static const double few[] = {0, 10, -1};
static struct stator_candidate candidates[3];

static struct stator_plan make(struct stator_plan_item items[2])
{
    static const char *const spellings[] = {"iterative", "event", "thread"};
    struct stator_error error;

    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(stator_candidate_read(spellings[i], &candidates[i], &error), 0);
    }
    items[0] = (struct stator_plan_item){
        .workload = stator_workload_find("hot"), .levels = many, .count = 4};
    items[1] = (struct stator_plan_item){
        .workload = stator_workload_find("convoy"), .levels = few, .count = 2};
    return (struct stator_plan){
        .candidates = candidates,
        .candidate_count = 3,
        .items = items,
        .item_count = 2,
        .warm_up = 0.25,
        .duration = 0.75,
        .repetitions = 5,
    };
}

Test(plan, tells_what_it_takes)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);
    struct stator_trial_plan convoy = {0};
    double hot = 0.25 + 0.75 + STATOR_PLAN_OVERHEAD, slow;

    plan.items[1].workload->plan(10, &convoy);
    slow = 0.25 + convoy.shortest + STATOR_PLAN_OVERHEAD;
    cr_expect_eq(stator_plan_trials(&plan), 18);
    cr_expect_float_eq(stator_plan_repetition(&plan), 3 * hot + 12 * hot + 6 * slow, 1e-9);
    cr_expect_float_eq(stator_plan_seconds(&plan), 5 * stator_plan_repetition(&plan), 1e-9);
}

Test(plan, counts_calls_once)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);
    double without = stator_plan_seconds(&plan);

    plan.counts_calls = true;
    cr_expect_float_eq(stator_plan_seconds(&plan), without + 12 * STATOR_PLAN_CALLS, 1e-9,
                       "hot has three designs at four levels, the convoy asks at given times");
}

/* The second item is about one design alone. */
Test(plan, an_item_may_have_architectures_of_its_own)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);
    struct stator_candidate own = candidates[2];
    struct stator_plan_step *steps;
    double before = stator_plan_repetition(&plan);
    size_t count, of_item = 0;

    items[1].candidates = &own;
    items[1].candidate_count = 1;
    cr_expect_eq(stator_plan_trials(&plan), 12 + 2);
    cr_expect_lt(stator_plan_repetition(&plan), before);
    cr_assert_eq(stator_plan_order(&plan, 7, 0, &steps, &count), 0);
    cr_expect_eq(count, 12 + 2 + 3);
    for (size_t i = 0; i < count; i++) {
        if (!steps[i].reference && steps[i].item == 1) {
            of_item++;
            cr_expect_eq(steps[i].candidate, 0);
        }
    }
    cr_expect_eq(of_item, 2);
    cr_expect_eq(stator_plan_candidates(&plan, 1, &count), &own);
    cr_expect_eq(count, 1);
    cr_expect_eq(stator_plan_candidates(&plan, 0, &count), candidates);
    cr_expect_eq(count, 3);
    free(steps);
}

Test(plan, drops_nothing_that_fits)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);

    cr_expect(stator_plan_fit(&plan), "there is no budget");
    plan.budget = stator_plan_seconds(&plan);
    cr_expect(stator_plan_fit(&plan));
    cr_expect_eq(plan.repetitions, 5);
    cr_expect_eq(plan.dropped_repetitions, 0);
    cr_expect_eq(plan.dropped_levels, 0);
}

Test(plan, drops_repetitions_first_and_then_levels)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);

    plan.budget = 3.5 * stator_plan_repetition(&plan);
    cr_expect(stator_plan_fit(&plan));
    cr_expect_eq(plan.repetitions, 3);
    cr_expect_eq(plan.dropped_repetitions, 2);
    cr_expect_eq(plan.dropped_levels, 0);

    plan.budget = stator_plan_repetition(&plan) - 0.1;
    cr_expect(stator_plan_fit(&plan));
    cr_expect_eq(plan.repetitions, 1);
    cr_expect_eq(plan.dropped_levels, 1);
    cr_expect_eq(items[0].count, 3, "of the workload that has most");
    cr_expect_eq(items[1].count, 2);
}

Test(plan, says_what_can_never_fit)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);

    plan.budget = 1;
    cr_expect_not(stator_plan_fit(&plan));
    cr_expect_eq(plan.repetitions, 1);
    cr_expect_eq(plan.item_count, 1);
    cr_expect_eq(plan.items[0].count, 1);
}

Test(plan, drops_whole_workloads_in_the_end)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);

    plan.budget = 8;
    cr_expect(stator_plan_fit(&plan));
    cr_expect_eq(plan.dropped_workloads, 1);
    cr_assert_eq(plan.item_count, 1);
    cr_expect_str_eq(plan.items[0].workload->name, "hot");
}

Test(plan, an_order_holds_every_trial_once_and_the_reference_three_times)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);
    struct stator_plan_step *steps;
    unsigned seen[3][2][11] = {0};
    size_t count, references = 0;

    cr_assert_eq(stator_plan_order(&plan, 7, 0, &steps, &count), 0);
    cr_assert_eq(count, 21);
    cr_expect(steps[0].reference);
    cr_expect(steps[10].reference);
    cr_expect(steps[20].reference);
    for (size_t i = 0; i < count; i++) {
        references += steps[i].reference;
        if (!steps[i].reference) {
            seen[steps[i].candidate][steps[i].item][(size_t)steps[i].level]++;
        }
    }
    cr_expect_eq(references, 3);
    for (size_t i = 0; i < 3; i++) {
        for (size_t level = 1; level <= 4; level++) {
            cr_expect_eq(seen[i][0][level], 1);
        }
        cr_expect_eq(seen[i][1][0], 1);
        cr_expect_eq(seen[i][1][10], 1);
    }
    free(steps);
}

static bool is_same(const struct stator_plan_step *one, const struct stator_plan_step *other,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (one[i].candidate != other[i].candidate || one[i].level != other[i].level ||
            one[i].item != other[i].item || one[i].reference != other[i].reference) {
            return false;
        }
    }
    return true;
}

Test(plan, an_order_is_the_seeds_and_the_repetitions)
{
    struct stator_plan_item items[2];
    struct stator_plan plan = make(items);
    struct stator_plan_step *first, *again, *second, *other;
    size_t count;

    cr_assert_eq(stator_plan_order(&plan, 7, 0, &first, &count), 0);
    cr_assert_eq(stator_plan_order(&plan, 7, 0, &again, &count), 0);
    cr_assert_eq(stator_plan_order(&plan, 7, 1, &second, &count), 0);
    cr_assert_eq(stator_plan_order(&plan, 8, 0, &other, &count), 0);
    cr_expect(is_same(first, again, count));
    cr_expect_not(is_same(first, second, count));
    cr_expect_not(is_same(first, other, count));
    free(first);
    free(again);
    free(second);
    free(other);
}
