/*
 * What one worker did, as counts. They stand in memory that processes share, so a worker's counts
 * outlive its process. One writer, the worker; anybody may read (relaxed atomics, so a reader sees
 * each number whole, though not all from the same moment).
 */
#ifndef STATOR_OBSERVE_COUNTERS_H
#define STATOR_OBSERVE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

struct stator_counters {
    atomic_uint_fast64_t accepted;   /* connections */
    atomic_uint_fast64_t closed;     /* connections that ended */
    atomic_uint_fast64_t requests;   /* responses begun */
    atomic_uint_fast64_t errors;     /* responses with a status of 400 or more */
    atomic_uint_fast64_t aborted;    /* responses that were cut */
    atomic_uint_fast64_t body_bytes; /* body bytes handed to the system */
    atomic_uint_fast64_t wakes;      /* returns from a wait, or from a receive that may wait */
    atomic_uint_fast64_t idle_wakes; /* those of them that found nothing to do */
    atomic_uint_fast64_t busy_us;    /* time between waits */
    atomic_uint_fast64_t queued;     /* connections or requests that wait for this worker now */
};

/* All zero. Owns: the caller destroys them. Returns: NULL where memory is out. */
struct stator_counters *stator_counters_create(void);

/* NULL is allowed. */
void stator_counters_destroy(struct stator_counters *counters);

/* Adds to a counter of one's own; no other thread may write it. */
static inline void stator_counter_add(atomic_uint_fast64_t *counter, uint64_t amount)
{
    uint64_t old = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, old + amount, memory_order_relaxed);
}

static inline uint64_t stator_counter_read(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit((atomic_uint_fast64_t *)counter, memory_order_relaxed);
}

#endif
