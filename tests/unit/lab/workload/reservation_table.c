/* Emulated devices' tables: what is reserved is what a real device had done. */
#include "lab/workload/reservation_table.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct stator_reservation_table *table_of(unsigned channels)
{
    struct stator_reservation_table *table = NULL;

    cr_assert_eq(stator_reservation_table_create(channels, &table), 0);
    return table;
}

Test(table, one_channel_serves_one_after_the_other)
{
    struct stator_reservation_table *table = table_of(1);

    cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 110);
    cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 120);
    cr_expect_eq(stator_reservation_table_reserve(table, 115, 10), 130);
    cr_expect_eq(stator_reservation_table_reserve(table, 200, 10), 210);
    cr_expect_eq(stator_reservation_table_busy(table), 40);
    stator_reservation_table_destroy(table);
}

Test(table, many_channels_serve_at_the_same_time)
{
    struct stator_reservation_table *table = table_of(3);

    for (int i = 0; i < 3; i++) {
        cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 110);
    }
    cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 120);
    cr_expect_eq(stator_reservation_table_busy(table), 40);
    stator_reservation_table_destroy(table);
}

Test(table, who_comes_late_gets_the_gap_of_his_own_time)
{
    struct stator_reservation_table *table = table_of(1);

    cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 110);
    cr_expect_eq(stator_reservation_table_reserve(table, 150, 10), 160);
    /* 110 to 150 is free: its middle, then what is before, then what is behind. */
    cr_expect_eq(stator_reservation_table_reserve(table, 125, 10), 135);
    cr_expect_eq(stator_reservation_table_reserve(table, 105, 15), 125);
    cr_expect_eq(stator_reservation_table_reserve(table, 105, 15), 150);
    /* Nothing is left but what was before everything. */
    cr_expect_eq(stator_reservation_table_reserve(table, 100, 1), 161);
    cr_expect_eq(stator_reservation_table_reserve(table, 20, 80), 100);
    cr_expect_eq(stator_reservation_table_busy(table), 10 + 10 + 10 + 15 + 15 + 1 + 80);
    stator_reservation_table_destroy(table);
}

Test(table, a_gap_that_is_too_short_stays_free)
{
    struct stator_reservation_table *table = table_of(1);

    stator_reservation_table_reserve(table, 100, 10);
    stator_reservation_table_reserve(table, 115, 10);
    cr_expect_eq(stator_reservation_table_reserve(table, 105, 6), 131);
    cr_expect_eq(stator_reservation_table_reserve(table, 105, 5), 115);
    stator_reservation_table_destroy(table);
}

/* Of two channels that are free, the one that has been for less: long gaps stay in one piece. */
Test(table, the_channel_that_fits_closest_is_taken)
{
    struct stator_reservation_table *table = table_of(2);

    stator_reservation_table_reserve(table, 0, 100);
    stator_reservation_table_reserve(table, 0, 40);
    cr_expect_eq(stator_reservation_table_reserve(table, 100, 10), 110);
    cr_expect_eq(stator_reservation_table_reserve(table, 40, 70), 110);
    stator_reservation_table_destroy(table);
}

Test(table, nothing_takes_no_time)
{
    struct stator_reservation_table *table = table_of(1);

    stator_reservation_table_reserve(table, 100, 10);
    cr_expect_eq(stator_reservation_table_reserve(table, 105, 0), 105);
    cr_expect_eq(stator_reservation_table_busy(table), 10);
    stator_reservation_table_destroy(table);
}

Test(table, impossible_numbers_of_channels_are_refused)
{
    struct stator_reservation_table *table = NULL;

    cr_expect_eq(stator_reservation_table_create(0, &table), -EINVAL);
    cr_expect_eq(stator_reservation_table_create(STATOR_RESERVATION_TABLE_CHANNELS + 1, &table),
                 -EINVAL);
    cr_expect_null(table);
    stator_reservation_table_destroy(NULL);
}

