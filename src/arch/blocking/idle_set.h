/*
 * The dispatcher's connections: those whose next request has not arrived, and those that no thread
 * could take yet. Threads: only the dispatcher's uses it.
 */
#ifndef STATOR_ARCH_BLOCKING_IDLE_SET_H
#define STATOR_ARCH_BLOCKING_IDLE_SET_H

#include <event2/event_struct.h>

#include "arch/blocking/blocking_conn.h"
#include "base/list.h"
#include "base/timing_wheel.h"

struct stator_idle_set;

/* One connection. While it is handed over, the thread that took it owns all of it. */
struct stator_idle_conn {
    struct stator_idle_set *idle_set;
    struct stator_list link; /* on one of the lists, or on none while handed over */
    struct stator_deadline deadline;
    struct event readable;
    size_t searched;                    /* bytes of the input that were searched for a head's end */
    bool over;                          /* the connection has ended */
    struct stator_blocking_conn client; /* large, so it stands last */
};

/* True if one more connection can be accepted. */
typedef bool stator_idle_set_room_fn(struct stator_arch *arch);

/* Takes a connection to be served. False if no thread can serve it now: it is offered again. */
typedef bool stator_idle_set_take_fn(struct stator_arch *arch, struct stator_idle_conn *idle);

/* How an architecture serves connections. Threads: called in the dispatcher's. */
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

    struct stator_list watched; /* no request has arrived */
    struct stator_list waiting; /* a request has arrived; no thread could take it yet */
    struct stator_timing_wheel wheel;
    size_t count; /* connections, with those handed over */
    bool moved;   /* bytes or connections came or went since it was last cleared */
};

/* Makes an empty set; borrows all arguments. Fails: -ENOMEM; finish may be called then too. */
int stator_idle_set_init(struct stator_idle_set *idle_set, struct stator_arch *arch,
                         struct stator_worker *worker, const struct stator_idle_set_host *host,
                         struct event_base *base);

/* Call it before the base is freed, when the set is empty. A zeroed set is allowed. */
void stator_idle_set_finish(struct stator_idle_set *idle_set);

/* True if one more can be accepted: the host has room, and no connection waits for a thread. */
bool stator_idle_set_has_room(const struct stator_idle_set *idle_set);

/* Adds a new connection. Owns: takes over `fd`, a blocking socket. */
void stator_idle_set_add(struct stator_idle_set *idle_set, int fd, const char *peer);

/* Takes back a connection that was handed over. */
void stator_idle_set_return(struct stator_idle_conn *idle);

/* Offers waiting connections to the host in the order of their requests, until it refuses one. */
void stator_idle_set_offer(struct stator_idle_set *idle_set);

/* Ends or answers those whose deadline has passed. */
void stator_idle_set_expire(struct stator_idle_set *idle_set);

/* The worker drains: connections with a request are served, idle ones are closed. */
void stator_idle_set_drain(struct stator_idle_set *idle_set);

/* Ends the connection, unless it is over, and frees it. */
void stator_idle_set_remove(struct stator_idle_conn *idle);

/* Removes all that are not handed over. */
void stator_idle_set_clear(struct stator_idle_set *idle_set);

#endif
