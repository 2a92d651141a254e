/*
 * Waiting for many sockets and for a moment. One file a system: wait_linux.c and
 * wait_posix.c, of which one is built.
 *
 * Whoever waits must read until nothing is left when a socket is told ready, for it may be told
 * only once; and may be told of one that turns out not to be.
 */
#ifndef STATOR_LAB_LOAD_WAIT_H
#define STATOR_LAB_LOAD_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stator_load_wait;

/* One that is ready. */
struct stator_load_ready {
    void *who;
    bool ended; /* the other side has closed, or there is an error: reading will tell */
};

/* For sockets up to `room` at a time. Fails: -errno, `out` untouched. */
int stator_load_wait_create(size_t capacity, struct stator_load_wait **out);
void stator_load_wait_destroy(struct stator_load_wait *wait);

/* Begins to watch `fd`, for both directions. Fails: -errno. */
int stator_load_wait_add(struct stator_load_wait *wait, int fd, void *who);

/* Which directions matter now; others may be told all the same. */
void stator_load_wait_want(struct stator_load_wait *wait, int fd, bool reading, bool writing);

/* Ends it; before `fd` is closed. */
void stator_load_wait_remove(struct stator_load_wait *wait, int fd);

/*
 * Waits until something is ready or `until` (monotonic ns) has come; not at all where it has
 * passed. Returns: how many are in `ready`, at most `room`; -EINTR after a signal; -errno.
 */
int stator_load_wait_wait(struct stator_load_wait *wait, int64_t until,
                          struct stator_load_ready *ready, unsigned capacity);

#endif
