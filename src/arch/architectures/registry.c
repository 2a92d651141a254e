/*
 * The table of designs. Its order is the one in which they are explained: from the simplest on.
 */
#include "arch/architectures/registry.h"

static const struct stator_arch_impl *const archs[] = {
    &stator_arch_iterative,     &stator_arch_fork,          &stator_arch_prefork,
    &stator_arch_thread,        &stator_arch_pool,          &stator_arch_thread_request,
    &stator_arch_thread_object, &stator_arch_spin,          &stator_arch_select,
    &stator_arch_event,         &stator_arch_event_threads, &stator_arch_event_prefork,
    &stator_arch_amped,
};

#define ARCHS (sizeof(archs) / sizeof(archs[0]))

const struct stator_arch_impl *stator_arch_at(size_t index)
{
    return index < ARCHS ? archs[index] : NULL;
}

const struct stator_arch_impl *stator_arch_find(struct stator_span name)
{
    for (size_t i = 0; i < ARCHS; i++) {
        if (stator_span_equal(stator_span_from(archs[i]->name), name)) {
            return archs[i];
        }
    }
    return NULL;
}
