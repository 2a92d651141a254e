/*
 * One client of a loop that has many: what is done when its socket can be read or written, and
 * what it waits for then.
 *
 * Knows its connection, what was received and not used, and what is still to be sent; refuses to
 * know how the loop waits. A loop makes room for a client, tells it of what happened, and looks
 * afterwards at what it waits for now. A function that returns false says that the client is at its
 * end: the loop stops waiting for it and finishes it.
 */
#ifndef STATOR_ARCH_EVENT_CLIENT_H
#define STATOR_ARCH_EVENT_CLIENT_H

#include "arch/sockets/conn_queue.h"
#include "base/list.h"
#include "base/timing_wheel.h"
#include "conn/conn.h"

struct evbuffer;
struct stator_io_job;
struct stator_io_helpers;

/* What is received at one time: a head of the largest size, and as much again. */
#define STATOR_CLIENT_SET_INPUT (2u * STATOR_REQUEST_HEAD_MAX)

/* What the clients of one loop share. The loop owns it; all of it is one thread's. */
struct stator_client_set {
    struct stator_worker *worker;
    struct stator_io_helpers *io_helpers; /* who waits for the disk in their place; NULL: nobody */
    struct stator_timing_wheel wheel;
    struct stator_list list;
    size_t count;
    uint64_t
        moves;    /* how often bytes or clients came or went: a turn without any was for nothing */
    size_t piece; /* 0; or sockets block: send only when writable, this much, and not before */
    int fd_limit; /* sockets from this number on are refused; 0: none are */
    bool edge_triggered; /* the loop tells of input only once: all of it is taken then */
    char input[STATOR_CLIENT_SET_INPUT];
};

struct stator_client {
    struct stator_conn conn;
    struct stator_output out;
    struct stator_deadline deadline;
    struct stator_list link;
    struct stator_client_set *set;
    struct evbuffer *rest; /* input that was received and not used yet; NULL where there is none */
    struct stator_io_job *job; /* what it waits for besides its socket; NULL for nothing */
    uint64_t present; /* with I/O helpers: end of the part of the file that needs no disk */
    int fd;
    enum stator_want want;
    bool blocked;       /* it cannot go on now; the connection is not stepped until then */
    bool input_pending; /* input came meanwhile and waits */
    bool write_closed;  /* the sending side is shut down */
};

/* All zero but for the worker: no bounds, non-blocking sockets, a loop that repeats itself. */
void stator_client_set_init(struct stator_client_set *set, struct stator_worker *worker);

/*
 * Takes the next connection off a listening socket, unless there are as many clients as the policy
 * allows, or its number is beyond fd_limit.
 * Fails: -EAGAIN where none waits; -EMFILE or another -errno where none can be taken now: pause.
 */
int stator_client_set_accept(struct stator_client_set *set, int listener, bool nonblocking,
                             struct stator_accepted *out);

/* The client that came first, and the one that came after; NULL where there is none. */
struct stator_client *stator_client_set_first(const struct stator_client_set *set);
struct stator_client *stator_client_after(const struct stator_client *client);

/* The client whose deadline the wheel says has passed. */
static inline struct stator_client *stator_client_of(struct stator_deadline *deadline)
{
    return STATOR_LIST_ENTRY(deadline, struct stator_client, deadline);
}

/* Begins to serve a connected socket. Owns: takes `fd` over. */
void stator_client_init(struct stator_client *client, struct stator_client_set *set, int fd,
                        const char *peer);

/* Ends the connection, so that its peer sees if something is missing, and closes the socket. */
void stator_client_finish(struct stator_client *client);

enum stator_client_wait {
    STATOR_CLIENT_WAIT_READS = 1,
    STATOR_CLIENT_WAIT_WRITES = 2,
};

/* What the loop is to wait for: both, one, or neither (then something else makes it go on). */
static inline unsigned stator_client_waits(const struct stator_client *client)
{
    bool reads = !client->conn.eof && (!client->input_pending || client->set->edge_triggered);
    bool writes = client->blocked && client->job == NULL;

    return (reads ? STATOR_CLIENT_WAIT_READS : 0u) | (writes ? STATOR_CLIENT_WAIT_WRITES : 0u);
}

/*
 * The socket may be read. One receive, or where the loop tells only once, as many as there is input
 * for; `closed` says that the end of it may have come too.
 */
bool stator_client_readable(struct stator_client *client, bool closed);

/* The socket may be written. */
bool stator_client_writable(struct stator_client *client);

/* Its job is done. */
bool stator_client_fetched(struct stator_client *client);

/* Its deadline has passed. */
bool stator_client_expire(struct stator_client *client);

/* The worker is draining: a client that is idle is at its end, the others are with their response.
 */
bool stator_client_drain(struct stator_client *client);

#endif
