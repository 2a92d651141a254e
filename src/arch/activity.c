/*
 * What a wake-up costs.
 *
 * Knows the clock that is fine enough for it; refuses to know what was done. The one surprising
 * thing: it is not the worker's own clock, which ticks too coarsely to tell one request's time. It
 * is read once at each end of a turn, however much is done in between.
 */
#include "arch/activity.h"

#include <time.h>

static int64_t microseconds(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void stator_activity_begin(struct stator_worker *worker)
{
    if (worker->busy_since == 0) {
        stator_worker_wake(worker);
        worker->busy_since = microseconds();
        stator_counter_add(&worker->counters->wakes, 1);
    }
}

void stator_activity_end(struct stator_worker *worker, bool for_nothing)
{
    struct stator_counters *counters = worker->counters;

    if (worker->busy_since != 0) {
        stator_counter_add(&counters->busy_us, (uint64_t)(microseconds() - worker->busy_since));
        stator_counter_add(&counters->idle_wakes, for_nothing);
        worker->busy_since = 0;
    }
}
