/*
 * Opens beneath a directory by openat2(2), one system call for the whole path.
 *
 * Knows when the kernel cannot or may not do it, and then leaves it to the walk. The one surprising
 * thing: the kernel answers EAGAIN where a rename somewhere in the system made it unsure about
 * ".."; that is not about the file, so it is tried again before the walk settles it.
 */
#include "content/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 4

/* Set once the kernel has no openat2, or a sandbox forbids it: it will not come back. */
static atomic_bool is_missing;

static int open_once(int root, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
    return fd >= 0 ? (int)fd : -errno;
}

/* A sandbox says EPERM to the call, a security module to the file: the walk tells them apart. */
static int walk_instead(int root, const char *path, int error)
{
    int fd = stator_root_walk_beneath(root, path);
    if (error == -ENOSYS || (error == -EPERM && fd != -EPERM)) {
        atomic_store_explicit(&is_missing, true, memory_order_relaxed);
    }
    return fd;
}

int stator_root_open_beneath(int root, const char *path)
{
    if (atomic_load_explicit(&is_missing, memory_order_relaxed)) {
        return stator_root_walk_beneath(root, path);
    }
    int fd = -EAGAIN;
    for (int i = 0; i < TRIES && fd == -EAGAIN; i++) {
        fd = open_once(root, path);
    }
    bool is_answer = fd != -EAGAIN && fd != -ENOSYS && fd != -EPERM;
    return is_answer ? fd : walk_instead(root, path, fd);
}
