/*
 * The event queue is a binary heap.
 *
 * Knows an order of items; refuses to know what they are. The one surprising thing: items are
 * numbered as they come, because a heap alone would let those of the same time overtake each other,
 * and regular arrivals are at the same time more often than not.
 */
#include "lab/model/event_queue.h"

#include <errno.h>
#include <stdlib.h>

static bool is_before(const struct stator_event_queue_item *left,
                      const struct stator_event_queue_item *right)
{
    return left->time != right->time ? left->time < right->time : left->order < right->order;
}

int stator_event_queue_init(struct stator_event_queue *event_queue, size_t capacity)
{
    struct stator_event_queue_item *items = calloc(capacity > 0 ? capacity : 1, sizeof(*items));

    if (items == NULL) {
        return -ENOMEM;
    }
    *event_queue = (struct stator_event_queue){.items = items, .capacity = capacity};
    return 0;
}

void stator_event_queue_finish(struct stator_event_queue *event_queue)
{
    free(event_queue->items);
    *event_queue = (struct stator_event_queue){0};
}

void stator_event_queue_add(struct stator_event_queue *event_queue, int64_t time, uint32_t who,
                            uint32_t where)
{
    struct stator_event_queue_item item = {time, event_queue->added++, who, where};
    size_t hole = event_queue->count++;

    while (hole > 0 && is_before(&item, &event_queue->items[(hole - 1) / 2])) {
        event_queue->items[hole] = event_queue->items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    event_queue->items[hole] = item;
}

/* Which of the two below `hole` comes first; `count` where there are none. */
static size_t find_next(const struct stator_event_queue *event_queue, size_t hole)
{
    size_t left = 2 * hole + 1, right = left + 1;

    if (right < event_queue->count &&
        is_before(&event_queue->items[right], &event_queue->items[left])) {
        return right;
    }
    return left < event_queue->count ? left : event_queue->count;
}

bool stator_event_queue_take(struct stator_event_queue *event_queue,
                             struct stator_event_queue_item *out)
{
    struct stator_event_queue_item last;
    size_t hole = 0, next;

    if (event_queue->count == 0) {
        return false;
    }
    *out = event_queue->items[0];
    last = event_queue->items[--event_queue->count];
    while ((next = find_next(event_queue, hole)) < event_queue->count &&
           is_before(&event_queue->items[next], &last)) {
        event_queue->items[hole] = event_queue->items[next];
        hole = next;
    }
    event_queue->items[hole] = last;
    return true;
}
