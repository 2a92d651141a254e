/* A file into a socket with POSIX alone: through a window of this process's stack. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arch/sockets/send.h"

#define WINDOW (16u * 1024)

/* One window of it; `*filled` says how much there was to send. */
static int64_t send_window(int socket, int file, uint64_t offset, size_t length, size_t *filled)
{
    char window[WINDOW];
    ssize_t count = pread(file, window, length < WINDOW ? length : WINDOW, (off_t)offset);
    ssize_t sent;

    if (count <= 0) {
        return count < 0 ? -errno : 0;
    }
    *filled = (size_t)count;
    sent = send(socket, window, (size_t)count, MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

int64_t stator_send_file(int socket, int file, uint64_t offset, size_t length)
{
    size_t total = 0;

    while (total < length) {
        size_t filled = 0;
        int64_t sent = send_window(socket, file, offset + total, length - total, &filled);

        if (sent <= 0) {
            return total > 0 ? (int64_t)total : sent;
        }
        total += (size_t)sent;
        if ((size_t)sent < filled) {
            break;
        }
    }
    return (int64_t)total;
}

uint64_t stator_send_queued(int socket, uint64_t unknown)
{
    (void)socket;
    return unknown;
}
