/*
 * A ring of accepted connections under a lock.
 *
 * Knows nothing of who waits for it: whoever puts wakes the other side by its own means. The one
 * surprising thing: a queue closes only when it is empty, so a connection is either served or was
 * never taken over.
 */
#include "arch/sockets/conn_queue.h"

#include <errno.h>
#include <stdlib.h>

#include "arch/sockets/acceptor.h"

int stator_conn_queue_init(struct stator_conn_queue *queue, size_t capacity)
{
    struct stator_accepted *ring = calloc(capacity, sizeof(*ring));

    if (ring == NULL) {
        return -ENOMEM;
    }
    *queue = (struct stator_conn_queue){.ring = ring, .capacity = capacity};
    pthread_mutex_init(&queue->lock, NULL);
    return 0;
}

void stator_conn_queue_shut(struct stator_conn_queue *queue)
{
    struct stator_accepted accepted;

    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_mutex_unlock(&queue->lock);
    while (stator_conn_queue_take(queue, &accepted)) {
        stator_acceptor_close(accepted.fd, true);
    }
}

void stator_conn_queue_finish(struct stator_conn_queue *queue)
{
    if (queue->ring == NULL) {
        return;
    }
    stator_conn_queue_shut(queue);
    pthread_mutex_destroy(&queue->lock);
    free(queue->ring);
    queue->ring = NULL;
}

bool stator_conn_queue_put(struct stator_conn_queue *queue, const struct stator_accepted *accepted)
{
    bool has_room;

    pthread_mutex_lock(&queue->lock);
    has_room = !queue->closed && queue->count < queue->capacity;
    if (has_room) {
        queue->ring[(queue->first + queue->count) % queue->capacity] = *accepted;
        queue->count++;
    }
    pthread_mutex_unlock(&queue->lock);
    return has_room;
}

bool stator_conn_queue_take(struct stator_conn_queue *queue, struct stator_accepted *out)
{
    bool found;

    pthread_mutex_lock(&queue->lock);
    found = queue->count > 0;
    if (found) {
        *out = queue->ring[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
    }
    pthread_mutex_unlock(&queue->lock);
    return found;
}

bool stator_conn_queue_close(struct stator_conn_queue *queue)
{
    bool closed;

    pthread_mutex_lock(&queue->lock);
    closed = queue->closed = queue->closed || queue->count == 0;
    pthread_mutex_unlock(&queue->lock);
    return closed;
}
