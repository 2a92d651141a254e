/*
 * Worker threads: each busy worker runs in a thread of its own.
 *
 * A thread is started for a task and ends with it; a task is one request, one connection or a whole
 * queue. The worker that became idle last is taken first, so that its caches are still warm.
 */
#ifndef STATOR_ARCH_BLOCKING_THREAD_POOL_H
#define STATOR_ARCH_BLOCKING_THREAD_POOL_H

#include <pthread.h>

#include "arch/arch.h"

/* What a thread does with its worker; the thread ends when this returns. */
typedef void stator_thread_pool_work_fn(struct stator_arch *arch, struct stator_worker *worker,
                                        void *task);

/* Called in the same thread when its worker may already be at work in another; NULL for nothing. */
typedef void stator_thread_pool_done_fn(struct stator_arch *arch, void *task);

struct stator_pool_thread;

struct stator_thread_pool {
    struct stator_arch *arch;
    stator_thread_pool_work_fn *work;
    stator_thread_pool_done_fn *done;
    struct stator_pool_thread *members; /* owned */
    size_t count;
    int halt[2]; /* a pipe, readable from the first stop on; the byte is never read */
    pthread_mutex_t lock;
    struct stator_pool_thread *idle; /* under the lock, as is busy */
    size_t busy;                     /* those at work */
};

/*
 * Makes a pool of the `count` workers at `workers`; no thread runs yet.
 * Fails: -ENOMEM, -errno; stator_thread_pool_finish is allowed then too, and on a zeroed pool.
 */
int stator_thread_pool_init(struct stator_thread_pool *threads, struct stator_arch *arch,
                            struct stator_worker **workers, size_t count,
                            stator_thread_pool_work_fn *work, stator_thread_pool_done_fn *done);

/* After stator_thread_pool_join. */
void stator_thread_pool_finish(struct stator_thread_pool *threads);

/*
 * Starts a thread that does `task`; no signal is delivered to it. False where every worker is at
 * work or the system gives no thread; of that somebody hears (stator_arch_report_condition) while
 * others are at work, else it is the caller's to tell. The design's own thread calls this and
 * stator_thread_pool_join.
 */
bool stator_thread_pool_start(struct stator_thread_pool *threads, void *task);

/* How many are at work; all of them if it equals threads->count. */
size_t stator_thread_pool_busy(struct stator_thread_pool *threads);

/* Waits until every thread has ended. */
void stator_thread_pool_join(struct stator_thread_pool *threads);

/* Makes the threads look at the phase. Any thread; async-signal-safe. */
void stator_thread_pool_wake(struct stator_thread_pool *threads);

#endif
