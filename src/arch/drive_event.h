/* Drives connections from a loop's events: the callbacks around stator_conn_step. */
#ifndef STATOR_ARCH_DRIVE_EVENT_H
#define STATOR_ARCH_DRIVE_EVENT_H

#include "base/list.h"
#include "conn/deadline.h"
#include "exchange/worker.h"

struct event_base;

/* What is received at one time: a head of the largest size, and as much again. */
#define STATOR_CLIENTS_INPUT (2u * STATOR_REQUEST_HEAD_MAX)

/* What the clients of one loop share. The loop owns it; all of it is one thread's. */
struct stator_clients {
    struct event_base *base;
    struct stator_worker *worker;
    struct stator_wheel wheel;
    struct stator_list list;
    size_t count;
    int edge; /* EV_ET where the back-end has it, else 0 */
    char input[STATOR_CLIENTS_INPUT];
};

void stator_clients_init(struct stator_clients *clients, struct event_base *base,
                         struct stator_worker *worker);

/* Ends all connections. */
void stator_clients_finish(struct stator_clients *clients);

/*
 * Takes a connected, non-blocking socket and serves it from now on; it may be at its end when this
 * returns. Owns: takes `fd` over, and closes it where memory is out.
 */
void stator_clients_add(struct stator_clients *clients, int fd, const char *peer);

/* What falls due with time: deadlines. Call it every tick. */
void stator_clients_tick(struct stator_clients *clients);

/* The worker is draining: ends who is idle; the others end with their response. */
void stator_clients_drain(struct stator_clients *clients);

#endif
