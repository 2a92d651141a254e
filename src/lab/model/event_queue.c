/*
 * An agenda is a binary heap.
 *
 * Knows an order of items; refuses to know what they are. The one surprising thing: items are
 * numbered as they come, because a heap alone would let those of the same time overtake each other,
 * and regular arrivals are at the same time more often than not.
 */
#include "lab/model/event_queue.h"

#include <errno.h>
#include <stdlib.h>

static bool is_before(const struct stator_agenda_item *left, const struct stator_agenda_item *right)
{
    return left->time != right->time ? left->time < right->time : left->order < right->order;
}

int stator_agenda_init(struct stator_agenda *agenda, size_t room)
{
    struct stator_agenda_item *items = calloc(room > 0 ? room : 1, sizeof(*items));

    if (items == NULL) {
        return -ENOMEM;
    }
    *agenda = (struct stator_agenda){.items = items, .room = room};
    return 0;
}

void stator_agenda_finish(struct stator_agenda *agenda)
{
    free(agenda->items);
    *agenda = (struct stator_agenda){0};
}

void stator_agenda_add(struct stator_agenda *agenda, int64_t time, uint32_t who, uint32_t where)
{
    struct stator_agenda_item item = {time, agenda->added++, who, where};
    size_t hole = agenda->count++;

    while (hole > 0 && is_before(&item, &agenda->items[(hole - 1) / 2])) {
        agenda->items[hole] = agenda->items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    agenda->items[hole] = item;
}

/* Which of the two below `hole` comes first; `count` where there are none. */
static size_t find_next(const struct stator_agenda *agenda, size_t hole)
{
    size_t left = 2 * hole + 1, right = left + 1;

    if (right < agenda->count && is_before(&agenda->items[right], &agenda->items[left])) {
        return right;
    }
    return left < agenda->count ? left : agenda->count;
}

bool stator_agenda_take(struct stator_agenda *agenda, struct stator_agenda_item *out)
{
    struct stator_agenda_item last;
    size_t hole = 0, next;

    if (agenda->count == 0) {
        return false;
    }
    *out = agenda->items[0];
    last = agenda->items[--agenda->count];
    while ((next = find_next(agenda, hole)) < agenda->count &&
           is_before(&agenda->items[next], &last)) {
        agenda->items[hole] = agenda->items[next];
        hole = next;
    }
    agenda->items[hole] = last;
    return true;
}
