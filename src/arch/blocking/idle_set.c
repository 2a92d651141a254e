/*
 * Connections between two requests: complete heads, deadlines, and the order of offers.
 *
 * The dispatcher's own worker steps a connection whose head is not complete, so that a malformed
 * head is answered as early as under every other architecture. The thread that takes the
 * connection sends that answer, because the dispatcher never waits for one client.
 */
#include "arch/blocking/idle_set.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "arch/activity.h"
#include "arch/event/timer.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/send.h"

static struct stator_idle_conn *idle_at(struct stator_list *link)
{
    return STATOR_LIST_ENTRY(link, struct stator_idle_conn, link);
}

/* --- what became of a connection ----------------------------------------------------------- */

/* Takes the connection off every list, timer and event of the set. */
static void release(struct stator_idle_conn *idle)
{
    stator_list_remove(&idle->link);
    stator_deadline_clear(&idle->idle_set->wheel, &idle->deadline);
    event_del(&idle->readable);
}

void stator_idle_set_remove(struct stator_idle_conn *idle)
{
    struct stator_idle_set *idle_set = idle->idle_set;

    release(idle);
    if (!idle->over) {
        stator_blocking_conn_close(&idle->client);
    }
    idle_set->count--;
    idle_set->moved = true;
    stator_counter_add(&idle_set->worker->counters->closed, 1);
    free(idle);
}

void stator_idle_set_offer(struct stator_idle_set *idle_set)
{
    while (!stator_list_is_empty(&idle_set->waiting)) {
        struct stator_idle_conn *idle = idle_at(idle_set->waiting.next);

        stator_list_remove(&idle->link);
        if (!idle_set->host->take(idle_set->arch, idle)) {
            stator_list_push(&idle_set->waiting, &idle->link);
            stator_timer_arm(idle_set->again, STATOR_ACCEPT_PAUSE_MS);
            return;
        }
        idle_set->moved = true;
    }
}

/* A request has begun to arrive: the set no longer watches the connection. */
static void offer(struct stator_idle_conn *idle)
{
    release(idle);
    stator_list_append(&idle->idle_set->waiting, &idle->link);
    stator_idle_set_offer(idle->idle_set);
}

static void watch(struct stator_idle_conn *idle)
{
    struct stator_idle_set *idle_set = idle->idle_set;

    stator_list_remove(&idle->link);
    stator_list_append(&idle_set->watched, &idle->link);
    stator_deadline_set(&idle_set->wheel, &idle->deadline, idle->client.conn.deadline);
    if (event_add(&idle->readable, NULL) < 0) {
        idle->client.conn.reset = true;
        stator_idle_set_remove(idle);
    }
}

/* True where an empty line has come: all of a head is there, or what the parser will refuse. */
static bool has_head(struct stator_idle_conn *idle)
{
    struct stator_span in = idle->client.in;
    size_t from = idle->searched;

    idle->searched = in.length;
    for (size_t i = from < 3 ? 0 : from - 3; i + 1 < in.length; i++) {
        const char *at = in.at + i;

        if (at[0] == '\n' &&
            (at[1] == '\n' || (i + 2 < in.length && at[1] == '\r' && at[2] == '\n'))) {
            return true;
        }
    }
    return false;
}

/* Keeps the output that the dispatcher's worker wrote, for another worker to send. */
static void keep_and_offer(struct stator_idle_conn *idle)
{
    struct stator_blocking_conn *client = &idle->client;

    if (stator_conn_block(&client->conn, &client->in, &client->out) < 0) {
        client->conn.reset = true;
        stator_idle_set_remove(idle);
    } else {
        offer(idle);
    }
}

/*
 * Decides, from what the client has sent so far, whether the connection waits, is offered or ends.
 */
static void look_at(struct stator_idle_conn *idle)
{
    struct stator_blocking_conn *client = &idle->client;

    if (client->conn.state != STATOR_CONN_STATE_LINGER && has_head(idle)) {
        offer(idle);
        return;
    }
    client->conn.one_request = true;
    client->want = stator_conn_step(&client->conn, &client->in, &client->out);
    if (!stator_output_is_empty(&client->out)) {
        keep_and_offer(idle);
        return;
    }
    stator_blocking_conn_end_sending(client);
    if (client->want == STATOR_WANT_READ || client->want == STATOR_WANT_LINGER) {
        watch(idle);
    } else {
        stator_idle_set_remove(idle);
    }
}

