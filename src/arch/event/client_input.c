/*
 * What a client has sent.
 *
 * It is received into one buffer that all clients of the loop share, and only what is left over
 * gets a buffer of the client's own, so an idle one costs little. Refuses to know what the bytes
 * mean. The one surprising thing: the input that is there may stand in either of the two, never in
 * both.
 */
#include "arch/event/client_input.h"

#include <errno.h>
#include <event2/buffer.h>
#include <sys/socket.h>

bool stator_client_keep(struct stator_client *client, struct stator_span in)
{
    if (client->rest != NULL) {
        evbuffer_drain(client->rest, evbuffer_get_length(client->rest) - in.length);
        if (in.length == 0) {
            evbuffer_free(client->rest);
            client->rest = NULL;
        }
        return true;
    }
    if (in.length == 0) {
        return true;
    }
    client->rest = evbuffer_new();
    return client->rest != NULL && evbuffer_add(client->rest, in.at, in.length) == 0;
}

bool stator_client_join(struct stator_client *client, size_t received, struct stator_span *out)
{
    struct evbuffer *rest = client->rest;

    if (rest == NULL) {
        *out = (struct stator_span){client->set->input, received};
        return true;
    }
    if (received > 0 && evbuffer_add(rest, client->set->input, received) < 0) {
        return false;
    }
    *out = (struct stator_span){(const char *)evbuffer_pullup(rest, -1), evbuffer_get_length(rest)};
    return out->at != NULL;
}

struct stator_received stator_client_receive(struct stator_client *client, int flags)
{
    ssize_t count;

    do {
        count = recv(client->fd, client->set->input, STATOR_CLIENT_SET_INPUT, flags);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        bool nothing = errno == EAGAIN || errno == EWOULDBLOCK;

        return (struct stator_received){.nothing = nothing, .lost = !nothing};
    }
    client->set->moves++;
    if (count == 0) {
        stator_conn_eof(&client->conn);
    }
    return (struct stator_received){.count = (size_t)count};
}
