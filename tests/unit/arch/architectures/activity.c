/* What every design's counters say of its turns: how many, which were for nothing, how long. */
#include "arch/activity.h"
#include "arch/architectures/registry.h"

#include <time.h>

#include "unit/arch/arch_fixture.h"

enum { REQUESTS = 20 };

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct sums {
    uint64_t wakes, idle, busy, queued;
};

/* Over all workers, none of which can have been busy for longer than `elapsed` us. */
static struct sums add_up(const struct arch_fixture *arch_fixture, int64_t elapsed)
{
    struct sums sums = {0};

    for (size_t i = 0; i < arch_fixture->worker_count; i++) {
        const struct stator_counters *counters = arch_fixture->workers[i]->counters;
        uint64_t idle = stator_counter_read(&counters->idle_wakes); /* first: it follows wakes */
        uint64_t wakes = stator_counter_read(&counters->wakes);
        uint64_t busy = stator_counter_read(&counters->busy_us);

        cr_expect_leq(idle, wakes, "worker %zu", i);
        cr_expect(elapsed < 0 || busy <= (uint64_t)elapsed, "worker %zu: %llu us of %lld", i,
                  (unsigned long long)busy, (long long)elapsed);
        sums.idle += idle;
        sums.wakes += wakes;
        sums.busy += busy;
        sums.queued += stator_counter_read(&counters->queued);
    }
    return sums;
}

/* Nobody says anything: until then turns go on being for nothing, or there are none. */
static bool comes_to_rest(const struct arch_fixture *arch_fixture)
{
    uint64_t useful = UINT64_MAX;

    for (int i = 0; i < 50; i++) {
        struct sums sums;

        usleep(100000);
        sums = add_up(arch_fixture, -1);
        if (sums.wakes - sums.idle == useful) {
            return true;
        }
        useful = sums.wakes - sums.idle;
    }
    return false;
}

static const struct {
    const char *name, *options;
    uint64_t max; /* useful turns for REQUESTS requests of one client that comes and goes; 0: any */
} rows[] = {
    {"iterative", "", 2 * REQUESTS + 4},
    {"fork", "most=2", 0},
    {"prefork", "", 0},
    {"event-prefork", "", 0},
    {"thread", "most=2", 0},
    {"pool", "workers=2", 0},
    {"pool", "workers=2,unit=request", 0},
    {"pool", "workers=2,queues=2,discipline=strict", 0},
    {"thread-request", "most=2", 0},
    {"thread-object", "objects=2", 0},
    {"spin", "", REQUESTS + 3},
    {"select", "", 2 * REQUESTS + 3},
    {"event", "", REQUESTS + 3},
    {"event", "backend=poll", REQUESTS + 3},
    {"event", "backend=select", REQUESTS + 3},
    {"amped", "probe=none,helpers=1", 0},
};

static void play(size_t row)
{
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_from(rows[row].name));
    int64_t begun = now_us();
    struct arch_fixture arch_fixture;
    struct sums sums;
    char got[4096];
    int fd;

    cr_assert_not_null(impl);
    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, rows[row].options, 10000);
    fd = connect_to(&arch_fixture);
    for (int i = 0; i < REQUESTS; i++) {
        cr_assert(send_text(fd, get));
        cr_assert_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    }
    cr_expect(comes_to_rest(&arch_fixture), "%s:%s works without being asked", rows[row].name,
              rows[row].options);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    pthread_join(arch_fixture.thread, NULL);
    sums = add_up(&arch_fixture, now_us() - begun);
    cr_expect_geq(sums.wakes - sums.idle, REQUESTS, "%s:%s: %llu", rows[row].name,
                  rows[row].options, (unsigned long long)(sums.wakes - sums.idle));
    cr_expect(rows[row].max == 0 || sums.wakes - sums.idle <= rows[row].max,
              "%s:%s: %llu turns in which something was done", rows[row].name, rows[row].options,
              (unsigned long long)(sums.wakes - sums.idle));
    cr_expect_gt(sums.busy, 0, "%s:%s", rows[row].name, rows[row].options);
    cr_expect_eq(sums.queued, 0, "%s:%s", rows[row].name, rows[row].options);
    arch_fixture_close_stopped(&arch_fixture);
}

Test(turn, every_architecture_counts_its_turns, .timeout = 120)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        play(i);
    }
}

Test(turn, one_turn_however_much_is_begun_in_it)
{
    struct fixture fixture;
    struct stator_counters *counters;

    fixture_open(&fixture);
    counters = fixture.worker->counters;
    stator_activity_end(fixture.worker, true);
    cr_expect_eq(stator_counter_read(&counters->wakes), 0, "none has begun");
    cr_expect_eq(stator_counter_read(&counters->idle_wakes), 0);
    stator_activity_begin(fixture.worker);
    stator_activity_begin(fixture.worker);
    cr_expect_eq(stator_counter_read(&counters->wakes), 1);
    stator_activity_end(fixture.worker, true);
    stator_activity_end(fixture.worker, true);
    cr_expect_eq(stator_counter_read(&counters->idle_wakes), 1);
    stator_activity_begin(fixture.worker);
    stator_activity_end(fixture.worker, false);
    cr_expect_eq(stator_counter_read(&counters->wakes), 2);
    cr_expect_eq(stator_counter_read(&counters->idle_wakes), 1);
    fixture_close(&fixture);
}
