/*
 * A client among many.
 *
 * Knows what a client does next, and for how long before others have a turn; refuses to know who
 * calls, and how bytes come (client_input.c) and go (client_output.c). The one surprising thing: a
 * client that is held up is not stepped at all, so what it sends meanwhile waits in its socket.
 */
#include "arch/event/client.h"

#include <errno.h>
#include <event2/buffer.h>

#include "arch/event/client_input.h"
#include "arch/event/client_output.h"
#include "arch/event/io_helpers.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/send.h"

/* How many steps a client may take, and for how many ms, before the others have a turn. */
#define TURN_MAX 128
#define TURN_MS  10

/* At its end in a way that must not look like a good one. Returns: false. */
static bool cut(struct stator_client *client)
{
    client->conn.reset = true;
    return false;
}

/* The last was said and sent. */
static void end_sending(struct stator_client *client)
{
    client->shut = true;
    client->want = stator_conn_shut(&client->conn, stator_drain_end(&client->out, client->fd));
}

/* --- steps ---------------------------------------------------------------------------------- */

/* The connection waits for its request's path to be looked up. False where it need not. */
static bool send_to_look(struct stator_client *client)
{
    struct stator_clients *clients = client->clients;

    if (clients->errands != NULL) {
        client->errand =
            stator_errands_look(clients->errands, client, clients->worker->request.path);
    }
    client->stalled = client->errand != NULL;
    return client->stalled;
}

/* Goes on until the client has to send or take something. False when it is at its end. */
static bool advance(struct stator_client *client, struct stator_span in)
{
    struct stator_worker *worker = client->clients->worker;
    int64_t begun = worker->clock.monotonic;

    for (int turn = 0; !client->stalled; turn++) {
        client->want = stator_conn_step(&client->conn, &in, &client->out);
        client->present = 0;
        if (client->want == STATOR_WANT_WAIT) {
            send_to_look(client);
            continue;
        }
        if (!stator_client_send(client, &in)) {
            return cut(client);
        }
        if (client->stalled) {
            stator_worker_wake(worker); /* for the others: it may have waited for a disk */
            break;
        }
        if (client->want == STATOR_WANT_LINGER && !client->shut) {
            end_sending(client);
        }
        if (client->want == STATOR_WANT_CLOSE) {
            return false;
        }
        if (client->want != STATOR_WANT_WRITE) {
            break;
        }
        stator_worker_wake(worker);
        if ((turn >= TURN_MAX || worker->clock.monotonic - begun >= TURN_MS) &&
            !stator_client_stall(client, &in)) {
            return cut(client);
        }
    }
    if (!stator_client_keep(client, in)) {
        return cut(client);
    }
    stator_deadline_set(&client->clients->wheel, &client->deadline, client->conn.deadline);
    return true;
}

/* Goes on with what came. False when the client is at its end. */
static bool use(struct stator_client *client, struct stator_received received)
{
    struct stator_span in;

    if (received.lost) {
        return false;
    }
    if (!stator_client_join(client, received.count, &in)) {
        return cut(client);
    }
    return advance(client, in);
}

bool stator_client_readable(struct stator_client *client, bool closed)
{
    struct stator_received received;

    /* Where the loop does not repeat itself, only a short receive, where the end cannot be behind
     * it, says that there is nothing more. */
    do {
        if (client->stalled) {
            client->deaf = true;
            return true;
        }
        received = stator_client_receive(client, 0);
        if (received.nothing) {
            return true;
        }
        if (!use(client, received)) {
            return false;
        }
    } while (received.count > 0 && client->clients->once &&
             (received.count == STATOR_CLIENTS_INPUT || closed));
    return true;
}

