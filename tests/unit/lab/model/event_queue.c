/* Agendas: in order of time, and of coming where times are the same. */
#include <criterion/criterion.h>

#include "lab/model/event_queue.h"
#include "lab/stats/random.h"

#define ITEMS 500

Test(event_queue, items_come_by_time_then_in_the_order_they_were_added)
{
    struct stator_event_queue event_queue;
    struct stator_event_queue_item item, last = {.time = -1};
    struct stator_random random;

    stator_random_init(&random, 1);
    cr_assert_eq(stator_event_queue_init(&event_queue, ITEMS), 0);
    for (uint32_t i = 0; i < ITEMS; i++) {
        stator_event_queue_add(&event_queue, (int64_t)stator_random_below(&random, 40), i, i + 1);
    }
    for (size_t i = 0; i < ITEMS; i++) {
        cr_assert(stator_event_queue_take(&event_queue, &item));
        cr_assert(item.time > last.time || (item.time == last.time && item.who > last.who));
        cr_assert_eq(item.where, item.who + 1);
        last = item;
    }
    item.who = 42;
    cr_expect_not(stator_event_queue_take(&event_queue, &item));
    cr_expect_eq(item.who, 42);
    stator_event_queue_finish(&event_queue);
}

Test(event_queue, what_is_added_meanwhile_takes_its_place)
{
    struct stator_event_queue event_queue;
    struct stator_event_queue_item item;
    int64_t now = 0;

    cr_assert_eq(stator_event_queue_init(&event_queue, 3), 0);
    for (uint32_t who = 0; who < 3; who++) {
        stator_event_queue_add(&event_queue, who + 1, who, 0);
    }
    /* Periods of 1, 2 and 3: each comes at every multiple of its own. */
    for (size_t i = 0; i < 600; i++) {
        cr_assert(stator_event_queue_take(&event_queue, &item));
        cr_assert_geq(item.time, now);
        cr_assert_eq(item.time % (item.who + 1), 0);
        now = item.time;
        stator_event_queue_add(&event_queue, now + item.who + 1, item.who, 0);
    }
    /* 11 items every 6: 54 * 11 by 54 * 6, and 6 more by 1, 1 2, 1 3 and the first at 4. */
    cr_expect_eq(now, 54 * 6 + 4);
    stator_event_queue_finish(&event_queue);
}
