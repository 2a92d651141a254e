/* Meters: what a process and all its descendants have used, read from outside. */
#ifndef STATOR_LAB_METER_H
#define STATOR_LAB_METER_H

#include <stdint.h>
#include <sys/types.h>

struct stator_meter {
    int64_t user_us, system_us;     /* of living and of ended descendants */
    uint64_t switches, preemptions; /* context switches: voluntary, involuntary */
    uint64_t calls;                 /* system calls; UINT64_MAX where this system does not tell */
    uint64_t pss;                   /* bytes */
    uint64_t kernel;                /* bytes of stacks and page tables of the tree */
    unsigned processes, threads;
};

/* Of the tree of which `root` is the first. Fails: -ESRCH, -errno; `out` untouched. */
int stator_meter_read(pid_t root, struct stator_meter *out);

/*
 * Bytes of kernel memory that belong to nobody: slab and sockets of the whole machine. What a
 * server needs is the difference of two readings. Fails: -errno.
 */
int stator_meter_read_kernel(uint64_t *out);

#endif