/* Nothing holds it up any more; goes on with what the client has sent so far. */
static bool resume(struct stator_client *client)
{
    bool deaf = client->deaf;
    struct stator_span in;

    if (client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    client->deaf = false;
    if (!stator_client_join(client, 0, &in)) {
        return cut(client);
    }
    if (!advance(client, in)) {
        return false;
    }
    return deaf && client->clients->once ? stator_client_readable(client, true) : true;
}

bool stator_client_writable(struct stator_client *client)
{
    uint64_t before = client->out.taken;
    int result;

    if (!client->stalled || client->errand != NULL) {
        return true;
    }
    result = stator_output_is_empty(&client->out) ? 0 : stator_client_send_some(client, true);
    client->clients->moves += client->out.taken != before || result == 0;
    if (result == -EAGAIN) {
        stator_worker_wake(client->clients->worker);
        return true; /* what it needs was kept when it stalled */
    }
    client->stalled = false;
    return result == 0 ? resume(client) : cut(client);
}

bool stator_client_fetched(struct stator_client *client)
{
    client->errand = NULL;
    return stator_client_writable(client);
}

bool stator_client_expire(struct stator_client *client)
{
    struct stator_span none = {NULL, 0};
    bool sending;

    if (!stator_output_is_empty(&client->out) && client->errand == NULL &&
        client->clients->piece == 0) {
        /* What the kernel can take is progress too, though it may not have said so yet. */
        stator_client_send_some(client, true);
    }
    sending = !stator_output_is_empty(&client->out);
    client->out.queued = stator_transfer_queued(client->fd, 0);
    client->want = stator_conn_expire(&client->conn, client->want, &client->out);
    if (client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    if (sending || stator_output_is_empty(&client->out)) {
        stator_deadline_set(&client->clients->wheel, &client->deadline, client->conn.deadline);
        return true;
    }
    /* There is a last word to say, whatever the client waited for. */
    stator_errand_abandon(client->errand);
    client->errand = NULL;
    client->stalled = false;
    if (!stator_client_send(client, &none)) {
        return cut(client);
    }
    return client->stalled || resume(client);
}

/*
 * Nothing is under way, unless a request has come that nobody has looked at yet: then its answer
 * will be the last, else the connection ends.
 */
bool stator_client_drain(struct stator_client *client)
{
    if (stator_conn_drain(&client->conn, &client->out)) {
        return use(client, stator_client_receive(client, MSG_DONTWAIT));
    }
    stator_deadline_set(&client->clients->wheel, &client->deadline, client->conn.deadline);
    return true;
}

/* --- its beginning and its end --------------------------------------------------------------- */

void stator_client_init(struct stator_client *client, struct stator_clients *clients, int fd,
                        const char *peer)
{
    client->clients = clients;
    client->rest = NULL;
    client->errand = NULL;
    client->present = 0;
    client->fd = fd;
    client->want = STATOR_WANT_READ;
    client->stalled = client->deaf = client->shut = false;
    stator_output_init(&client->out);
    stator_conn_init(&client->conn, clients->worker, peer);
    stator_deadline_init(&client->deadline);
    stator_list_append(&clients->list, &client->link);
    clients->count++;
    clients->moves++;
    stator_counter_add(&clients->worker->counters->accepted, 1);
    stator_deadline_set(&clients->wheel, &client->deadline, client->conn.deadline);
}

void stator_client_finish(struct stator_client *client)
{
    struct stator_clients *clients = client->clients;

    stator_errand_abandon(client->errand);
    if (client->conn.state == STATOR_CONN_RESPOND &&
        (client->out.more || !stator_output_is_empty(&client->out))) {
        cut(client);
    }
    stator_conn_finish(&client->conn, &client->out);
    stator_output_finish(&client->out);
    if (client->rest != NULL) {
        evbuffer_free(client->rest);
    }
    stator_deadline_clear(&clients->wheel, &client->deadline);
    stator_list_remove(&client->link);
    clients->count--;
    clients->moves++;
    stator_acceptor_close(client->fd, client->conn.reset);
    stator_counter_add(&clients->worker->counters->closed, 1);
}
