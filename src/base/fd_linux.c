/*
 * Descriptors by what only Linux has: accept4, TCP_DEFER_ACCEPT, eventfd and close_range.
 *
 * Knows one system call each; its twin is fd_posix.c, and the same tests pass with either. The one
 * surprising thing: both ends of a wake-up call are the same descriptor here.
 */
#include "base/fd.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int stator_fd_accept(int listener, bool nonblocking, struct sockaddr *address, socklen_t *length)
{
    int flags = SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
    int fd = accept4(listener, address, length, flags);
    return fd >= 0 ? fd : -errno;
}

void stator_fd_defer_accept(int listener, int seconds)
{
    setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof(seconds));
}

bool stator_fd_defers_accept(int listener)
{
    int seconds = 0;
    socklen_t length = sizeof(seconds);

    return getsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, &length) == 0 &&
           seconds > 0;
}

int stator_fd_wake_open(int out[2])
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    out[0] = out[1] = fd;
    return 0;
}

bool stator_fd_close_range(int first, int last)
{
    /* By its number: the C library may be older than the kernel, and the kernel than the call. */
    return syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0u) == 0;
}
