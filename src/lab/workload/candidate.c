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
static const char *const standard[] = {
    "iterative",      "fork",          "prefork",       "thread",           "pool",
    "thread-request", "thread-object", "spin",          "select",           "event:backend=poll",
    "event",          "event-threads", "event-prefork", "amped:helpers=16",
};

#define STANDARD (sizeof(standard) / sizeof(standard[0]))

const char *stator_contender_standard(size_t index)
{
    return index < STANDARD ? standard[index] : NULL;
}

int stator_contender_read(const char *spelling, struct stator_contender *out,
                          struct stator_error *error)
{
    struct stator_contender contender = {.spelling = spelling};
    int result = stator_design_choose(spelling, &contender.impl, contender.knobs, error);

    if (result == 0) {
        contender.sized = strstr(spelling, "workers=") != NULL ||
                          strstr(spelling, "most=") != NULL || strstr(spelling, "objects=") != NULL;
        *out = contender;
    }
    return result;
}

unsigned stator_contender_workers(const struct stator_contender *contender,
                                  const struct stator_trial_plan *plan, unsigned processors)
{
    const struct stator_arch_impl *impl = contender->impl;

    if (contender->sized || !(impl->traits & STATOR_ARCH_MULTICORE)) {
        return 0;
    }
    if (impl->traits & STATOR_ARCH_MULTIPLEXED) {
        return processors;
    }
    if (impl->traits & STATOR_ARCH_ON_DEMAND) {
        return plan->connections + STATOR_CONTENDER_POOL;
    }
    return STATOR_CONTENDER_POOL;
}

int stator_contender_knob(const struct stator_arch_impl *impl, const char *name)
{
    for (int i = 0; impl->knobs != NULL && impl->knobs[i].name != NULL; i++) {
        if (strcmp(impl->knobs[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* 0 where it has no such knob. */
static unsigned knob_value(const struct stator_contender *contender, const char *name)
{
    int knob = stator_contender_knob(contender->impl, name);

    return knob >= 0 ? (unsigned)contender->knobs[knob] : 0;
}

/* Threads and processes that serve: those that it was given, or that its spelling says. */
static unsigned count_servers(const struct stator_contender *contender,
                              const struct stator_trial_plan *plan, unsigned processors)
{
    static const char *const names[] = {"workers", "most", "objects"};
    unsigned count = stator_contender_workers(contender, plan, processors);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && count == 0 && contender->sized;
         i++) {
        count = knob_value(contender, names[i]);
    }
    return count;
}

unsigned stator_contender_overlap(const struct stator_contender *contender,
                                  const struct stator_trial_plan *plan, unsigned processors)
{
    const struct stator_load_group *probe = &plan->groups[plan->probe];
    unsigned count = count_servers(contender, plan, processors);

    count = count > 0 ? count : 1;
    count += knob_value(contender, "helpers");
    /* An object has one thread, however many requests there are for it. */
    if (stator_contender_knob(contender->impl, "objects") >= 0 && count > probe->target_count) {
        count = (unsigned)probe->target_count;
    }
    return count < probe->clients ? count : probe->clients;
}
