/*
 * What the clients of a group do next, and when.
 *
 * Knows arrivals, thinking, pace and rest; refuses to know sockets. The one surprising thing: the
 * requests of an open loop that wait for a free client are stored nowhere. The same schedule is run
 * twice, once as time passes and once as clients take from it, and what lies between them waits.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lab/load/clock.h"
#include "lab/load/engine.h"

#define TIMEOUT 30.0 /* s, where a group has none */

/* ns */
#define REST      (10 * 1000000LL)         /* after a connection could not be made */
#define IDLE_REST (1 * STATOR_NANOSECONDS) /* idle ones, after theirs was lost */
#define PACE      (20 * 1000000LL)         /* between two steps of a slow one, if a byte is due */

/* How many idle clients may be on their way at a time: what servers let wait to be accepted. */
#define COALESCE_MAX 64

/* --- making ---------------------------------------------------------------------------------- */

static int write_requests(struct stator_load_client_group *client_group)
{
    const struct stator_load_group *group = client_group->group;

    client_group->requests = calloc(group->target_count, sizeof(*client_group->requests));
    if (client_group->requests == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < group->target_count; i++) {
        int code = stator_load_request_init(&client_group->requests[i], client_group->engine->spec,
                                            &group->targets[i]);

        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static void make_lines(struct stator_load_client_group *client_group)
{
    const struct stator_load_group *group = client_group->group;
    int64_t byte = group->pace > 0 ? stator_load_ns(1 / group->pace) : 0;
    const int64_t delays[STATOR_LOAD_QUEUE_KIND_COUNT] = {
        [STATOR_LOAD_QUEUE_KIND_SOON] = 0,
        [STATOR_LOAD_QUEUE_KIND_REST] = group->manner == STATOR_LOAD_MANNER_IDLE ? IDLE_REST : REST,
        [STATOR_LOAD_QUEUE_KIND_THINK] = stator_load_ns(group->think),
        [STATOR_LOAD_QUEUE_KIND_PACE] = byte > PACE ? byte : PACE,
    };

    for (size_t i = 0; i < STATOR_LOAD_QUEUE_KIND_COUNT; i++) {
        stator_list_init(&client_group->queues[i].list);
        client_group->queues[i].delay = delays[i];
    }
    stator_list_init(&client_group->free);
}

static int make_clients(struct stator_load_client_group *client_group)
{
    size_t count = client_group->group->clients;

    client_group->clients = calloc(count, sizeof(*client_group->clients));
    client_group->in_flight = calloc(count * client_group->batch, sizeof(*client_group->in_flight));
    if (client_group->clients == NULL || client_group->in_flight == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        stator_load_client_init(&client_group->clients[i], client_group, i);
        client_group->clients[i].source = (unsigned)i;
    }
    return 0;
}

int stator_load_client_group_init(struct stator_load_client_group *client_group,
                                  struct stator_load_engine *engine, size_t index)
{
    const struct stator_load_group *group = &engine->spec->groups[index];
    int code;

    *client_group = (struct stator_load_client_group){
        .engine = engine,
        .group = group,
        .index = index,
        .closed = group->arrival == STATOR_LOAD_ARRIVAL_CLOSED ||
                  group->manner == STATOR_LOAD_MANNER_IDLE,
        .timeout = stator_load_ns(group->timeout > 0 ? group->timeout : TIMEOUT),
    };
    client_group->batch =
        client_group->closed && group->pipeline > 1 && group->manner != STATOR_LOAD_MANNER_IDLE
            ? group->pipeline
            : 1;
    make_lines(client_group);
    stator_load_schedule_init(&client_group->arrived, group, engine->spec->seed, index);
    client_group->taken = client_group->arrived;
    stator_load_choice_seed(&client_group->random, engine->spec->seed, index, 0);
    code = stator_load_choice_init(&client_group->choice, group);
    code = code == 0 ? stator_load_counters_init(&client_group->counters, group->name) : code;
    code = code == 0 ? write_requests(client_group) : code;
    return code == 0 ? make_clients(client_group) : code;
}

void stator_load_client_group_finish(struct stator_load_client_group *client_group)
{
    for (size_t i = 0; client_group->clients != NULL && i < client_group->group->clients; i++) {
        stator_load_client_close(&client_group->clients[i]);
    }
    for (size_t i = 0; client_group->requests != NULL && i < client_group->group->target_count;
         i++) {
        stator_load_request_finish(&client_group->requests[i]);
    }
    free(client_group->requests);
    free(client_group->clients);
    free(client_group->in_flight);
    stator_load_choice_finish(&client_group->choice);
    stator_load_counters_finish(&client_group->counters);
}

/* --- asking ---------------------------------------------------------------------------------- */

static bool is_idle(const struct stator_load_client_group *client_group)
{
    return client_group->group->manner == STATOR_LOAD_MANNER_IDLE;
}

void stator_load_client_group_join(struct stator_load_client *client,
                                   enum stator_load_queue_kind queue)
{
    stator_list_remove(&client->link);
    client->since = client->client_group->engine->now;
    stator_list_append(&client->client_group->queues[queue].list, &client->link);
}

/* A closed loop's client: as many as are sent at once, and as the connection may still have. */
static void ask(struct stator_load_client *client, int64_t intended)
{
    struct stator_load_client_group *client_group = client->client_group;
    unsigned max = client_group->group->per_connection, count = client_group->batch;

    if (max > client->served && max - client->served < count) {
        count = max - client->served;
    }
    for (unsigned i = 0; i < count; i++) {
        stator_load_counters_enter(&client_group->counters, intended);
        stator_load_client_ask(client, intended,
                               stator_load_choice_draw(&client_group->choice, &client->random));
    }
    stator_load_client_go(client);
}

/* The first of an open loop's requests that wait is taken from them. */
static int64_t take_first(struct stator_load_client_group *client_group, size_t *target)
{
    int64_t intended = client_group->start + client_group->taken.next;

    *target = stator_load_choice_draw(&client_group->choice, &client_group->random);
    stator_load_schedule_pass(&client_group->taken);
    return intended;
}

static bool has_waiting(const struct stator_load_client_group *client_group)
{
    return client_group->taken.count < client_group->arrived.count;
}

/* Those that waited in vain: there was no client for them in time. */
static void drop_late(struct stator_load_client_group *client_group)
{
    int64_t now = client_group->engine->now;

    while (has_waiting(client_group) &&
           client_group->start + client_group->taken.next + client_group->timeout <= now) {
        int64_t intended = client_group->start + client_group->taken.next;
        size_t target;

        take_first(client_group, &target);
        stator_load_counters_error(&client_group->counters, now, intended,
                                   STATOR_LOAD_ERROR_TIMEOUT);
    }
}

/* Gives those that wait to clients that are free. */
static void hand_out(struct stator_load_client_group *client_group)
{
    drop_late(client_group);
    while (has_waiting(client_group) && !stator_list_is_empty(&client_group->free)) {
        struct stator_load_client *client =
            STATOR_LIST_ENTRY(client_group->free.next, struct stator_load_client, link);
        size_t target;
        int64_t intended = take_first(client_group, &target);

        stator_list_remove(&client->link);
        if (client->since <= intended) {
            stator_load_counters_lag(&client_group->counters, client_group->engine->now, intended);
        }
        stator_load_client_ask(client, intended, target);
        stator_load_client_go(client);
    }
}

static void set_free(struct stator_load_client *client)
{
    stator_list_remove(&client->link);
    client->since = client->client_group->engine->now;
    stator_list_append(&client->client_group->free, &client->link);
    hand_out(client->client_group);
}

/* --- what comes next ------------------------------------------------------------------------- */

static void note_warm(struct stator_load_client *client)
{
    client->client_group->warmed += client->warmed ? 0 : 1;
    client->warmed = true;
}

void stator_load_client_group_next(struct stator_load_client *client)
{
    struct stator_load_client_group *client_group = client->client_group;

    stator_list_remove(&client->link);
    stator_deadline_set(&client_group->engine->wheel, &client->deadline, 0);
    if (is_idle(client_group)) {
        note_warm(client);
        if (client->fd < 0) {
            stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_REST);
        }
    } else if (!client_group->closed) {
        set_free(client);
    } else if (client_group->group->think > 0) {
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_THINK);
    } else {
        ask(client, client_group->engine->now);
    }
}

