/*
 * The processors that the scheduler allows, where there is no affinity mask to ask.
 *
 * Knows sysconf; refuses to know of quotas. The one surprising thing: this counts all processors
 * that are online, also those that this process may not run on.
 */
#include <unistd.h>

#include "server/cpus.h"

unsigned stator_cpus_allowed(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 && count < INT_MAX ? (unsigned)count : 1;
}
