/*
 * What a client sends.
 *
 * Knows the bytes of requests and how much of them went; refuses to know what comes back. The one
 * surprising thing: there is no state "connecting": the first bytes that go are how a connection is
 * known to be there.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "lab/load/engine.h"

/* Requests in one call. */
#define SEND_MAX 32

static void note_connected(struct stator_load_client *client)
{
    struct stator_load_counters *counters = &client->client_group->counters;

    client->connected = true;
    client->held = !counters->counting;
    client->client_group->engine->reached = true;
    stator_load_counters_connection(counters, client->client_group->engine->now);
}

/* Request `number` as it is sent: the connection's last one says so. */
static struct stator_span bytes_of(const struct stator_load_client *client, unsigned number)
{
    const struct stator_load_request *request =
        &client->client_group->requests[stator_load_client_in_flight(client, number)->target];
    unsigned max = client->client_group->group->per_connection;
    unsigned place = client->served + (number - client->head) + 1;

    return stator_text_span(max > 0 && place >= max ? &request->closing : &request->open);
}

/* Sends what comes next, at most `most` bytes. Returns: how many went, or -errno. */
static ssize_t send_some(const struct stator_load_client *client, size_t max)
{
    struct iovec parts[SEND_MAX];
    struct msghdr message = {.msg_iov = parts};
    ssize_t count;

    for (unsigned number = client->unsent; number != client->tail; number++) {
        struct stator_span bytes = bytes_of(client, number);

        bytes = stator_span_skip(bytes, number == client->unsent ? client->offset : 0);
        bytes.length = bytes.length < max ? bytes.length : max;
        max -= bytes.length;
        parts[message.msg_iovlen++] = (struct iovec){(void *)bytes.at, bytes.length};
        if (message.msg_iovlen == SEND_MAX || max == 0) {
            break;
        }
    }
    if (message.msg_iovlen == 1) {
        count = send(client->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    } else {
        count = sendmsg(client->fd, &message, MSG_NOSIGNAL);
    }
    return count >= 0 ? count : -errno;
}

/* So many bytes more went. */
static void note_sent(struct stator_load_client *client, size_t count)
{
    client->paced += count;
    while (count > 0) {
        size_t left = bytes_of(client, client->unsent).length - client->offset;

        if (count < left) {
            client->offset += count;
            return;
        }
        count -= left;
        client->offset = 0;
        stator_load_client_in_flight(client, client->unsent++)->sent =
            client->client_group->engine->now;
    }
}

static bool is_not_yet(const struct stator_load_client *client, ssize_t code)
{
    return code == -EAGAIN || code == -EWOULDBLOCK || (!client->connected && code == -ENOTCONN);
}

bool stator_load_client_send(struct stator_load_client *client)
{
    bool slow = stator_load_client_writes_slowly(client);

    while (client->unsent != client->tail) {
        size_t max = slow ? stator_load_client_byte_limit(client) : SIZE_MAX;
        ssize_t count = max > 0 ? send_some(client, max) : -EAGAIN;

        if (count == -EINTR) {
            continue;
        }
        if (count < 0 && is_not_yet(client, count)) {
            break;
        }
        if (count < 0) {
            stator_load_client_fail_by(client, (int)-count);
            return false;
        }
        if (!client->connected) {
            note_connected(client);
        }
        note_sent(client, (size_t)count);
    }
    stator_load_wait_want(client->client_group->engine->wait, client->fd,
                          !stator_load_client_reads_slowly(client),
                          client->unsent != client->tail && !(slow && client->connected));
    return true;
}
