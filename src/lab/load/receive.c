/*
 * What a client receives: responses, verified, and how a connection ends.
 *
 * Knows which request a response belongs to; refuses to know what is asked next. The one surprising
 * thing: what came beyond a response that nobody else is waited for makes that response wrong, for
 * its length was a lie.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lab/load/clock.h"
#include "lab/load/engine.h"

/* Reads of one client before others have their turn. */
#define READ_MAX 8

/* What is wrong with the complete response, or STATOR_LOAD_ERROR_COUNT. */
static enum stator_load_error check(const struct stator_load_client *client,
                                    const struct stator_load_target *target)
{
    const struct stator_load_response *response = &client->response;

    if (response->status != 200 && response->status != 206 && response->status != 304) {
        return STATOR_LOAD_ERROR_STATUS;
    }
    if (response->status == 304) {
        return STATOR_LOAD_ERROR_COUNT;
    }
    if ((target->length >= 0 && response->length != (uint64_t)target->length) ||
        (target->checked && response->sum != target->checksum)) {
        return STATOR_LOAD_ERROR_WRONG;
    }
    return STATOR_LOAD_ERROR_COUNT;
}

static void keep_time(struct stator_load_client *client,
                      const struct stator_load_in_flight *in_flight)
{
    struct stator_load_engine *engine = client->client_group->engine;
    int64_t begin = client->client_group->counters.begin;

    if (engine->time_count == engine->time_capacity) {
        size_t capacity = engine->time_capacity > 0 ? engine->time_capacity * 2 : 1024;
        struct stator_load_time *times = reallocarray(engine->times, capacity, sizeof(*times));

        if (times == NULL) {
            engine->fatal = -ENOMEM;
            return;
        }
        engine->times = times;
        engine->time_capacity = capacity;
    }
    engine->times[engine->time_count++] = (struct stator_load_time){
        .group = client->client_group->index,
        .intended = in_flight->intended - begin,
        .sent = in_flight->sent - begin,
        .from_intended = engine->now - in_flight->intended,
    };
}

/* The first of those under way has its response; `excess` where more came than was asked for. */
static void finish_response(struct stator_load_client *client, bool excess)
{
    struct stator_load_client_group *client_group = client->client_group;
    const struct stator_load_in_flight *in_flight =
        stator_load_client_in_flight(client, client->head);
    const struct stator_load_target *target = &client_group->group->targets[in_flight->target];
    enum stator_load_error error = excess ? STATOR_LOAD_ERROR_WRONG : check(client, target);
    int64_t now = client_group->engine->now;

    /* The deadline itself is looked at now and then only. */
    if (error == STATOR_LOAD_ERROR_COUNT && now - in_flight->intended >= client_group->timeout) {
        error = STATOR_LOAD_ERROR_TIMEOUT;
    }
    client->head++;
    client->served++;
    if (error != STATOR_LOAD_ERROR_COUNT) {
        stator_load_counters_error(&client_group->counters, now, in_flight->intended, error);
    } else if (stator_load_counters_response(&client_group->counters, now, in_flight->intended,
                                             in_flight->sent, client->response.length)) {
        client->responses++;
        if (client_group->engine->spec->keep_times) {
            keep_time(client, in_flight);
        }
    }
    if (stator_load_client_is_busy(client)) {
        size_t next = stator_load_client_in_flight(client, client->head)->target;

        stator_load_response_init(&client->response, client_group->group->targets[next].checked);
    }
}

/* Closes; what the server will not answer any more is asked again on a new connection. */
static void part(struct stator_load_client *client)
{
    stator_load_client_close(client);
    if (!stator_load_client_is_busy(client)) {
        stator_load_client_group_next(client);
        return;
    }
    client->unsent = client->head;
    client->offset = 0;
    stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_SOON);
}

