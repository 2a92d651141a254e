/* The files that the workloads ask for: made anew for a run, and removed after it. */
#ifndef STATOR_LAB_WORKLOAD_DOCROOT_H
#define STATOR_LAB_WORKLOAD_DOCROOT_H

#include "lab/load/load.h"

/* Sizes that there is a file of, in bytes. */
enum stator_docroot_size {
    STATOR_DOCROOT_SIZE_100,
    STATOR_DOCROOT_SIZE_1K,
    STATOR_DOCROOT_SIZE_10K,
    STATOR_DOCROOT_SIZE_100K,
    STATOR_DOCROOT_SIZE_1M,
    STATOR_DOCROOT_SIZE_8M,
    STATOR_DOCROOT_SIZE_COUNT,
};

/* How many small files there are besides, all of 1 KiB. */
#define STATOR_DOCROOT_OBJECTS 64

/*
 * The one file of that size, and the many small ones, as what is asked for: length and checksum
 * included. Lives: for ever.
 */
const struct stator_load_target *stator_docroot_target(enum stator_docroot_size size);
const struct stator_load_target *stator_docroot_objects(void);

uint64_t stator_docroot_length(enum stator_docroot_size size);

/*
 * Writes all of them into a fresh directory beneath TMPDIR, or /tmp where it is not set.
 * Fails: -errno; nothing is left then, and `path` is not to be used.
 */
int stator_docroot_make(char path[256]);

/* Removes what stator_docroot_make made. */
void stator_docroot_remove(const char *path);

#endif
