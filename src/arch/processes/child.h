/*
 * One child process of a design, as its parent knows it.
 *
 * Between the two there is a line, a pair of sockets. Its end says to either that the other is
 * gone, be it by SIGKILL; and the parent shuts its side to say that the design's phase has changed.
 */
#ifndef STATOR_ARCH_PROCESSES_CHILD_H
#define STATOR_ARCH_PROCESSES_CHILD_H

#include "arch/arch.h"

struct stator_child {
    pid_t pid;             /* 0: none */
    int channel;           /* the parent's side, non-blocking; -1: none */
    int64_t born;          /* monotonic ms */
    int64_t due;           /* the next one is not made before */
    unsigned deaths;       /* young, in a row */
    unsigned crashes;      /* the same, of those that did not end of their own accord */
    bool replace_on_drain; /* the last one may have left clients that nobody else can serve */
};

/* What it does; it ends when this returns. */
struct stator_child_life {
    /*
     * Serves with arch->setup.workers[0], the only one that it has, and arch->setup.listeners until
     * the phase says otherwise. What the worker's log still holds is written afterwards.
     */
    void (*serve)(struct stator_arch *arch);

    /*
     * Before that, while all of the parent's descriptors are still open: chooses listeners; `index`
     * says which child it is. Returns: a descriptor that is kept too, or -1. NULL for nothing.
     */
    int (*choose_listeners)(struct stator_arch *arch, size_t index);
};

/*
 * Makes the child of that worker: `child` has none. In the child this does not return, and no
 * descriptor is open but those that its life needs and arch->lifeline, its end of the line.
 * Threads: of a process that has several, only the calling one goes on in the child.
 * Fails: -errno (-EAGAIN: there are too many processes).
 */
int stator_child_start(struct stator_child *child, struct stator_arch *arch, size_t index,
                       const struct stator_child_life *life, int64_t now);

/* Says that the phase has changed. Nothing can be sent to it after that. */
void stator_child_tell(struct stator_child *child);

/*
 * Its line is at its end: waits for it, which is not for long, sees how it ended, and counts the
 * connections that it had as closed, for its worker's `counters` have no other writer now.
 * Returns: true where it ended of its own accord.
 */
bool stator_child_reap(struct stator_child *child, struct stator_counters *counters, int64_t now);

#endif
