/*
 * The load generator's inside: what load.c (the run), client_group.c (what clients do next) and
 * client.c (one connection) share, and the files that help them. Nobody else includes it.
 */
#ifndef STATOR_LAB_LOAD_ENGINE_H
#define STATOR_LAB_LOAD_ENGINE_H

#include "base/list.h"
#include "base/text.h"
#include "base/timing_wheel.h"
#include "lab/load/counters.h"
#include "lab/load/response.h"
#include "lab/load/schedule.h"
#include "lab/load/wait.h"

/* Large enough that a big body costs few calls, small enough for a processor's cache. */
#define STATOR_LOAD_BUFFER (256u * 1024)

/* A request under way. */
struct stator_load_in_flight {
    int64_t intended;
    int64_t sent; /* 0: not yet, or not wholly */
    size_t target;
};

struct stator_load_client {
    struct stator_load_client_group *client_group;
    size_t index; /* in its team */
    unsigned source;
    int fd;              /* -1: not connected */
    bool connected;      /* it has taken bytes: the handshake is over */
    bool held;           /* it was open already when counting began */
    bool warmed;         /* idle ones: it has had its first response, or failed */
    unsigned generation; /* connections so far, to see that this one is not that one any more */
    unsigned served;     /* responses on this connection */
    uint64_t responses;  /* that counted */

    /* Those that were asked: a ring of team->batch; the numbers go on for ever. */
    struct stator_load_in_flight *in_flight;
    unsigned head, unsent, tail; /* first without response, first not wholly sent, end */
    size_t offset;               /* bytes of `unsent` that were sent */

    struct stator_list link; /* in one of the team's lines, or alone */
    int64_t since;           /* when it joined that line */
    int64_t paced_since;     /* slow ones: when this request began */
    uint64_t paced;          /* and how many bytes have passed */
    struct stator_deadline deadline;
    struct stator_random random; /* closed loops: its draws */
    struct stator_load_response response;
};

/* Clients that wait for equally long, so in the order in which they come up. */
struct stator_load_queue {
    struct stator_list list;
    int64_t delay;
};

enum stator_load_queue_kind {
    STATOR_LOAD_QUEUE_KIND_SOON, /* goes on at the next turn */
    STATOR_LOAD_QUEUE_KIND_REST, /* after a failure */
    STATOR_LOAD_QUEUE_KIND_THINK,
    STATOR_LOAD_QUEUE_KIND_PACE,
    STATOR_LOAD_QUEUE_KIND_COUNT,
};

/* A target's request as it is sent: send.c. */
struct stator_load_request {
    struct stator_text open, closing; /* the second says "Connection: close" */
};

/* Fails: -ENOMEM; stator_load_request_finish is due all the same. */
int stator_load_request_init(struct stator_load_request *request,
                             const struct stator_load_spec *spec,
                             const struct stator_load_target *target);
void stator_load_request_finish(struct stator_load_request *request);

/* A group at work. */
struct stator_load_client_group {
    struct stator_load_engine *engine;
    const struct stator_load_group *group;
    size_t index;
    unsigned batch; /* requests that are sent at once */
    bool closed;    /* a closed loop */
    int64_t timeout;
    struct stator_load_request *requests; /* one a target */
    struct stator_load_choice choice;
    struct stator_load_client *clients;
    struct stator_load_in_flight *in_flight; /* of all clients */
    struct stator_load_counters counters;
    struct stator_load_queue queues[STATOR_LOAD_QUEUE_KIND_COUNT];

    /* Open loops: the schedule twice, as far as time has come and as far as clients have. */
    struct stator_load_schedule arrived, taken;
    int64_t start; /* what the schedules count from; 0: not yet */
    struct stator_random random;
    struct stator_list free; /* clients that have nothing to do, the longest first */

    /* Idle clients. */
    size_t begun, warmed;
};

struct stator_load_engine {
    const struct stator_load_spec *spec;
    struct stator_load_wait *wait;
    struct stator_load_client_group *client_groups;
    size_t client_group_count;
    struct stator_timing_wheel wheel;
    int64_t now;
    int fatal;                      /* -errno that ends the run */
    bool reached;                   /* somebody could connect */
    bool partial;                   /* it was ended early */
    bool unsteady;                  /* it counted though it still changed */
    unsigned sources;               /* 0: where the system likes */
    size_t time_capacity;           /* of times */
    struct stator_load_time *times; /* owned */
    size_t time_count;
    char *buffer; /* owned; STATOR_LOAD_BUFFER */
};

/* --- engine.c --------------------------------------------------------------------------- */

