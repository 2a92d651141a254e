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

struct stator_guests;

/* A connection of the lobby; while it is handed over it is all the taker's. */
struct stator_guest {
    struct stator_guests *guests;
    struct stator_list link; /* on one of the lists, or on none while handed over */
    struct stator_deadline deadline;
    struct event readable;
    size_t searched;           /* bytes of the input that were searched for a head's end */
    bool over;                 /* the connection has ended */
    struct stator_block block; /* large, so it stands last */
};

/* Is there room for one more connection to be accepted? */
typedef bool stator_guests_room_fn(struct stator_arch *arch);

/* Takes a guest to be served. False where nobody can serve it now: it is offered again. */
typedef bool stator_guests_take_fn(struct stator_arch *arch, struct stator_guest *guest);

/* What a design does about guests; called in the lobby's thread. */
struct stator_guests_host {
    stator_guests_room_fn *has_room; /* NULL: always */
    stator_guests_take_fn *take;
    bool at_once; /* new connections are offered as they come, else when they have asked */
};

struct stator_guests {
    struct stator_arch *arch;
    struct stator_worker *worker;
    const struct stator_guests_host *host;
    struct event_base *base;
    struct event *again; /* offers what was refused once more, after a pause */

    struct stator_list watched; /* guests that have not asked yet */
    struct stator_list waiting; /* guests that have, and that nobody could take */
    struct stator_wheel wheel;
    size_t count; /* guests, those handed over among them */
    bool moved;   /* bytes or guests came or went, since somebody set it to false */
};

/* No guests yet. All that is given is borrowed. Fails: -ENOMEM; finish may be called then too. */
int stator_guests_init(struct stator_guests *guests, struct stator_arch *arch,
                       struct stator_worker *worker, const struct stator_guests_host *host,
                       struct event_base *base);

/* Before the base is freed, and when nobody is left. All zero is allowed. */
void stator_guests_finish(struct stator_guests *guests);

/* One more may come while somebody can serve it, and nobody waits for that already. */
bool stator_guests_has_room(const struct stator_guests *guests);

/* A new one. Owns: takes `fd`, which blocks, over. */
void stator_guests_enter(struct stator_guests *guests, int fd, const char *peer);

/* One that was handed over is back. */
void stator_guests_take_back(struct stator_guest *guest);

/* Hands over, in the order in which they asked, as many as are taken. */
void stator_guests_offer(struct stator_guests *guests);

/* Sees to those whose time is up. */
void stator_guests_expire(struct stator_guests *guests);

/* The worker is draining: who has asked already is served; who is idle is let go. */
void stator_guests_drain(struct stator_guests *guests);

/* Ends the connection, unless it is over, and forgets the guest. */
void stator_guests_dismiss(struct stator_guest *guest);

/* Dismisses all that are not handed over. */
void stator_guests_clear(struct stator_guests *guests);

#endif
