/*
 * Drives one connection with blocking calls: to its end, or one request at a time, so that between
 * two requests it may wait elsewhere and be gone on with by another worker.
 */
#ifndef STATOR_ARCH_BLOCKING_BLOCKING_CONN_H
#define STATOR_ARCH_BLOCKING_BLOCKING_CONN_H

#include "arch/arch.h"
#include "conn/conn.h"

/* What a connection's input holds: a head of the largest size, and as much again. */
#define STATOR_BLOCKING_CONN_INPUT (2u * STATOR_REQUEST_HEAD_MAX)

/* Where a connection is served, and by whom: it holds for one call. */
struct stator_blocking_env {
    struct stator_arch *arch;
    struct stator_worker *worker;
    int wake;    /* becomes readable when the design is to look at its phase */
    bool yields; /* an idle client ends when another waits: nobody else could serve that one */
};

/*
 * One connection on a blocking socket. It is one thread's at a time; whoever has it may look at it.
 */
struct stator_blocking_conn {
    struct stator_conn conn; /* conn.worker: who has it, NULL before the first */
    struct stator_output out;
    struct stator_span in; /* what came and was not used yet; in `bytes` */
    int fd;
    enum stator_want want; /* what the connection said last */
    bool write_closed;     /* the sending side is shut down */
    bool woke_idle;        /* the last wait brought nothing */
    int64_t look_at;       /* when to look around again, however busy the client is */
    struct stator_blocking_env env;
    char peer[STATOR_PEER_MAX];
    char bytes[STATOR_BLOCKING_CONN_INPUT];
};

/* Makes a connection of the blocking socket `fd`. Owns: takes it over. Fails: never. */
void stator_blocking_conn_open(struct stator_blocking_conn *client, int fd, const char *peer);

/* Ends the connection; what was not served is reset. Its last worker's thread calls it. */
void stator_blocking_conn_close(struct stator_blocking_conn *client);

/* Makes `worker`, whose thread this is, the one that the connection belongs to. */
void stator_blocking_conn_adopt(struct stator_blocking_conn *client, struct stator_worker *worker);

/*
 * Takes what the client has sent, without waiting; its end counts too (conn.eof).
 * Fails: -EAGAIN where nothing has come, or no more fits in; -errno when the connection is lost.
 */
int stator_blocking_conn_receive(struct stator_blocking_conn *client);

/* The output is empty: where the connection was to linger from here on, shuts the sending side. */
void stator_blocking_conn_end_sending(struct stator_blocking_conn *client);

/* Serves until the connection is to end. Blocks as long as the client and its deadlines allow. */
void stator_blocking_conn_serve(struct stator_blocking_conn *client,
                                const struct stator_blocking_env *env);

/*
 * Sends what was left to be sent, or serves one request that has begun to come.
 * Returns: true where the connection goes on and waits for its next request, for more of this one's
 * head or, after the last, for the client's end; false where it is to end.
 */
bool stator_blocking_conn_serve_one(struct stator_blocking_conn *client,
                                    const struct stator_blocking_env *env);

/* Serves the blocking socket `fd` to its end, counted as one of the worker's, and closes it. */
void stator_blocking_conn_run(struct stator_arch *arch, struct stator_worker *worker, int fd,
                              const char *peer, int wake, bool yields);

#endif
