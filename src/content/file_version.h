/*
 * What tells one version of a file from another: its `stat` identity.
 */
#ifndef STATOR_CONTENT_FILE_VERSION_H
#define STATOR_CONTENT_FILE_VERSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct stator_stamp {
    uint64_t device, inode, size;
    int64_t modified, changed; /* nanoseconds since 1970: st_mtim and st_ctim */
};

void stator_stamp_take(const struct stat *status, struct stator_stamp *out);
bool stator_stamp_equal(const struct stator_stamp *a, const struct stator_stamp *b);

/*
 * True once the file is older than the clock can tell: a rewrite from now on gets another time, so
 * a strong validator made of the stamp is honest. File times tick with the kernel's timer (a few
 * ms), or by whole seconds on file systems whose times have no fraction (up to 2 s on FAT).
 */
bool stator_stamp_is_settled(const struct stator_stamp *stamp, int64_t wall);

#endif
