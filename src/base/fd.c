/*
 * What is done to any descriptor, on any system.
 *
 * Knows numbers and flags; refuses to know what a descriptor is connected to. The one surprising
 * thing: a wake-up call is eight bytes, because an eventfd takes nothing else and a pipe takes
 * anything; so one function serves both.
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* A limit may be a thousand million; nobody has that many open, and nobody has the time. */
#define ONE_BY_ONE_MAX 65536

void stator_fd_close(int *fd)
{
    if (*fd >= 0) {
        /* After EINTR the number may already be somebody else's: never close it again. */
        close(*fd);
        *fd = -1;
    }
}

int stator_fd_set_nonblocking(int fd, bool nonblocking)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) {
        return -errno;
    }
    int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted == flags || fcntl(fd, F_SETFL, wanted) == 0 ? 0 : -errno;
}

size_t stator_fd_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX) {
        return INT_MAX; /* a descriptor is an int, whatever the limit says */
    }
    return (size_t)limit.rlim_cur;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void close_range_of(int first, int last)
{
    size_t limit = stator_fd_limit();

    if (first > last || stator_fd_close_range(first, last)) {
        return;
    }
    limit = limit < ONE_BY_ONE_MAX ? limit : ONE_BY_ONE_MAX;
    for (int fd = first; fd <= last && (size_t)fd < limit; fd++) {
        close(fd);
    }
}

void stator_fd_close_others(int *keep, size_t count)
{
    int first = STDERR_FILENO + 1;

    qsort(keep, count, sizeof(*keep), by_number);
    for (size_t i = 0; i < count; i++) {
        close_range_of(first, keep[i] - 1);
        first = keep[i] >= first ? keep[i] + 1 : first;
    }
    close_range_of(first, INT_MAX);
}

void stator_fd_wake(const int wake[2])
{
    const uint64_t once = 1;
    int before = errno;
    ssize_t written;
    /* EAGAIN says that it is full, and so readable, already. */
    do {
        written = write(wake[1], &once, sizeof(once));
    } while (written < 0 && errno == EINTR);
    errno = before;
}

void stator_fd_wake_clear(const int wake[2])
{
    char bytes[64];
    while (read(wake[0], bytes, sizeof(bytes)) > 0) {
    }
}

void stator_fd_wake_close(int wake[2])
{
    if (wake[1] == wake[0]) {
        wake[1] = -1;
    }
    stator_fd_close(&wake[0]);
    stator_fd_close(&wake[1]);
}
