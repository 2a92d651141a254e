/*
 * A run queue: orders the connections that wait for a pool thread.
 *
 * Any thread may put and take. The discipline computes an item's rank from its class, its size and
 * the time when it is put; items of equal rank keep their order.
 */
#ifndef STATOR_ARCH_BLOCKING_RUN_QUEUE_H
#define STATOR_ARCH_BLOCKING_RUN_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stator_run_queue_discipline {
    STATOR_RUN_QUEUE_DISCIPLINE_FIFO,   /* first come, first served */
    STATOR_RUN_QUEUE_DISCIPLINE_STRICT, /* higher classes first; lower ones may starve */
    STATOR_RUN_QUEUE_DISCIPLINE_AGING,  /* as STRICT, but waiting items rise */
    STATOR_RUN_QUEUE_DISCIPLINE_SFF,    /* smallest file first; a large one may starve */
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
    atomic_uint_fast64_t *gauge; /* kept equal to `count`; NULL: none */
    bool closed;
};

/* What a take came to. */
enum stator_run_queue_result {
    STATOR_RUN_QUEUE_RESULT_ITEM,
    STATOR_RUN_QUEUE_RESULT_TIMEOUT, /* nothing arrived in time */
    STATOR_RUN_QUEUE_RESULT_CLOSED,  /* the queue is closed and empty */
};

struct stator_run_queue_item {
    void *item;
    bool made_room; /* the queue was full before this take: a blocked producer can retry */
};

/* Makes an open line for up to `cap` items. `gauge` is borrowed. Fails: never. */
void stator_run_queue_init(struct stator_run_queue *queue,
                           enum stator_run_queue_discipline discipline, size_t max,
                           atomic_uint_fast64_t *gauge);

/* Frees the queue. Items that are still in it are not freed: others own them. */
void stator_run_queue_finish(struct stator_run_queue *queue);

/*
 * Puts an item in. Class 0 goes first; `size` is bytes, for SFF.
 * False if the queue is full or closed, or memory is out: the caller keeps the item.
 */
bool stator_run_queue_put(struct stator_run_queue *queue, void *item, unsigned class,
                          uint64_t size);

/*
 * Takes the item of the lowest rank; waits up to `wait` ms for one (less than 0: for ever). `out`
 * is written only for STATOR_RUN_QUEUE_RESULT_ITEM.
 */
enum stator_run_queue_result stator_run_queue_take(struct stator_run_queue *queue, int64_t wait,
                                                   struct stator_run_queue_item *out);

/* Refuses further items; those in the queue can still be taken. */
void stator_run_queue_close(struct stator_run_queue *queue);

bool stator_run_queue_is_full(struct stator_run_queue *queue);

#endif
