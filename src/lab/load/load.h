/*
 * The load generator: groups of clients against one server, from one thread.
 *
 * The schedule (when, and which path) follows from the seed alone, never from what the server does,
 * so every server meets the same one. A response's time counts from when its request was meant to
 * be sent; the naive one, from when it was sent, is kept beside it.
 *
 * Idle clients come first: time begins to count towards the warm-up when each of them has had its
 * response, or failed, or after 10 s, or when none of them has got any further for 1 s.
 */
#ifndef STATOR_LAB_LOAD_LOAD_H
#define STATOR_LAB_LOAD_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/stats/histogram.h"

/* What a client of a group does. */
enum stator_load_manner {
    STATOR_LOAD_MANNER_ASK,         /* sends requests and reads responses as fast as they come */
    STATOR_LOAD_MANNER_IDLE,        /* connects, asks once, and stays */
    STATOR_LOAD_MANNER_SLOW_READER, /* reads `pace` bytes a second */
    STATOR_LOAD_MANNER_SLOW_WRITER, /* sends its requests by `pace` bytes a second */
    STATOR_LOAD_MANNER_ABORT,       /* asks, reads the first bytes, and resets the connection */
};

/* When a request is meant to be sent. */
enum stator_load_arrival {
    STATOR_LOAD_ARRIVAL_CLOSED,   /* `think` after the client's last response */
    STATOR_LOAD_ARRIVAL_CONSTANT, /* open loop: `rate` a second for the group, evenly */
    STATOR_LOAD_ARRIVAL_POISSON,  /* open loop: exponential times between them */
};

/* One thing that can be asked for, and what must come. */
struct stator_load_target {
    const char *path;  /* "/1k.bin", percent-encoded already */
    int64_t length;    /* of the body; -1: whatever Content-Length says */
    uint64_t checksum; /* of the body by stator_load_checksum; looked at where `checked` */
    bool checked;
    const char *fields; /* further field lines, each with CRLF; NULL for none */
};

struct stator_load_group {
    const char *name; /* in reports: "probes" */
    enum stator_load_manner manner;
    enum stator_load_arrival arrival;
    unsigned clients;        /* connections; in an open loop the most at a time */
    unsigned per_connection; /* requests before it is closed; 0: as many as there will be */
    unsigned pipeline;       /* closed loops: requests that are sent at once; 0 and 1: one */
    double rate;             /* requests a second of the group, for open loops; within bursts */
    double burst,
        pause;      /* open loops: seconds with requests and without, in turn; 0: always with */
    double think;   /* seconds between response and request, for closed ones */
    double pace;    /* bytes a second, for the slow ones */
    double timeout; /* seconds from the intended time until it has failed; 0: 30 */
    const struct stator_load_target *targets; /* borrowed */
    size_t target_count;
    double skew; /* Zipf's exponent over the targets; 0: each equally likely */
};

struct stator_load_spec {
    struct sockaddr_in server;
    const char *host;                       /* for the Host field; NULL: the address */
    const struct stator_load_group *groups; /* borrowed */
    size_t group_count;
    double warm_up;     /* seconds before anything counts */
    double warm_up_max; /* seconds that the warm-up may last until two halves of `warm_up` agree in
                        what clients in closed loops had; up to `warm_up`: it is not looked at */
    double duration;    /* seconds that count */
    uint64_t seed;
    unsigned sources; /* loopback source addresses 127.0.0.1 on; 0: as many as the ports need */
    bool keep_times;  /* of every single response, in result.times */

    /*
     * Called before what counts begins, and after it ended; may take some milliseconds, which the
     * generator makes up for before anything counts. NULL: nobody.
     */
    void (*on_begin)(void *context);
    void (*on_end)(void *context);
    /* Called some times a second with seconds since the start. False ends it early. */
    bool (*on_tick)(double elapsed, void *context);
    void *context;
};

enum stator_load_error {
    STATOR_LOAD_ERROR_CONNECT, /* refused, or no descriptor or port was left */
    STATOR_LOAD_ERROR_RESET,
    STATOR_LOAD_ERROR_TIMEOUT,
    STATOR_LOAD_ERROR_CUT,    /* it closed within a response */
    STATOR_LOAD_ERROR_STATUS, /* another one than 200, 206 or 304 */
    STATOR_LOAD_ERROR_WRONG,  /* length or content are not what they should be */
    STATOR_LOAD_ERROR_COUNT,
};

/*
 * What a group saw while it counted. A response or an error counts when it comes, whenever its
 * request was meant, so that carried + requests = responses + aborted + errors + unanswered.
 */
struct stator_load_outcome {
    const char *name;
    uint64_t responses;                       /* complete and verified */
    uint64_t body_bytes;                      /* of those */
    uint64_t wire_bytes;                      /* all that was received */
    uint64_t carried;                         /* requests under way or not yet sent when it began */
    uint64_t requests;                        /* meant to be sent while it counted */
    uint64_t unanswered;                      /* under way or not yet sent when it ended */
    uint64_t aborted;                         /* given up on purpose, by STATOR_LOAD_MANNER_ABORT */
    uint64_t errors[STATOR_LOAD_ERROR_COUNT]; /* each is a request that failed */
    uint64_t connections;                     /* made while it counted */
    uint64_t held;                            /* open from beginning to end */
    double inside;   /* mean number of requests under way or not yet sent, by who came and went */
    double stayed;   /* the same by Little's law: the times of all of them by that of counting */
    double fairness; /* Jain's index over the clients' responses; NAN for none */

    /*
     * Owned; us. `honest` and `naive` hold each response once. `lag` holds how late requests were
     * sent that a free client could have sent in time, where their time was known before: in open
     * loops, and after `think`.
     */
    struct stator_histogram *from_intended, *from_sent, *lag;
};

/* One response that counted. */
struct stator_load_time {
    size_t group;
    int64_t intended;      /* ns since what counts began; below 0: before */
    int64_t sent;          /* the same */
    int64_t from_intended; /* ns from intended to its last byte */
};

/*
 * What meters that on_begin and on_end read have seen: from on_begin's return, which is before
 * anything counts, to the end. Where nothing counted it means nothing.
 */
struct stator_load_metered {
    int64_t ns;
    uint64_t responses; /* of all groups, complete and verified */
};

struct stator_load_result {
    struct stator_load_outcome *groups; /* in the spec's order */
    size_t group_count;
    double seconds; /* that counted really */
    struct stator_load_metered metered;
    double client_cpu;              /* cores that the generator used meanwhile */
    bool partial;                   /* on_tick ended it, perhaps before anything counted */
    bool unsteady;                  /* `settle` has passed, and it still changed */
    bool limited;                   /* lag p99 over 1 ms, or its processor over 90 % busy */
    struct stator_load_time *times; /* owned; where they were to be kept, as they came */
    size_t time_count;
};

/*
 * Of bytes that come in pieces, however they were cut: starts at STATOR_LOAD_CHECKSUM, fed piece by
 * piece in order.
 */
#define STATOR_LOAD_CHECKSUM 0xcbf29ce484222325u
uint64_t stator_load_checksum(uint64_t sum, const void *bytes, size_t length);

/*
 * Runs the load to its end. Threads: the calling one. Fails: -errno (-EMFILE:
 * too few descriptors; -EINVAL: a group without clients, targets or the rate it needs;
 * -ECONNREFUSED, -ENETUNREACH and the like: the first connection already failed so), `out`
 * untouched. Owns: the caller finishes `out`.
 */
int stator_load_run(const struct stator_load_spec *spec, struct stator_load_result *out);
void stator_load_finish(struct stator_load_result *result);

#endif
