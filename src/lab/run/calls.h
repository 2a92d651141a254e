/* System calls of a tree of processes, counted by the kernel from outside. */
#ifndef STATOR_LAB_RUN_CALLS_H
#define STATOR_LAB_RUN_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stator_calls {
    int *counters; /* owned; one a thread that there was */
    size_t count;
};

/*
 * Begins to count, for each thread of the tree of which `root` is the first and for all that they
 * will make; each call is a little slower from then on. Who is made just while it begins may be
 * counted twice or never, so the tree had better be at rest. Fails: -ENOENT where the kernel's
 * trace events are not in sight, -EACCES or -EPERM where they are not allowed, -ESRCH, -EMFILE,
 * -ENOMEM; `out` untouched. Owns: the caller closes it.
 */
int stator_calls_open(pid_t root, struct stator_calls *out);
void stator_calls_close(struct stator_calls *calls);

/* So far, by whoever has ended as well. */
uint64_t stator_calls_read(const struct stator_calls *calls);

/* 0 where they can be counted here; else why not, as above. */
int stator_calls_try(void);

#endif
