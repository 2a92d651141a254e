/* The wheel against a plain array of deadlines: never early, at most a tick late. */
#include "base/timing_wheel.h"

#include <criterion/criterion.h>
#include <stddef.h>

#include "unit/base/generator.h"

#define TICK    STATOR_DEADLINE_TICK_MS
#define WAITERS 200

struct waiter {
    struct stator_deadline deadline;
    int64_t due; /* the model: 0 for none */
    int fired;
};

struct run {
    struct stator_timing_wheel wheel;
    struct waiter waiters[WAITERS];
    uint64_t state, seed;
    int64_t now;
    bool meddles; /* the callback sets and clears */
};

static struct waiter *waiter_of(struct stator_deadline *deadline)
{
    return (struct waiter *)((char *)deadline - offsetof(struct waiter, deadline));
}

static void count_fired(struct stator_deadline *deadline, void *context)
{
    (void)context;
    waiter_of(deadline)->fired++;
}

static void set(struct run *run, struct waiter *waiter, int64_t due)
{
    /* What has passed already cannot be found before the next tick. */
    waiter->due = due != 0 && due < run->now ? run->now : due;
    stator_deadline_set(&run->wheel, &waiter->deadline, due);
}

/* Within the wheel mostly, sometimes far beyond its horizon, sometimes in the past. */
static int64_t draw_due(struct run *run)
{
    uint64_t kind = generator_next(&run->state) % 10;
    int64_t far = (int64_t)(generator_next(&run->state) % 10000000);

    if (kind == 0) {
        return run->now - (int64_t)(generator_next(&run->state) % 1000);
    }
    return run->now + (kind == 1 ? far : kind < 5 ? far % 500 : far % 70000);
}

static void on_passed(struct stator_deadline *deadline, void *context)
{
    struct run *run = context;
    struct waiter *waiter = waiter_of(deadline);

    cr_assert_neq(waiter->due, 0, "seed %zu: fired without a deadline", (size_t)run->seed);
    cr_assert_leq(waiter->due, run->now, "seed %zu: early", (size_t)run->seed);
    waiter->due = 0;
    waiter->fired++;
    if (run->meddles) {
        struct waiter *other = &run->waiters[generator_next(&run->state) % WAITERS];

        switch (generator_next(&run->state) % 4) {
        case 0:
            set(run, waiter, run->now + 1 + (int64_t)(generator_next(&run->state) % 100000));
            break;
        case 1:
            set(run, other, run->now + 1 + (int64_t)(generator_next(&run->state) % 100000));
            break;
        case 2:
            other->due = 0;
            stator_deadline_clear(&run->wheel, &other->deadline);
            break;
        default:
            break;
        }
    }
}

static void turn(struct run *run, int64_t by)
{
    run->now += by;
    stator_timing_wheel_advance(&run->wheel, run->now, on_passed, run);
    for (size_t i = 0; i < WAITERS; i++) {
        int64_t due = run->waiters[i].due;

        cr_assert(due == 0 || run->now - due < TICK, "seed %zu: %zu is %d ms late",
                  (size_t)run->seed, i, (int)(run->now - due));
    }
}

static void begin(struct run *run, uint64_t seed, int64_t now)
{
    *run = (struct run){.state = seed, .seed = seed, .now = now, .meddles = seed % 2 == 0};
    stator_timing_wheel_init(&run->wheel, now);
    for (size_t i = 0; i < WAITERS; i++) {
        stator_deadline_init(&run->waiters[i].deadline);
    }
}

Test(deadline, keeps_its_promise_through_random_days)
{
    static struct run run;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        begin(&run, seed, (int64_t)(seed * 7919));
        for (int i = 0; i < 2000; i++) {
            struct waiter *waiter = &run.waiters[generator_next(&run.state) % WAITERS];

            switch (generator_next(&run.state) % 8) {
            case 0:
                waiter->due = 0;
                stator_deadline_clear(&run.wheel, &waiter->deadline);
                break;
            case 1:
                set(&run, waiter, 0);
                break;
            case 2:
                turn(&run, (int64_t)(generator_next(&run.state) % 300));
                break;
            case 3:
                turn(&run, generator_next(&run.state) % 50 == 0
                               ? (int64_t)(generator_next(&run.state) % 20000000)
                               : 1);
                break;
            default:
                set(&run, waiter, draw_due(&run));
                break;
            }
        }
        run.meddles = false;
        turn(&run, 20000000);
        turn(&run, TICK);
        for (size_t i = 0; i < WAITERS; i++) {
            cr_expect_eq(run.waiters[i].due, 0, "seed %zu: %zu never fired", (size_t)seed, i);
        }
        cr_expect_eq(run.wheel.count, 0, "seed %zu", (size_t)seed);
    }
}

/* When a lone deadline fires, with a turn every millisecond; -1 for not within the time. */
static int64_t fires_at(int64_t start, int64_t due, int64_t until)
{
    struct stator_timing_wheel wheel;
    struct waiter waiter = {.fired = 0};

    stator_timing_wheel_init(&wheel, start);
    stator_deadline_init(&waiter.deadline);
    stator_deadline_set(&wheel, &waiter.deadline, due);
    for (int64_t now = start; now <= until; now++) {
        stator_timing_wheel_advance(&wheel, now, count_fired, NULL);
        if (waiter.fired > 0) {
            return now;
        }
    }
    return -1;
}

