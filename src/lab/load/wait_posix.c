/*
 * Waiting by poll, as every POSIX system has it.
 *
 * Knows poll; refuses to know what is waited for. The one surprising thing: poll tells what is
 * ready again and again, so a direction that nobody wants must be taken out, where epoll's edges
 * need nothing.
 */
#include "lab/load/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "lab/load/clock.h"

struct stator_load_wait {
    struct pollfd *polls;
    void **who;
    size_t *places; /* by descriptor: where it stands in polls, plus 1 */
    size_t count, capacity, place_capacity;
    size_t first; /* where the next look begins, so that nobody is always last */
};

int stator_load_wait_create(size_t capacity, struct stator_load_wait **out)
{
    struct stator_load_wait *wait = calloc(1, sizeof(*wait));

    if (wait == NULL) {
        return -ENOMEM;
    }
    wait->polls = calloc(capacity, sizeof(*wait->polls));
    wait->who = calloc(capacity, sizeof(*wait->who));
    wait->capacity = capacity;
    if (wait->polls == NULL || wait->who == NULL) {
        stator_load_wait_destroy(wait);
        return -ENOMEM;
    }
    *out = wait;
    return 0;
}

void stator_load_wait_destroy(struct stator_load_wait *wait)
{
    if (wait == NULL) {
        return;
    }
    free(wait->polls);
    free(wait->who);
    free(wait->places);
    free(wait);
}

/* Makes room for the descriptor in the table of places. */
static int grow_places(struct stator_load_wait *wait, size_t fd)
{
    size_t capacity = wait->place_capacity > 0 ? wait->place_capacity : 64;
    size_t *places;

    while (capacity <= fd) {
        capacity *= 2;
    }
    if (capacity == wait->place_capacity) {
        return 0;
    }
    places = reallocarray(wait->places, capacity, sizeof(*places));
    if (places == NULL) {
        return -ENOMEM;
    }
    for (size_t i = wait->place_capacity; i < capacity; i++) {
        places[i] = 0;
    }
    wait->places = places;
    wait->place_capacity = capacity;
    return 0;
}

int stator_load_wait_add(struct stator_load_wait *wait, int fd, void *who)
{
    if (wait->count == wait->capacity || grow_places(wait, (size_t)fd) < 0) {
        return -ENOMEM;
    }
    wait->polls[wait->count] = (struct pollfd){.fd = fd, .events = POLLIN | POLLOUT};
    wait->who[wait->count] = who;
    wait->places[fd] = ++wait->count;
    return 0;
}

void stator_load_wait_want(struct stator_load_wait *wait, int fd, bool reading, bool writing)
{
    struct pollfd *one = &wait->polls[wait->places[fd] - 1];

    one->events = (short)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0));
    /* A closed connection is told even to those who want nothing: it must wait too. */
    one->fd = one->events != 0 ? fd : -1 - fd;
}

void stator_load_wait_remove(struct stator_load_wait *wait, int fd)
{
    size_t place = wait->places[fd] - 1, last = wait->count - 1;
    int moved = wait->polls[last].fd;

    wait->polls[place] = wait->polls[last];
    wait->who[place] = wait->who[last];
    wait->places[moved >= 0 ? moved : -1 - moved] = place + 1;
    wait->places[fd] = 0;
    wait->count--;
}

static int collect(struct stator_load_wait *wait, struct stator_load_ready *ready,
                   unsigned capacity)
{
    unsigned count = 0;

    for (size_t i = 0; i < wait->count && count < capacity; i++) {
        size_t at = (wait->first + i) % wait->count;

        if (wait->polls[at].fd >= 0 && wait->polls[at].revents != 0) {
            /* POSIX has no event for one side's end: reading always goes on until it tells. */
            ready[count++] = (struct stator_load_ready){.who = wait->who[at], .ended = true};
        }
    }
    wait->first++;
    return (int)count;
}

int stator_load_wait_wait(struct stator_load_wait *wait, int64_t until,
                          struct stator_load_ready *ready, unsigned capacity)
{
    int64_t left = until - stator_load_now();
    /* Rounded down: it looks again and again through the last millisecond rather than be late. */
    int count = poll(wait->polls, (nfds_t)wait->count, left > 0 ? (int)(left / 1000000) : 0);

    if (count < 0) {
        return -errno;
    }
    return count > 0 ? collect(wait, ready, capacity) : 0;
}
