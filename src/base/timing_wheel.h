/*
 * A timer wheel with a coarse tick: thousands of deadlines that move with every request, none of
 * which costs anything until it may have passed.
 *
 * A waiter sits in the slot of some time not later than its deadline. Moving the deadline later is
 * a plain store; when the slot comes up the waiter is put where it belongs now.
 */
#ifndef STATOR_BASE_TIMING_WHEEL_H
#define STATOR_BASE_TIMING_WHEEL_H

#include "base/list.h"

#include <stdint.h>

#define STATOR_DEADLINE_TICK_MS 250
#define STATOR_DEADLINE_SLOTS   256

struct stator_deadline {
    struct stator_list link;
    int64_t due;  /* monotonic ms; 0 for never */
    int64_t slot; /* the tick in whose slot it sits */
};

struct stator_timing_wheel {
    int64_t tick; /* the last one that was turned */
    size_t count; /* waiters that are on it */
    struct stator_list slots[STATOR_DEADLINE_SLOTS];
};

/* Called for a waiter whose time has passed; it is off the wheel and may be set again or freed. */
typedef void stator_deadline_fn(struct stator_deadline *deadline, void *context);

void stator_timing_wheel_init(struct stator_timing_wheel *wheel, int64_t now);

void stator_deadline_init(struct stator_deadline *deadline);

/* Makes `due` the deadline (0: none); puts it on the wheel if it is not on it or must move forward.
 */
void stator_deadline_set(struct stator_timing_wheel *wheel, struct stator_deadline *deadline,
                         int64_t due);

/* Takes it off the wheel; harmless when it is not on it. */
void stator_deadline_clear(struct stator_timing_wheel *wheel, struct stator_deadline *deadline);

/*
 * Turns the wheel to `now` and calls `expired` for what has passed, at most a tick late and never
 * early.
 */
void stator_timing_wheel_advance(struct stator_timing_wheel *wheel, int64_t now,
                                 stator_deadline_fn *expired, void *context);

#endif
