/* What is going to happen in a simulation, by time; at the same time, in the order it was added. */
#ifndef STATOR_LAB_MODEL_EVENT_QUEUE_H
#define STATOR_LAB_MODEL_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stator_event_queue_item {
    int64_t time; /* ns */
    uint64_t order;
    uint32_t who, where; /* the caller's */
};

struct stator_event_queue {
    struct stator_event_queue_item *items; /* owned */
    size_t count, capacity;
    uint64_t added;
};

/* With room for so many items at a time. Fails: -ENOMEM, `event_queue` untouched. */
int stator_event_queue_init(struct stator_event_queue *event_queue, size_t capacity);
void stator_event_queue_finish(struct stator_event_queue *event_queue);

/* There is room for it. */
void stator_event_queue_add(struct stator_event_queue *event_queue, int64_t time, uint32_t who,
                            uint32_t where);

/* Takes what comes next. Returns: false where there is nothing, `out` untouched. */
bool stator_event_queue_take(struct stator_event_queue *event_queue,
                             struct stator_event_queue_item *out);

#endif