Test(deadline, every_millisecond_of_a_tick)
{
    for (int64_t start = 1000; start < 1000 + TICK; start += 7) {
        for (int64_t due = start; due < start + 3 * TICK; due++) {
            int64_t at = fires_at(start, due, start + 6 * TICK);

            cr_assert(at >= due && at <= due + TICK, "from %d, due %d: at %d", (int)start, (int)due,
                      (int)at);
        }
    }
}

Test(deadline, beyond_the_horizon)
{
    const int64_t horizon = (int64_t)TICK * STATOR_DEADLINE_SLOTS;
    static const int64_t offsets[] = {-2 * TICK, -TICK, -1, 0, 1, TICK, 2 * TICK};

    for (int turns = 1; turns <= 3; turns++) {
        for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
            int64_t due = 500 + turns * horizon + offsets[i];
            int64_t at = fires_at(500, due, due + 2 * TICK);

            cr_expect(at >= due && at <= due + TICK, "due %d: at %d", (int)due, (int)at);
        }
    }
}

Test(deadline, the_last_one_set_counts)
{
    static const struct {
        const char *label;
        int64_t first, second;
        int64_t expected; /* 0: never */
    } rows[] = {
        {"later", 2000, 5000, 5000},
        {"earlier", 5000, 2000, 2000},
        {"none", 2000, 0, 0},
        {"far, then near", 900000, 2000, 2000},
        {"near, then far", 2000, 900000, 900000},
        {"the same", 2000, 2000, 2000},
        {"a bit earlier", 2000, 1990, 1990},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_timing_wheel wheel;
        struct waiter waiter = {.fired = 0};
        int64_t at = 0;

        stator_timing_wheel_init(&wheel, 1000);
        stator_deadline_init(&waiter.deadline);
        stator_deadline_set(&wheel, &waiter.deadline, rows[i].first);
        stator_deadline_set(&wheel, &waiter.deadline, rows[i].second);
        for (int64_t now = 1000; now < 1000000 && at == 0; now += 10) {
            stator_timing_wheel_advance(&wheel, now, count_fired, NULL);
            at = waiter.fired > 0 ? now : 0;
        }
        cr_expect(rows[i].expected == 0
                      ? at == 0
                      : at >= rows[i].expected && at <= rows[i].expected + TICK + 10,
                  "%s: at %d", rows[i].label, (int)at);
        cr_expect_eq(wheel.count, 0, "%s", rows[i].label);
    }
}

Test(deadline, clearing_twice_or_what_was_never_set_is_harmless)
{
    struct stator_timing_wheel wheel;
    struct waiter waiter = {.fired = 0};

    stator_timing_wheel_init(&wheel, 1000);
    stator_deadline_init(&waiter.deadline);
    stator_deadline_clear(&wheel, &waiter.deadline);
    stator_deadline_set(&wheel, &waiter.deadline, 0);
    cr_expect_eq(wheel.count, 0);
    stator_deadline_set(&wheel, &waiter.deadline, 2000);
    cr_expect_eq(wheel.count, 1);
    stator_deadline_clear(&wheel, &waiter.deadline);
    stator_deadline_clear(&wheel, &waiter.deadline);
    cr_expect_eq(wheel.count, 0);
    stator_timing_wheel_advance(&wheel, 10000, count_fired, NULL);
    cr_expect_eq(waiter.fired, 0);
}

Test(deadline, a_clock_that_steps_back_fires_nothing_early)
{
    struct stator_timing_wheel wheel;
    struct waiter waiter = {.fired = 0};

    stator_timing_wheel_init(&wheel, 100000);
    stator_deadline_init(&waiter.deadline);
    stator_deadline_set(&wheel, &waiter.deadline, 101000);
    stator_timing_wheel_advance(&wheel, 50000, count_fired, NULL);
    stator_timing_wheel_advance(&wheel, 100999, count_fired, NULL);
    cr_expect_eq(waiter.fired, 0);
    stator_timing_wheel_advance(&wheel, 101000 + TICK, count_fired, NULL);
    cr_expect_eq(waiter.fired, 1);
}

Test(deadline, one_set_after_a_long_sleep_is_on_time)
{
    static const int64_t sleeps[] = {0, 100, 63000, 64000, 65000, 3600000, 36000000};

    for (size_t i = 0; i < sizeof(sleeps) / sizeof(sleeps[0]); i++) {
        struct stator_timing_wheel wheel;
        struct waiter waiter = {.fired = 0};
        int64_t now = 1000 + sleeps[i], due = now + 10000;

        /* Nobody turned the wheel meanwhile: an idle loop has no timer. */
        stator_timing_wheel_init(&wheel, 1000);
        stator_deadline_init(&waiter.deadline);
        stator_deadline_set(&wheel, &waiter.deadline, due);
        for (; waiter.fired == 0 && now < due + 4 * TICK; now += 50) {
            stator_timing_wheel_advance(&wheel, now, count_fired, NULL);
        }
        cr_expect_eq(waiter.fired, 1, "after %d", (int)sleeps[i]);
        cr_expect(now - 50 >= due && now - 50 <= due + TICK + 50, "after %d: at %d", (int)sleeps[i],
                  (int)now);
    }
}
