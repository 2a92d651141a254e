/*
 * One client: the HTTP/1.x connection as a state machine over bytes.
 *
 * * Knows nothing of sockets and never waits: it takes bytes off a span, puts what is to be sent on
 * an output, and says what it wants next. The one surprising thing: a request's head stays in the
 * input until its response was taken, so the log can still name it; hence stator_conn_block.
 */
#ifndef STATOR_CONN_CONN_H
#define STATOR_CONN_CONN_H

#include "exchange/output.h"
#include "exchange/response.h"
#include "exchange/worker.h"
#include "http/chunked.h"

enum stator_want {
    STATOR_WANT_READ,   /* put more bytes behind those in `in`, or say eof, then step again */
    STATOR_WANT_WRITE,  /* drain `out`, then step again */
    STATOR_WANT_WAIT,   /* of workers that defer: see to worker->request.path and to the visit's
                         * miss, then step again */
    STATOR_WANT_LINGER, /* drain `out`, shut down the sending side and say so (stator_conn_shut);
                         * where that was done already, as READ */
    STATOR_WANT_CLOSE,  /* drain `out`, then end the connection */
};

enum stator_conn_state {
    STATOR_CONN_STATE_IDLE, /* between requests: no byte of the next one is there */
    STATOR_CONN_STATE_HEAD, /* within a request's head */
    STATOR_CONN_STATE_BODY, /* throwing a request's body away */
    STATOR_CONN_STATE_RESPOND,
    STATOR_CONN_STATE_LINGER,
    STATOR_CONN_STATE_CLOSED,
};

#define STATOR_PEER_MAX 48

/* What the log needs of a request when its bytes may be gone before its response is. */
struct stator_conn_saved;

struct stator_conn {
    struct stator_worker *worker;
    enum stator_conn_state state;
    bool eof;          /* the client sends no more */
    bool no_bytes_yet; /* not a byte came yet */
    bool asks_head;    /* the head that is not complete yet begins with HEAD */
    bool waited;       /* the path of the request in progress was seen to, as far as it can be */
    bool linger;       /* the client is still sending when we have said our last */
    bool expect_more;  /* it may be: a request may be on its way to a worker that is to stop */
    bool reset;        /* end by RST, not FIN: what was sent must not look complete */
    bool
        one_request; /* READ is said between any two requests, even where the next one is in `in` */

    struct stator_request_progress progress;
    size_t head_length; /* of the request in progress: how much of the input it still is */
    struct stator_chunked chunked;
    enum stator_framing framing; /* of a body that is thrown away */
    uint64_t body_left; /* FRAMING_LENGTH: bytes to come; CHUNKED: how many more are allowed */
    uint64_t moved;     /* body bytes thrown away, for the rate */

    struct stator_response response;
    struct stator_record record;
    bool due; /* a request was read whose record was not written yet */
    struct stator_emulation_point emulation; /* of emulated devices, where its workers have them */
    struct stator_conn_saved *saved;
    int64_t started; /* monotonic ms of the head's end */

    /* Monotonic ms at which stator_conn_expire is to be called; 0: never. Any call may move it. */
    int64_t deadline;
    uint64_t rate_mark;   /* bytes moved when the current rate window began */
    uint64_t taken_start; /* out->taken when the response began */

    char peer[STATOR_PEER_MAX];
};

/*
 * Begins a connection of `worker`. `peer` is how the log names the client; it is cut to
 * STATOR_PEER_MAX - 1 bytes. Fails: never.
 */
void stator_conn_init(struct stator_conn *conn, struct stator_worker *worker, const char *peer);

/* Gives back what it holds; a response under way is logged as cut. */
void stator_conn_finish(struct stator_conn *conn, const struct stator_output *out);

/*
 * Goes on as far as the bytes in `in` allow: all that came and were not used yet, in one piece;
 * `*in` is moved behind what is used now. Call it when the connection is new, when bytes came,
 * after stator_conn_eof, and when all of `out` was taken. `out` is empty whenever it is called; it
 * may hold something after any answer. The worker's clock must be right.
 */
enum stator_want stator_conn_step(struct stator_conn *conn, struct stator_span *in,
                                  struct stator_output *out);

/*
 * The sending side was shut down, as LINGER asks; once. `settled`: closing now would lose nothing
 * of what was sent. Returns: CLOSE, or LINGER where there is something to wait for all the same.
 */
enum stator_want stator_conn_shut(struct stator_conn *conn, bool delivered);

/* The client will send no more; step then answers what it already asked, and closes. */
void stator_conn_eof(struct stator_conn *conn);

/*
 * `out` could not be drained at once: keeps what it and the log need, because other connections
 * will now use the worker's scratch, and takes the request's head off `*in`. The log line says less
 * where memory is out. Fails: -ENOMEM; the connection must be cut.
 */
int stator_conn_block(struct stator_conn *conn, struct stator_span *in, struct stator_output *out);

/*
 * The deadline has passed; out->queued must be right. Either it was not final (the client is fast
 * enough: a new deadline is set, and the answer is `wanted`, what was wanted last), or the
 * connection ends: WRITE with a 408 in `out` when a request was under way, CLOSE when there is
 * nothing to say.
 */
enum stator_want stator_conn_expire(struct stator_conn *conn, enum stator_want wanted,
                                    struct stator_output *out);

/*
 * The worker is to stop: a response in progress goes on and will be the last. True where nothing
 * would be lost if the connection ended now; a client that has not said anything yet gets a second.
 */
bool stator_conn_drain(struct stator_conn *conn, const struct stator_output *out);

#endif
