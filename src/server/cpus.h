/*
 * How many processors this process may really use: what `workers=auto` means.
 */
#ifndef STATOR_SERVER_CPUS_H
#define STATOR_SERVER_CPUS_H

#include <limits.h>

/* No bound was found. */
#define STATOR_CPUS_UNBOUNDED UINT_MAX

/* The processors it may run on, bounded by its cgroup's quota; at least 1. Threads: any. */
unsigned stator_cpus_available(void);

/* The processors that the scheduler lets the calling thread run on; at least 1. */
unsigned stator_cpus_allowed(void);

/*
 * The tightest CPU quota of this process's cgroup and all above it (version 2 or 1), rounded up to
 * whole processors; STATOR_CPUS_UNBOUNDED where there is none. `root` is put before the paths
 * /proc/self/cgroup and /sys/fs/cgroup: "" but for tests.
 */
unsigned stator_cpus_quota(const char *root);

#endif