/* Fails: -errno; stator_load_engine_finish is due all the same. */
int stator_load_engine_init(struct stator_load_engine *engine, const struct stator_load_spec *spec);
void stator_load_engine_finish(struct stator_load_engine *engine);

/* --- result.c --------------------------------------------------------------------------- */

/*
 * Takes what was counted, from `begin` to `end` and by so much processor time (all ns), out of the
 * teams. Fails: -ENOMEM, `out` untouched.
 */
int stator_load_result_take(struct stator_load_engine *engine, int64_t begin, int64_t end,
                            int64_t cpu, struct stator_load_result *out);

/* --- client.c: one connection ----------------------------------------------------------- */

void stator_load_client_init(struct stator_load_client *client,
                             struct stator_load_client_group *client_group, size_t index);

/* Adds a request to those that are to be sent; the ring has room for it. */
void stator_load_client_ask(struct stator_load_client *client, int64_t intended, size_t target);

/* Connects where it must, and sends what can be sent. */
void stator_load_client_go(struct stator_load_client *client);

/* Something happened on its socket, or may have. */
void stator_load_client_ready(struct stator_load_client *client, bool ended);

/* Its time to go on has come: slow ones, and those that had more to read than one turn allows. */
void stator_load_client_resume(struct stator_load_client *client);

/* All that it asked has failed; closes. */
void stator_load_client_fail(struct stator_load_client *client, enum stator_load_error error);

/* The same where the system said why (errno): what it means depends on how far it was. */
void stator_load_client_fail_by(struct stator_load_client *client, int code);

/* Closes its connection, if it has one. */
void stator_load_client_close(struct stator_load_client *client);

/* How many bytes a slow one may pass by now. */
size_t stator_load_client_byte_limit(const struct stator_load_client *client);

static inline bool stator_load_client_reads_slowly(const struct stator_load_client *client)
{
    return client->client_group->group->manner == STATOR_LOAD_MANNER_SLOW_READER;
}

static inline bool stator_load_client_writes_slowly(const struct stator_load_client *client)
{
    return client->client_group->group->manner == STATOR_LOAD_MANNER_SLOW_WRITER;
}

static inline bool stator_load_client_is_busy(const struct stator_load_client *client)
{
    return client->head != client->tail;
}

static inline struct stator_load_in_flight *stator_load_client_in_flight(
    const struct stator_load_client *client, unsigned number)
{
    return &client->in_flight[number % client->client_group->batch];
}

/* --- send.c, receive.c: what goes over it ------------------------------------------ */

/* Sends as much as goes. False where the connection is no more. */
bool stator_load_client_send(struct stator_load_client *client);

/*
 * Takes what is there, unless it is so much that others would have to wait; `ended` says that the
 * end is among it.
 */
void stator_load_client_receive(struct stator_load_client *client, bool ended);

/* Takes as much as its pace allows. */
void stator_load_client_receive_slowly(struct stator_load_client *client);

/*
 * --- client_group.c: what a group's clients do next ---------------------------------------------
 */

/* Fails: -errno; stator_load_client_group_finish is due all the same. */
int stator_load_client_group_init(struct stator_load_client_group *client_group,
                                  struct stator_load_engine *engine, size_t index);
void stator_load_client_group_finish(struct stator_load_client_group *client_group);

/* Begins to ask, but for idle ones. */
void stator_load_client_group_start(struct stator_load_client_group *client_group);

/* Idle ones: lets some more connect. True when all have had their turn. */
bool stator_load_client_group_gather(struct stator_load_client_group *client_group);

/* Does what is due by now; returns when something will be next (INT64_MAX: nothing). */
int64_t stator_load_client_group_run(struct stator_load_client_group *client_group);

/* The generator itself was held up for so long: given times that are still to come, or whose
 * requests wait for a client, are later by that; in a closed loop there are none. */
void stator_load_client_group_postpone(struct stator_load_client_group *client_group,
                                       int64_t delay);

/* Whatever is meant to be sent up to then has entered. */
void stator_load_client_group_arrive(struct stator_load_client_group *client_group, int64_t until);

/* The client has had all its responses. */
void stator_load_client_group_next(struct stator_load_client *client);

/* What it asked has failed. */
void stator_load_client_group_failed(struct stator_load_client *client,
                                     enum stator_load_error error);

/* It has nothing under way, and its connection ended. */
void stator_load_client_group_lost(struct stator_load_client *client);

/* Puts it at a line's end, from wherever it was. */
void stator_load_client_group_join(struct stator_load_client *client,
                                   enum stator_load_queue_kind queue);

#endif
