/*
 * One client's connection: how it begins, and how it ends.
 *
 * Knows sockets and requests under way; refuses to know what is asked next and when, which is the
 * team's. The one surprising thing: it does not wait for a handshake to end, for on loopback it has
 * by the time connect(2) returns; what could not be sent yet is sent when the socket is ready.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "lab/load/clock.h"
#include "lab/load/engine.h"
#include "lab/load/socket.h"

/* What a slow reader's system may keep for it; the least that Linux grants is a little more. */
#define SLOW_BUFFER 4096

void stator_load_client_init(struct stator_load_client *client,
                             struct stator_load_client_group *client_group, size_t index)
{
    *client = (struct stator_load_client){
        .client_group = client_group,
        .index = index,
        .fd = -1,
        .in_flight = client_group->in_flight + index * client_group->batch,
    };
    stator_list_init(&client->link);
    stator_deadline_init(&client->deadline);
    stator_load_choice_seed(&client->random, client_group->engine->spec->seed, client_group->index,
                            index);
}

/* --- the end --------------------------------------------------------------------------------- */

void stator_load_client_close(struct stator_load_client *client)
{
    if (client->fd < 0) {
        return;
    }
    stator_load_wait_remove(client->client_group->engine->wait, client->fd);
    stator_fd_close(&client->fd);
    client->connected = client->held = false;
    client->served = 0;
    client->generation++;
}

void stator_load_client_fail(struct stator_load_client *client, enum stator_load_error error)
{
    while (stator_load_client_is_busy(client)) {
        int64_t intended = stator_load_client_in_flight(client, client->head)->intended;

        client->head++;
        stator_load_counters_error(&client->client_group->counters,
                                   client->client_group->engine->now, intended, error);
    }
    client->unsent = client->head;
    client->offset = 0;
    stator_load_client_close(client);
    stator_load_client_group_failed(client, error);
}

void stator_load_client_fail_by(struct stator_load_client *client, int code)
{
    struct stator_load_engine *engine = client->client_group->engine;

    if (client->connected) {
        stator_load_client_fail(client, STATOR_LOAD_ERROR_RESET);
        return;
    }
    if (!engine->reached && engine->fatal == 0 && code != EMFILE && code != ENFILE) {
        engine->fatal = -code;
    }
    stator_load_client_fail(client, STATOR_LOAD_ERROR_CONNECT);
}

/* --- the beginning --------------------------------------------------------------------------- */

static int prepare_socket(struct stator_load_client *client, int fd)
{
    struct stator_load_engine *engine = client->client_group->engine;
    int size = SLOW_BUFFER, yes = 1;

    if (stator_load_client_reads_slowly(client)) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    }
    if (stator_load_client_writes_slowly(client) || client->client_group->batch > 1) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    }
    if (ntohl(engine->spec->server.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
        stator_load_socket_unpace(fd);
    }
    return engine->sources == 0 ? 0 /* one address has ports enough, or the server is elsewhere */
                                : stator_load_socket_from(fd, client->source++ % engine->sources);
}

/* Fails: -errno, and it is not connected. */
static int open_connection(struct stator_load_client *client)
{
    struct stator_load_engine *engine = client->client_group->engine;
    const struct sockaddr_in *server = &engine->spec->server;
    int code = stator_load_socket_open();

    if (code < 0) {
        return code;
    }
    client->fd = code;
    code = prepare_socket(client, client->fd);
    if (code == 0 && connect(client->fd, (const struct sockaddr *)server, sizeof(*server)) < 0 &&
        errno != EINPROGRESS) {
        code = -errno;
    }
    if (code == 0) {
        code = stator_load_wait_add(engine->wait, client->fd, client);
    }
    if (code < 0) {
        stator_fd_close(&client->fd);
    }
    return code;
}

void stator_load_client_ask(struct stator_load_client *client, int64_t intended, size_t target)
{
    struct stator_load_client_group *client_group = client->client_group;

    if (!stator_load_client_is_busy(client)) {
        const struct stator_load_target *first = &client->client_group->group->targets[target];

        stator_load_response_init(&client->response, first->checked);
        stator_deadline_set(&client_group->engine->wheel, &client->deadline,
                            (intended + client_group->timeout) / 1000000);
        client->paced_since = client_group->engine->now;
        client->paced = 0;
    }
    *stator_load_client_in_flight(client, client->tail++) =
        (struct stator_load_in_flight){.intended = intended, .target = target};
}

void stator_load_client_go(struct stator_load_client *client)
{
    int code = client->fd < 0 ? open_connection(client) : 0;

    if (code < 0) {
        stator_load_client_fail_by(client, -code);
    } else if (stator_load_client_send(client) && (stator_load_client_reads_slowly(client) ||
                                                   stator_load_client_writes_slowly(client))) {
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_PACE);
    }
}

size_t stator_load_client_byte_limit(const struct stator_load_client *client)
{
    double elapsed = (double)(client->client_group->engine->now - client->paced_since);
    double allowed = 1 + elapsed * client->client_group->group->pace / (double)STATOR_NANOSECONDS;

    return allowed > (double)client->paced ? (size_t)(allowed - (double)client->paced) : 0;
}

/* --- going on -------------------------------------------------------------------------------- */

void stator_load_client_ready(struct stator_load_client *client, bool ended)
{
    if (client->fd < 0) {
        return;
    }
    client->client_group->engine->now = stator_load_now();
    if (client->unsent != client->tail && !stator_load_client_send(client)) {
        return;
    }
    if (client->connected &&
        (!stator_load_client_reads_slowly(client) || !stator_load_client_is_busy(client))) {
        stator_load_client_receive(client, ended);
    }
}

void stator_load_client_resume(struct stator_load_client *client)
{
    if (client->fd < 0) {
        stator_load_client_go(client);
        return;
    }
    if (client->unsent != client->tail && !stator_load_client_send(client)) {
        return;
    }
    if (client->connected && stator_load_client_reads_slowly(client)) {
        stator_load_client_receive_slowly(client);
    } else if (client->connected && !stator_load_client_writes_slowly(client)) {
        stator_load_client_receive(client, true);
    }
}
