/*
 * A waiting line: who comes next where more wait than are served.
 *
 * Any thread may put and take. An item's turn is settled when it is put: it is what the discipline
 * makes of its class, its size and the moment, and items of the same turn keep their order.
 */
#ifndef STATOR_ARCH_BLOCKING_RUN_QUEUE_H
#define STATOR_ARCH_BLOCKING_RUN_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stator_line_discipline {
    STATOR_LINE_FIFO,   /* first come, first served */
    STATOR_LINE_STRICT, /* a lower class waits as long as a higher one has anybody: it may starve */
    STATOR_LINE_AGING,  /* the same, but who is passed over rises */
    STATOR_LINE_SFF,    /* smallest file first; a large one may starve */
};

/* AGING: how many are taken while an item rises by one class. */
#define STATOR_LINE_RISE 8

struct stator_line_place;

struct stator_line {
    pthread_mutex_t lock;
    pthread_cond_t came;
    enum stator_line_discipline discipline;
    struct stator_line_place *heap; /* owned; grows */
    size_t room, count, cap;
    uint64_t arrivals, takes;
    atomic_uint_fast64_t *gauge; /* always says `count`; NULL for nobody to tell */
    bool closed;
};

/* What a take came to. */
enum stator_line_taken {
    STATOR_LINE_ITEM,
    STATOR_LINE_NONE, /* the time is up */
    STATOR_LINE_OVER, /* the line is closed, and nobody is left in it */
};

struct stator_line_turn {
    void *item;
    bool made_room; /* the line was full: whoever could not put may try again */
};

/* Makes an open line for up to `cap` items. `gauge` is borrowed. Fails: never. */
void stator_line_init(struct stator_line *line, enum stator_line_discipline discipline, size_t cap,
                      atomic_uint_fast64_t *gauge);

/* Nothing may be in it but what somebody else owns. */
void stator_line_finish(struct stator_line *line);

/*
 * Puts an item in. Class 0 goes first; `size` is bytes, for SFF.
 * False where the line is full or closed, or memory is out: the item stays the caller's.
 */
bool stator_line_put(struct stator_line *line, void *item, unsigned class, uint64_t size);

/*
 * Takes whose turn it is, and waits for one up to `wait` ms where there is none (less than 0: for
 * ever). `out` is written for ITEM alone.
 */
enum stator_line_taken stator_line_take(struct stator_line *line, int64_t wait,
                                        struct stator_line_turn *out);

/* Lets nobody in any more; those in it can still be taken. */
void stator_line_close(struct stator_line *line);

bool stator_line_is_full(struct stator_line *line);

#endif
