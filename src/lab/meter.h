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

/*
 * Of the tree of which `root` is the first: its descendants, and who is in its process group.
 * Processor time counts what has ended, threads and children that were waited for. Context switches
 * of threads that have ended are gone, and system calls are not counted here: see the two below,
 * and stator_contestant_meter. Fails: -ESRCH, -errno; `out` untouched.
 */
int stator_meter_read(pid_t root, struct stator_meter *out);

/* Adds to both the context switches of the threads that a process has now. */
void stator_meter_switches(pid_t pid, uint64_t *switches, uint64_t *preemptions);

/*
 * Begins to count the system calls of a process and of all that it will make; that slows each of
 * them down. Returns: a descriptor, closed by the caller; -errno where this system does not tell.
 */
int stator_meter_open_calls(pid_t pid);

/* What was counted so far; UINT64_MAX for no descriptor (below 0). */
uint64_t stator_meter_read_calls(int calls);

/*
 * Bytes of kernel memory that belong to nobody: slab, which holds sockets and small buffers, and
 * the pages of larger buffers, of the whole machine. What a server needs is the difference of two
 * readings. Fails: -errno.
 */
int stator_meter_read_kernel(uint64_t *out);

#endif
