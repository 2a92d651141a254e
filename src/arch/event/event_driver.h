/* Drives clients from a loop's events: the callbacks around stator_client. */
#ifndef STATOR_ARCH_EVENT_EVENT_DRIVER_H
#define STATOR_ARCH_EVENT_EVENT_DRIVER_H

#include "arch/event/client.h"

struct event_base;

/* The clients of one base. The loop owns it; all of it is one thread's. */
struct stator_event_driver {
    struct event_base *base;
    int edge; /* EV_ET where the back-end has it, else 0 */
    struct stator_client_set clients;
};

/* `base` may be NULL as long as no client is added. */
void stator_event_driver_init(struct stator_event_driver *driver, struct event_base *base,
                              struct stator_worker *worker);

/* Ends all connections. */
void stator_event_driver_finish(struct stator_event_driver *driver);

/*
 * Takes a connected, non-blocking socket and serves it from now on; it may be at its end when this
 * returns. Owns: takes `fd` over, and closes it where memory is out.
 */
void stator_event_driver_add(struct stator_event_driver *driver, int fd, const char *peer);

/* What falls due with time: deadlines. Call it every tick. */
void stator_event_driver_tick(struct stator_event_driver *driver);

/* Continues clients whose jobs are done. */
void stator_event_driver_collect(struct stator_event_driver *driver);

/* The worker is draining: ends who is idle; the others end with their response. */
void stator_event_driver_drain(struct stator_event_driver *driver);

#endif
