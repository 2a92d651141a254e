/*
 * Reads the time, once a wake-up.
 *
 * Knows two kernel clocks; refuses to know calendars and time zones. The one surprising thing: it
 * asks for the coarse clocks, the same ones that the kernel stamps files with, so that "younger
 * than the clock can tell" compares like with like, and a read costs no more than a few
 * nanoseconds.
 */
#include "base/clock.h"

#include <time.h>

#ifdef CLOCK_MONOTONIC_COARSE
#define MONOTONIC CLOCK_MONOTONIC_COARSE
#else
#define MONOTONIC CLOCK_MONOTONIC
#endif

#ifdef CLOCK_REALTIME_COARSE
#define WALL CLOCK_REALTIME_COARSE
#else
#define WALL CLOCK_REALTIME
#endif

static int64_t nanoseconds_of(clockid_t id)
{
    struct timespec time = {0};
    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * STATOR_NANOSECONDS + time.tv_nsec;
}

void stator_clock_read(struct stator_clock *clock)
{
    clock->monotonic = nanoseconds_of(MONOTONIC) / (STATOR_NANOSECONDS / 1000);
    clock->wall = nanoseconds_of(WALL);
}
