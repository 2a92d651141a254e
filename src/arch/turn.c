/*
 * What a wake-up costs.
 *
 * Knows the clock that is fine enough for it; refuses to know what was done. The one surprising
 * thing: it is not the worker's own clock, which ticks too coarsely to tell one request's time.
 */
#include "arch/turn.h"

#include <time.h>

static int64_t microseconds(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t stator_turn_begin(struct stator_worker *worker)
{
    stator_worker_wake(worker);
    stator_counter_add(&worker->counters->wakes, 1);
    return microseconds();
}

void stator_turn_end(struct stator_worker *worker, int64_t begun, bool for_nothing)
{
    stator_counter_add(&worker->counters->idle_wakes, for_nothing);
    stator_counter_add(&worker->counters->busy_us, (uint64_t)(microseconds() - begun));
}
