/* Emulated devices: who misses, and how long it takes. */
#include "lab/workload/device.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct stator_span path = STATOR_SPAN_INIT("/f.txt");

static struct stator_device *device_of(const struct stator_device_spec *spec)
{
    struct stator_device *device = NULL;

    cr_assert_eq(stator_device_create(spec, &device), 0);
    return device;
}

static bool asks(const struct stator_device *device, struct stator_span what)
{
    const struct stator_emulation *emulation = stator_device_emulation(device);

    return emulation->misses(emulation->context, what);
}

Test(device, misses_are_spread_evenly)
{
    static const struct {
        double share;
        const char *pattern;
    } rows[] = {
        {0.25, "...x...x...x"}, {0.5, ".x.x.x.x.x.x"},  {0.0, "............"},
        {1.0, "xxxxxxxxxxxx"},  {0.75, ".xxx.xxx.xxx"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct stator_device_spec spec = {.miss_share = rows[i].share};
        struct stator_device *device = device_of(&spec);
        char pattern[13] = "";

        for (size_t k = 0; k < 12; k++) {
            pattern[k] = asks(device, path) ? 'x' : '.';
        }
        cr_expect_str_eq(pattern, rows[i].pattern, "%g: %s", rows[i].share, pattern);
        stator_device_destroy(device);
    }
}

#define COINS 40000

/* A quarter, within five standard deviations; the same ones for the same seed. */
Test(device, coins_are_those_of_the_seed)
{
    struct stator_device_spec spec = {
        .miss = STATOR_DEVICE_MISS_COIN, .miss_share = 0.25, .seed = 7};
    struct stator_device *first = device_of(&spec), *again = device_of(&spec), *other;
    unsigned same = 0;

    spec.seed = 8;
    other = device_of(&spec);
    for (int i = 0; i < COINS; i++) {
        bool missed = asks(first, path);

        cr_assert_eq(asks(again, path), missed);
        same += asks(other, path) == missed;
    }
    cr_expect_float_eq((double)stator_device_use(first).misses, COINS * 0.25, 5 * 87);
    cr_expect_eq(stator_device_use(first).requests, COINS);
    cr_expect_float_eq(same, COINS * 0.625, 5 * 97); /* .75 * .75 + .25 * .25 */
    stator_device_destroy(first);
    stator_device_destroy(again);
    stator_device_destroy(other);
}

Test(device, a_cache_forgets_what_was_not_used_for_longest)
{
    const struct stator_device_spec spec = {.miss = STATOR_DEVICE_MISS_LRU, .lru = 2};
    struct stator_device *device = device_of(&spec);
    static const char asked[] = "aababcbacc";
    static const char missed[] = "x.x..x.xx.";

    for (size_t i = 0; asked[i] != '\0'; i++) {
        cr_expect_eq(asks(device, (struct stator_span){&asked[i], 1}), missed[i] == 'x', "%zu", i);
    }
    stator_device_destroy(device);
}

/* Processes count together. */
Test(device, is_shared_with_children)
{
    const struct stator_device_spec spec = {
        .disk_service = 1000, .disk_channels = 1, .miss_share = 1};
    struct stator_device *device = device_of(&spec);
    const struct stator_emulation *emulation = stator_device_emulation(device);
    pid_t child = fork();

    if (child == 0) {
        _exit(asks(device, path) && emulation->fetch(emulation->context, 5000) == 6000 ? 0 : 1);
    }

    int status = -1;

    waitpid(child, &status, 0);
    cr_expect_eq(status, 0);
    cr_expect_eq(emulation->fetch(emulation->context, 5000), 7000);
    cr_expect_eq(stator_device_use(device).misses, 1);
    cr_expect_eq(stator_device_use(device).disk, 2000);
    stator_device_destroy(device);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* A request counts from when it is there, unless the world is ideal and the pause short. */
Test(device, an_ideal_world_leaves_out_the_servers_own_time)
{
    struct stator_device_spec spec = {.cpu_service = 1000, .cpu_cores = 1, .cache_service = 500};
    int64_t begun = now();

    for (int ideal = 0; ideal < 2; ideal++) {
        spec.ideal = ideal == 1;

        struct stator_device *device = device_of(&spec);
        const struct stator_emulation *emulation = stator_device_emulation(device);
        int64_t until = emulation->compute(emulation->context, begun - 100000);

        if (ideal) {
            cr_expect_eq(until, begun - 100000 + 1500);
            cr_expect_geq(emulation->compute(emulation->context, begun - 100000000000),
                          begun + 1500);
        } else {
            cr_expect_geq(until, begun + 1500);
        }
        stator_device_destroy(device);
    }
}

Test(device, what_takes_time_needs_channels)
{
    static const struct stator_device_spec rows[] = {
        {.cpu_service = 1},
        {.cache_service = 1},
        {.disk_service = 1},
        {.disk_service = 1, .disk_channels = 65},
        {.lru = STATOR_DEVICE_LRU_MAX + 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_device *device = NULL;

        cr_expect_eq(stator_device_create(&rows[i], &device), -EINVAL, "%zu", i);
        cr_expect_null(device);
    }
}

Test(device, a_spec_survives_a_command_line)
{
    const struct stator_device_spec spec = {
        .cpu_service = 2000000,
        .cpu_cores = 2,
        .cache_service = 500000,
        .disk_service = INT64_MAX,
        .disk_channels = 64,
        .miss = STATOR_DEVICE_MISS_COIN,
        .miss_share = 1.0 / 3,
        .lru = 16,
        .seed = UINT64_MAX,
        .crash = 10000,
        .ideal = true,
    };
    struct stator_device_spec read = {0};
    char word[STATOR_DEVICE_WORD], longer[STATOR_DEVICE_WORD + 4];

    stator_device_write(&spec, word);
    cr_assert(stator_device_parse(word, &read), "%s", word);
    cr_expect_eq(read.cpu_service, spec.cpu_service);
    cr_expect_eq(read.cpu_cores, spec.cpu_cores);
    cr_expect_eq(read.cache_service, spec.cache_service);
    cr_expect_eq(read.disk_service, spec.disk_service);
    cr_expect_eq(read.disk_channels, spec.disk_channels);
    cr_expect_eq(read.miss, spec.miss);
    cr_expect_eq(read.miss_share, spec.miss_share);
    cr_expect_eq(read.lru, spec.lru);
    cr_expect_eq(read.seed, spec.seed);
    cr_expect_eq(read.crash, spec.crash);
    cr_expect(read.ideal);
    cr_expect_not(stator_device_parse("", &read));
    cr_expect_not(stator_device_parse("cpu=1/1", &read));
    snprintf(longer, sizeof(longer), "%s1x", word);
    cr_expect_not(stator_device_parse(longer, &read));
}

/* The third request of those that share the devices, whoever makes it. */
Test(device, a_request_crashes_on_time)
{
    const struct stator_device_spec spec = {.crash = 3};
    struct stator_device *device = device_of(&spec);
    unsigned crashed = 0;

    cr_expect(stator_device_is_needed(&spec));
    for (unsigned i = 1; i <= 7; i++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            asks(device, path);
            _exit(0);
        }
        cr_assert_eq(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            crashed++;
            cr_expect_eq(i % 3, 0, "request %u", i);
        }
    }
    cr_expect_eq(crashed, 2);
    stator_device_destroy(device);
}