/* More gaps than are remembered: the oldest are given up, the others are still there. */
Test(table, gaps_are_bounded)
{
    struct stator_reservation_table *table = table_of(1);
    int64_t last = 0;

    for (int64_t i = 0; i < 3 * STATOR_RESERVATION_TABLE_GAPS; i++) {
        last = stator_reservation_table_reserve(table, i * 100, 50);
    }
    cr_expect_eq(stator_reservation_table_reserve(table, last - 250, 50), last - 150);
    cr_expect_gt(stator_reservation_table_reserve(table, 50, 50), 50 + 50);
    stator_reservation_table_destroy(table);
}

#define ROUNDS 400

/*
 * Where there is no contention, the order in which the same reservations are made changes nothing:
 * each has the time that it asked for.
 */
Test(table, the_order_of_asking_changes_nothing)
{
    struct stator_reservation_table *table = table_of(2);
    unsigned step = 0;

    for (int i = 0; i < 60; i++) {
        int64_t slot = step;

        step = (step + 37) % 60; /* 37 and 60 have no common divisor: every slot once */
        cr_expect_eq(stator_reservation_table_reserve(table, 1000 + slot * 10, 10),
                     1010 + slot * 10);
        cr_expect_eq(stator_reservation_table_reserve(table, 1000 + slot * 10, 10),
                     1010 + slot * 10);
    }
    cr_expect_eq(stator_reservation_table_reserve(table, 1000, 10), 1610);
    cr_expect_eq(stator_reservation_table_busy(table), 1210);
    stator_reservation_table_destroy(table);
}

static void *reserve_many(void *context)
{
    for (int i = 0; i < ROUNDS; i++) {
        stator_reservation_table_reserve(context, 1000, 7);
    }
    return NULL;
}

/* All at the same moment, from processes and from threads: not a moment is given twice, or lost. */
Test(table, processes_and_threads_share_it, .timeout = 60)
{
    struct stator_reservation_table *table = table_of(2);
    pthread_t threads[2];
    pid_t children[3];
    int64_t total = 5LL * ROUNDS * 7;

    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            reserve_many(table);
            _exit(0);
        }
        cr_assert_gt(children[i], 0);
    }
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, reserve_many, table), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;

        cr_expect_eq(waitpid(children[i], &status, 0), children[i]);
        cr_expect_eq(status, 0);
    }
    cr_expect_eq(stator_reservation_table_busy(table), total);
    cr_expect_eq(stator_reservation_table_reserve(table, 1000, 7), 1000 + total / 2 + 7);
    stator_reservation_table_destroy(table);
}

/* Children are killed wherever they are, often within; whoever is left goes on. */
Test(table, survives_the_death_of_a_process, .timeout = 60)
{
    struct stator_reservation_table *table = table_of(4);
    struct timespec moment = {.tv_nsec = 2000000};
    int64_t before = 0;

    for (int i = 0; i < 30; i++) {
        pid_t child = fork();

        if (child == 0) {
            for (int64_t at = 1000;; at += 3) {
                stator_reservation_table_reserve(table, at, 2);
            }
        }
        cr_assert_gt(child, 0);
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
        cr_expect_eq(waitpid(child, NULL, 0), child);
        cr_expect_geq(stator_reservation_table_reserve(table, 5, 2), 7);
        cr_expect_gt(stator_reservation_table_busy(table), before);
        before = stator_reservation_table_busy(table);
    }
    stator_reservation_table_destroy(table);
}

static void on_alarm(int number)
{
    (void)number;
}

Test(table, sleeps_to_its_end_though_signals_come, .timeout = 30)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct timespec now;
    int64_t until;

    sigaction(SIGALRM, &action, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
    until = now.tv_sec * 1000000000LL + now.tv_nsec + 60000000;
    cr_assert_eq(ualarm(10000, 10000), 0);
    stator_reservation_table_sleep(until);
    ualarm(0, 0);
    clock_gettime(CLOCK_MONOTONIC, &now);
    cr_expect_geq(now.tv_sec * 1000000000LL + now.tv_nsec, until);
    stator_reservation_table_sleep(until - 1000); /* has gone by already */
}
