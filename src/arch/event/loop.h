/*
 * An event loop that serves: one event_base, one worker, the listeners, and the clients that it
 * took. The shared part of every event-driven design.
 */
#ifndef STATOR_ARCH_EVENT_LOOP_H
#define STATOR_ARCH_EVENT_LOOP_H

#include "arch/arch.h"
#include "arch/event/balance.h"
#include "base/timing_wheel.h"

struct event_base;
struct stator_io_helpers;
struct stator_loop;

/*
 * Makes a loop over all listeners of `arch` for one of its workers, which it owns from then on as
 * one thread of control. `backend` names libevent's back-end ("epoll", "poll", "select"); NULL
 * takes the best. Fails: -ENOTSUP where there is no such back-end, -ENOMEM, -errno; `out`
 * untouched.
 */
int stator_loop_create(struct stator_arch *arch, struct stator_worker *worker, const char *backend,
                       struct stator_loop **out);

/* Ends every connection. NULL is allowed. */
void stator_loop_destroy(struct stator_loop *loop);

/* Dispatches in the calling thread until the design was stopped and drained. Fails: -errno. */
int stator_loop_run(struct stator_loop *loop);

/* For a loop that will not run (any more): others hand it nothing from now on. Any thread. */
void stator_loop_retire(struct stator_loop *loop);

/* What decides which loop gets a client: for stator_balance_share, where several accept. */
struct stator_balance *stator_loop_balance(struct stator_loop *loop);

/* Lets helper threads wait for the disk; they wake the loop when jobs are done. */
void stator_loop_delegate(struct stator_loop *loop, struct stator_io_helpers *io_helpers);

/* Makes the loop look at the design's phase. Any thread; async-signal-safe. */
void stator_loop_wake(struct stator_loop *loop);

#endif
