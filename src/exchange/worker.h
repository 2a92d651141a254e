/*
 * A worker: all that one thread of control owns and shares with nobody.
 *
 * Its clock, cache, libmagic cookie, log batch, counters and scratch. Every connection belongs to
 * one worker. Knows the site that it serves; knows nothing of how the thread waits.
 */
#ifndef STATOR_EXCHANGE_WORKER_H
#define STATOR_EXCHANGE_WORKER_H

#include "base/clock.h"
#include "base/log_batch.h"
#include "content/cache.h"
#include "content/listing_cache.h"
#include "exchange/emulation.h"
#include "http/date.h"
#include "http/request.h"
#include "observe/counters.h"
#include "observe/record.h"
#include "site/site.h"

/* What a connection may cost. Times in ms; 0 turns a time or a rate off. */
struct stator_conn_limits {
    struct stator_request_limits request;
    uint64_t body_max;      /* bytes of a request body that are read and thrown away */
    int64_t header_timeout; /* from a request's first byte to its head's end; absolute */
    int64_t idle_timeout;   /* between requests */
    uint64_t min_rate;      /* bytes a second that a client must take, or give of a body */
    size_t max_connections; /* a worker's */
    enum stator_log_format format;
    bool colour; /* in pretty log lines */
};

/* How long a client may stay below the minimum rate, and how long we listen to one that we have
 * answered for the last time. */
#define STATOR_RATE_WINDOW_MS   10000
#define STATOR_LINGER_MS        2000
#define STATOR_LINGER_BYTES_MAX (16u * 1024 * 1024)

#define STATOR_CONN_LIMITS                                                                         \
    {                                                                                              \
        .request = {STATOR_REQUEST_LINE_MAX, STATOR_REQUEST_HEAD_MAX, STATOR_REQUEST_FIELDS_MAX},  \
        .body_max = 1u << 20, .header_timeout = 10000, .idle_timeout = 60000, .min_rate = 256,     \
        .max_connections = 10000, .format = STATOR_LOG_FORMAT_COMBINED                             \
    }

struct stator_worker {
    struct stator_clock clock;
    struct stator_site *site;
    struct stator_conn_limits limits;
    struct stator_magic *magic; /* NULL where the site does not ask for it */
    struct stator_cache *cache;
    struct stator_log_batch log;
    struct stator_counters *counters; /* shared with processes that this one makes */

    int64_t busy_since; /* monotonic us at which its last wait returned; 0 while it waits */
    bool draining;      /* responses end their connections, and nothing new begins */
    bool defers;        /* a path that the cache does not know is seen to by somebody else first */

    const struct stator_emulation
        *emulation;         /* emulated devices; NULL, as in every real server: none */
    int64_t emulated_until; /* the end of the last wait for one, in emulated time */

    /* Status line, Server and Date: of 200, of 304, and of the status that was asked for last. */
    struct stator_head_prefix {
        size_t length;
        char bytes[160];
    } prefixes[3];
    int64_t prefix_second;         /* the second that the first two, and `date`, say */
    char date[STATOR_DATE_LENGTH]; /* Date, as sent */
    char timestamp[STATOR_RECORD_TIMESTAMP_LENGTH]; /* the same for log lines */

    struct stator_listing_cache listings;

    struct stator_text head; /* where heads are written; see stator_output */

    /*
     * The request that was parsed last. It is its connection's own from the step that parsed it
     * until the worker lets another connection step, or that one's input is drained.
     */
    struct stator_request request;
};

/*
 * Owns: takes references on `site`; `log` must outlive the worker. Threads: create every worker
 * before threads start (libmagic); afterwards it is one thread's alone, but for its counters.
 * Fails: -errno, `out` untouched.
 */
int stator_worker_create(struct stator_site *site, const struct stator_conn_limits *limits,
                         const struct stator_cache_limits *cache, struct stator_log *log,
                         struct stator_worker **out);
void stator_worker_destroy(struct stator_worker *worker);

/* What a worker that serves nobody yet has open: its site, its log. */
#define STATOR_WORKER_FDS 2

/* Writes the descriptors that a process needs which this worker alone goes on in; how many. */
size_t stator_worker_fds(const struct stator_worker *worker, int out[STATOR_WORKER_FDS]);

/* Reads the clock: once for every wake-up, before anything is decided. */
void stator_worker_wake(struct stator_worker *worker);

/*
 * How a response of that status begins now: its status line, Server where the site wants it, and
 * Date, each with CRLF. Lives: until the next call for another status, or in another second.
 */
struct stator_span stator_head_prefix(struct stator_worker *worker, enum stator_status status);

/* Counts an exchange and puts its line on the log batch; may set record->timestamp. */
void stator_worker_record(struct stator_worker *worker, struct stator_record *record);

#endif
