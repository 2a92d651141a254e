/* The files that the workloads ask for: made anew for a run, and removed after it. */
#ifndef STATOR_LAB_WORKLOAD_DOCROOT_H
#define STATOR_LAB_WORKLOAD_DOCROOT_H

#include "lab/load/load.h"

/* Sizes that there is a file of, in bytes. */
enum stator_site_size {
    STATOR_SITE_100,
    STATOR_SITE_1K,
    STATOR_SITE_10K,
    STATOR_SITE_100K,
    STATOR_SITE_1M,
    STATOR_SITE_8M,
    STATOR_SITE_SIZES,
};

/* How many small files there are besides, all of 1 KiB. */
#define STATOR_SITE_OBJECTS 64

/*
 * The one file of that size, and the many small ones, as what is asked for: length and checksum
 * included. Lives: for ever.
 */
const struct stator_load_target *stator_site_target(enum stator_site_size size);
const struct stator_load_target *stator_site_objects(void);

uint64_t stator_site_length(enum stator_site_size size);

/*
 * Writes all of them into a fresh directory beneath TMPDIR, or /tmp where it is not set.
 * Fails: -errno; nothing is left then, and `path` is not to be used.
 */
int stator_site_make(char path[256]);

/* Removes what stator_site_make made. */
void stator_site_remove(const char *path);

#endif
