/*
 * A server under test: a process of its own, made for one measurement, ended after it.
 *
 * It is this program started again as `stator-lab serve`, so it runs the same code as stator does,
 * with emulated devices where a workload asks for them. It ends when its starter does, however that
 * ends.
 */
#ifndef STATOR_LAB_CONTESTANT_H
#define STATOR_LAB_CONTESTANT_H

#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Emulated devices; all zero: none. Times in ns. */
struct stator_device_spec {
    int64_t cpu_service; /* each request's */
    unsigned cpu_cores;
    int64_t cache_service; /* each request's too, on the same processors: looking into the cache */
    int64_t disk_service;  /* each miss's */
    unsigned disk_channels;
    enum stator_device_miss {
        STATOR_DEVICE_EVERY, /* every n-th request misses, evenly: n = 1 / share */
        STATOR_DEVICE_COIN,  /* each with that probability */
        STATOR_DEVICE_LRU,   /* where the path is not among the last `lru` */
    } miss;
    double miss_share;
    unsigned lru;
    uint64_t seed;
};

struct stator_contest_spec {
    const char *design;         /* as --arch has it */
    const char *root;           /* directory that is served */
    const char *const *options; /* further "--option=value", NULL-terminated; NULL for none */
    struct stator_device_spec devices;
    const cpu_set_t *cpus; /* where it may run; NULL: anywhere */
};

struct stator_contestant {
    pid_t pid;
    int control; /* its other end ends the server when this one is closed */
    struct sockaddr_in address;
    int64_t start_us; /* from fork to its first complete response */
};

/*
 * Starts it and waits for its first response, at most 10 s. Fails: -errno; `why` says what it said
 * ("select: at most 1000 connections, FD_SETSIZE"). -EINVAL: the design cannot do what is asked.
 */
int stator_contestant_start(const struct stator_contest_spec *spec, struct stator_contestant *out,
                            char why[200]);

/*
 * Ends it: orderly, after 5 s by SIGKILL to it and all its descendants. Returns: true where it
 * ended with 0 and nothing of it is left.
 */
bool stator_contestant_stop(struct stator_contestant *contestant);

/* What its workers did: requests each, at most `room`; returns how many workers there are. */
unsigned stator_contestant_workers(const struct stator_contestant *contestant, uint64_t *requests,
                                   unsigned room);

/* Nanoseconds that its emulated devices were busy so far; 0 where it has none. */
struct stator_device_use {
    int64_t cpu, disk;
    uint64_t misses, requests;
};
struct stator_device_use stator_contestant_devices(const struct stator_contestant *contestant);

#endif
