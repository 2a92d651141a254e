/*
 * What one worker did, as counts. One writer, the worker; anybody may read (relaxed atomics, so a
 * reader sees each number whole, though not all from the same moment).
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
};

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
