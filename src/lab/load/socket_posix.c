/*
 * Sockets as every POSIX system has them. Refuses to know of other addresses than 127.0.0.1, which
 * many systems do not have until they are told to.
 */
#include "lab/load/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "base/fd.h"

int stator_load_socket_open(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), code;

    if (fd < 0) {
        return -errno;
    }
    code = fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : stator_fd_set_nonblocking(fd, true);
    if (code < 0) {
        stator_fd_close(&fd);
        return code;
    }
    return fd;
}

int stator_load_socket_from(int fd, unsigned index)
{
    (void)fd;
    return index == 0 ? 0 : -EADDRNOTAVAIL;
}

void stator_load_socket_unpace(int fd)
{
    (void)fd;
}

bool stator_load_socket_has_sources(void)
{
    return false;
}
