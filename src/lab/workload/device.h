/*
 * Emulated devices of a server under test: processors, a cache that is searched, and a disk, as a
 * stage that a server puts on its workers.
 */
#ifndef STATOR_LAB_WORKLOAD_DEVICE_H
#define STATOR_LAB_WORKLOAD_DEVICE_H

#include "exchange/emulation.h"

/* Emulated devices; all zero: none. Times in ns. */
struct stator_device_spec {
    int64_t cpu_service; /* each request's */
    unsigned cpu_cores;
    int64_t cache_service; /* each request's too, on the same processors: looking into the cache */
    int64_t disk_service;  /* each miss's */
    unsigned disk_channels;
    enum stator_device_miss {
        STATOR_DEVICE_MISS_EVERY, /* every n-th request misses, evenly: n = 1 / share */
        STATOR_DEVICE_MISS_COIN,  /* each with that probability */
        STATOR_DEVICE_MISS_LRU,   /* where the path is not among the last `lru` */
    } miss;
    double miss_share;
    unsigned lru;
    uint64_t seed;
    unsigned crash; /* every n-th request dereferences a null pointer; 0: none */
    bool ideal; /* the server's own time is left out, as long as it is never idle: see device.c */
};

/* The most paths that STATOR_DEVICE_MISS_LRU remembers. */
#define STATOR_DEVICE_LRU_MAX 4096

/* What devices did so far: nanoseconds that they were busy, and how often they were asked. */
struct stator_device_use {
    int64_t cpu, disk;
    uint64_t misses, requests;
};

/* True if anything is emulated, a crash included. */
bool stator_device_is_needed(const struct stator_device_spec *spec);

/* A spec as one word of a command line, and back. Fails: false, `out` untouched. */
#define STATOR_DEVICE_WORD 240
void stator_device_write(const struct stator_device_spec *spec, char out[STATOR_DEVICE_WORD]);
bool stator_device_parse(const char *word, struct stator_device_spec *out);

struct stator_device;

/*
 * In shared memory, so that children of this process use the same ones. Fails: -EINVAL for a
 * device that takes time and has no processors or channels, or for too many of these; -ENOMEM.
 */
int stator_device_create(const struct stator_device_spec *spec, struct stator_device **out);
void stator_device_destroy(struct stator_device *device);

/* Lives: as long as the device. */
const struct stator_emulation *stator_device_emulation(const struct stator_device *device);

/* Async-signal-safe. */
struct stator_device_use stator_device_use(const struct stator_device *device);

#endif
