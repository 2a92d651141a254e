/* Whose turn it is in a waiting line, under each discipline. */
#include "arch/blocking/run_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static char names[26];

/* Items are letters. */
static bool put(struct stator_run_queue *channel, char name, unsigned class, uint64_t size)
{
    return stator_run_queue_put(channel, &names[name - 'a'], class, size);
}

/* The letter whose turn it is; '-' for none, '.' where the line is over. */
static char take(struct stator_run_queue *channel)
{
    struct stator_run_queue_item got;

    switch (stator_run_queue_take(channel, 0, &got)) {
    case STATOR_RUN_QUEUE_RESULT_ITEM:
        return (char)('a' + ((char *)got.item - names));
    case STATOR_RUN_QUEUE_RESULT_TIMEOUT:
        return '-';
    default:
        return '.';
    }
}

/* Puts "c1" as item c of class 1, and takes one for each '.'; what was taken, then all the rest. */
static void play(enum stator_run_queue_discipline discipline, const char *moves,
                 const char *expected)
{
    struct stator_run_queue channel;
    char got[64] = "";
    size_t length = 0;
    char next;

    stator_run_queue_init(&channel, discipline, 64, NULL);
    for (const char *at = moves; *at != '\0'; at++) {
        if (*at == '.') {
            got[length++] = take(&channel);
        } else if (*at != ' ') {
            cr_assert(put(&channel, at[0], (unsigned)(at[1] - '0'), (uint64_t)(at[1] - '0')));
            at++;
        }
    }
    while ((next = take(&channel)) != '-') {
        got[length++] = next;
    }
    got[length] = '\0';
    cr_expect_str_eq(got, expected, "%s: %s, not %s", moves, got, expected);
    stator_run_queue_finish(&channel);
}

Test(channel, turns)
{
    play(STATOR_RUN_QUEUE_DISCIPLINE_FIFO, "a7 b0 c3 d0", "abcd");
    play(STATOR_RUN_QUEUE_DISCIPLINE_FIFO, "a7 b0 . c0 .", "abc");
    play(STATOR_RUN_QUEUE_DISCIPLINE_STRICT, "a1 b0 c1 d0 e2 f0", "bdface");
    play(STATOR_RUN_QUEUE_DISCIPLINE_STRICT, "a1 b0 . c0 . d0 . e0 . f0 .", "bcdefa");
    play(STATOR_RUN_QUEUE_DISCIPLINE_SFF, "a5 b1 c9 d1 e3", "bdeac");
    play(STATOR_RUN_QUEUE_DISCIPLINE_SFF, "a5 b1 . c1 . d1 .", "bcda");
}

/* The same arrivals: the low class waits for as long as they go on, or for a bounded time. */
Test(channel, strict_starves_and_aging_does_not)
{
    static const enum stator_run_queue_discipline disciplines[] = {
        STATOR_RUN_QUEUE_DISCIPLINE_STRICT, STATOR_RUN_QUEUE_DISCIPLINE_AGING};

    for (size_t i = 0; i < 2; i++) {
        struct stator_run_queue channel;
        bool served = false;

        stator_run_queue_init(&channel, disciplines[i], 64, NULL);
        put(&channel, 'z', 1, 0);
        for (int k = 0; k < 100; k++) {
            put(&channel, (char)('a' + k % 20), 0, 0);
            served = take(&channel) == 'z' || served;
            cr_expect_eq(served,
                         disciplines[i] == STATOR_RUN_QUEUE_DISCIPLINE_AGING &&
                             k >= STATOR_RUN_QUEUE_AGING_STEP,
                         "discipline %zu, take %d", i, k);
        }
        stator_run_queue_finish(&channel);
    }
}

Test(channel, holds_as_many_as_it_may_in_order)
{
    atomic_uint_fast64_t gauge = 0;
    struct stator_run_queue channel;
    struct stator_run_queue_item got;

    stator_run_queue_init(&channel, STATOR_RUN_QUEUE_DISCIPLINE_FIFO, 2, &gauge);
    cr_expect(put(&channel, 'a', 0, 0));
    cr_expect_not(stator_run_queue_is_full(&channel));
    cr_expect(put(&channel, 'b', 0, 0));
    cr_expect(stator_run_queue_is_full(&channel));
    cr_expect_not(put(&channel, 'c', 0, 0));
    cr_expect_eq(atomic_load(&gauge), 2);
    cr_expect_eq(stator_run_queue_take(&channel, 0, &got), STATOR_RUN_QUEUE_RESULT_ITEM);
    cr_expect(got.made_room);
    cr_expect_eq(stator_run_queue_take(&channel, -1, &got), STATOR_RUN_QUEUE_RESULT_ITEM);
    cr_expect_not(got.made_room);
    cr_expect_eq(atomic_load(&gauge), 0);
    cr_expect_eq(stator_run_queue_take(&channel, 1, &got), STATOR_RUN_QUEUE_RESULT_TIMEOUT);
    stator_run_queue_finish(&channel);
}

Test(channel, a_closed_line_is_emptied_first)
{
    struct stator_run_queue channel;

    stator_run_queue_init(&channel, STATOR_RUN_QUEUE_DISCIPLINE_FIFO, 2, NULL);
    put(&channel, 'a', 0, 0);
    stator_run_queue_close(&channel);
    cr_expect_not(put(&channel, 'b', 0, 0));
    cr_expect_eq(take(&channel), 'a');
    cr_expect_eq(take(&channel), '.');
    stator_run_queue_finish(&channel);
}

/* A heap of many against the order that it stands for: by class, then by arrival. */
Test(channel, many)
{
    static char items[1000];
    struct stator_run_queue channel;
    struct stator_run_queue_item got;
    long before = -1;

    stator_run_queue_init(&channel, STATOR_RUN_QUEUE_DISCIPLINE_STRICT, 1000, NULL);
    for (size_t i = 0; i < 1000; i++) {
        cr_assert(stator_run_queue_put(&channel, &items[i], (unsigned)(i * 7919 % 8), 0));
    }
    for (int taken = 0; taken < 1000; taken++) {
        cr_assert_eq(stator_run_queue_take(&channel, 0, &got), STATOR_RUN_QUEUE_RESULT_ITEM);

        long index = (char *)got.item - items, rank = index * 7919 % 8 * 1000 + index;

        cr_expect_gt(rank, before);
        before = rank;
    }
    stator_run_queue_finish(&channel);
}

static void *take_waiting(void *context)
{
    struct stator_run_queue_item got = {NULL, false};

    stator_run_queue_take(context, -1, &got);
    return got.item;
}

Test(channel, a_take_waits_for_an_item_or_the_end, .timeout = 60)
{
    struct stator_run_queue channel;
    pthread_t threads[2];
    void *got[2];

    stator_run_queue_init(&channel, STATOR_RUN_QUEUE_DISCIPLINE_FIFO, 2, NULL);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, take_waiting, &channel), 0);
    }
    put(&channel, 'a', 0, 0);
    stator_run_queue_close(&channel);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], &got[i]);
    }
    cr_expect((got[0] == names) != (got[1] == names), "one has it");
    cr_expect(got[0] == NULL || got[1] == NULL, "the other has nothing");
    stator_run_queue_finish(&channel);
}
