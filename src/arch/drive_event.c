/*
 * Connections under an event loop.
 *
 * A bufferevent gathers what the client sends; answers go straight to the socket, because a
 * bufferevent's output costs two epoll_ctl and one more wake-up a response. What the socket does
 * not take stays in the connection's output and waits for an event of its own. The one surprising
 * thing: `advance` is the only place where a client is freed, so every callback ends with it.
 */
#include "arch/drive_event.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/acceptor.h"
#include "arch/drain.h"
#include "conn/conn.h"

/* How much of a client's input is kept before reading pauses, and how many pipelined requests it
 * may have answered before the others have a turn. */
#define INPUT_MAX (64u * 1024)
#define TURN_MAX  64

struct client {
    struct stator_conn conn;
    struct stator_output out;
    struct stator_deadline deadline;
    struct stator_list link;
    struct stator_clients *clients;
    struct bufferevent *input;
    struct event writable;
    int fd;
    enum stator_want want;
    bool stalled; /* `out` waits for the socket; the connection is not stepped until then */
    bool shut;    /* the sending side is shut down */
};

static void client_destroy(struct client *client)
{
    struct stator_clients *clients = client->clients;

    if (client->input != NULL) {
        bufferevent_setcb(client->input, NULL, NULL, NULL, NULL);
        event_del(&client->writable);
    }
    stator_conn_finish(&client->conn, &client->out);
    if (client->input != NULL) {
        bufferevent_free(client->input);
    }
    stator_output_finish(&client->out);
    stator_deadline_clear(&clients->wheel, &client->deadline);
    stator_list_remove(&client->link);
    clients->count--;
    stator_acceptor_close(client->fd, client->conn.reset);
    stator_counter_add(&clients->worker->counters.closed, 1);
    free(client);
}

/* Sends what is to be sent. False when the connection is lost. */
static bool send_output(struct client *client)
{
    if (stator_output_is_empty(&client->out)) {
        return true;
    }
    switch (stator_drain(&client->out, client->fd)) {
    case 0:
        return true;
    case -EAGAIN:
        client->stalled = true;
        stator_conn_stall(&client->conn);
        return event_add(&client->writable, NULL) == 0;
    default:
        client->conn.reset = true;
        return false;
    }
}

/* What was wanted was sent; does the connection go on at once? */
static bool goes_on(struct client *client)
{
    if (client->want == STATOR_WANT_LINGER && !client->shut) {
        client->shut = true;
        shutdown(client->fd, SHUT_WR);
    }
    return client->want == STATOR_WANT_WRITE;
}

/* The turn is over, but there is more to do: comes back after the other clients' events. */
static void yield(struct client *client)
{
    client->stalled = true;
    stator_conn_stall(&client->conn);
    event_active(&client->writable, EV_WRITE, 0);
}

/* Goes on until the client has to send or take something, or is gone. */
static void advance(struct client *client)
{
    struct evbuffer *in = bufferevent_get_input(client->input);

    for (int turn = 0;; turn++) {
        if (turn == 2 * TURN_MAX) {
            yield(client);
            break;
        }
        client->want = stator_conn_step(&client->conn, in, &client->out);
        if (!send_output(client)) {
            client_destroy(client);
            return;
        }
        if (client->stalled) {
            break;
        }
        if (client->want == STATOR_WANT_CLOSE) {
            client_destroy(client);
            return;
        }
        if (!goes_on(client)) {
            break;
        }
    }
    stator_deadline_set(&client->clients->wheel, &client->deadline, client->conn.deadline);
}

static void on_readable(struct bufferevent *input, void *context)
{
    struct client *client = context;

    (void)input;
    stator_worker_wake(client->clients->worker);
    if (!client->stalled) {
        advance(client);
    }
}

