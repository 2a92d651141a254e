/*
 * Descriptors by the calls that every POSIX system has: accept and pipe, with flags set afterwards.
 *
 * Knows nothing that fd_linux.c, its twin, does not promise too. The one surprising thing: on the
 * BSDs an accepted socket inherits O_NONBLOCK from its listener, so the flag is cleared as well as
 * set.
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int prepare(int fd, bool nonblocking)
{
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return -errno;
    }
    return stator_fd_set_nonblocking(fd, nonblocking);
}

int stator_fd_accept(int listener, bool nonblocking, struct sockaddr *address, socklen_t *length)
{
    int fd = accept(listener, address, length);
    if (fd < 0) {
        return -errno;
    }
    int error = prepare(fd, nonblocking);
    if (error != 0) {
        stator_fd_close(&fd);
        return error;
    }
    return fd;
}

void stator_fd_defer_accept(int listener, int seconds)
{
    (void)listener;
    (void)seconds;
}

bool stator_fd_defers_accept(int listener)
{
    (void)listener;
    return false;
}

int stator_fd_wake_open(int out[2])
{
    int wake[2];
    if (pipe(wake) != 0) {
        return -errno;
    }
    int error = prepare(wake[0], true);
    if (error == 0) {
        error = prepare(wake[1], true);
    }
    if (error != 0) {
        stator_fd_wake_close(wake);
        return error;
    }
    out[0] = wake[0];
    out[1] = wake[1];
    return 0;
}

bool stator_fd_close_range(int first, int last)
{
    (void)first;
    (void)last;
    return false;
}
