/*
 * Compares versions of a file by what `stat` tells of them.
 */
#include "content/file_version.h"

#include "base/clock.h"

/* Two ticks of the slowest kernel timer (100 Hz); two seconds where times have no fraction. */
#define FINE_GRANULARITY   (STATOR_NANOSECONDS / 50)
#define COARSE_GRANULARITY (2 * STATOR_NANOSECONDS)

static int64_t nanoseconds(struct timespec time)
{
    int64_t product;
    int64_t sum;
    if (__builtin_mul_overflow((int64_t)time.tv_sec, STATOR_NANOSECONDS, &product) ||
        __builtin_add_overflow(product, (int64_t)time.tv_nsec, &sum)) {
        return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    }
    return sum;
}

void stator_file_version_take(const struct stat *status, struct stator_file_version *out)
{
    *out = (struct stator_file_version){
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .size = (uint64_t)status->st_size,
        .modified = nanoseconds(status->st_mtim),
        .changed = nanoseconds(status->st_ctim),
    };
}

bool stator_file_version_equal(const struct stator_file_version *a,
                               const struct stator_file_version *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified == b->modified && a->changed == b->changed;
}

bool stator_file_version_is_stable(const struct stator_file_version *version, int64_t wall)
{
    bool has_fraction =
        version->modified % STATOR_NANOSECONDS != 0 || version->changed % STATOR_NANOSECONDS != 0;
    int64_t newest = version->modified > version->changed ? version->modified : version->changed;
    int64_t known;
    if (__builtin_add_overflow(newest, has_fraction ? FINE_GRANULARITY : COARSE_GRANULARITY,
                               &known)) {
        return false;
    }
    return wall > known;
}
