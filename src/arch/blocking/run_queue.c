/*
 * Disciplines of a queue, as the keys of a heap.
 *
 * Knows turns; refuses to know what waits. The one surprising thing: one heap is all queues at
 * once, for a class is but a part of the key; and aging needs no clock that raises anybody, because
 * waiting is counted in takes: an item's key is the number of takes that would have brought it to
 * the top class, which never changes while it waits.
 */
#include "arch/blocking/run_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct stator_line_place {
    uint64_t turn, arrival;
    void *item;
};

void stator_line_init(struct stator_line *line, enum stator_line_discipline discipline, size_t cap,
                      atomic_uint_fast64_t *gauge)
{
    *line = (struct stator_line){.discipline = discipline, .cap = cap, .gauge = gauge};
    pthread_mutex_init(&line->lock, NULL);
    pthread_cond_init(&line->came, NULL);
}

void stator_line_finish(struct stator_line *line)
{
    pthread_cond_destroy(&line->came);
    pthread_mutex_destroy(&line->lock);
    free(line->heap);
    line->heap = NULL;
}

static uint64_t turn_of(const struct stator_line *line, unsigned class, uint64_t size)
{
    switch (line->discipline) {
    case STATOR_LINE_STRICT:
        return class;
    case STATOR_LINE_AGING:
        return line->takes + (uint64_t) class * STATOR_LINE_RISE;
    case STATOR_LINE_SFF:
        return size;
    default:
        return 0;
    }
}

static bool is_before(const struct stator_line_place *a, const struct stator_line_place *b)
{
    return a->turn != b->turn ? a->turn < b->turn : a->arrival < b->arrival;
}

/* Lets `place` rise from the hole at `at` to where it belongs. */
static void sift_up(struct stator_line *line, size_t at, struct stator_line_place place)
{
    while (at > 0 && is_before(&place, &line->heap[(at - 1) / 2])) {
        line->heap[at] = line->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    line->heap[at] = place;
}

/* Lets `place` sink from the top. */
static void sift_down(struct stator_line *line, struct stator_line_place place)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < line->count && is_before(&line->heap[child + 1], &line->heap[child])) {
            child++;
        }
        if (child >= line->count || !is_before(&line->heap[child], &place)) {
            break;
        }
        line->heap[at] = line->heap[child];
        at = child;
    }
    line->heap[at] = place;
}

static bool make_room(struct stator_line *line)
{
    size_t room = line->room > 0 ? 2 * line->room : 64;
    struct stator_line_place *heap;

    if (line->count < line->room) {
        return true;
    }
    heap = realloc(line->heap, room * sizeof(*heap));
    if (heap == NULL) {
        return false;
    }
    line->heap = heap;
    line->room = room;
    return true;
}

static void tell_count(struct stator_line *line)
{
    if (line->gauge != NULL) {
        atomic_store_explicit(line->gauge, line->count, memory_order_relaxed);
    }
}

bool stator_line_put(struct stator_line *line, void *item, unsigned class, uint64_t size)
{
    bool fits;

    pthread_mutex_lock(&line->lock);
    fits = !line->closed && line->count < line->cap && make_room(line);
    if (fits) {
        struct stator_line_place place = {turn_of(line, class, size), line->arrivals++, item};

        line->count++;
        sift_up(line, line->count - 1, place);
        tell_count(line);
        pthread_cond_signal(&line->came);
    }
    pthread_mutex_unlock(&line->lock);
    return fits;
}

/* Waits until `end`, or for ever where it is NULL. False when the time is up. */
static bool wait_for_item(struct stator_line *line, const struct timespec *end)
{
    if (end == NULL) {
        return pthread_cond_wait(&line->came, &line->lock) == 0;
    }
    return pthread_cond_timedwait(&line->came, &line->lock, end) != ETIMEDOUT;
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

static struct stator_line_turn take_first(struct stator_line *line)
{
    struct stator_line_turn turn = {line->heap[0].item, line->count == line->cap};

    line->count--;
    line->takes++;
    if (line->count > 0) {
        sift_down(line, line->heap[line->count]);
    }
    tell_count(line);
    return turn;
}

enum stator_line_taken stator_line_take(struct stator_line *line, int64_t wait,
                                        struct stator_line_turn *out)
{
    struct timespec end = wait > 0 ? after(wait) : (struct timespec){0};
    enum stator_line_taken taken = STATOR_LINE_ITEM;

    pthread_mutex_lock(&line->lock);
    while (line->count == 0 && !line->closed && wait != 0 &&
           wait_for_item(line, wait < 0 ? NULL : &end)) {
    }
    if (line->count > 0) {
        *out = take_first(line);
    } else {
        taken = line->closed ? STATOR_LINE_OVER : STATOR_LINE_NONE;
    }
    pthread_mutex_unlock(&line->lock);
    return taken;
}

void stator_line_close(struct stator_line *line)
{
    pthread_mutex_lock(&line->lock);
    line->closed = true;
    pthread_cond_broadcast(&line->came);
    pthread_mutex_unlock(&line->lock);
}

bool stator_line_is_full(struct stator_line *line)
{
    bool is_full;

    pthread_mutex_lock(&line->lock);
    is_full = line->count >= line->cap;
    pthread_mutex_unlock(&line->lock);
    return is_full;
}
