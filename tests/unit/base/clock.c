/* The clocks: their units, and that neither is made up. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <time.h>

static int64_t fine(clockid_t id)
{
    struct timespec time;
    cr_assert_eq(clock_gettime(id, &time), 0);
    return (int64_t)time.tv_sec * STATOR_NANOSECONDS + time.tv_nsec;
}

/* A coarse clock lags behind the fine one by a tick; a second is more than any tick. */
static bool between(int64_t value, int64_t before, int64_t after)
{
    return value >= before - STATOR_NANOSECONDS && value <= after;
}

Test(clock, reads_nanoseconds_since_1970)
{
    struct stator_clock clock;
    int64_t before = fine(CLOCK_REALTIME);
    stator_clock_read(&clock);
    cr_expect(between(clock.wall, before, fine(CLOCK_REALTIME)));
}

Test(clock, reads_monotonic_milliseconds)
{
    struct stator_clock clock;
    int64_t before = fine(CLOCK_MONOTONIC);
    stator_clock_read(&clock);
    int64_t monotonic = clock.monotonic * (STATOR_NANOSECONDS / 1000);
    cr_expect(between(monotonic, before, fine(CLOCK_MONOTONIC)));
}

Test(clock, never_goes_back)
{
    struct stator_clock last = {0}, clock;
    for (int i = 0; i < 100000; i++) {
        stator_clock_read(&clock);
        cr_assert_geq(clock.monotonic, last.monotonic);
        last = clock;
    }
    cr_expect_gt(last.monotonic, 0);
}
