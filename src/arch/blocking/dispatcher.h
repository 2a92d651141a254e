/*
 * The lobby: where connections wait while no thread serves them.
 *
 * One thread accepts, watches every connection whose next request has not come, and hands over
 * those whose has. What it hands over comes back by stator_dispatcher_return, from any thread, to wait
 * for the next request or to be counted and forgotten.
 */
#ifndef STATOR_ARCH_BLOCKING_DISPATCHER_H
#define STATOR_ARCH_BLOCKING_DISPATCHER_H

#include "arch/blocking/idle_set.h"

struct stator_dispatcher;

/*
 * Makes a lobby over the listeners of `arch`. `worker` is the lobby's own: it keeps the clock,
 * reads unfinished heads and counts connections, but serves nobody. `host` must outlive it. Fails:
 * -ENOMEM, -errno; `out` untouched.
 */
int stator_dispatcher_create(struct stator_arch *arch, struct stator_worker *worker,
                             const struct stator_idle_set_host *host,
                             struct stator_dispatcher **out);

/* After stator_dispatcher_clear, or when it never ran. NULL is allowed. */
void stator_dispatcher_destroy(struct stator_dispatcher *dispatcher);

/*
 * Runs in the calling thread until the design was stopped and nobody is left, or is to end at once:
 * then guests may still be handed over. Fails: -errno.
 */
int stator_dispatcher_run(struct stator_dispatcher *dispatcher);

/* Ends all connections that are left, when all that were handed over have come back. */
void stator_dispatcher_clear(struct stator_dispatcher *dispatcher);

/*
 * Gives a guest back whose request was served, or with guest->over whose connection has ended
 * (stator_blocking_conn_close was called). Owns: takes it over. Any thread.
 */
void stator_dispatcher_return(struct stator_idle_conn *idle);

/* Makes it look at the phase, and offer again what was refused. Any thread; async-signal-safe. */
void stator_dispatcher_wake(struct stator_dispatcher *dispatcher);

#endif