void stator_load_client_group_failed(struct stator_load_client *client,
                                     enum stator_load_error error)
{
    stator_deadline_set(&client->client_group->engine->wheel, &client->deadline, 0);
    if (is_idle(client->client_group)) {
        note_warm(client);
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_REST);
    } else {
        /* Never at once: a server that fails at once would have it go in circles. */
        stator_load_client_group_join(client, error == STATOR_LOAD_ERROR_CONNECT
                                                  ? STATOR_LOAD_QUEUE_KIND_REST
                                                  : STATOR_LOAD_QUEUE_KIND_SOON);
    }
}

void stator_load_client_group_lost(struct stator_load_client *client)
{
    if (is_idle(client->client_group)) {
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_REST);
    }
}

bool stator_load_client_group_gather(struct stator_load_client_group *client_group)
{
    if (!is_idle(client_group)) {
        return true;
    }
    while (client_group->begun < client_group->group->clients &&
           client_group->begun - client_group->warmed < COALESCE_MAX) {
        ask(&client_group->clients[client_group->begun++], client_group->engine->now);
    }
    return client_group->warmed == client_group->group->clients;
}

void stator_load_client_group_start(struct stator_load_client_group *client_group)
{
    int64_t now = client_group->engine->now,
            think = client_group->queues[STATOR_LOAD_QUEUE_KIND_THINK].delay;
    size_t count = client_group->group->clients;

    if (is_idle(client_group)) {
        return;
    }
    client_group->start = now;
    for (size_t i = 0; i < count; i++) {
        struct stator_load_client *client = &client_group->clients[i];

        if (!client_group->closed) {
            set_free(client);
        } else if (think > 0) {
            /* Spread evenly, as they would be after a while. */
            stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_THINK);
            client->since = now - think + (int64_t)((double)think * (double)i / (double)count);
        } else {
            ask(client, now);
        }
    }
}

