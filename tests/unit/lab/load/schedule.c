/* Arrivals and draws: exact where they are even, in distribution where they are not. */
#include <criterion/criterion.h>
#include <math.h>

#include "base/clock.h"
#include "lab/load/schedule.h"

#define DRAWS 20000

static const struct stator_load_target targets[8] = {{.path = "/"}};

static struct stator_load_group group_of(enum stator_load_arrival arrival, double rate)
{
    return (struct stator_load_group){.name = "g",
                                      .arrival = arrival,
                                      .clients = 4,
                                      .rate = rate,
                                      .targets = targets,
                                      .target_count = 8};
}

Test(load_schedule, constant_arrivals_are_exactly_apart)
{
    const struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_CONSTANT, 8000);
    struct stator_load_schedule schedule;

    stator_load_schedule_init(&schedule, &group, 1, 0);
    for (int64_t i = 0; i < DRAWS; i++) {
        cr_assert_eq(schedule.next, i * 125000, "request %lld", (long long)i);
        cr_assert_eq(schedule.count, (uint64_t)i);
        stator_load_schedule_pass(&schedule);
    }
}

Test(load_schedule, constant_arrivals_do_not_drift)
{
    /* A third of a second cannot be written in ns; the millionth request is in time all the same.
     */
    const struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_CONSTANT, 3);
    struct stator_load_schedule schedule;

    stator_load_schedule_init(&schedule, &group, 1, 0);
    for (int i = 0; i < 999999; i++) {
        stator_load_schedule_pass(&schedule);
    }
    cr_expect_leq(llabs(schedule.next - 333333 * STATOR_NANOSECONDS), 1);
}

/* Ten in 10 ms, none for 30 ms, and so on. */
Test(load_schedule, bursts_are_parted_by_pauses)
{
    struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_CONSTANT, 1000);
    struct stator_load_schedule schedule;

    group.burst = 0.01;
    group.pause = 0.03;
    stator_load_schedule_init(&schedule, &group, 1, 0);
    for (int64_t i = 0; i < 100; i++) {
        cr_assert_leq(llabs(schedule.next - (i / 10 * 40 + i % 10) * 1000000), 1, "request %lld",
                      (long long)i);
        stator_load_schedule_pass(&schedule);
    }
}

Test(load_schedule, random_arrivals_keep_out_of_pauses)
{
    struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_POISSON, 1000);
    struct stator_load_schedule schedule;
    int64_t last = 0;

    group.burst = 0.01;
    group.pause = 0.03;
    stator_load_schedule_init(&schedule, &group, 1, 0);
    for (int i = 0; i < DRAWS; i++) {
        cr_assert_geq(schedule.next, last);
        cr_assert_leq(schedule.next % 40000000, 10000000, "request %d", i);
        last = schedule.next;
        stator_load_schedule_pass(&schedule);
    }
    /* 20,000 of them take 20 s of bursts, give or take, so 80 s. */
    cr_expect_float_eq((double)last / 1e9, 80, 4);
}

Test(load_schedule, poisson_arrivals_have_the_rate_and_the_spread)
{
    const struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_POISSON, 1000);
    struct stator_load_schedule schedule;
    double sum = 0, squares = 0;
    int64_t last = 0;

    stator_load_schedule_init(&schedule, &group, 42, 0);
    for (int i = 0; i < DRAWS; i++) {
        double interval = (double)(schedule.next - last) / 1e6;

        cr_assert_geq(schedule.next, last);
        sum += interval;
        squares += interval * interval;
        last = schedule.next;
        stator_load_schedule_pass(&schedule);
    }
    /* The deviation of an exponential distribution is its mean: 1 ms. */
    cr_expect_float_eq(sum / DRAWS, 1.0, 0.03);
    cr_expect_float_eq(sqrt(squares / DRAWS - pow(sum / DRAWS, 2)), 1.0, 0.05);
}

/* True if the first arrivals of both are the same. */
static bool is_same(uint64_t seed, size_t index, uint64_t other_seed, size_t other_index)
{
    const struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_POISSON, 1000);
    struct stator_load_schedule one, other;
    bool same = true;

    stator_load_schedule_init(&one, &group, seed, index);
    stator_load_schedule_init(&other, &group, other_seed, other_index);
    for (int i = 0; i < 100; i++) {
        same = same && one.next == other.next;
        stator_load_schedule_pass(&one);
        stator_load_schedule_pass(&other);
    }
    return same;
}

Test(load_schedule, follows_from_seed_and_group)
{
    cr_expect(is_same(7, 0, 7, 0));
    cr_expect(!is_same(7, 0, 8, 0), "another seed gives another schedule");
    cr_expect(!is_same(7, 0, 7, 1), "another group has another schedule");
}

/* How often each target is drawn. */
static void count_draws(double skew, uint64_t seed, size_t client, unsigned counts[8])
{
    struct stator_load_group group = group_of(STATOR_LOAD_ARRIVAL_CLOSED, 0);
    struct stator_load_choice choice;
    struct stator_random random;

    group.skew = skew;
    cr_assert_eq(stator_load_choice_init(&choice, &group), 0);
    stator_load_choice_seed(&random, seed, 0, client);
    for (int i = 0; i < DRAWS; i++) {
        counts[stator_load_choice_draw(&choice, &random)]++;
    }
    stator_load_choice_finish(&choice);
}

Test(load_choice, each_target_is_equally_likely_without_skew)
{
    unsigned counts[8] = {0};

    count_draws(0, 1, 0, counts);
    for (int i = 0; i < 8; i++) {
        cr_expect_float_eq(counts[i] / (double)DRAWS, 0.125, 0.01, "target %d: %u", i, counts[i]);
    }
}

Test(load_choice, skew_follows_zipf)
{
    unsigned counts[8] = {0};
    double sum = 0;

    count_draws(1, 1, 0, counts);
    for (int i = 0; i < 8; i++) {
        sum += 1.0 / (i + 1);
    }
    for (int i = 0; i < 8; i++) {
        cr_expect_float_eq(counts[i] / (double)DRAWS, 1.0 / (i + 1) / sum, 0.015, "target %d: %u",
                           i, counts[i]);
    }
}

Test(load_choice, is_drawn_from_the_seed_by_each_client)
{
    unsigned one[8] = {0}, again[8] = {0}, other[8] = {0};

    count_draws(0, 5, 3, one);
    count_draws(0, 5, 3, again);
    count_draws(0, 5, 4, other);
    cr_expect_arr_eq(one, again, sizeof(one));
    cr_expect_arr_neq(one, other, sizeof(one));
}
