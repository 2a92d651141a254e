/* The designs that there are. A new one is a file, a line here and a line in registry.c. */
#ifndef STATOR_ARCH_ARCHITECTURES_REGISTRY_H
#define STATOR_ARCH_ARCHITECTURES_REGISTRY_H

#include "arch/arch.h"

extern const struct stator_arch_impl stator_arch_iterative;
extern const struct stator_arch_impl stator_arch_fork;
extern const struct stator_arch_impl stator_arch_prefork;
extern const struct stator_arch_impl stator_arch_thread;
extern const struct stator_arch_impl stator_arch_pool;
extern const struct stator_arch_impl stator_arch_thread_request;
extern const struct stator_arch_impl stator_arch_thread_object;
extern const struct stator_arch_impl stator_arch_spin;
extern const struct stator_arch_impl stator_arch_select;
extern const struct stator_arch_impl stator_arch_event;
extern const struct stator_arch_impl stator_arch_event_threads;
extern const struct stator_arch_impl stator_arch_event_prefork;
extern const struct stator_arch_impl stator_arch_amped;

/* For index 0, 1, ...; NULL after the last. */
const struct stator_arch_impl *stator_arch_at(size_t index);

/* The design of that name, or NULL. */
const struct stator_arch_impl *stator_arch_find(struct stator_span name);

#endif
