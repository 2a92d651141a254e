/*
 * What a request needs of emulated devices, and whether it misses.
 *
 * Knows services and the policy of misses; refuses to know when a device is free (table). The
 * one surprising thing: in an ideal world a request comes when its worker and its client were done
 * with the one before, though it comes a little later here; so the server's own time vanishes, and
 * whatever is left is the design's arithmetic. Only a longer pause is one: nobody asked meanwhile.
 */
#include "lab/workload/device.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "lab/stats/random.h"
#include "lab/workload/reservation_table.h"

/* How late a request may be, in an ideal world, that is thought to have been there. */
#define IDEAL_PAUSE STATOR_NANOSECONDS

/* One path that the emulated cache holds. */
struct slot {
    atomic_uint_fast64_t path; /* its hash; 0: none */
    atomic_uint_fast64_t used; /* the number of the request that asked for it last */
};

/* What threads and processes share besides tables. */
struct shared {
    atomic_uint_fast64_t requests, misses;
    struct slot slots[];
};

struct stator_device {
    struct stator_device_spec spec;
    struct stator_emulation emulation;
    struct stator_reservation_table *cpu, *disk; /* NULL where nothing takes time there */
    struct shared *shared;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * STATOR_NANOSECONDS + time.tv_nsec;
}

static int64_t pass(struct stator_reservation_table *table, int64_t arrival, int64_t service)
{
    int64_t until = stator_reservation_table_reserve(table, arrival, service);

    stator_reservation_table_sleep(until);
    return until;
}

static int64_t compute(void *context, int64_t since)
{
    const struct stator_device *device = context;
    int64_t arrival = now();

    if (device->spec.ideal && arrival - since <= IDEAL_PAUSE) {
        arrival = since;
    }
    if (device->cpu == NULL) {
        return arrival;
    }
    return pass(device->cpu, arrival, device->spec.cpu_service + device->spec.cache_service);
}

static int64_t fetch(void *context, int64_t since)
{
    const struct stator_device *device = context;

    return device->disk != NULL ? pass(device->disk, since, device->spec.disk_service) : since;
}

/* --- misses --------------------------------------------------------------------------------- */

/* Evenly: where a sum of shares passes a whole number. */
static bool misses_evenly(double share, uint64_t number)
{
    return (uint64_t)((double)(number + 1) * share) != (uint64_t)((double)number * share);
}

/* The same for the same number, whoever asks and in which order. */
static bool misses_by_chance(const struct stator_device_spec *spec, uint64_t number)
{
    struct stator_random random;

    stator_random_init_stream(&random, spec->seed, number);
    return stator_random_unit(&random) < spec->miss_share;
}

/*
 * Takes the place of the path that was not used for longest. Two that do so at the same moment may
 * meet: then one path is forgotten early, which is only a miss more.
 */
static bool misses_cache(const struct stator_device *device, struct stator_span path,
                         uint64_t number)
{
    static const struct stator_hash_key key = {{1, 2}};
    uint64_t hash = stator_hash(&key, path) | 1;
    struct slot *oldest = NULL;

    for (unsigned i = 0; i < device->spec.lru; i++) {
        struct slot *slot = &device->shared->slots[i];

        if (atomic_load(&slot->path) == hash) {
            atomic_store(&slot->used, number + 1);
            return false;
        }
        if (oldest == NULL || atomic_load(&slot->used) < atomic_load(&oldest->used)) {
            oldest = slot;
        }
    }
    if (oldest != NULL) {
        atomic_store(&oldest->path, hash);
        atomic_store(&oldest->used, number + 1);
    }
    return true;
}

static bool decide(const struct stator_device *device, struct stator_span path, uint64_t number)
{
    switch (device->spec.miss) {
    case STATOR_DEVICE_MISS_COIN:
        return misses_by_chance(&device->spec, number);
    case STATOR_DEVICE_MISS_LRU:
        return misses_cache(device, path, number);
    case STATOR_DEVICE_MISS_EVERY:
    default:
        return misses_evenly(device->spec.miss_share, number);
    }
}

/* As a mistake in a program would do it; but nobody reports it, and no core file is left. */
__attribute__((no_sanitize("undefined"))) static void crash(void)
{
    volatile int *volatile nothing = NULL;

    signal(SIGSEGV, SIG_DFL);
    prctl(PR_SET_DUMPABLE, 0UL);
    *nothing = 1;
}

