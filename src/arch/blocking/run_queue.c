/*
 * The disciplines of a run queue, as keys of one heap.
 *
 * The class is part of the key, so one heap holds all classes. Aging needs no clock, because it
 * counts takes: an item's key is the number of takes that would bring it to the top class, and
 * that number never changes while the item waits.
 */
#include "arch/blocking/run_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct stator_run_queue_slot {
    uint64_t rank, arrival;
    void *item;
};

void stator_run_queue_init(struct stator_run_queue *queue,
                           enum stator_run_queue_discipline discipline, size_t max,
                           atomic_uint_fast64_t *gauge)
{
    *queue = (struct stator_run_queue){.discipline = discipline, .max = max, .gauge = gauge};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->came, NULL);
}

void stator_run_queue_finish(struct stator_run_queue *queue)
{
    pthread_cond_destroy(&queue->came);
    pthread_mutex_destroy(&queue->lock);
    free(queue->heap);
    queue->heap = NULL;
}

static uint64_t rank_of(const struct stator_run_queue *queue, unsigned class, uint64_t size)
{
    switch (queue->discipline) {
    case STATOR_RUN_QUEUE_DISCIPLINE_STRICT:
        return class;
    case STATOR_RUN_QUEUE_DISCIPLINE_AGING:
        return queue->takes + (uint64_t) class * STATOR_RUN_QUEUE_AGING_STEP;
    case STATOR_RUN_QUEUE_DISCIPLINE_SFF:
        return size;
    default:
        return 0;
    }
}

static bool is_before(const struct stator_run_queue_slot *a, const struct stator_run_queue_slot *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->arrival < b->arrival;
}

/* Lets `place` rise from the hole at `at` to where it belongs. */
static void sift_up(struct stator_run_queue *queue, size_t at, struct stator_run_queue_slot slot)
{
    while (at > 0 && is_before(&slot, &queue->heap[(at - 1) / 2])) {
        queue->heap[at] = queue->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->heap[at] = slot;
}

/* Lets `place` sink from the top. */
static void sift_down(struct stator_run_queue *queue, struct stator_run_queue_slot slot)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < queue->count && is_before(&queue->heap[child + 1], &queue->heap[child])) {
            child++;
        }
        if (child >= queue->count || !is_before(&queue->heap[child], &slot)) {
            break;
        }
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    queue->heap[at] = slot;
}

static bool make_room(struct stator_run_queue *queue)
{
    size_t capacity = queue->capacity > 0 ? 2 * queue->capacity : 64;
    struct stator_run_queue_slot *heap;

    if (queue->count < queue->capacity) {
        return true;
    }
    heap = realloc(queue->heap, capacity * sizeof(*heap));
    if (heap == NULL) {
        return false;
    }
    queue->heap = heap;
    queue->capacity = capacity;
    return true;
}

static void tell_count(struct stator_run_queue *queue)
{
    if (queue->gauge != NULL) {
        atomic_store_explicit(queue->gauge, queue->count, memory_order_relaxed);
    }
}

bool stator_run_queue_put(struct stator_run_queue *queue, void *item, unsigned class, uint64_t size)
{
    bool fits;

    pthread_mutex_lock(&queue->lock);
    fits = !queue->closed && queue->count < queue->max && make_room(queue);
    if (fits) {
        struct stator_run_queue_slot slot = {rank_of(queue, class, size), queue->arrivals++, item};

        queue->count++;
        sift_up(queue, queue->count - 1, slot);
        tell_count(queue);
        pthread_cond_signal(&queue->came);
    }
    pthread_mutex_unlock(&queue->lock);
    return fits;
}

/* Waits until `end`, or for ever where it is NULL. False when the time is up. */
static bool wait_for_item(struct stator_run_queue *queue, const struct timespec *end)
{
    if (end == NULL) {
        return pthread_cond_wait(&queue->came, &queue->lock) == 0;
    }
    return pthread_cond_timedwait(&queue->came, &queue->lock, end) != ETIMEDOUT;
}

static struct timespec after(int64_t ms)
{
    struct timespec end = {0};

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += ms / 1000;
    end.tv_nsec += ms % 1000 * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    return end;
}

static struct stator_run_queue_item take_first(struct stator_run_queue *queue)
{
    struct stator_run_queue_item rank = {queue->heap[0].item, queue->count == queue->max};

    queue->count--;
    queue->takes++;
    if (queue->count > 0) {
        sift_down(queue, queue->heap[queue->count]);
    }
    tell_count(queue);
    return rank;
}

enum stator_run_queue_result stator_run_queue_take(struct stator_run_queue *queue, int64_t wait,
                                                   struct stator_run_queue_item *out)
{
    struct timespec end = wait > 0 ? after(wait) : (struct timespec){0};
    enum stator_run_queue_result taken = STATOR_RUN_QUEUE_RESULT_ITEM;

    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed && wait != 0 &&
           wait_for_item(queue, wait < 0 ? NULL : &end)) {
    }
    if (queue->count > 0) {
        *out = take_first(queue);
    } else {
        taken = queue->closed ? STATOR_RUN_QUEUE_RESULT_CLOSED : STATOR_RUN_QUEUE_RESULT_TIMEOUT;
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void stator_run_queue_close(struct stator_run_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->came);
    pthread_mutex_unlock(&queue->lock);
}

bool stator_run_queue_is_full(struct stator_run_queue *queue)
{
    bool is_full;

    pthread_mutex_lock(&queue->lock);
    is_full = queue->count >= queue->max;
    pthread_mutex_unlock(&queue->lock);
    return is_full;
}
