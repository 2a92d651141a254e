/*
 * Contenders.
 *
 * Knows which spellings make a fair round, and how many workers each gets; refuses to know designs
 * by their names otherwise: what they can do is in their traits.
 */
#include "lab/contender.h"

#include <string.h>

#include "server/design.h"

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
        contender.sized = strstr(spelling, "workers=") != NULL || strstr(spelling, "most=") != NULL;
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