/* A response is complete, and `rest` follows. False where the connection is no more. */
static bool complete(struct stator_load_client *client, struct stator_span rest)
{
    unsigned max = client->client_group->group->per_connection;
    bool last = client->response.close || (max > 0 && client->served + 1 >= max);
    bool excess = rest.length > 0 && client->head + 1 == client->tail;

    if (client->head == client->unsent) {
        /* It answered before it was asked in full: to lose patience is its right. */
        stator_load_client_fail(client, client->response.status >= 400 ? STATOR_LOAD_ERROR_STATUS
                                                                       : STATOR_LOAD_ERROR_WRONG);
        return false;
    }
    finish_response(client, excess);
    if (last || excess) {
        part(client);
        return false;
    }
    if (!stator_load_client_is_busy(client)) {
        stator_load_client_group_next(client);
        return false;
    }
    return true;
}

static void abort_connection(struct stator_load_client *client)
{
    struct linger none = {.l_onoff = 1};

    while (stator_load_client_is_busy(client)) {
        int64_t intended = stator_load_client_in_flight(client, client->head)->intended;

        client->head++;
        stator_load_counters_abort(&client->client_group->counters,
                                   client->client_group->engine->now, intended);
    }
    client->unsent = client->head;
    client->offset = 0;
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    part(client);
}

/* Takes what came. */
static void take(struct stator_load_client *client, struct stator_span in)
{
    if (stator_load_client_is_busy(client) &&
        client->client_group->group->manner == STATOR_LOAD_MANNER_ABORT) {
        abort_connection(client);
        return;
    }
    while (in.length > 0 && stator_load_client_is_busy(client)) {
        enum stator_parse parse = stator_load_response_feed(&client->response, &in);

        if (parse == STATOR_PARSE_FAILED) {
            stator_load_client_fail(client, STATOR_LOAD_ERROR_WRONG);
            return;
        }
        if (parse == STATOR_PARSE_DONE && !complete(client, in)) {
            return;
        }
    }
    if (in.length > 0) {
        /* Nobody asked. */
        stator_load_client_close(client);
        stator_load_client_group_lost(client);
    }
}

/* The server has closed. */
static void take_end(struct stator_load_client *client)
{
    if (!stator_load_client_is_busy(client)) {
        stator_load_client_close(client);
        stator_load_client_group_lost(client);
    } else if (stator_load_response_end(&client->response) == STATOR_PARSE_DONE) {
        client->response.close = true;
        complete(client, (struct stator_span){0});
    } else {
        stator_load_client_fail(client, STATOR_LOAD_ERROR_CUT);
    }
}

static void end_by_errno(struct stator_load_client *client, int code)
{
    if (stator_load_client_is_busy(client)) {
        stator_load_client_fail_by(client, code);
    } else {
        take_end(client);
    }
}

/*
 * Reads once, at most `most` bytes. True where there may be more: `ended` says that the end, at
 * least, is still to come.
 */
static bool read_once(struct stator_load_client *client, size_t max, bool ended)
{
    struct stator_load_engine *engine = client->client_group->engine;
    unsigned generation = client->generation;
    ssize_t count = recv(client->fd, engine->buffer, max, 0);
    int code = errno;

    engine->now = stator_load_now();
    if (count > 0) {
        stator_load_counters_wire(&client->client_group->counters, engine->now, (size_t)count);
        client->paced += (size_t)count;
        take(client, (struct stator_span){engine->buffer, (size_t)count});
        return client->generation == generation && ((size_t)count == max || ended);
    }
    if (count == 0) {
        take_end(client);
    } else if (code == EINTR) {
        return true;
    } else if (code != EAGAIN && code != EWOULDBLOCK) {
        end_by_errno(client, code);
    }
    return false;
}

void stator_load_client_receive(struct stator_load_client *client, bool ended)
{
    for (int i = 0; i < READ_MAX; i++) {
        if (!read_once(client, STATOR_LOAD_BUFFER, ended)) {
            return;
        }
    }
    if (stator_load_client_is_busy(client)) {
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_SOON);
    }
}

void stator_load_client_receive_slowly(struct stator_load_client *client)
{
    size_t max = stator_load_client_byte_limit(client);

    if (max > STATOR_LOAD_BUFFER) {
        max = STATOR_LOAD_BUFFER;
    }
    if (max > 0) {
        read_once(client, max, false);
    }
}
