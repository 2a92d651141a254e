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

bool stator_client_block(struct stator_client *client, struct stator_span *in)
{
    client->blocked = true;
    return stator_conn_block(&client->conn, in, &client->out) == 0;
}

/*
 * Most loops have neither I/O helpers nor blocking sockets: what is for these alone is cold, so
 * that it does not stand in the others' way.
 */

/* Sends up to the end of what is in memory of the file; sends somebody for what is not. */
__attribute__((cold)) static int send_present(struct stator_client *client)
{
    struct stator_output *out = &client->out;
    uint64_t left =
        out->file_left < STATOR_IO_JOB_LENGTH_MAX ? out->file_left : STATOR_IO_JOB_LENGTH_MAX;

    if (client->present <= out->file_offset) {
        client->present = out->file_offset + left;
        client->job =
            stator_io_helpers_read(client->set->io_helpers, client, out->file_offset, (size_t)left);
        if (client->job != NULL) {
            out->current = false;
            return -EAGAIN;
        }
    }
    return stator_send_some(out, client->fd,
                            stator_output_memory(out) + client->present - out->file_offset);
}

__attribute__((cold)) static int send_piece(struct stator_client *client, bool writable)
{
    client->out.current = false;
    return writable ? stator_send_some(&client->out, client->fd, client->set->piece) : -EAGAIN;
}

int stator_client_send_some(struct stator_client *client, bool writable)
{
    const struct stator_client_set *set = client->set;

    if (set->piece == 0 && (set->io_helpers == NULL || client->out.file_left == 0)) {
        return stator_send_output(&client->out, client->fd);
    }
    return set->piece > 0 ? send_piece(client, writable) : send_present(client);
}

bool stator_client_send(struct stator_client *client, struct stator_span *in)
{
    int result = stator_output_is_empty(&client->out) ? 0 : stator_client_send_some(client, false);

    return result == -EAGAIN ? stator_client_block(client, in) : result == 0;
}
