/*
 * One connection, one thread of control, blocking calls.
 *
 * Knows how to wait for one client; refuses to know who else waits meanwhile. The one surprising
 * thing: the socket's own time-out is a short tick, set once, so that a busy connection costs one
 * receive and one send a request; only a client that is silent for longer is waited for by poll(2),
 * together with the wake-up.
 */
#include "arch/drive_block.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "arch/acceptor.h"
#include "arch/drain.h"
#include "conn/conn.h"

#define TICK_MS 250

/* An unfinished head, and as much again. */
#define INPUT_BYTES (2u * STATOR_REQUEST_HEAD_MAX)

struct block {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct stator_conn conn;
    struct stator_output out;
    struct stator_span in; /* what came and was not used yet; in `bytes` */
    int fd;
    int wake;
    enum stator_want want;
    bool gives_way;  /* ends when it is idle and another client waits */
    bool shut;       /* the sending side is shut down */
    int64_t look_at; /* when to look around again, however busy the client is */
    char bytes[INPUT_BYTES];
};

static int64_t now_of(struct block *block)
{
    stator_worker_wake(block->worker);
    return block->worker->clock.monotonic;
}

/* What is due now? False when the connection is to end. */
static bool look_around(struct block *block)
{
    int64_t now = now_of(block);

    block->look_at = now + TICK_MS;
    stator_log_batch_flush(&block->worker->log, now, false);
    switch (stator_arch_phase(block->arch, now)) {
    case STATOR_ARCH_RUN:
        break;
    case STATOR_ARCH_DRAIN:
        block->worker->draining = true;
        if (stator_conn_drain(&block->conn, &block->out)) {
            return false;
        }
        break;
    case STATOR_ARCH_STOP:
        return false;
    }
    if (block->conn.deadline != 0 && block->conn.deadline <= now) {
        block->out.queued = stator_transfer_queued(block->fd);
        block->want = stator_conn_expire(&block->conn, block->want, &block->out);
        return block->want != STATOR_WANT_CLOSE;
    }
    return true;
}

/* The same, but only when a tick or the deadline has passed: for after every call that returned. */
static bool attend(struct block *block)
{
    int64_t now = now_of(block);
    bool due = block->conn.deadline != 0 && block->conn.deadline <= now;

    return due || now >= block->look_at ? look_around(block) : true;
}

/* True where the connection may end for another client's sake: no request of it is under way. */
static bool may_give_way(const struct block *block)
{
    return block->gives_way && (block->conn.fresh || block->conn.state == STATOR_CONN_IDLE);
}

/*
 * The client is silent: waits for it and for the wake-up, until the deadline. False when the
 * connection is to end, because another client waits and this one asks nothing.
 */
static bool wait_long(struct block *block)
{
    const struct stator_arch_setup *setup = &block->arch->setup;
    struct pollfd fds[2 + STATOR_ARCH_LISTENERS_MAX] = {{.fd = block->fd, .events = POLLIN}};
    nfds_t count = 1;
    nfds_t others;
    int64_t left = block->conn.deadline - now_of(block);
    int timeout = -1;

    if (stator_log_batch_waits(&block->worker->log)) {
        timeout = TICK_MS;
    } else if (block->conn.deadline != 0) {
        timeout = left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
    }
    if (block->worker->draining) {
        /* The wake-up is always readable from now on. */
        timeout = timeout < 0 || timeout > TICK_MS ? TICK_MS : timeout;
    } else {
        fds[count++] = (struct pollfd){.fd = block->wake, .events = POLLIN};
    }
    others = count;
    for (size_t i = 0; may_give_way(block) && i < setup->listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    poll(fds, count, timeout);
    for (nfds_t i = others; i < count && fds[0].revents == 0; i++) {
        if (fds[i].revents != 0) {
            return false;
        }
    }
    return true;
}

/* Receives what the client sends. False when the connection is to end. */
static bool fill(struct block *block)
{
    enum stator_want before = block->want;

    if (block->in.length > 0) {
        memmove(block->bytes, block->in.at, block->in.length);
    }
    block->in.at = block->bytes;
    for (;;) {
        size_t used = block->in.length;
        ssize_t count = recv(block->fd, block->bytes + used, INPUT_BYTES - used, 0);

        if (count > 0) {
            block->in.length += (size_t)count;
            return attend(block);
        }
        if (count == 0) {
            stator_conn_eof(&block->conn);
            return attend(block);
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            return false;
        }
        if (!look_around(block)) {
            return false;
        }
        if (block->want != before) {
            return true; /* the deadline has passed: there is something to say */
        }
        if (!wait_long(block)) {
            return false;
        }
    }
}

/* Sends all of the output. False when the connection is to end. */
static bool drain(struct block *block)
{
    block->out.current = false; /* a blocking call may take its time */
    for (;;) {
        int result = stator_drain(&block->out, block->fd);

        if (result == 0) {
            return attend(block);
        }
        if (result == -EAGAIN && attend(block)) {
            continue;
        }
        block->conn.reset = true;
        return false;
    }
}

static void serve(struct block *block)
{
    bool going = true;

    block->look_at = now_of(block) + TICK_MS;
    while (going) {
        block->want = stator_conn_step(&block->conn, &block->in, &block->out);
        do {
            /* An output may also come from a deadline that passed while we were waiting. */
            going = drain(block);
            if (going && block->want == STATOR_WANT_LINGER && !block->shut) {
                block->shut = true;
                shutdown(block->fd, SHUT_WR);
            }
            if (block->want == STATOR_WANT_CLOSE) {
                going = false;
            }
            if (going && block->want != STATOR_WANT_WRITE) {
                going = fill(block);
            }
        } while (going && !stator_output_is_empty(&block->out));
    }
}

void stator_drive_block(struct stator_arch *arch, struct stator_worker *worker, int fd,
                        const char *peer, int wake, bool gives_way)
{
    struct block block; /* large: not all of it is cleared */

    block.arch = arch;
    block.worker = worker;
    block.in = (struct stator_span){block.bytes, 0};
    block.fd = fd;
    block.wake = wake;
    block.want = STATOR_WANT_READ;
    block.shut = false;
    block.gives_way = gives_way;
    stator_worker_wake(worker);
    stator_counter_add(&worker->counters->accepted, 1);
    stator_output_init(&block.out);
    stator_conn_init(&block.conn, worker, peer);
    stator_acceptor_limit(fd, TICK_MS);
    serve(&block);
    stator_conn_finish(&block.conn, &block.out);
    stator_output_finish(&block.out);
    stator_acceptor_close(fd, block.conn.reset);
    stator_counter_add(&worker->counters->closed, 1);
}
