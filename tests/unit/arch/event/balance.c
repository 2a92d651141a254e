/* Who gets a connection. */
#include "arch/event/balance.h"

#include <criterion/criterion.h>

#define LOOPS 3

/* Loops that only count. */
static struct loop {
    struct stator_balance balance;
    struct stator_counters counters;
    int wakes;
} loops[LOOPS];

static struct stator_balance *all[LOOPS];

static void on_wake(struct stator_balance *balance)
{
    for (size_t i = 0; i < LOOPS; i++) {
        loops[i].wakes += &loops[i].balance == balance;
    }
}

static void begin(void)
{
    for (size_t i = 0; i < LOOPS; i++) {
        cr_assert_eq(stator_balance_init(&loops[i].balance, &loops[i].counters, 1000, on_wake), 0);
        all[i] = &loops[i].balance;
    }
    for (size_t i = 0; i < LOOPS; i++) {
        stator_balance_share(&loops[i].balance, all, LOOPS);
    }
}

static void end(void)
{
    for (size_t i = 0; i < LOOPS; i++) {
        struct stator_accepted accepted;

        while (stator_balance_take(&loops[i].balance, &accepted)) {
        }
        stator_balance_finish(&loops[i].balance);
    }
}

TestSuite(balance, .init = begin, .fini = end);

/* Loop `which` accepts; true where the connection stays there. */
static bool accept_on(size_t which)
{
    struct stator_accepted accepted = {.fd = 1000};

    if (stator_balance_hand_on(&loops[which].balance, &accepted)) {
        return false;
    }
    stator_counter_add(&loops[which].counters.accepted, 1);
    return true;
}

static size_t take_all(size_t which)
{
    struct stator_accepted accepted;
    size_t count = 0;

    while (stator_balance_take(&loops[which].balance, &accepted)) {
        stator_counter_add(&loops[which].counters.accepted, 1);
        count++;
    }
    return count;
}

Test(balance, a_loop_that_takes_a_burst_shares_it)
{
    size_t kept = 0;

    for (int i = 0; i < 60; i++) {
        kept += accept_on(0);
    }
    for (size_t i = 1; i < LOOPS; i++) {
        size_t count = take_all(i);

        cr_expect_geq(count, 16, "loop %zu has %zu", i, count);
        cr_expect_leq(count, 21, "loop %zu has %zu", i, count);
        cr_expect_eq((int)count, loops[i].wakes, "each is told of");
        kept += count;
    }
    cr_expect_eq(kept, 60);
}

Test(balance, few_clients_stay_where_they_came)
{
    for (int i = 0; i < 100; i++) {
        cr_expect(accept_on(1));
        cr_expect(accept_on(1));
        stator_counter_add(&loops[1].counters.closed, 2);
    }
    cr_expect_eq(loops[0].wakes + loops[2].wakes, 0);
}

Test(balance, evens_out_what_grew_apart)
{
    stator_counter_add(&loops[0].counters.accepted, 100);
    for (int i = 0; i < 40; i++) {
        cr_expect_not(accept_on(0), "%d", i);
    }
    cr_expect_gt(take_all(1), 15);
    cr_expect_gt(take_all(2), 15);
}

Test(balance, a_loop_that_ended_is_given_nothing)
{
    cr_expect(stator_conn_queue_close(&loops[1].balance.queue));
    cr_expect(stator_conn_queue_close(&loops[2].balance.queue));
    for (int i = 0; i < 90; i++) {
        cr_expect(accept_on(0));
    }
    cr_expect_eq(take_all(1) + take_all(2), 0);
}

Test(balance, a_full_loop_is_given_nothing)
{
    loops[1].balance.max = loops[2].balance.max = 10;
    for (int i = 0; i < 90; i++) {
        accept_on(0);
        cr_expect_leq(take_all(1) + take_all(2), 1);
    }
    for (size_t i = 1; i < LOOPS; i++) {
        cr_expect_eq(stator_counter_read(&loops[i].counters.accepted), 10);
    }
}

Test(balance, alone_it_keeps_all)
{
    struct stator_balance alone;
    struct stator_accepted accepted = {.fd = 1000};

    cr_assert_eq(stator_balance_init(&alone, &loops[0].counters, 1000, on_wake), 0);
    stator_counter_add(&loops[0].counters.accepted, 100);
    cr_expect_not(stator_balance_hand_on(&alone, &accepted));
    stator_balance_finish(&alone);
}
