/*
 * Reads exact clocks. Knows two of them; refuses to know what is timed.
 */
#include "lab/load/clock.h"

#include <time.h>

#include "base/clock.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec time = {0};

    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * STATOR_NANOSECONDS + time.tv_nsec;
}

int64_t stator_load_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t stator_load_cpu(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t stator_load_ns(double seconds)
{
    return (int64_t)(seconds * (double)STATOR_NANOSECONDS);
}
