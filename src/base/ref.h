/* A count of holders for what is shared and immutable; any thread may take or give one. */
#ifndef STATOR_BASE_REF_H
#define STATOR_BASE_REF_H

#include <stdatomic.h>
#include <stdbool.h>

struct stator_ref {
    atomic_uint count;
};

static inline void stator_ref_init(struct stator_ref *ref)
{
    atomic_init(&ref->count, 1);
}

static inline void stator_ref_take(struct stator_ref *ref)
{
    atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}

/* Gives one back; true says that it was the last and the holder now frees the thing. */
static inline bool stator_ref_give(struct stator_ref *ref)
{
    return atomic_fetch_sub_explicit(&ref->count, 1, memory_order_acq_rel) == 1;
}

#endif
