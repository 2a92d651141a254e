/*
 * Contenders.
 *
 * Knows which spellings make a fair round, and how many workers each gets; refuses to know designs
 * by their names otherwise: what they can do is in their traits.
 */
#include "lab/workload/candidate.h"

#include <string.h>

#include "server/arch_choice.h"

/* In the order of the registry, from the simplest on. */
static const char *const default_value[] = {
    "iterative",      "fork",          "prefork",       "thread",           "pool",
    "thread-request", "thread-object", "spin",          "select",           "event:backend=poll",
    "event",          "event-threads", "event-prefork", "amped:helpers=16",
};

#define DEFAULT_VALUE (sizeof(default_value) / sizeof(default_value[0]))

const char *stator_candidate_default(size_t index)
{
    return index < DEFAULT_VALUE ? default_value[index] : NULL;
}

int stator_candidate_read(const char *spelling, struct stator_candidate *out,
                          struct stator_error *error)
{
    struct stator_candidate candidate = {.spelling = spelling};
    int result = stator_arch_choice_parse(spelling, &candidate.impl, candidate.options, error);

    if (result == 0) {
        candidate.sized = strstr(spelling, "workers=") != NULL ||
                          strstr(spelling, "most=") != NULL || strstr(spelling, "objects=") != NULL;
        *out = candidate;
    }
    return result;
}

unsigned stator_candidate_workers(const struct stator_candidate *candidate,
                                  const struct stator_trial_plan *plan, unsigned processors)
{
    const struct stator_arch_impl *impl = candidate->impl;

    if (candidate->sized || !(impl->traits & STATOR_ARCH_TRAIT_MULTICORE)) {
        return 0;
    }
    if (impl->traits & STATOR_ARCH_TRAIT_MULTIPLEXED) {
        return processors;
    }
    if (impl->traits & STATOR_ARCH_TRAIT_ON_DEMAND) {
        return plan->connections + STATOR_CANDIDATE_POOL;
    }
    return STATOR_CANDIDATE_POOL;
}

int stator_candidate_option(const struct stator_arch_impl *impl, const char *name)
{
    for (int i = 0; impl->options != NULL && impl->options[i].name != NULL; i++) {
        if (strcmp(impl->options[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* 0 where it has no such knob. */
static unsigned option_value(const struct stator_candidate *candidate, const char *name)
{
    int option = stator_candidate_option(candidate->impl, name);

    return option >= 0 ? (unsigned)candidate->options[option] : 0;
}

/* Threads and processes that serve: those that it was given, or that its spelling says. */
static unsigned count_servers(const struct stator_candidate *candidate,
                              const struct stator_trial_plan *plan, unsigned processors)
{
    static const char *const names[] = {"workers", "most", "objects"};
    unsigned count = stator_candidate_workers(candidate, plan, processors);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && count == 0 && candidate->sized;
         i++) {
        count = option_value(candidate, names[i]);
    }
    return count;
}

unsigned stator_candidate_overlap(const struct stator_candidate *candidate,
                                  const struct stator_trial_plan *plan, unsigned processors)
{
    const struct stator_load_group *probe = &plan->groups[plan->probe];
    unsigned count = count_servers(candidate, plan, processors);

    count = count > 0 ? count : 1;
    count += option_value(candidate, "helpers");
    /* An object has one thread, however many requests there are for it. */
    if (stator_candidate_option(candidate->impl, "objects") >= 0 && count > probe->target_count) {
        count = (unsigned)probe->target_count;
    }
    return count < probe->clients ? count : probe->clients;
}
