/*
 * A client among many.
 *
 * What it sends is received into one buffer that all clients of the loop share, and answers go
 * straight to the socket; only what is left over of either gets a buffer of the client's own, so an
 * idle one costs little. Refuses to know who calls. The one surprising thing: where sockets block,
 * nothing is sent until the loop says that the socket is writable, and then one bounded piece: more
 * might hold up everybody.
 */
#include "arch/client.h"

#include <errno.h>
#include <event2/buffer.h>
#include <sys/socket.h>

#include "arch/acceptor.h"
#include "arch/drain.h"
#include "arch/errand.h"

/* How many steps a client may take, and for how many ms, before the others have a turn. */
#define TURN_MAX 128
#define TURN_MS  10

/* At its end in a way that must not look like a good one. Returns: false. */
static bool cut(struct stator_client *client)
{
    client->conn.reset = true;
    return false;
}

/* --- input ---------------------------------------------------------------------------------- */

/* What is left of `in`, which stands in the shared buffer or in `rest`, stays with the client. */
static bool keep_input(struct stator_client *client, struct stator_span in)
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

/* All input that is there, in one piece; `fresh` bytes of it are new in the shared buffer. */
static bool join_input(struct stator_client *client, size_t fresh, struct stator_span *out)
{
    struct evbuffer *rest = client->rest;

    if (rest == NULL) {
        *out = (struct stator_span){client->clients->input, fresh};
        return true;
    }
    if (fresh > 0 && evbuffer_add(rest, client->clients->input, fresh) < 0) {
        return false;
    }
    *out = (struct stator_span){(const char *)evbuffer_pullup(rest, -1), evbuffer_get_length(rest)};
    return out->at != NULL;
}

/* --- output --------------------------------------------------------------------------------- */

/* Most loops have neither errands nor sockets that block: what is for these alone is cold, so that
 * it does not stand in the others' way. */

/* Goes on later: when the socket is writable, or an errand is done. */
static bool stall(struct stator_client *client, struct stator_span *in)
{
    client->stalled = true;
    return stator_conn_stall(&client->conn, in, &client->out) == 0;
}

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

static inline int send_some(struct stator_client *client, bool writable)
{
    const struct stator_clients *clients = client->clients;

    if (clients->piece == 0 && (clients->errands == NULL || client->out.file_left == 0)) {
        return stator_drain(&client->out, client->fd);
    }
    return clients->piece > 0 ? send_piece(client, writable) : send_present(client);
}

/* Sends what is to be sent, as far as the socket takes it. False when the connection is lost. */
static bool send_output(struct stator_client *client, struct stator_span *in)
{
    int result = stator_output_is_empty(&client->out) ? 0 : send_some(client, false);

    return result == -EAGAIN ? stall(client, in) : result == 0;
}

/* What was wanted was sent; does the connection go on at once? */
static bool goes_on(struct stator_client *client)
{
    if (client->want == STATOR_WANT_LINGER && !client->shut) {
        client->shut = true;
        shutdown(client->fd, SHUT_WR);
    }
    return client->want == STATOR_WANT_WRITE;
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
        if (!send_output(client, &in)) {
            return cut(client);
        }
        if (client->stalled) {
            break;
        }
        if (client->want == STATOR_WANT_CLOSE) {
            return false;
        }
        if (!goes_on(client)) {
            break;
        }
        stator_worker_wake(worker);
        if ((turn >= TURN_MAX || worker->clock.monotonic - begun >= TURN_MS) &&
            !stall(client, &in)) {
            return cut(client);
        }
    }
    if (!keep_input(client, in)) {
        return cut(client);
    }
    stator_deadline_set(&client->clients->wheel, &client->deadline, client->conn.deadline);
    return true;
}

/* What one receive brought: its bytes are in the shared buffer. */
struct received {
    size_t count;
    bool nothing; /* none were there */
    bool lost;    /* the connection is */
};

static struct received receive(struct stator_client *client, int flags)
{
    ssize_t count;

    do {
        count = recv(client->fd, client->clients->input, STATOR_CLIENTS_INPUT, flags);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        bool nothing = errno == EAGAIN || errno == EWOULDBLOCK;

        return (struct received){.nothing = nothing, .lost = !nothing};
    }
    client->clients->moves++;
    if (count == 0) {
        stator_conn_eof(&client->conn);
    }
    return (struct received){.count = (size_t)count};
}

/* Goes on with what came. False when the client is at its end. */
static bool use(struct stator_client *client, struct received received)
{
    struct stator_span in;

    if (received.lost) {
        return false;
    }
    if (!join_input(client, received.count, &in)) {
        return cut(client);
    }
    return advance(client, in);
}

bool stator_client_readable(struct stator_client *client, bool closed)
{
    struct received received;

    /* Where the loop does not repeat itself, only a short receive, where the end cannot be behind
     * it, says that there is nothing more. */
    do {
        if (client->stalled) {
            client->deaf = true;
            return true;
        }
        received = receive(client, 0);
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
    if (!join_input(client, 0, &in)) {
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
    result = stator_output_is_empty(&client->out) ? 0 : send_some(client, true);
    client->clients->moves += client->out.taken != before || result == 0;
    if (result == -EAGAIN) {
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
        send_some(client, true);
    }
    sending = !stator_output_is_empty(&client->out);
    client->out.queued = stator_transfer_queued(client->fd);
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
    if (!send_output(client, &none)) {
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
        return use(client, receive(client, MSG_DONTWAIT));
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