/* --- turns ----------------------------------------------------------------------------------- */

void stator_load_client_group_postpone(struct stator_load_client_group *client_group, int64_t delay)
{
    if (!client_group->closed && client_group->start != 0) {
        client_group->start += delay;
    }
}

void stator_load_client_group_arrive(struct stator_load_client_group *client_group, int64_t until)
{
    if (client_group->closed || client_group->start == 0) {
        return;
    }
    while (client_group->start + client_group->arrived.next <= until) {
        stator_load_counters_enter(&client_group->counters,
                                   client_group->start + client_group->arrived.next);
        stator_load_schedule_pass(&client_group->arrived);
    }
}

static void pace_on(struct stator_load_client *client)
{
    stator_load_client_resume(client);
    if (client->fd >= 0 && stator_load_client_is_busy(client) &&
        stator_list_is_empty(&client->link) &&
        (client->unsent != client->tail ||
         client->client_group->group->manner == STATOR_LOAD_MANNER_SLOW_READER)) {
        stator_load_client_group_join(client, STATOR_LOAD_QUEUE_KIND_PACE);
    }
}

/* The client's time in that line is over: it was due then. */
static void go_on(struct stator_load_client *client, enum stator_load_queue_kind queue, int64_t due)
{
    struct stator_load_client_group *client_group = client->client_group;

    if (queue == STATOR_LOAD_QUEUE_KIND_PACE) {
        pace_on(client);
    } else if (stator_load_client_is_busy(client)) {
        stator_load_client_resume(client);
    } else if (queue == STATOR_LOAD_QUEUE_KIND_THINK) {
        stator_load_counters_lag(&client_group->counters, client_group->engine->now, due);
        ask(client, due);
    } else if (queue == STATOR_LOAD_QUEUE_KIND_REST && client_group->closed) {
        ask(client, client_group->engine->now);
    } else {
        stator_load_client_group_next(client);
    }
}

/* Returns: when the line's first one will be due. */
static int64_t run_queue(struct stator_load_client_group *client_group,
                         enum stator_load_queue_kind index)
{
    struct stator_load_queue *queue = &client_group->queues[index];
    int64_t now = client_group->engine->now;

    /* Who joins again meanwhile waits for the next turn. */
    for (unsigned i = 0; i < client_group->group->clients && !stator_list_is_empty(&queue->list);
         i++) {
        struct stator_load_client *client =
            STATOR_LIST_ENTRY(queue->list.next, struct stator_load_client, link);
        int64_t due = client->since + queue->delay;

        if (due > now) {
            return due;
        }
        stator_list_remove(&client->link);
        go_on(client, index, due);
    }
    return stator_list_is_empty(&queue->list) ? INT64_MAX : now;
}

int64_t stator_load_client_group_run(struct stator_load_client_group *client_group)
{
    int64_t next = INT64_MAX;

    stator_load_client_group_arrive(client_group, client_group->engine->now);
    if (!client_group->closed && client_group->start != 0) {
        hand_out(client_group);
        next = client_group->start + client_group->arrived.next;
    }
    for (unsigned i = 0; i < STATOR_LOAD_QUEUE_KIND_COUNT; i++) {
        int64_t due = run_queue(client_group, i);

        next = due < next ? due : next;
    }
    return next;
}
