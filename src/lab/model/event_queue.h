/* What is going to happen in a simulation, by time; at the same time, in the order it was added. */
#ifndef STATOR_LAB_MODEL_EVENT_QUEUE_H
#define STATOR_LAB_MODEL_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stator_agenda_item {
    int64_t time; /* ns */
    uint64_t order;
    uint32_t who, where; /* the caller's */
};

struct stator_agenda {
    struct stator_agenda_item *items; /* owned */
    size_t count, room;
    uint64_t added;
};

/* With room for so many items at a time. Fails: -ENOMEM, `agenda` untouched. */
int stator_agenda_init(struct stator_agenda *agenda, size_t room);
void stator_agenda_finish(struct stator_agenda *agenda);

/* There is room for it. */
void stator_agenda_add(struct stator_agenda *agenda, int64_t time, uint32_t who, uint32_t where);

/* Takes what comes next. Returns: false where there is nothing, `out` untouched. */
bool stator_agenda_take(struct stator_agenda *agenda, struct stator_agenda_item *out);

#endif
