/*
 * Several listening sockets on one address, by SO_REUSEPORT.
 *
 * Knows which options a listener was given; refuses to know what it is for. The one surprising
 * thing: the first socket is told only now, when it listens already, so that a second server still
 * finds its address taken. Its twin is reuseport_posix.c, where nothing shares connections evenly.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arch/sockets/reuseport.h"
#include "base/fd.h"

static void copy_option(int from, int to, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof(value);

    if (getsockopt(from, level, name, &value, &length) == 0) {
        setsockopt(to, level, name, &value, length);
    }
}

static int bind_too(int listener, int fd, const struct sockaddr *address, socklen_t length)
{
    int on = 1;

    copy_option(listener, fd, SOL_SOCKET, SO_REUSEADDR);
    copy_option(listener, fd, IPPROTO_TCP, TCP_NODELAY);
    copy_option(listener, fd, IPPROTO_TCP, TCP_DEFER_ACCEPT);
    if (address->sa_family == AF_INET6) {
        copy_option(listener, fd, IPPROTO_IPV6, IPV6_V6ONLY);
    }
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
        bind(fd, address, length) < 0) {
        return -errno;
    }
    return stator_fd_set_nonblocking(fd, true);
}

int stator_reuseport_socket(int listener)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);
    int fd, error;

    if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
        return -errno;
    }
    if (address.ss_family != AF_INET && address.ss_family != AF_INET6) {
        return -ENOTSUP;
    }
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    error = bind_too(listener, fd, (struct sockaddr *)&address, length);
    if (error < 0) {
        stator_fd_close(&fd);
        return error;
    }
    return fd;
}
