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

enum stator_run_queue_discipline {
    STATOR_RUN_QUEUE_DISCIPLINE_FIFO, /* first come, first served */
    STATOR_RUN_QUEUE_DISCIPLINE_STRICT, /* a lower class waits as long as a higher one has anybody: it may starve */
    STATOR_RUN_QUEUE_DISCIPLINE_AGING, /* the same, but who is passed over rises */
    STATOR_RUN_QUEUE_DISCIPLINE_SFF,   /* smallest file first; a large one may starve */
};

/* AGING: how many are taken while an item rises by one class. */
#define STATOR_RUN_QUEUE_AGING_STEP 8

struct stator_run_queue_slot;

struct stator_run_queue {
    pthread_mutex_t lock;
    pthread_cond_t came;
    enum stator_run_queue_discipline discipline;
    struct stator_run_queue_slot *heap; /* owned; grows */
    size_t capacity, count, max;
    uint64_t arrivals, takes;
    atomic_uint_fast64_t *gauge; /* always says `count`; NULL for nobody to tell */
    bool closed;
};

/* What a take came to. */
enum stator_run_queue_result {
    STATOR_RUN_QUEUE_RESULT_ITEM,
    STATOR_RUN_QUEUE_RESULT_TIMEOUT, /* the time is up */
    STATOR_RUN_QUEUE_RESULT_CLOSED,  /* the line is closed, and nobody is left in it */
};

struct stator_run_queue_item {
    void *item;
    bool made_room; /* the line was full: whoever could not put may try again */
};

/* Makes an open line for up to `cap` items. `gauge` is borrowed. Fails: never. */
void stator_run_queue_init(struct stator_run_queue *queue,
                           enum stator_run_queue_discipline discipline, size_t max,
                           atomic_uint_fast64_t *gauge);

/* Nothing may be in it but what somebody else owns. */
void stator_run_queue_finish(struct stator_run_queue *queue);

/*
 * Puts an item in. Class 0 goes first; `size` is bytes, for SFF.
 * False where the line is full or closed, or memory is out: the item stays the caller's.
 */
bool stator_run_queue_put(struct stator_run_queue *queue, void *item, unsigned class,
                          uint64_t size);

/*
 * Takes whose turn it is, and waits for one up to `wait` ms where there is none (less than 0: for
 * ever). `out` is written for ITEM alone.
 */
enum stator_run_queue_result stator_run_queue_take(struct stator_run_queue *queue, int64_t wait,
                                                   struct stator_run_queue_item *out);

/* Lets nobody in any more; those in it can still be taken. */
void stator_run_queue_close(struct stator_run_queue *queue);

bool stator_run_queue_is_full(struct stator_run_queue *queue);

#endif
