/*
 * What a server under test and its starter tell each other, over a pair of sockets that keep
 * messages apart. Both ends are this program, so structs are sent as they are.
 */
#ifndef STATOR_LAB_RUN_CONTROL_H
#define STATOR_LAB_RUN_CONTROL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lab/workload/device.h"

/* From the server, once: where it listens, or why not. */
struct stator_control_hello {
    int error; /* 0, or -errno: `why` */
    uint16_t port;
    char why[400];
};

/* From the starter, as often as it likes: this byte. When its end is closed the server ends. */
#define STATOR_CONTROL_ASK 'r'

/* Its answer. */
struct stator_control_report {
    struct stator_device_use devices;
    uint64_t switches, preemptions; /* of all its threads and children, those that ended too */
    uint32_t workers;
    uint64_t requests[]; /* of each worker */
};

/* As much as one message holds everywhere. */
#define STATOR_CONTROL_WORKERS 4096

/* Receives once, from this or any socket, at the latest at `deadline` (monotonic ns). Returns: what
 * recv(2) does; -ETIMEDOUT, -errno. */
ssize_t stator_control_receive(int fd, void *out, size_t size, int64_t deadline);

#endif
