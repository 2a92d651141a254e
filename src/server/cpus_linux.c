/*
 * The processors that the scheduler allows, from the affinity mask.
 *
 * Knows sched_getaffinity; refuses to know of quotas. The one surprising thing: the kernel refuses
 * a mask that is smaller than its own, so the size is doubled until it is accepted.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "server/cpus.h"

#define PROCESSORS_FIRST 1024
#define PROCESSORS_MAX   (1024 * 1024)

/* The number in a mask with room for `size` processors, 0 where that is too small, or -1. */
static int count_mask(size_t size)
{
    cpu_set_t *mask = CPU_ALLOC(size);
    if (mask == NULL) {
        return -1;
    }
    int count = -1;
    if (sched_getaffinity(0, CPU_ALLOC_SIZE(size), mask) == 0) {
        count = CPU_COUNT_S(CPU_ALLOC_SIZE(size), mask);
    } else if (errno == EINVAL) {
        count = 0;
    }
    CPU_FREE(mask);
    return count;
}

unsigned stator_cpus_allowed(void)
{
    int count = 0;
    for (size_t size = PROCESSORS_FIRST; count == 0 && size <= PROCESSORS_MAX; size *= 2) {
        count = count_mask(size);
    }
    return count > 0 ? (unsigned)count : 1;
}
