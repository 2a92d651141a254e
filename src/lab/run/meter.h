/* Meters: what a process and all its descendants have used, read from outside. */
#ifndef STATOR_LAB_RUN_METER_H
#define STATOR_LAB_RUN_METER_H

#include <stdint.h>
#include <sys/types.h>

struct stator_meter {
    int64_t cpu_us;                 /* processor time of living and of ended descendants */
    uint64_t user_ticks, ticks;     /* the same in ticks of 10 ms: in user mode, and all */
    uint64_t switches, preemptions; /* context switches: voluntary, involuntary */
    uint64_t pss;                   /* bytes */
    uint64_t kernel;                /* bytes of stacks and page tables of the tree */
    unsigned processes, threads;
};

/*
 * Of the tree of which `root` is the first: its descendants, and who is in its process group.
 * Processor time counts what has ended, threads and children that were waited for. Context switches
 * of threads that have ended are gone: see stator_sut_meter. System calls: see calls.h.
 * Fails: -ESRCH, -errno; `out` untouched.
 */
int stator_meter_read(pid_t root, struct stator_meter *out);

/*
 * Which share of the processor time between two readings was in user mode; NAN where there were
 * too few ticks to tell.
 */
double stator_meter_user_share(const struct stator_meter *before, const struct stator_meter *after);

/* Adds to both the context switches of the threads that a process has now. */
void stator_meter_switches(pid_t pid, uint64_t *switches, uint64_t *preemptions);

/*
 * Bytes of kernel memory that belong to nobody: slab, which holds sockets and small buffers, and
 * the pages of larger buffers, of the whole machine. What a server needs is the difference of two
 * readings. Fails: -errno.
 */
int stator_meter_read_kernel(uint64_t *out);

#endif
