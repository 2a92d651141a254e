/*
 * The guests of a lobby: connections whose next request has not come, or that nobody could take
 * yet. All of it is the lobby's thread's.
 */
#ifndef STATOR_ARCH_BLOCKING_IDLE_SET_H
#define STATOR_ARCH_BLOCKING_IDLE_SET_H

#include <event2/event_struct.h>

#include "arch/blocking/blocking_conn.h"
#include "base/list.h"
#include "base/timing_wheel.h"

struct stator_idle_set;

/* A connection of the lobby; while it is handed over it is all the taker's. */
struct stator_idle_conn {
    struct stator_idle_set *idle_set;
    struct stator_list link; /* on one of the lists, or on none while handed over */
    struct stator_deadline deadline;
    struct event readable;
    size_t searched;                    /* bytes of the input that were searched for a head's end */
    bool over;                          /* the connection has ended */
    struct stator_blocking_conn client; /* large, so it stands last */
};

/* Is there room for one more connection to be accepted? */
typedef bool stator_idle_set_room_fn(struct stator_arch *arch);

/* Takes a guest to be served. False where nobody can serve it now: it is offered again. */
typedef bool stator_idle_set_take_fn(struct stator_arch *arch, struct stator_idle_conn *idle);

/* What a design does about guests; called in the lobby's thread. */
struct stator_idle_set_host {
    stator_idle_set_room_fn *has_room; /* NULL: always */
    stator_idle_set_take_fn *take;
    bool at_once; /* new connections are offered as they come, else when they have asked */
};

struct stator_idle_set {
    struct stator_arch *arch;
    struct stator_worker *worker;
    const struct stator_idle_set_host *host;
    struct event_base *base;
    struct event *again; /* offers what was refused once more, after a pause */

    struct stator_list watched; /* guests that have not asked yet */
    struct stator_list waiting; /* guests that have, and that nobody could take */
    struct stator_timing_wheel wheel;
    size_t count; /* guests, those handed over among them */
    bool moved;   /* bytes or guests came or went, since somebody set it to false */
};

/* No guests yet. All that is given is borrowed. Fails: -ENOMEM; finish may be called then too. */
int stator_idle_set_init(struct stator_idle_set *idle_set, struct stator_arch *arch,
                         struct stator_worker *worker, const struct stator_idle_set_host *host,
                         struct event_base *base);

/* Before the base is freed, and when nobody is left. All zero is allowed. */
void stator_idle_set_finish(struct stator_idle_set *idle_set);

/* One more may come while somebody can serve it, and nobody waits for that already. */
bool stator_idle_set_has_room(const struct stator_idle_set *idle_set);

/* A new one. Owns: takes `fd`, which blocks, over. */
void stator_idle_set_add(struct stator_idle_set *idle_set, int fd, const char *peer);

/* One that was handed over is back. */
void stator_idle_set_return(struct stator_idle_conn *idle);

/* Hands over, in the order in which they asked, as many as are taken. */
void stator_idle_set_offer(struct stator_idle_set *idle_set);

/* Sees to those whose time is up. */
void stator_idle_set_expire(struct stator_idle_set *idle_set);

/* The worker is draining: who has asked already is served; who is idle is let go. */
void stator_idle_set_drain(struct stator_idle_set *idle_set);

/* Ends the connection, unless it is over, and forgets the guest. */
void stator_idle_set_remove(struct stator_idle_conn *idle);

/* Dismisses all that are not handed over. */
void stator_idle_set_clear(struct stator_idle_set *idle_set);

#endif
