/*
 * A dispatcher and a thread pool: what the architectures with blocking threads share.
 *
 * The calling thread runs the dispatcher with the first worker; the thread pool has the others. An
 * architecture says what a thread is started for, and how a connection reaches one.
 */
#ifndef STATOR_ARCH_BLOCKING_THREADED_SERVER_H
#define STATOR_ARCH_BLOCKING_THREADED_SERVER_H

#include "arch/blocking/dispatcher.h"
#include "arch/blocking/run_queue.h"
#include "arch/blocking/thread_pool.h"

/* An architecture's own struct begins with it. */
struct stator_threaded_server {
    struct stator_arch arch;
    struct stator_dispatcher *dispatcher;
    struct stator_thread_pool threads;
};

/*
 * Makes the dispatcher and the thread pool. Fails: -EINVAL if there are fewer than two workers;
 * -errno; the architecture's finish is allowed then.
 */
int stator_threaded_server_init(struct stator_arch *arch, const struct stator_idle_set_host *host,
                                stator_thread_pool_work_fn *work, stator_thread_pool_done_fn *done);
void stator_threaded_server_finish(struct stator_arch *arch);

/*
 * Runs the dispatcher; then closes `count` queues, joins the threads, and ends what is left.
 * Fails: -errno.
 */
int stator_threaded_server_run(struct stator_arch *arch, struct stator_run_queue *queues,
                               size_t count);

/* For the architecture's stop. Async-signal-safe. */
void stator_threaded_server_stop(struct stator_arch *arch);

/*
 * Serves a connection in a pool thread: one request, or all of them. The caller then returns it to
 * the dispatcher.
 */
void stator_threaded_server_serve(struct stator_arch *arch, struct stator_worker *worker,
                                  struct stator_idle_conn *idle, bool one);

/* As stator_threaded_server_serve, and flushes the worker's log: the thread ends afterwards. */
void stator_threaded_server_serve_last(struct stator_arch *arch, struct stator_worker *worker,
                                       struct stator_idle_conn *idle, bool one);

/*
 * Serves and returns a connection in the dispatcher's thread. The last resort when the system gives
 * no thread and none is at work; other connections wait meanwhile.
 */
void stator_threaded_server_serve_here(struct stator_arch *arch, struct stator_idle_conn *idle,
                                       bool one);

/*
 * Starts a thread for the connection, or serves it here. False if busy threads will make room; for
 * stator_idle_set_take_fn.
 */
bool stator_threaded_server_start(struct stator_arch *arch, struct stator_idle_conn *idle,
                                  bool one);

/* Returns the connection that a thread was started for; for stator_thread_pool_done_fn. */
void stator_threaded_server_return(struct stator_arch *arch, void *idle);

/* Serves and returns connections from the queue, until it is closed and empty. */
void stator_threaded_server_work(struct stator_arch *arch, struct stator_worker *worker,
                                 struct stator_run_queue *queue, bool one);

#endif
