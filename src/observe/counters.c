/*
 * Where counts stand: a page that a process and its children share.
 */
#include "observe/counters.h"

#include "base/shared.h"

struct stator_counters *stator_counters_create(void)
{
    return stator_shared_create(sizeof(struct stator_counters));
}

void stator_counters_destroy(struct stator_counters *counters)
{
    stator_shared_destroy(counters, sizeof(*counters));
}
