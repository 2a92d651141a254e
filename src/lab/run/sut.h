/*
 * A server under test: a process of its own, made for one measurement, ended after it.
 *
 * It is this program started again as `stator-lab serve`, so it runs the same code as stator does,
 * with emulated devices where a workload asks for them. It ends when its starter does, however that
 * ends.
 */
#ifndef STATOR_LAB_RUN_SUT_H
#define STATOR_LAB_RUN_SUT_H

#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lab/run/meter.h"
#include "lab/workload/device.h"

struct stator_sut_spec {
    const char *arch;           /* as --arch has it */
    const char *root;           /* directory that is served */
    const char *const *options; /* further "--option=value", NULL-terminated; NULL for none */
    struct stator_device_spec devices;
    const cpu_set_t *cpus; /* where it may run; NULL: anywhere */
    const char *program;   /* stator-lab; NULL: this one */
};

struct stator_sut {
    pid_t pid;
    int control; /* its other end ends the server when this one is closed */
    struct sockaddr_in address;
    int64_t start_us; /* from fork to its first complete response */
};

/*
 * Starts it and waits for its first response (to a request that no emulated device sees), at most
 * 10 s. Its access log is off, and it does not drain, unless `options` say otherwise. Makes this
 * process the reaper of its descendants' orphans. Fails: -errno; `why` says what it said ("select:
 * at most 1000 connections, FD_SETSIZE"). -EINVAL, -ENOTSUP, -EMFILE, -ENFILE: that is the server's
 * own word, and the design cannot do what is asked. Nothing is left running then, and `out` is
 * untouched.
 */
int stator_sut_start(const struct stator_sut_spec *spec, struct stator_sut *out, char why[200]);

/*
 * Ends it: orderly, after 5 s by SIGKILL to it and all its descendants. Returns: true where it
 * ended with 0 and nothing of it was left. `sut` is zeroed but for its address; to stop it
 * again is true.
 */
bool stator_sut_stop(struct stator_sut *sut);

/*
 * What it used so far, with context switches of all that has ended. Fails: as stator_meter_read.
 */
int stator_sut_meter(const struct stator_sut *sut, struct stator_meter *out);

/* What its workers did: requests each, at most `room`; returns how many workers there are; 0 where
 * it does not answer. */
unsigned stator_sut_workers(const struct stator_sut *sut, uint64_t *requests, unsigned capacity);

/* What its emulated devices did so far; all 0 where it has none. */
struct stator_device_use stator_sut_devices(const struct stator_sut *sut);

#endif
