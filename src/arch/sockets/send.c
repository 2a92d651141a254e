/*
 * From an output to a socket.
 *
 * Knows that a head and its small body go together, and that a file goes in bounded chunks; refuses
 * to know when to call. The one surprising thing: before and after the last chunk of a file that
 * was not looked at just now it asks whether it is still what was promised, and rather cuts the
 * connection than let two versions look like one. What the kernel still holds then is out of
 * anybody's hands: only a file that is replaced by rename is whole for certain.
 */
#include "arch/sockets/send.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* What one call was given, and what came of it: bytes, or -errno. */
struct sending {
    size_t given;
    int64_t sent;
};

static ssize_t send_joined(int socket, const struct iovec *pieces, size_t count, int flags)
{
    char joined[STATOR_SEND_JOIN];
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        memcpy(joined + length, pieces[i].iov_base, pieces[i].iov_len);
        length += pieces[i].iov_len;
    }
    return send(socket, joined, length, flags);
}

static ssize_t send_pieces(int socket, struct iovec *pieces, size_t count, int flags)
{
    const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};

    return count == 1 ? send(socket, pieces[0].iov_base, pieces[0].iov_len, flags)
                      : sendmsg(socket, &message, flags);
}

/* Is something to follow at once that may go with these bytes? */
static bool has_more(const struct stator_output *output)
{
    uint64_t all = output->taken + stator_output_length(output);

    return output->more || output->file_left > 0 || (output->last && all < STATOR_SEND_SHORT);
}

static struct sending send_bytes(const struct stator_output *output, int socket, uint64_t max)
{
    struct stator_span spans[2];
    struct iovec pieces[2];
    size_t count = stator_output_bytes(output, spans);
    struct sending sending = {0, 0};
    int flags = MSG_NOSIGNAL | (has_more(output) ? MSG_MORE : 0);

    for (size_t i = 0; i < count; i++) {
        uint64_t room = max - sending.given;
        size_t length = spans[i].length < room ? spans[i].length : (size_t)room;

        pieces[i] = (struct iovec){(char *)spans[i].at, length};
        sending.given += length;
    }
    sending.sent = count > 1 && sending.given <= STATOR_SEND_JOIN
                       ? send_joined(socket, pieces, count, flags)
                       : send_pieces(socket, pieces, count, flags);
    if (sending.sent < 0) {
        sending.sent = -errno;
    }
    return sending;
}

static struct sending send_file(const struct stator_output *output, int socket, uint64_t max)
{
    uint64_t chunk = output->current ? STATOR_SEND_BUDGET : STATOR_SEND_CHUNK;

    chunk = max < chunk ? max : chunk;

    bool last = output->file_left <= chunk;
    struct sending sending = {last ? (size_t)output->file_left : (size_t)chunk, -ESTALE};

    if (last && !output->current && !stator_entry_is_unchanged(output->entry)) {
        return sending;
    }
    sending.sent = stator_send_file(socket, output->entry->fd, output->file_offset, sending.given);
    if (sending.sent == 0) {
        sending.sent = -ESTALE; /* the file shrank */
    } else if (last && !output->current && !stator_entry_is_unchanged(output->entry)) {
        sending.sent = -ESTALE; /* a reset takes back what the peer has not got yet */
    }
    return sending;
}

int stator_send_output(struct stator_output *output, int socket)
{
    return stator_send_some(output, socket, stator_output_memory(output) + STATOR_SEND_BUDGET);
}

int stator_send_some(struct stator_output *output, int socket, uint64_t max)
{
    uint64_t end = output->taken + max;

    while (!stator_output_is_empty(output)) {
        bool memory = stator_output_memory(output) > 0;
        uint64_t room = end - output->taken;
        struct sending sending;

        if (room == 0) {
            output->current = false;
            return -EAGAIN;
        }
        sending = memory ? send_bytes(output, socket, room) : send_file(output, socket, room);
        if (sending.sent == -EINTR) {
            continue;
        }
        if (sending.sent < 0) {
            output->current = false;
            return (int)sending.sent;
        }
        stator_output_advance(output, (size_t)sending.sent);
        if ((size_t)sending.sent < sending.given) {
            output->current = false;
            return -EAGAIN; /* asking again would only be told so */
        }
    }
    return 0;
}

bool stator_send_shutdown(const struct stator_output *output, int socket)
{
    bool arrived = output->taken < STATOR_SEND_SHORT || stator_send_queued(socket, 1) == 0;
    int unread = 0;

    shutdown(socket, SHUT_WR);
    return arrived && ioctl(socket, FIONREAD, &unread) == 0 && unread == 0;
}
