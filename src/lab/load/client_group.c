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
#define GATHER_MAX 64

/* --- making ---------------------------------------------------------------------------------- */

static int write_requests(struct stator_load_team *team)
{
    const struct stator_load_group *group = team->group;

    team->requests = calloc(group->target_count, sizeof(*team->requests));
    if (team->requests == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < group->target_count; i++) {
        int code =
            stator_load_request_init(&team->requests[i], team->engine->spec, &group->targets[i]);

        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static void make_lines(struct stator_load_team *team)
{
    const struct stator_load_group *group = team->group;
    int64_t byte = group->pace > 0 ? stator_load_ns(1 / group->pace) : 0;
    const int64_t delays[STATOR_LOAD_LINES] = {
        [STATOR_LOAD_LINE_SOON] = 0,
        [STATOR_LOAD_LINE_REST] = group->manner == STATOR_LOAD_IDLE ? IDLE_REST : REST,
        [STATOR_LOAD_LINE_THINK] = stator_load_ns(group->think),
        [STATOR_LOAD_LINE_PACE] = byte > PACE ? byte : PACE,
    };

    for (size_t i = 0; i < STATOR_LOAD_LINES; i++) {
        stator_list_init(&team->lines[i].list);
        team->lines[i].delay = delays[i];
    }
    stator_list_init(&team->free);
}

static int make_clients(struct stator_load_team *team)
{
    size_t count = team->group->clients;

    team->clients = calloc(count, sizeof(*team->clients));
    team->asked = calloc(count * team->batch, sizeof(*team->asked));
    if (team->clients == NULL || team->asked == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        stator_load_client_init(&team->clients[i], team, i);
        team->clients[i].source = (unsigned)i;
    }
    return 0;
}

int stator_load_team_init(struct stator_load_team *team, struct stator_load_engine *engine,
                          size_t index)
{
    const struct stator_load_group *group = &engine->spec->groups[index];
    int code;

    *team = (struct stator_load_team){
        .engine = engine,
        .group = group,
        .index = index,
        .closed = group->arrival == STATOR_LOAD_CLOSED || group->manner == STATOR_LOAD_IDLE,
        .timeout = stator_load_ns(group->timeout > 0 ? group->timeout : TIMEOUT),
    };
    team->batch = team->closed && group->pipeline > 1 && group->manner != STATOR_LOAD_IDLE
                      ? group->pipeline
                      : 1;
    make_lines(team);
    stator_load_schedule_init(&team->arrived, group, engine->spec->seed, index);
    team->taken = team->arrived;
    stator_load_choice_seed(&team->random, engine->spec->seed, index, 0);
    code = stator_load_choice_init(&team->choice, group);
    code = code == 0 ? stator_load_tally_init(&team->tally, group->name) : code;
    code = code == 0 ? write_requests(team) : code;
    return code == 0 ? make_clients(team) : code;
}

void stator_load_team_finish(struct stator_load_team *team)
{
    for (size_t i = 0; team->clients != NULL && i < team->group->clients; i++) {
        stator_load_client_close(&team->clients[i]);
    }
    for (size_t i = 0; team->requests != NULL && i < team->group->target_count; i++) {
        stator_load_request_finish(&team->requests[i]);
    }
    free(team->requests);
    free(team->clients);
    free(team->asked);
    stator_load_choice_finish(&team->choice);
    stator_load_tally_finish(&team->tally);
}

/* --- asking ---------------------------------------------------------------------------------- */

static bool is_idle(const struct stator_load_team *team)
{
    return team->group->manner == STATOR_LOAD_IDLE;
}

void stator_load_team_join(struct stator_load_client *client, enum stator_load_lines line)
{
    stator_list_remove(&client->link);
    client->since = client->team->engine->now;
    stator_list_append(&client->team->lines[line].list, &client->link);
}

/* A closed loop's client: as many as are sent at once, and as the connection may still have. */
static void ask(struct stator_load_client *client, int64_t intended)
{
    struct stator_load_team *team = client->team;
    unsigned most = team->group->per_connection, count = team->batch;

    if (most > client->served && most - client->served < count) {
        count = most - client->served;
    }
    for (unsigned i = 0; i < count; i++) {
        stator_load_tally_enter(&team->tally, intended);
        stator_load_client_ask(client, intended,
                               stator_load_choice_draw(&team->choice, &client->random));
    }
    stator_load_client_go(client);
}

/* The first of an open loop's requests that wait is taken from them. */
static int64_t take_first(struct stator_load_team *team, size_t *target)
{
    int64_t intended = team->start + team->taken.next;

    *target = stator_load_choice_draw(&team->choice, &team->random);
    stator_load_schedule_pass(&team->taken);
    return intended;
}

static bool has_waiting(const struct stator_load_team *team)
{
    return team->taken.count < team->arrived.count;
}

/* Those that waited in vain: there was no client for them in time. */
static void drop_late(struct stator_load_team *team)
{
    int64_t now = team->engine->now;

    while (has_waiting(team) && team->start + team->taken.next + team->timeout <= now) {
        int64_t intended = team->start + team->taken.next;
        size_t target;

        take_first(team, &target);
        stator_load_tally_error(&team->tally, now, intended, STATOR_LOAD_TIMEOUT);
    }
}

/* Gives those that wait to clients that are free. */
static void hand_out(struct stator_load_team *team)
{
    drop_late(team);
    while (has_waiting(team) && !stator_list_is_empty(&team->free)) {
        struct stator_load_client *client =
            STATOR_LIST_ENTRY(team->free.next, struct stator_load_client, link);
        size_t target;
        int64_t intended = take_first(team, &target);

        stator_list_remove(&client->link);
        if (client->since <= intended) {
            stator_load_tally_lag(&team->tally, team->engine->now, intended);
        }
        stator_load_client_ask(client, intended, target);
        stator_load_client_go(client);
    }
}

static void set_free(struct stator_load_client *client)
{
    stator_list_remove(&client->link);
    client->since = client->team->engine->now;
    stator_list_append(&client->team->free, &client->link);
    hand_out(client->team);
}

/* --- what comes next ------------------------------------------------------------------------- */

static void note_settled(struct stator_load_client *client)
{
    client->team->settled += client->settled ? 0 : 1;
    client->settled = true;
}

void stator_load_team_next(struct stator_load_client *client)
{
    struct stator_load_team *team = client->team;

    stator_list_remove(&client->link);
    stator_deadline_set(&team->engine->wheel, &client->deadline, 0);
    if (is_idle(team)) {
        note_settled(client);
        if (client->fd < 0) {
            stator_load_team_join(client, STATOR_LOAD_LINE_REST);
        }
    } else if (!team->closed) {
        set_free(client);
    } else if (team->group->think > 0) {
        stator_load_team_join(client, STATOR_LOAD_LINE_THINK);
    } else {
        ask(client, team->engine->now);
    }
}

void stator_load_team_failed(struct stator_load_client *client, enum stator_load_error error)
{
    stator_deadline_set(&client->team->engine->wheel, &client->deadline, 0);
    if (is_idle(client->team)) {
        note_settled(client);
        stator_load_team_join(client, STATOR_LOAD_LINE_REST);
    } else {
        /* Never at once: a server that fails at once would have it go in circles. */
        stator_load_team_join(client, error == STATOR_LOAD_CONNECT ? STATOR_LOAD_LINE_REST
                                                                   : STATOR_LOAD_LINE_SOON);
    }
}

void stator_load_team_lost(struct stator_load_client *client)
{
    if (is_idle(client->team)) {
        stator_load_team_join(client, STATOR_LOAD_LINE_REST);
    }
}

bool stator_load_team_gather(struct stator_load_team *team)
{
    if (!is_idle(team)) {
        return true;
    }
    while (team->begun < team->group->clients && team->begun - team->settled < GATHER_MAX) {
        ask(&team->clients[team->begun++], team->engine->now);
    }
    return team->settled == team->group->clients;
}

void stator_load_team_start(struct stator_load_team *team)
{
    int64_t now = team->engine->now, think = team->lines[STATOR_LOAD_LINE_THINK].delay;
    size_t count = team->group->clients;

    if (is_idle(team)) {
        return;
    }
    team->start = now;
    for (size_t i = 0; i < count; i++) {
        struct stator_load_client *client = &team->clients[i];

        if (!team->closed) {
            set_free(client);
        } else if (think > 0) {
            /* Spread evenly, as they would be after a while. */
            stator_load_team_join(client, STATOR_LOAD_LINE_THINK);
            client->since = now - think + (int64_t)((double)think * (double)i / (double)count);
        } else {
            ask(client, now);
        }
    }
}

/* --- turns ----------------------------------------------------------------------------------- */

void stator_load_team_postpone(struct stator_load_team *team, int64_t delay)
{
    if (!team->closed && team->start != 0) {
        team->start += delay;
    }
}

void stator_load_team_arrive(struct stator_load_team *team, int64_t until)
{
    if (team->closed || team->start == 0) {
        return;
    }
    while (team->start + team->arrived.next <= until) {
        stator_load_tally_enter(&team->tally, team->start + team->arrived.next);
        stator_load_schedule_pass(&team->arrived);
    }
}

static void pace_on(struct stator_load_client *client)
{
    stator_load_client_resume(client);
    if (client->fd >= 0 && stator_load_client_is_busy(client) &&
        stator_list_is_empty(&client->link) &&
        (client->unsent != client->tail ||
         client->team->group->manner == STATOR_LOAD_SLOW_READER)) {
        stator_load_team_join(client, STATOR_LOAD_LINE_PACE);
    }
}

/* The client's time in that line is over: it was due then. */
static void go_on(struct stator_load_client *client, enum stator_load_lines line, int64_t due)
{
    struct stator_load_team *team = client->team;

    if (line == STATOR_LOAD_LINE_PACE) {
        pace_on(client);
    } else if (stator_load_client_is_busy(client)) {
        stator_load_client_resume(client);
    } else if (line == STATOR_LOAD_LINE_THINK) {
        stator_load_tally_lag(&team->tally, team->engine->now, due);
        ask(client, due);
    } else if (line == STATOR_LOAD_LINE_REST && team->closed) {
        ask(client, team->engine->now);
    } else {
        stator_load_team_next(client);
    }
}

/* Returns: when the line's first one will be due. */
static int64_t turn_line(struct stator_load_team *team, enum stator_load_lines index)
{
    struct stator_load_line *line = &team->lines[index];
    int64_t now = team->engine->now;

    /* Who joins again meanwhile waits for the next turn. */
    for (unsigned i = 0; i < team->group->clients && !stator_list_is_empty(&line->list); i++) {
        struct stator_load_client *client =
            STATOR_LIST_ENTRY(line->list.next, struct stator_load_client, link);
        int64_t due = client->since + line->delay;

        if (due > now) {
            return due;
        }
        stator_list_remove(&client->link);
        go_on(client, index, due);
    }
    return stator_list_is_empty(&line->list) ? INT64_MAX : now;
}

int64_t stator_load_team_turn(struct stator_load_team *team)
{
    int64_t next = INT64_MAX;

    stator_load_team_arrive(team, team->engine->now);
    if (!team->closed && team->start != 0) {
        hand_out(team);
        next = team->start + team->arrived.next;
    }
    for (unsigned i = 0; i < STATOR_LOAD_LINES; i++) {
        int64_t due = turn_line(team, i);

        next = due < next ? due : next;
    }
    return next;
}
