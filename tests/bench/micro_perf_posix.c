/* POSIX has no way to the processor's counters. */
#include <errno.h>

#include "micro_measure.h"

int micro_perf_count(const struct micro_plan *plan, double *out)
{
    (void)plan;
    (void)out;
    return -ENOSYS;
}
