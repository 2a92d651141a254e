/*
 * A lobby and a crew: what the designs share in which blocking threads serve.
 *
 * The calling thread runs the lobby with the first worker; the others are the crew's. A design says
 * what a thread is made for, and how a guest gets to one.
 */
#ifndef STATOR_ARCH_BLOCKING_THREADED_SERVER_H
#define STATOR_ARCH_BLOCKING_THREADED_SERVER_H

#include "arch/blocking/dispatcher.h"
#include "arch/blocking/run_queue.h"
#include "arch/blocking/thread_pool.h"

/* A design's own struct begins with it. */
struct stator_threaded_server {
    struct stator_arch arch;
    struct stator_dispatcher *dispatcher;
    struct stator_thread_pool threads;
};

/*
 * Makes the lobby and the crew. Fails: -EINVAL where there are fewer than two workers; -errno; the
 * design's finish is allowed then.
 */
int stator_threaded_server_init(struct stator_arch *arch, const struct stator_idle_set_host *host,
                                stator_thread_pool_work_fn *work, stator_thread_pool_done_fn *done);
void stator_threaded_server_finish(struct stator_arch *arch);

/*
 * Runs the lobby, then closes `count` lines, waits for the crew, and ends who is left.
 * Fails: -errno.
 */
int stator_threaded_server_run(struct stator_arch *arch, struct stator_run_queue *queues,
                               size_t count);

/* For the design's stop. */
void stator_threaded_server_stop(struct stator_arch *arch);

/*
 * Serves a guest in a thread of the crew: one request, or all there will be. The guest is then to
 * be returned to its lobby.
 */
void stator_threaded_server_serve(struct stator_arch *arch, struct stator_worker *worker,
                                  struct stator_idle_conn *idle, bool one);

/* The same where the thread ends with it: nothing of it is left to be written to the log. */
void stator_threaded_server_serve_last(struct stator_arch *arch, struct stator_worker *worker,
                                       struct stator_idle_conn *idle, bool one);

/*
 * Serves and returns a guest in the lobby's thread: the last resort where the system gives no
 * thread and none is at work. Others wait meanwhile.
 */
void stator_threaded_server_serve_here(struct stator_arch *arch, struct stator_idle_conn *idle,
                                       bool one);

/*
 * Has a thread made for the guest, or stands in for it. False where those at work make room; for
 * stator_idle_set_take_fn.
 */
bool stator_threaded_server_start(struct stator_arch *arch, struct stator_idle_conn *idle,
                                  bool one);

/* Returns the guest that a thread was made for: for stator_thread_pool_done_fn. */
void stator_threaded_server_return(struct stator_arch *arch, void *idle);

/* Serves and returns whoever comes along the line, until it is closed and empty. */
void stator_threaded_server_work(struct stator_arch *arch, struct stator_worker *worker,
                                 struct stator_run_queue *queue, bool one);

#endif
