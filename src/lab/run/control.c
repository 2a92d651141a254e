/*
 * Waiting for a word, but not for ever.
 */
#include "lab/run/control.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "lab/load/clock.h"

ssize_t stator_control_receive(int fd, void *out, size_t size, int64_t deadline)
{
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - stator_load_now();
        int ready = poll(&poller, 1, left > 0 ? (int)(left / 1000000 + 1) : 0);
        ssize_t count = ready > 0 ? recv(fd, out, size, MSG_DONTWAIT) : -1;

        if (count >= 0) {
            return count;
        }
        if (ready == 0) {
            return -ETIMEDOUT;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return -errno;
        }
    }
}
