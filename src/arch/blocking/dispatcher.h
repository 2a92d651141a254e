/*
 * The lobby: where connections wait while no thread serves them.
 *
 * One thread accepts, watches every connection whose next request has not come, and hands over
 * those whose has. What it hands over comes back by stator_lobby_return, from any thread, to wait
 * for the next request or to be counted and forgotten.
 */
#ifndef STATOR_ARCH_BLOCKING_DISPATCHER_H
#define STATOR_ARCH_BLOCKING_DISPATCHER_H

#include "arch/blocking/idle_set.h"

struct stator_lobby;

/*
 * Makes a lobby over the listeners of `arch`. `worker` is the lobby's own: it keeps the clock,
 * reads unfinished heads and counts connections, but serves nobody. `host` must outlive it. Fails:
 * -ENOMEM, -errno; `out` untouched.
 */
int stator_lobby_create(struct stator_arch *arch, struct stator_worker *worker,
                        const struct stator_guests_host *host, struct stator_lobby **out);

/* After stator_lobby_clear, or when it never ran. NULL is allowed. */
void stator_lobby_destroy(struct stator_lobby *lobby);

/*
 * Runs in the calling thread until the design was stopped and nobody is left, or is to end at once:
 * then guests may still be handed over. Fails: -errno.
 */
int stator_lobby_run(struct stator_lobby *lobby);

/* Ends all connections that are left, when all that were handed over have come back. */
void stator_lobby_clear(struct stator_lobby *lobby);

/*
 * Gives a guest back whose request was served, or with guest->over whose connection has ended
 * (stator_block_close was called). Owns: takes it over. Any thread.
 */
void stator_lobby_return(struct stator_guest *guest);

/* Makes it look at the phase, and offer again what was refused. Any thread; async-signal-safe. */
void stator_lobby_wake(struct stator_lobby *lobby);

#endif
