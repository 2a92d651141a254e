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

void stator_stamp_take(const struct stat *status, struct stator_stamp *out)
{
    *out = (struct stator_stamp){
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .size = (uint64_t)status->st_size,
        .modified = nanoseconds(status->st_mtim),
        .changed = nanoseconds(status->st_ctim),
    };
}

bool stator_stamp_equal(const struct stator_stamp *a, const struct stator_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified == b->modified && a->changed == b->changed;
}

bool stator_stamp_is_settled(const struct stator_stamp *stamp, int64_t wall)
{
    bool has_fraction =
        stamp->modified % STATOR_NANOSECONDS != 0 || stamp->changed % STATOR_NANOSECONDS != 0;
    int64_t newest = stamp->modified > stamp->changed ? stamp->modified : stamp->changed;
    int64_t known;
    if (__builtin_add_overflow(newest, has_fraction ? FINE_GRANULARITY : COARSE_GRANULARITY,
                               &known)) {
        return false;
    }
    return wall > known;
}
