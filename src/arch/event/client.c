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
#define STEPS_MAX 128
#define STEPS_MS  10

/* At its end in a way that must not look like a good one. Returns: false. */
static bool cut(struct stator_client *client)
{
    client->conn.reset = true;
    return false;
}

/* The last was said and sent. */
static void end_sending(struct stator_client *client)
{
    client->write_closed = true;
    client->want = stator_conn_shut(&client->conn, stator_send_shutdown(&client->out, client->fd));
}

/* --- steps ---------------------------------------------------------------------------------- */

/* The connection waits for its request's path to be looked up. False where it need not. */
static bool send_to_look(struct stator_client *client)
{
    struct stator_client_set *set = client->set;

    if (set->io_helpers != NULL) {
        client->job = stator_io_helpers_look_up(set->io_helpers, client, set->worker->request.path);
    }
    client->blocked = client->job != NULL;
    return client->blocked;
}

/* Goes on until the client has to send or take something. False when it is at its end. */
static bool advance(struct stator_client *client, struct stator_span in)
{
    struct stator_worker *worker = client->set->worker;
    int64_t begun = worker->clock.monotonic;

    for (int steps = 0; !client->blocked; steps++) {
        client->want = stator_conn_step(&client->conn, &in, &client->out);
        client->present = 0;
        if (client->want == STATOR_WANT_WAIT) {
            send_to_look(client);
            continue;
        }
        if (!stator_client_send(client, &in)) {
            return cut(client);
        }
        if (client->blocked) {
            stator_worker_wake(worker); /* for the others: it may have waited for a disk */
            break;
        }
        if (client->want == STATOR_WANT_LINGER && !client->write_closed) {
            end_sending(client);
        }
        if (client->want == STATOR_WANT_CLOSE) {
            return false;
        }
        if (client->want != STATOR_WANT_WRITE) {
            break;
        }
        stator_worker_wake(worker);
        if ((steps >= STEPS_MAX || worker->clock.monotonic - begun >= STEPS_MS) &&
            !stator_client_block(client, &in)) {
            return cut(client);
        }
    }
    if (!stator_client_keep(client, in)) {
        return cut(client);
    }
    stator_deadline_set(&client->set->wheel, &client->deadline, client->conn.deadline);
    return true;
}

/* Goes on with what came. False when the client is at its end. */
static bool consume(struct stator_client *client, struct stator_received received)
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
        if (client->blocked) {
            client->input_pending = true;
            return true;
        }
        received = stator_client_receive(client, 0);
        if (received.nothing) {
            return true;
        }
        if (!consume(client, received)) {
            return false;
        }
    } while (received.count > 0 && client->set->edge_triggered &&
             (received.count == STATOR_CLIENT_SET_INPUT || closed));
    return true;
}

/* Nothing holds it up any more; goes on with what the client has sent so far. */
static bool resume(struct stator_client *client)
{
    bool input_pending = client->input_pending;
    struct stator_span in;

    if (client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    client->input_pending = false;
    if (!stator_client_join(client, 0, &in)) {
        return cut(client);
    }
    if (!advance(client, in)) {
        return false;
    }
    return input_pending && client->set->edge_triggered ? stator_client_readable(client, true)
                                                        : true;
}

bool stator_client_writable(struct stator_client *client)
{
    uint64_t before = client->out.taken;
    int result;

    if (!client->blocked || client->job != NULL) {
        return true;
    }
    result = stator_output_is_empty(&client->out) ? 0 : stator_client_send_some(client, true);
    client->set->moves += client->out.taken != before || result == 0;
    if (result == -EAGAIN) {
        stator_worker_wake(client->set->worker);
        return true; /* what it needs was kept when it stalled */
    }
    client->blocked = false;
    return result == 0 ? resume(client) : cut(client);
}

bool stator_client_fetched(struct stator_client *client)
{
    client->job = NULL;
    return stator_client_writable(client);
}

bool stator_client_expire(struct stator_client *client)
{
    struct stator_span none = {NULL, 0};
    bool sending;

    if (!stator_output_is_empty(&client->out) && client->job == NULL && client->set->piece == 0) {
        /* What the kernel can take is progress too, though it may not have said so yet. */
        stator_client_send_some(client, true);
    }
    sending = !stator_output_is_empty(&client->out);
    client->out.queued = stator_send_queued(client->fd, 0);
    client->want = stator_conn_expire(&client->conn, client->want, &client->out);
    if (client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    if (sending || stator_output_is_empty(&client->out)) {
        stator_deadline_set(&client->set->wheel, &client->deadline, client->conn.deadline);
        return true;
    }
    /* There is a last word to say, whatever the client waited for. */
    stator_io_job_abandon(client->job);
    client->job = NULL;
    client->blocked = false;
    if (!stator_client_send(client, &none)) {
        return cut(client);
    }
    return client->blocked || resume(client);
}

/*
 * Nothing is under way, unless a request has come that nobody has looked at yet: then its answer
 * will be the last, else the connection ends.
 */
bool stator_client_drain(struct stator_client *client)
{
    if (stator_conn_drain(&client->conn, &client->out)) {
        return consume(client, stator_client_receive(client, MSG_DONTWAIT));
    }
    stator_deadline_set(&client->set->wheel, &client->deadline, client->conn.deadline);
    return true;
}

/* --- its beginning and its end --------------------------------------------------------------- */

void stator_client_init(struct stator_client *client, struct stator_client_set *set, int fd,
                        const char *peer)
{
    client->set = set;
    client->rest = NULL;
    client->job = NULL;
    client->present = 0;
    client->fd = fd;
    client->want = STATOR_WANT_READ;
    client->blocked = client->input_pending = client->write_closed = false;
    stator_output_init(&client->out);
    stator_conn_init(&client->conn, set->worker, peer);
    stator_deadline_init(&client->deadline);
    stator_list_append(&set->list, &client->link);
    set->count++;
    set->moves++;
    stator_counter_add(&set->worker->counters->accepted, 1);
    stator_deadline_set(&set->wheel, &client->deadline, client->conn.deadline);
}

void stator_client_finish(struct stator_client *client)
{
    struct stator_client_set *set = client->set;

    stator_io_job_abandon(client->job);
    if (client->conn.state == STATOR_CONN_STATE_RESPOND &&
        (client->out.more || !stator_output_is_empty(&client->out))) {
        cut(client);
    }
    stator_conn_finish(&client->conn, &client->out);
    stator_output_finish(&client->out);
    if (client->rest != NULL) {
        evbuffer_free(client->rest);
    }
    stator_deadline_clear(&set->wheel, &client->deadline);
    stator_list_remove(&client->link);
    set->count--;
    set->moves++;
    stator_acceptor_close(client->fd, client->conn.reset);
    stator_counter_add(&set->worker->counters->closed, 1);
}
