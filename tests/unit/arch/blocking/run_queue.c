/* Whose turn it is in a waiting line, under each discipline. */
#include "arch/blocking/run_queue.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static char names[26];

/* Items are letters. */
static bool put(struct stator_line *line, char name, unsigned class, uint64_t size)
{
    return stator_line_put(line, &names[name - 'a'], class, size);
}

/* The letter whose turn it is; '-' for none, '.' where the line is over. */
static char take(struct stator_line *line)
{
    struct stator_line_turn turn;

    switch (stator_line_take(line, 0, &turn)) {
    case STATOR_LINE_ITEM:
        return (char)('a' + ((char *)turn.item - names));
    case STATOR_LINE_NONE:
        return '-';
    default:
        return '.';
    }
}

/* Puts "c1" as item c of class 1, and takes one for each '.'; what was taken, then all the rest. */
static void play(enum stator_line_discipline discipline, const char *moves, const char *expected)
{
    struct stator_line line;
    char got[64] = "";
    size_t length = 0;
    char next;

    stator_line_init(&line, discipline, 64, NULL);
    for (const char *at = moves; *at != '\0'; at++) {
        if (*at == '.') {
            got[length++] = take(&line);
        } else if (*at != ' ') {
            cr_assert(put(&line, at[0], (unsigned)(at[1] - '0'), (uint64_t)(at[1] - '0')));
            at++;
        }
    }
    while ((next = take(&line)) != '-') {
        got[length++] = next;
    }
    got[length] = '\0';
    cr_expect_str_eq(got, expected, "%s: %s, not %s", moves, got, expected);
    stator_line_finish(&line);
}

Test(line, turns)
{
    play(STATOR_LINE_FIFO, "a7 b0 c3 d0", "abcd");
    play(STATOR_LINE_FIFO, "a7 b0 . c0 .", "abc");
    play(STATOR_LINE_STRICT, "a1 b0 c1 d0 e2 f0", "bdface");
    play(STATOR_LINE_STRICT, "a1 b0 . c0 . d0 . e0 . f0 .", "bcdefa");
    play(STATOR_LINE_SFF, "a5 b1 c9 d1 e3", "bdeac");
    play(STATOR_LINE_SFF, "a5 b1 . c1 . d1 .", "bcda");
}

/* The same arrivals: the low class waits for as long as they go on, or for a bounded time. */
Test(line, strict_starves_and_aging_does_not)
{
    static const enum stator_line_discipline disciplines[] = {STATOR_LINE_STRICT,
                                                              STATOR_LINE_AGING};

    for (size_t i = 0; i < 2; i++) {
        struct stator_line line;
        bool served = false;

        stator_line_init(&line, disciplines[i], 64, NULL);
        put(&line, 'z', 1, 0);
        for (int k = 0; k < 100; k++) {
            put(&line, (char)('a' + k % 20), 0, 0);
            served = take(&line) == 'z' || served;
            cr_expect_eq(served, disciplines[i] == STATOR_LINE_AGING && k >= STATOR_LINE_RISE,
                         "discipline %zu, take %d", i, k);
        }
        stator_line_finish(&line);
    }
}

Test(line, holds_as_many_as_it_may_in_order)
{
    atomic_uint_fast64_t gauge = 0;
    struct stator_line line;
    struct stator_line_turn turn;

    stator_line_init(&line, STATOR_LINE_FIFO, 2, &gauge);
    cr_expect(put(&line, 'a', 0, 0));
    cr_expect_not(stator_line_is_full(&line));
    cr_expect(put(&line, 'b', 0, 0));
    cr_expect(stator_line_is_full(&line));
    cr_expect_not(put(&line, 'c', 0, 0));
    cr_expect_eq(atomic_load(&gauge), 2);
    cr_expect_eq(stator_line_take(&line, 0, &turn), STATOR_LINE_ITEM);
    cr_expect(turn.made_room);
    cr_expect_eq(stator_line_take(&line, -1, &turn), STATOR_LINE_ITEM);
    cr_expect_not(turn.made_room);
    cr_expect_eq(atomic_load(&gauge), 0);
    cr_expect_eq(stator_line_take(&line, 1, &turn), STATOR_LINE_NONE);
    stator_line_finish(&line);
}

Test(line, a_closed_line_is_emptied_first)
{
    struct stator_line line;

    stator_line_init(&line, STATOR_LINE_FIFO, 2, NULL);
    put(&line, 'a', 0, 0);
    stator_line_close(&line);
    cr_expect_not(put(&line, 'b', 0, 0));
    cr_expect_eq(take(&line), 'a');
    cr_expect_eq(take(&line), '.');
    stator_line_finish(&line);
}

/* A heap of many against the order that it stands for: by class, then by arrival. */
Test(line, many)
{
    static char items[1000];
    struct stator_line line;
    struct stator_line_turn turn;
    long before = -1;

    stator_line_init(&line, STATOR_LINE_STRICT, 1000, NULL);
    for (size_t i = 0; i < 1000; i++) {
        cr_assert(stator_line_put(&line, &items[i], (unsigned)(i * 7919 % 8), 0));
    }
    for (int taken = 0; taken < 1000; taken++) {
        cr_assert_eq(stator_line_take(&line, 0, &turn), STATOR_LINE_ITEM);

        long index = (char *)turn.item - items, rank = index * 7919 % 8 * 1000 + index;

        cr_expect_gt(rank, before);
        before = rank;
    }
    stator_line_finish(&line);
}

static void *take_waiting(void *context)
{
    struct stator_line_turn turn = {NULL, false};

    stator_line_take(context, -1, &turn);
    return turn.item;
}

Test(line, a_take_waits_for_an_item_or_the_end, .timeout = 60)
{
    struct stator_line line;
    pthread_t threads[2];
    void *got[2];

    stator_line_init(&line, STATOR_LINE_FIFO, 2, NULL);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, take_waiting, &line), 0);
    }
    put(&line, 'a', 0, 0);
    stator_line_close(&line);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], &got[i]);
    }
    cr_expect((got[0] == names) != (got[1] == names), "one has it");
    cr_expect(got[0] == NULL || got[1] == NULL, "the other has nothing");
    stator_line_finish(&line);
}
