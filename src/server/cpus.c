/*
 * How many processors a process may use: what the scheduler allows, bounded by its cgroup's quota.
 *
 * Knows the files of cgroup versions 2 and 1 where systems mount them; refuses to know what the
 * number is for. The one surprising thing: inside a container /proc/self/cgroup may name a
 * directory of the host that is not to be seen here, because what is mounted is already the
 * container's own part. So every directory on the way up is asked, and those that are not there are
 * passed over.
 */
#include "server/cpus.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What /proc/self/cgroup holds is bounded by the number of controllers; longer ones are cut. */
#define FILE_MAX      8192
#define PATH_MAX_HERE 4096

/* Where the controllers that bound processors are mounted. */
static const char *const mounts_v2[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
static const char *const mounts_v1[] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct",
                                        "/sys/fs/cgroup/cpuacct,cpu"};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reads one quota out of a directory. */
typedef unsigned read_quota_fn(const char *directory);

/* Reads the file at `directory` + `name` as a string. False where it cannot be read. */
static bool read_file(const char *directory, const char *name, char *out, size_t size)
{
    char path[PATH_MAX_HERE];
    int length = snprintf(path, sizeof(path), "%s%s", directory, name);
    int fd = length > 0 && (size_t)length < sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return false;
    }
    size_t filled = 0;
    ssize_t got = 1;
    while (got > 0 && filled < size - 1) {
        got = read(fd, out + filled, size - 1 - filled);
        filled += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    out[filled] = '\0';
    return got >= 0;
}

/* Microseconds of processor time in a period of such, as whole processors. */
static unsigned processors(int64_t quota, int64_t period)
{
    if (quota <= 0 || period <= 0) {
        return STATOR_CPUS_UNBOUNDED;
    }
    uint64_t whole = (uint64_t)quota / (uint64_t)period + (quota % period != 0);
    return whole < STATOR_CPUS_UNBOUNDED ? (unsigned)whole : STATOR_CPUS_UNBOUNDED;
}

/* cpu.max: "max 100000" or "150000 100000". */
static unsigned read_quota_v2(const char *directory)
{
    char text[128];
    int64_t quota, period;
    if (!read_file(directory, "/cpu.max", text, sizeof(text)) ||
        sscanf(text, "%" SCNd64 " %" SCNd64, &quota, &period) != 2) {
        return STATOR_CPUS_UNBOUNDED;
    }
    return processors(quota, period);
}

/* cpu.cfs_quota_us, -1 where there is none, and cpu.cfs_period_us. */
static unsigned read_quota_v1(const char *directory)
{
    char text[128];
    int64_t quota, period;
    if (!read_file(directory, "/cpu.cfs_quota_us", text, sizeof(text)) ||
        sscanf(text, "%" SCNd64, &quota) != 1 ||
        !read_file(directory, "/cpu.cfs_period_us", text, sizeof(text)) ||
        sscanf(text, "%" SCNd64, &period) != 1) {
        return STATOR_CPUS_UNBOUNDED;
    }
    return processors(quota, period);
}

static unsigned tighter(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The tightest quota of the directory `group` beneath `mount`, and of all between the two. */
static unsigned walk_up(const char *root, const char *mount, const char *group,
                        read_quota_fn *read_quota)
{
    char path[PATH_MAX_HERE];
    int top = snprintf(path, sizeof(path), "%s%s", root, mount);
    int length = snprintf(path, sizeof(path), "%s%s%s", root, mount, group);
    if (top < 0 || length < 0 || (size_t)length >= sizeof(path)) {
        return STATOR_CPUS_UNBOUNDED;
    }
    unsigned quota = read_quota(path);
    for (int end = length - 1; end >= top; end--) {
        if (path[end] == '/') {
            path[end] = '\0';
            quota = tighter(quota, read_quota(path));
        }
    }
    return quota;
}

/* True if `name` is a member of the list "cpu,cpuacct". */
static bool has_member(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (;;) {
        size_t member = strcspn(list, ",");
        if (member == length && memcmp(list, name, length) == 0) {
            return true;
        }
        if (list[member] == '\0') {
            return false;
        }
        list += member + 1;
    }
}

/* A group outside of what the cgroup namespace shows ("/../other") leaves the mount itself. */
static const char *visible(const char *group)
{
    return group[0] == '/' && strstr(group, "/..") == NULL ? group : "";
}

static unsigned quota_at(const char *root, const char *const *mounts, size_t count,
                         const char *group, read_quota_fn *read_quota)
{
    unsigned quota = STATOR_CPUS_UNBOUNDED;
    for (size_t i = 0; i < count; i++) {
        quota = tighter(quota, walk_up(root, mounts[i], visible(group), read_quota));
    }
    return quota;
}

/* One line of /proc/self/cgroup: "0::/group" in version 2, "4:cpu,cpuacct:/group" in version 1. */
static unsigned quota_of_line(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (group == NULL) {
        return STATOR_CPUS_UNBOUNDED;
    }
    controllers++;
    *group++ = '\0';
    if (*controllers == '\0') {
        return quota_at(root, mounts_v2, COUNT(mounts_v2), group, read_quota_v2);
    }
    if (has_member(controllers, "cpu")) {
        return quota_at(root, mounts_v1, COUNT(mounts_v1), group, read_quota_v1);
    }
    return STATOR_CPUS_UNBOUNDED;
}

unsigned stator_cpus_quota(const char *root)
{
    char text[FILE_MAX];
    unsigned quota = STATOR_CPUS_UNBOUNDED;
    if (!read_file(root, "/proc/self/cgroup", text, sizeof(text))) {
        return quota;
    }
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        quota = tighter(quota, quota_of_line(root, line));
    }
    return quota;
}

unsigned stator_cpus_available(void)
{
    return tighter(stator_cpus_allowed(), stator_cpus_quota(""));
}
