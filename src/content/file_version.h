/*
 * What tells one version of a file from another: its `stat` identity.
 */
#ifndef STATOR_CONTENT_FILE_VERSION_H
#define STATOR_CONTENT_FILE_VERSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct stator_file_version {
    uint64_t device, inode, size;
    int64_t modified, changed; /* nanoseconds since 1970: st_mtim and st_ctim */
};

void stator_file_version_take(const struct stat *status, struct stator_file_version *out);
bool stator_file_version_equal(const struct stator_file_version *a,
                               const struct stator_file_version *b);

/*
 * True once the file is older than the clock can tell: a rewrite from now on gets another time, so
 * a strong validator made of it is correct. File times tick with the kernel's timer (a few
 * ms), or by whole seconds on file systems whose times have no fraction (up to 2 s on FAT).
 */
bool stator_file_version_is_stable(const struct stator_file_version *version, int64_t wall);

#endif