static void on_event(struct bufferevent *input, short what, void *context)
{
    struct client *client = context;

    (void)input;
    stator_worker_wake(client->clients->worker);
    if (what & BEV_EVENT_EOF) {
        stator_conn_eof(&client->conn);
        if (!client->stalled) {
            advance(client);
        }
    } else if (what & BEV_EVENT_ERROR) {
        client_destroy(client);
    }
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    struct client *client = context;

    (void)fd;
    (void)what;
    stator_worker_wake(client->clients->worker);
    client->stalled = false;
    if (!send_output(client)) {
        client_destroy(client);
    } else if (!client->stalled) {
        if (client->want == STATOR_WANT_CLOSE) {
            client_destroy(client);
        } else {
            advance(client);
        }
    }
}

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct client *client = STATOR_LIST_ENTRY(deadline, struct client, deadline);

    (void)context;
    if (client->stalled) {
        /* What the kernel can take is progress too, though it may not have said so yet. */
        stator_drain(&client->out, client->fd);
    }
    client->out.queued = stator_transfer_queued(client->fd);
    client->want = stator_conn_expire(&client->conn, client->want, &client->out);
    if (client->want == STATOR_WANT_CLOSE) {
        client_destroy(client);
        return;
    }
    if (client->stalled) {
        stator_deadline_set(&client->clients->wheel, deadline, client->conn.deadline);
    } else if (!send_output(client)) {
        client_destroy(client);
    } else if (!client->stalled && client->want == STATOR_WANT_WRITE) {
        advance(client);
    } else {
        stator_deadline_set(&client->clients->wheel, deadline, client->conn.deadline);
    }
}

/* --- the clients of one loop ---------------------------------------------------------------- */

void stator_clients_init(struct stator_clients *clients, struct event_base *base,
                         struct stator_worker *worker)
{
    *clients = (struct stator_clients){.base = base, .worker = worker};
    stator_list_init(&clients->list);
    stator_wheel_init(&clients->wheel, worker->clock.monotonic);
}

static struct client *client_at(struct stator_list *link)
{
    return STATOR_LIST_ENTRY(link, struct client, link);
}

void stator_clients_finish(struct stator_clients *clients)
{
    while (!stator_list_is_empty(&clients->list)) {
        client_destroy(client_at(clients->list.next));
    }
}

int stator_clients_add(struct stator_clients *clients, int fd, const char *peer)
{
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL) {
        stator_acceptor_close(fd, true);
        return -ENOMEM;
    }
    client->clients = clients;
    client->fd = fd;
    stator_output_init(&client->out);
    stator_conn_init(&client->conn, clients->worker, peer);
    stator_deadline_init(&client->deadline);
    stator_list_append(&clients->list, &client->link);
    clients->count++;
    stator_counter_add(&clients->worker->counters.accepted, 1);

    client->input = bufferevent_socket_new(clients->base, fd, 0);
    if (client->input == NULL ||
        event_assign(&client->writable, clients->base, fd, EV_WRITE, on_writable, client) < 0) {
        client->conn.reset = true;
        client_destroy(client);
        return -ENOMEM;
    }
    bufferevent_setcb(client->input, on_readable, NULL, on_event, client);
    bufferevent_setwatermark(client->input, EV_READ, 0, INPUT_MAX);
    bufferevent_enable(client->input, EV_READ);
    stator_deadline_set(&clients->wheel, &client->deadline, client->conn.deadline);
    return 0;
}

void stator_clients_tick(struct stator_clients *clients)
{
    stator_wheel_turn(&clients->wheel, clients->worker->clock.monotonic, on_expired, NULL);
}

void stator_clients_drain(struct stator_clients *clients)
{
    struct stator_list *link = clients->list.next;

    while (link != &clients->list) {
        struct client *client = client_at(link);

        link = link->next;
        if (stator_conn_drain(&client->conn)) {
            client_destroy(client);
        } else {
            stator_deadline_set(&clients->wheel, &client->deadline, client->conn.deadline);
        }
    }
}
