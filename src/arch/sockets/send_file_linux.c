/* A file into a socket by Linux's sendfile(2): no byte of it passes through this process. */
#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "arch/sockets/send.h"

int64_t stator_send_file(int socket, int file, uint64_t offset, size_t length)
{
    off_t position = (off_t)offset;
    ssize_t sent = sendfile(socket, file, &position, length);

    return sent < 0 ? -errno : sent;
}

uint64_t stator_send_queued(int socket, uint64_t unknown)
{
    int queued = 0, domain = AF_UNSPEC;
    socklen_t length = sizeof(domain);

    /* A unix socket counts the kernel's own bookkeeping, not the bytes that were sent. */
    if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0 || domain == AF_UNIX) {
        return unknown;
    }
    return ioctl(socket, SIOCOUTQ, &queued) == 0 ? (uint64_t)queued : unknown;
}