static bool misses(void *context, struct stator_span path)
{
    const struct stator_device *device = context;
    uint64_t number = atomic_fetch_add(&device->shared->requests, 1);
    bool missed = decide(device, path, number);

    if (device->spec.crash > 0 && (number + 1) % device->spec.crash == 0) {
        crash();
    }
    atomic_fetch_add(&device->shared->misses, missed);
    return missed;
}

/* --- its beginning and its end --------------------------------------------------------------- */

bool stator_device_is_needed(const struct stator_device_spec *spec)
{
    return spec->cpu_service > 0 || spec->cache_service > 0 || spec->disk_service > 0 ||
           spec->crash > 0;
}

static size_t shared_size(const struct stator_device_spec *spec)
{
    return sizeof(struct shared) + spec->lru * sizeof(struct slot);
}

static int create_parts(struct stator_device *device)
{
    const struct stator_device_spec *spec = &device->spec;
    int error = 0;

    if (spec->lru > STATOR_DEVICE_LRU_MAX) {
        return -EINVAL;
    }
    device->shared =
        mmap(NULL, shared_size(spec), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (device->shared == MAP_FAILED) {
        device->shared = NULL;
        return -ENOMEM;
    }
    if (spec->cpu_service > 0 || spec->cache_service > 0) {
        error = stator_reservation_table_create(spec->cpu_cores, &device->cpu);
    }
    if (error == 0 && spec->disk_service > 0) {
        error = stator_reservation_table_create(spec->disk_channels, &device->disk);
    }
    return error;
}

int stator_device_create(const struct stator_device_spec *spec, struct stator_device **out)
{
    struct stator_device *device = calloc(1, sizeof(*device));
    int error;

    if (device == NULL) {
        return -ENOMEM;
    }
    device->spec = *spec;
    device->emulation = (struct stator_emulation){device, compute, misses, fetch};
    error = create_parts(device);
    if (error < 0) {
        stator_device_destroy(device);
        return error;
    }
    *out = device;
    return 0;
}

void stator_device_destroy(struct stator_device *device)
{
    if (device == NULL) {
        return;
    }
    stator_reservation_table_destroy(device->cpu);
    stator_reservation_table_destroy(device->disk);
    if (device->shared != NULL) {
        munmap(device->shared, shared_size(&device->spec));
    }
    free(device);
}

const struct stator_emulation *stator_device_emulation(const struct stator_device *device)
{
    return &device->emulation;
}

struct stator_device_use stator_device_use(const struct stator_device *device)
{
    return (struct stator_device_use){
        .cpu = device->cpu != NULL ? stator_reservation_table_busy(device->cpu) : 0,
        .disk = device->disk != NULL ? stator_reservation_table_busy(device->disk) : 0,
        .misses = atomic_load(&device->shared->misses),
        .requests = atomic_load(&device->shared->requests),
    };
}

/* --- as a word -------------------------------------------------------------------------------- */

/* Shares are written as hexadecimal numbers, so that none is rounded. */
void stator_device_write(const struct stator_device_spec *spec, char out[STATOR_DEVICE_WORD])
{
    snprintf(out, STATOR_DEVICE_WORD,
             "cpu=%" PRId64 "/%u,cache=%" PRId64 ",disk=%" PRId64 "/%u,miss=%d/%a/%u,seed=%" PRIu64
             ",crash=%u,ideal=%d",
             spec->cpu_service, spec->cpu_cores, spec->cache_service, spec->disk_service,
             spec->disk_channels, (int)spec->miss, spec->miss_share, spec->lru, spec->seed,
             spec->crash, spec->ideal);
}

bool stator_device_parse(const char *word, struct stator_device_spec *out)
{
    struct stator_device_spec spec = {0};
    int miss = 0, ideal = 0, end = 0;
    int count = sscanf(word,
                       "cpu=%" SCNd64 "/%u,cache=%" SCNd64 ",disk=%" SCNd64
                       "/%u,miss=%d/%la/%u,seed=%" SCNu64 ",crash=%u,ideal=%d%n",
                       &spec.cpu_service, &spec.cpu_cores, &spec.cache_service, &spec.disk_service,
                       &spec.disk_channels, &miss, &spec.miss_share, &spec.lru, &spec.seed,
                       &spec.crash, &ideal, &end);

    if (count != 11 || word[end] != '\0' || miss < 0 || miss > STATOR_DEVICE_MISS_LRU) {
        return false;
    }
    spec.miss = (enum stator_device_miss)miss;
    spec.ideal = ideal != 0;
    *out = spec;
    return true;
}
