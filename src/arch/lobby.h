/*
 * The lobby: where connections wait while no thread serves them.
 *
 * One thread accepts, watches every connection whose next request has not come, and hands over
 * those whose has. What it hands over comes back by stator_lobby_return, from any thread, to wait
 * for the next request or to be counted and forgotten.
 */
#ifndef STATOR_ARCH_LOBBY_H
#define STATOR_ARCH_LOBBY_H

#include <event2/event_struct.h>

#include "arch/drive_block.h"
#include "base/list.h"
#include "conn/deadline.h"

struct stator_lobby;

/* A connection of the lobby; while it is handed over it is all the taker's. */
struct stator_guest {
    struct stator_lobby *lobby;
    struct stator_list link; /* on one of the lobby's lists, or on none while handed over */
    struct stator_deadline deadline;
    struct event readable;
    size_t searched;           /* bytes of the input that were searched for a head's end */
    bool over;                 /* the connection has ended */
    struct stator_block block; /* large, so it stands last */
};

/* Is there room for one more connection to be accepted? */
typedef bool stator_lobby_room_fn(struct stator_arch *arch);

/* Takes a guest to be served. False where nobody can serve it now: it is offered again. */
typedef bool stator_lobby_take_fn(struct stator_arch *arch, struct stator_guest *guest);

/* What a design does about guests; called in the lobby's thread. */
struct stator_lobby_host {
    stator_lobby_room_fn *has_room; /* NULL: always */
    stator_lobby_take_fn *take;
    bool at_once; /* new connections are offered as they come, else when they have asked */
};

/*
 * Makes a lobby over the listeners of `arch`. `worker` is the lobby's own: it keeps the clock,
 * reads unfinished heads and counts connections, but serves nobody. `host` must outlive it. Fails:
 * -ENOMEM, -errno; `out` untouched.
 */
int stator_lobby_create(struct stator_arch *arch, struct stator_worker *worker,
                        const struct stator_lobby_host *host, struct stator_lobby **out);

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
