/*
 * Accepted connections on their way from the thread that took them to the one that will serve them.
 * Bounded, first in first out; any thread may put and take.
 */
#ifndef STATOR_ARCH_SOCKETS_CONN_QUEUE_H
#define STATOR_ARCH_SOCKETS_CONN_QUEUE_H

#include <pthread.h>

#include "conn/conn.h"

struct stator_accepted {
    int fd;
    char peer[STATOR_PEER_MAX];
};

struct stator_conn_queue {
    pthread_mutex_t lock;
    struct stator_accepted *ring; /* owned */
    size_t capacity, first, count;
    bool closed;
};

/* Makes an open queue that holds up to `capacity`, at least 1. Fails: -ENOMEM. */
int stator_conn_queue_init(struct stator_conn_queue *queue, size_t capacity);

/* Ends, with a reset, every connection that is still in it. One that was never made is let pass. */
void stator_conn_queue_finish(struct stator_conn_queue *queue);

/* Owns: takes the connection over. False where the queue is full or closed: it stays the caller's.
 */
bool stator_conn_queue_put(struct stator_conn_queue *queue, const struct stator_accepted *accepted);

/* Takes the one that waited longest. Owns: the caller's from then on. False where none waits. */
bool stator_conn_queue_take(struct stator_conn_queue *queue, struct stator_accepted *out);

/* Lets nobody put any more, and ends, with a reset, what is in it. */
void stator_conn_queue_shut(struct stator_conn_queue *queue);

/* Lets nobody put any more, if nothing is in it. False where something is: it must be taken first.
 */
bool stator_conn_queue_close(struct stator_conn_queue *queue);

#endif