/* Takes what came. */
static void receive(struct stator_idle_conn *idle)
{
    int error = stator_blocking_conn_receive(&idle->client);

    idle->idle_set->moved = idle->idle_set->moved || error != -EAGAIN;
    if (error < 0 && error != -EAGAIN) {
        stator_idle_set_remove(idle);
    } else {
        look_at(idle);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct stator_idle_conn *idle = context;

    (void)fd;
    (void)what;
    stator_activity_begin(idle->idle_set->worker);
    receive(idle);
}

/* --- coming, and coming back ---------------------------------------------------------------- */

bool stator_idle_set_has_room(const struct stator_idle_set *idle_set)
{
    size_t max = idle_set->worker->limits.max_connections * idle_set->arch->setup.worker_count;

    return idle_set->count < max && stator_list_is_empty(&idle_set->waiting) &&
           (idle_set->host->has_room == NULL || idle_set->host->has_room(idle_set->arch));
}

void stator_idle_set_add(struct stator_idle_set *idle_set, int fd, const char *peer)
{
    struct stator_idle_conn *idle = malloc(sizeof(*idle)); /* mostly input that is never touched */

    if (idle == NULL) {
        stator_acceptor_close(fd, true);
        return;
    }
    idle->idle_set = idle_set;
    idle->searched = 0;
    idle->over = false;
    stator_list_init(&idle->link);
    stator_deadline_init(&idle->deadline);
    stator_blocking_conn_open(&idle->client, fd, peer);
    event_assign(&idle->readable, idle_set->base, fd, EV_READ, on_readable, idle);
    idle_set->count++;
    idle_set->moved = true;
    stator_counter_add(&idle_set->worker->counters->accepted, 1);
    if (idle_set->host->at_once) {
        offer(idle);
    } else {
        stator_blocking_conn_adopt(&idle->client, idle_set->worker);
        receive(idle); /* the request is often there already */
    }
}

void stator_idle_set_return(struct stator_idle_conn *idle)
{
    idle->idle_set->moved = true;
    if (idle->over) {
        stator_idle_set_remove(idle);
        return;
    }
    stator_blocking_conn_adopt(&idle->client, idle->idle_set->worker);
    /* Within a head the parser has seen all that is there: only what is new can end it. */
    idle->searched = idle->client.conn.state == STATOR_CONN_STATE_HEAD ? idle->client.in.length : 0;
    look_at(idle);
}

/* --- time, and the end ----------------------------------------------------------------------- */

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct stator_idle_conn *idle = STATOR_LIST_ENTRY(deadline, struct stator_idle_conn, deadline);
    struct stator_blocking_conn *client = &idle->client;

    (void)context;
    client->out.queued = stator_send_queued(client->fd, 0);
    client->want = stator_conn_expire(&client->conn, client->want, &client->out);
    if (!stator_output_is_empty(&client->out)) {
        keep_and_offer(idle);
    } else if (client->want == STATOR_WANT_CLOSE) {
        stator_idle_set_remove(idle);
    } else {
        stator_deadline_set(&idle->idle_set->wheel, deadline, client->conn.deadline);
    }
}

void stator_idle_set_expire(struct stator_idle_set *idle_set)
{
    stator_timing_wheel_advance(&idle_set->wheel, idle_set->worker->clock.monotonic, on_expired,
                                NULL);
}

void stator_idle_set_drain(struct stator_idle_set *idle_set)
{
    struct stator_list before;

    stator_list_move(&idle_set->watched, &before);
    while (!stator_list_is_empty(&before)) {
        struct stator_idle_conn *idle = idle_at(before.next);

        stator_conn_drain(&idle->client.conn, &idle->client.out);
        receive(idle);
    }
}

static void dismiss_all(struct stator_list *list)
{
    while (!stator_list_is_empty(list)) {
        stator_idle_set_remove(idle_at(list->next));
    }
}

void stator_idle_set_clear(struct stator_idle_set *idle_set)
{
    dismiss_all(&idle_set->watched);
    dismiss_all(&idle_set->waiting);
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
    struct stator_idle_set *idle_set = context;

    (void)fd;
    (void)what;
    stator_activity_begin(idle_set->worker);
    stator_idle_set_offer(idle_set);
}

int stator_idle_set_init(struct stator_idle_set *idle_set, struct stator_arch *arch,
                         struct stator_worker *worker, const struct stator_idle_set_host *host,
                         struct event_base *base)
{
    *idle_set =
        (struct stator_idle_set){.arch = arch, .worker = worker, .host = host, .base = base};
    stator_list_init(&idle_set->watched);
    stator_list_init(&idle_set->waiting);
    stator_timing_wheel_init(&idle_set->wheel, worker->clock.monotonic);
    idle_set->again = evtimer_new(base, on_again, idle_set);
    return idle_set->again != NULL ? 0 : -ENOMEM;
}

void stator_idle_set_finish(struct stator_idle_set *idle_set)
{
    if (idle_set->again != NULL) {
        event_free(idle_set->again);
        idle_set->again = NULL;
    }
}
