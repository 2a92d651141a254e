/*
 * What a client is to get.
 *
 * Answers go straight to the socket. Knows how much of one may go now; refuses to know what it is.
 * The one surprising thing: where sockets block, nothing is sent until the loop says that the
 * socket is writable, and then one bounded piece: more might hold up everybody.
 */
#include "arch/event/client_output.h"

#include <errno.h>

#include "arch/event/io_helpers.h"
#include "arch/sockets/send.h"

bool stator_client_stall(struct stator_client *client, struct stator_span *in)
{
    client->stalled = true;
    return stator_conn_stall(&client->conn, in, &client->out) == 0;
}

/* Most loops have neither errands nor sockets that block: what is for these alone is cold, so that
 * it does not stand in the others' way. */

/* Sends up to the end of what is in memory of the file; sends somebody for what is not. */
__attribute__((cold)) static int send_present(struct stator_client *client)
{
    struct stator_output *out = &client->out;
    uint64_t left = out->file_left < STATOR_ERRAND_STRETCH ? out->file_left : STATOR_ERRAND_STRETCH;

    if (client->present <= out->file_offset) {
        client->present = out->file_offset + left;
        client->errand =
            stator_errands_read(client->clients->errands, client, out->file_offset, (size_t)left);
        if (client->errand != NULL) {
            out->current = false;
            return -EAGAIN;
        }
    }
    return stator_drain_some(out, client->fd,
                             stator_output_memory(out) + client->present - out->file_offset);
}

__attribute__((cold)) static int send_piece(struct stator_client *client, bool writable)
{
    client->out.current = false;
    return writable ? stator_drain_some(&client->out, client->fd, client->clients->piece) : -EAGAIN;
}

int stator_client_send_some(struct stator_client *client, bool writable)
{
    const struct stator_clients *clients = client->clients;

    if (clients->piece == 0 && (clients->errands == NULL || client->out.file_left == 0)) {
        return stator_drain(&client->out, client->fd);
    }
    return clients->piece > 0 ? send_piece(client, writable) : send_present(client);
}

bool stator_client_send(struct stator_client *client, struct stator_span *in)
{
    int result = stator_output_is_empty(&client->out) ? 0 : stator_client_send_some(client, false);

    return result == -EAGAIN ? stator_client_stall(client, in) : result == 0;
}
