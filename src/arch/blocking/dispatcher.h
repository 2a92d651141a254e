/*
 * The dispatcher of the threaded architectures: one thread holds the connections that no thread
 * serves.
 *
 * It accepts, watches every connection whose next request has not arrived, and hands over those
 * whose request has. Any thread gives a connection back with stator_dispatcher_return: it then
 * waits for its next request, or is counted and freed.
 */
#ifndef STATOR_ARCH_BLOCKING_DISPATCHER_H
#define STATOR_ARCH_BLOCKING_DISPATCHER_H

#include "arch/blocking/idle_set.h"

struct stator_dispatcher;

/*
 * Makes a dispatcher over the listeners of `arch`. `worker` is its own: it keeps the clock, reads
 * unfinished heads and counts connections, but makes no response. `host` must outlive it. Fails:
 * -ENOMEM, -errno; `out` untouched.
 */
int stator_dispatcher_create(struct stator_arch *arch, struct stator_worker *worker,
                             const struct stator_idle_set_host *host,
                             struct stator_dispatcher **out);

/* Call it after stator_dispatcher_clear, or if it never ran. NULL is allowed. */
void stator_dispatcher_destroy(struct stator_dispatcher *dispatcher);

/*
 * Runs in the calling thread until the architecture was stopped and no connection is left, or until
 * it must end at once: then some connections may still be handed over. Fails: -errno.
 */
int stator_dispatcher_run(struct stator_dispatcher *dispatcher);

/* Ends the remaining connections. All that were handed over must have been returned. */
void stator_dispatcher_clear(struct stator_dispatcher *dispatcher);

/*
 * Gives back a connection whose request was served or, with idle->over, one that has ended
 * (stator_blocking_conn_close was called). Owns: takes it over. Threads: any.
 */
void stator_dispatcher_return(struct stator_idle_conn *idle);

/* Makes it check the phase and offer refused connections again. Threads: any; async-signal-safe. */
void stator_dispatcher_wake(struct stator_dispatcher *dispatcher);

#endif
