/*
 * What comes out of each case, and which devices it needs.
 *
 * Knows which cases are put together; refuses to know how they are measured. The one surprising
 * thing: coins fall as they like in a run of seconds, so only such seeds are taken with which as
 * many requests of that run miss as should.
 */
#include "lab/model/validation.h"

#include <math.h>
#include <stdio.h>

#include "lab/model/cs555.h"

#define MS INT64_C(1000000)

/* More clients than threads, so that none waits for a request. */
#define SPARE_CLIENTS 4

static int64_t ns_of(double seconds)
{
    return (int64_t)llround(seconds * 1e9);
}

static void fill_lecture(const struct stator_cs555 *row, enum stator_device_miss miss,
                         struct stator_validation_case *out)
{
    *out = (struct stator_validation_case){
        .what = row->name,
        .clients = row->threads + SPARE_CLIENTS,
        .devices = {.cpu_service = ns_of(row->cpu),
                    .cpu_cores = row->cpus,
                    .cache_service = ns_of(row->search),
                    .disk_service = ns_of(row->disk),
                    .disk_channels = 1,
                    .miss = miss,
                    .miss_share = 1 - row->hit,
                    .ideal = true},
        .expected = miss == STATOR_DEVICE_MISS_COIN ? row->coin : row->constant,
    };
    snprintf(out->arch, sizeof(out->arch), "pool:unit=request,workers=%u", row->threads);
}

static bool lecture_at(size_t index, struct stator_validation_case *out)
{
    const struct stator_cs555 *row = stator_cs555_at(index);

    if (row != NULL) {
        fill_lecture(row, STATOR_DEVICE_MISS_EVERY, out);
    }
    return row != NULL;
}

/* Only what may hit is by chance. */
static bool coin_at(size_t index, struct stator_validation_case *out)
{
    const struct stator_cs555 *row;

    for (size_t i = 0; (row = stator_cs555_at(i)) != NULL; i++) {
        if (row->hit > 0 && index-- == 0) {
            fill_lecture(row, STATOR_DEVICE_MISS_COIN, out);
            return true;
        }
    }
    return false;
}

/* All requests need 2 ms of the processor and 8 ms of the disk. */
static bool arch_at(size_t index, struct stator_validation_case *out)
{
    static const struct {
        const char *what, *arch;
        unsigned clients;
        double expected;
    } rows[] = {
        {"one at a time", "iterative", 1, 100},
        {"one at a time", "spin", 4, 100},
        {"one at a time", "select", 4, 100},
        {"one at a time", "event", 4, 100},
        {"one at a time", "thread", 1, 100},
        {"one at a time", "fork", 1, 100},
        {"one at a time", "amped", 1, 100},
        {"disk always busy", "amped:helpers=1", 6, 125},
        {"disk always busy", "thread", 2, 125},
        {"disk always busy", "thread-request", 2, 125},
        {"disk always busy", "pool:workers=2", 2, 125},
        {"disk always busy", "fork", 2, 125},
        {"disk always busy", "prefork", 2, 125},
    };

    if (index >= sizeof(rows) / sizeof(rows[0])) {
        return false;
    }
    *out = (struct stator_validation_case){
        .what = rows[index].what,
        .clients = rows[index].clients,
        .devices = {.cpu_service = 2 * MS,
                    .cpu_cores = 1,
                    .disk_service = 8 * MS,
                    .disk_channels = 1,
                    .miss_share = 1,
                    .ideal = true},
        .expected = rows[index].expected,
    };
    snprintf(out->arch, sizeof(out->arch), "%s", rows[index].arch);
    return true;
}

const struct stator_validation_part *stator_validation_at(size_t index)
{
    static const struct stator_validation_part parts[] = {
        {"lecture", "the lecture's cases, misses evenly", 0.03, lecture_at},
        {"coins", "the same, each request a coin", 0.05, coin_at},
        {"designs", "designs that do as much at a time", 0.03, arch_at},
    };

    return index < sizeof(parts) / sizeof(parts[0]) ? &parts[index] : NULL;
}

/* --- seeds ------------------------------------------------------------------------------------ */

/* How far from its share the misses of a run may be, as a part of it. */
#define FAIR 0.02

/* Seeds that a repetition has. */
#define SEEDS 1000

/* Would a run with these devices, at the rate that is expected, miss as often as it should? */
static bool is_fair(const struct stator_device_spec *spec, double first, double last)
{
    const struct stator_emulation *emulation;
    struct stator_device *device;
    double misses = 0;

    if (stator_device_create(spec, &device) < 0) {
        return true; /* the server will say why */
    }
    emulation = stator_device_emulation(device);
    for (double i = 0; i < last; i++) {
        misses += emulation->misses(emulation->context, STATOR_SPAN("/")) && i >= first;
    }
    stator_device_destroy(device);
    return fabs(misses / ((last - first) * spec->miss_share) - 1) <= FAIR;
}

uint64_t stator_validation_seed(const struct stator_validation_case *trial, double first,
                                double last, uint64_t repetition)
{
    struct stator_device_spec spec = trial->devices;
    uint64_t end = (repetition + 1) * SEEDS;

    spec.seed = repetition * SEEDS;
    while (spec.miss == STATOR_DEVICE_MISS_COIN && spec.seed + 1 < end &&
           !is_fair(&spec, first * trial->expected, last * trial->expected)) {
        spec.seed++;
    }
    return spec.seed;
}
