/*
 * A wheel of slots, one a tick. Knows times in ms that it is given; refuses to read a clock.
 *
 * The one surprising thing: a waiter may sit in an earlier slot than its deadline says, never in a
 * later one; it is found early, and moved on.
 */
#include "base/timing_wheel.h"

static int64_t tick_of(int64_t time)
{
    return time / STATOR_DEADLINE_TICK_MS;
}

void stator_timing_wheel_init(struct stator_timing_wheel *wheel, int64_t now)
{
    wheel->tick = tick_of(now);
    wheel->count = 0;
    for (size_t i = 0; i < STATOR_DEADLINE_SLOTS; i++) {
        stator_list_init(&wheel->slots[i]);
    }
}

void stator_deadline_init(struct stator_deadline *deadline)
{
    stator_list_init(&deadline->link);
    deadline->due = 0;
    deadline->slot = 0;
}

static void place(struct stator_timing_wheel *wheel, struct stator_deadline *deadline)
{
    /* The tick after the one in which it falls due: then it has passed for certain. */
    int64_t slot = tick_of(deadline->due) + 1;

    if (slot <= wheel->tick) {
        slot = wheel->tick + 1;
    }
    if (slot >= wheel->tick + STATOR_DEADLINE_SLOTS) {
        slot = wheel->tick + STATOR_DEADLINE_SLOTS - 1; /* beyond the horizon: look again then */
    }
    deadline->slot = slot;
    stator_list_append(&wheel->slots[slot % STATOR_DEADLINE_SLOTS], &deadline->link);
    wheel->count++;
}

void stator_deadline_clear(struct stator_timing_wheel *wheel, struct stator_deadline *deadline)
{
    deadline->due = 0;
    if (!stator_list_is_empty(&deadline->link)) {
        stator_list_remove(&deadline->link);
        wheel->count--;
    }
}

void stator_deadline_set(struct stator_timing_wheel *wheel, struct stator_deadline *deadline,
                         int64_t due)
{
    deadline->due = due;
    if (stator_list_is_empty(&deadline->link)) {
        if (due != 0) {
            place(wheel, deadline);
        }
    } else if (due != 0 && tick_of(due) + 1 < deadline->slot) {
        stator_list_remove(&deadline->link);
        wheel->count--;
        place(wheel, deadline);
    }
}

static void turn_slot(struct stator_timing_wheel *wheel, struct stator_list *slot, int64_t now,
                      stator_deadline_fn *expired, void *context)
{
    struct stator_list passed;

    /* A waiter that is put back lands in another slot, or in this one for the next round. */
    stator_list_init(&passed);
    while (!stator_list_is_empty(slot)) {
        struct stator_list *link = slot->next;

        stator_list_remove(link);
        stator_list_append(&passed, link);
    }
    while (!stator_list_is_empty(&passed)) {
        struct stator_deadline *deadline =
            STATOR_LIST_ENTRY(passed.next, struct stator_deadline, link);

        stator_list_remove(&deadline->link);
        wheel->count--;
        if (deadline->due == 0) {
            continue;
        }
        if (deadline->due > now) {
            place(wheel, deadline);
        } else {
            expired(deadline, context);
        }
    }
}

void stator_timing_wheel_advance(struct stator_timing_wheel *wheel, int64_t now,
                                 stator_deadline_fn *expired, void *context)
{
    int64_t target = tick_of(now);
    int64_t steps = target - wheel->tick;

    if (steps > STATOR_DEADLINE_SLOTS) {
        steps = STATOR_DEADLINE_SLOTS; /* one whole turn meets everybody */
        wheel->tick = target - steps;
    }
    for (; steps > 0 && wheel->count > 0; steps--) {
        wheel->tick++;
        turn_slot(wheel, &wheel->slots[wheel->tick % STATOR_DEADLINE_SLOTS], now, expired, context);
    }
    wheel->tick = target > wheel->tick ? target : wheel->tick;
}
