/*
 * A crew: workers, each of which may be at work in a thread of its own.
 *
 * A thread is made for a task and is gone after it, be the task one request or a whole queue. Idle
 * workers are taken last in, first out, so that few of them are warm rather than all lukewarm.
 */
#ifndef STATOR_ARCH_BLOCKING_THREAD_POOL_H
#define STATOR_ARCH_BLOCKING_THREAD_POOL_H

#include <pthread.h>

#include "arch/arch.h"

/* What a thread does with its worker; the thread ends with it. */
typedef void stator_crew_work_fn(struct stator_arch *arch, struct stator_worker *worker,
                                 void *task);

/* Called in the same thread when its worker may already be at work in another; NULL for nothing. */
typedef void stator_crew_done_fn(struct stator_arch *arch, void *task);

struct stator_crew_member;

struct stator_crew {
    struct stator_arch *arch;
    stator_crew_work_fn *work;
    stator_crew_done_fn *done;
    struct stator_crew_member *members; /* owned */
    size_t count;
    int halt[2]; /* readable from the first stop on: nobody takes it */
    pthread_mutex_t lock;
    struct stator_crew_member *idle; /* under the lock, as is busy */
    size_t busy;                     /* those at work */
};

/*
 * Makes a crew of `count` workers that stand at `workers`; no thread runs yet.
 * Fails: -ENOMEM, -errno; stator_crew_finish is allowed then too, on a zeroed crew as well.
 */
int stator_crew_init(struct stator_crew *crew, struct stator_arch *arch,
                     struct stator_worker **workers, size_t count, stator_crew_work_fn *work,
                     stator_crew_done_fn *done);

/* After stator_crew_join. */
void stator_crew_finish(struct stator_crew *crew);

/*
 * Starts a thread that does `task`; no signal is delivered to it. False where every worker is at
 * work or the system gives no thread; of that somebody hears (stator_arch_meet) while others are
 * at work, else it is the caller's to tell. The design's own thread calls this and
 * stator_crew_join.
 */
bool stator_crew_hire(struct stator_crew *crew, void *task);

/* How many are at work; all of them where it is crew->count. */
size_t stator_crew_busy(struct stator_crew *crew);

/* Waits until every thread has ended. */
void stator_crew_join(struct stator_crew *crew);

/* Makes the threads look at the phase. Any thread; async-signal-safe. */
void stator_crew_halt(struct stator_crew *crew);

#endif
