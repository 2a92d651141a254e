/*
 * An intrusive, circular, doubly linked list. The head is a link; an empty head points to itself.
 * A link that is on no list points to itself too, so removing twice is harmless.
 */
#ifndef STATOR_BASE_LIST_H
#define STATOR_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct stator_list {
    struct stator_list *next;
    struct stator_list *previous;
};

/* The struct of `type` whose field `member` is `link`. */
#define STATOR_LIST_ENTRY(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

static inline void stator_list_init(struct stator_list *list)
{
    list->next = list->previous = list;
}

static inline bool stator_list_is_empty(const struct stator_list *list)
{
    return list->next == list;
}

static inline void stator_list_remove(struct stator_list *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    stator_list_init(link);
}

/* Puts `link`, which is on no list, right after `head`. */
static inline void stator_list_push(struct stator_list *head, struct stator_list *link)
{
    link->next = head->next;
    link->previous = head;
    head->next->previous = link;
    head->next = link;
}

/* Puts `link`, which is on no list, at the end: right before `head`. */
static inline void stator_list_append(struct stator_list *head, struct stator_list *link)
{
    stator_list_push(head->previous, link);
}

/* Moves all links of `from`, in their order, to `to`, which is made empty first. */
static inline void stator_list_move(struct stator_list *from, struct stator_list *to)
{
    stator_list_init(to);
    while (!stator_list_is_empty(from)) {
        struct stator_list *link = from->next;

        stator_list_remove(link);
        stator_list_append(to, link);
    }
}

#endif
