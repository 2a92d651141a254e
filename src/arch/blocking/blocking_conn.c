/*
 * One connection, one thread of control, blocking calls.
 *
 * Knows how to wait for one client; refuses to know who else waits meanwhile. The one surprising
 * thing: the socket's own time-out is a short tick, set once, so that a busy connection costs one
 * receive and one send a request; only a client that is silent for longer is waited for by poll(2),
 * together with the wake-up. Receiving counts as a wait, sending as work. A connection that is
 * served singly leaves before it would wait for a request, so between two calls it holds nothing of
 * the worker that served it.
 */
#include "arch/blocking/blocking_conn.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "arch/activity.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/send.h"

#define TICK_MS 250

static int64_t now_of(struct stator_block *block)
{
    stator_worker_wake(block->seat.worker);
    return block->seat.worker->clock.monotonic;
}

static void begin_wait(struct stator_block *block)
{
    stator_turn_end(block->seat.worker, block->vain);
}

static void end_wait(struct stator_block *block, bool came)
{
    block->vain = !came;
    stator_turn_begin(block->seat.worker);
}

/* What is due now? False when the connection is to end. */
static bool look_around(struct stator_block *block)
{
    int64_t now = now_of(block);

    block->look_at = now + TICK_MS;
    stator_log_batch_flush(&block->seat.worker->log, now, false);
    switch (stator_arch_phase(block->seat.arch, now)) {
    case STATOR_ARCH_RUN:
        break;
    case STATOR_ARCH_DRAIN:
        block->seat.worker->draining = true;
        /* A request that came with the last one is still to be answered. */
        if (stator_conn_drain(&block->conn, &block->out) && block->in.length == 0) {
            block->want = STATOR_WANT_WRITE; /* that is all: the next step ends it */
        }
        break;
    case STATOR_ARCH_STOP:
        return false;
    }
    if (block->conn.deadline != 0 && block->conn.deadline <= now) {
        block->out.queued = stator_transfer_queued(block->fd, 0);
        block->want = stator_conn_expire(&block->conn, block->want, &block->out);
        return block->want != STATOR_WANT_CLOSE;
    }
    return true;
}

/* The same, but only when a tick or the deadline has passed: for after every call that returned. */
static bool attend(struct stator_block *block)
{
    int64_t now = now_of(block);
    bool due = block->conn.deadline != 0 && block->conn.deadline <= now;

    return due || now >= block->look_at ? look_around(block) : true;
}

/*
 * True where the connection may end for another client's sake: no request of it is under way, and
 * what it was sent arrives unless it sends what it was to send no more.
 */
static bool may_give_way(const struct stator_block *block)
{
    const struct stator_conn *conn = &block->conn;
    bool was_answered = conn->state == STATOR_CONN_LINGER && !conn->linger;

    return block->seat.gives_way &&
           (conn->fresh || conn->state == STATOR_CONN_IDLE || was_answered);
}

/*
 * The client is silent: waits for it and for the wake-up, until the deadline. False when the
 * connection is to end, because another client waits and this one asks nothing.
 */
static bool wait_long(struct stator_block *block)
{
    const struct stator_arch_setup *setup = &block->seat.arch->setup;
    struct pollfd fds[2 + STATOR_ARCH_LISTENERS_MAX] = {{.fd = block->fd, .events = POLLIN}};
    nfds_t count = 1;
    nfds_t others;
    int64_t left = block->conn.deadline - now_of(block);
    int timeout = -1;

    if (stator_log_batch_waits(&block->seat.worker->log)) {
        timeout = TICK_MS;
    } else if (block->conn.deadline != 0) {
        timeout = left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
    }
    if (block->seat.worker->draining) {
        /* The wake-up is always readable from now on. */
        timeout = timeout < 0 || timeout > TICK_MS ? TICK_MS : timeout;
    } else {
        fds[count++] = (struct pollfd){.fd = block->seat.wake, .events = POLLIN};
    }
    others = count;
    for (size_t i = 0; may_give_way(block) && i < setup->listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    begin_wait(block);
    poll(fds, count, timeout);
    end_wait(block, fds[0].revents != 0);
    for (nfds_t i = others; i < count && fds[0].revents == 0; i++) {
        if (fds[i].revents != 0) {
            return false;
        }
    }
    return true;
}

/* Receives behind what is there already. Returns: bytes, 0 at the end of the stream, -errno. */
static ssize_t receive(struct stator_block *block, int flags)
{
    size_t used = block->in.length;
    ssize_t count;

    if (block->in.at != block->bytes) {
        memmove(block->bytes, block->in.at, used);
        block->in.at = block->bytes;
    }
    count = recv(block->fd, block->bytes + used, STATOR_BLOCK_INPUT - used, flags);
    if (count < 0) {
        return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    }
    if (count == 0) {
        stator_conn_eof(&block->conn);
    }
    block->in.length += (size_t)count;
    return count;
}

/* The same, for as long as a tick where nothing has come. */
static ssize_t wait_and_receive(struct stator_block *block)
{
    ssize_t count;

    begin_wait(block);
    count = receive(block, 0);
    end_wait(block, count >= 0);
    return count;
}

/* Waits for what the client sends. False when the connection is to end. */
static bool fill(struct stator_block *block)
{
    enum stator_want before = block->want;

    for (;;) {
        ssize_t count = wait_and_receive(block);

        if (count >= 0) {
            return attend(block);
        }
        if ((count != -EAGAIN && count != -EINTR) || !look_around(block)) {
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
static bool drain(struct stator_block *block)
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

/* Between two requests, within a head, or after the last: where one that is served singly rests. */
static bool rests(const struct stator_block *block)
{
    bool asks = block->want == STATOR_WANT_READ &&
                (block->conn.state == STATOR_CONN_IDLE || block->conn.state == STATOR_CONN_HEAD);

    return block->conn.single && (asks || (block->want == STATOR_WANT_LINGER && block->shut));
}

/* Does what the connection wants. False when it is to end. */
static bool carry_out(struct stator_block *block)
{
    if (!drain(block) || block->want == STATOR_WANT_CLOSE) {
        return false;
    }
    stator_block_end_sending(block);
    if (block->want == STATOR_WANT_CLOSE) {
        return false;
    }
    return block->want == STATOR_WANT_WRITE || rests(block) || fill(block);
}

/* True where it goes on but rests. */
static bool serve(struct stator_block *block)
{
    int64_t now = now_of(block);
    enum stator_arch_phase phase = stator_arch_phase(block->seat.arch, now);

    block->look_at = now + TICK_MS;
    block->seat.worker->draining = block->seat.worker->draining || phase != STATOR_ARCH_RUN;
    if (phase == STATOR_ARCH_STOP) {
        return false;
    }
    for (;;) {
        if (stator_output_is_empty(&block->out)) {
            block->want = stator_conn_step(&block->conn, &block->in, &block->out);
        }
        do {
            /* An output may also come from a deadline that passed while we were waiting. */
            if (!carry_out(block)) {
                return false;
            }
        } while (!stator_output_is_empty(&block->out));
        if (rests(block)) {
            return true;
        }
    }
}

void stator_block_open(struct stator_block *block, int fd, const char *peer)
{
    /* Large: not all of it is cleared. */
    block->conn.worker = NULL;
    block->conn.reset = true;
    block->in = (struct stator_span){block->bytes, 0};
    block->fd = fd;
    block->want = STATOR_WANT_READ;
    block->shut = block->vain = false;
    strncpy(block->peer, peer, sizeof(block->peer) - 1);
    block->peer[sizeof(block->peer) - 1] = '\0';
    stator_output_init(&block->out);
    stator_acceptor_limit(fd, TICK_MS);
}

void stator_block_close(struct stator_block *block)
{
    if (block->conn.worker != NULL) {
        stator_conn_finish(&block->conn, &block->out);
    }
    stator_output_finish(&block->out);
    stator_acceptor_close(block->fd, block->conn.reset);
    block->fd = -1;
}

void stator_block_adopt(struct stator_block *block, struct stator_worker *worker)
{
    stator_worker_wake(worker);
    if (block->conn.worker == NULL) {
        stator_conn_init(&block->conn, worker, block->peer);
    }
    block->conn.worker = worker;
}

void stator_block_end_sending(struct stator_block *block)
{
    if (block->want == STATOR_WANT_LINGER && !block->shut) {
        block->shut = true;
        block->want = stator_conn_shut(&block->conn, stator_drain_end(&block->out, block->fd));
    }
}

int stator_block_receive(struct stator_block *block)
{
    ssize_t count;

    if (block->in.length == STATOR_BLOCK_INPUT) {
        return -EAGAIN;
    }
    do {
        count = receive(block, MSG_DONTWAIT);
    } while (count == -EINTR);
    return count < 0 ? (int)count : 0;
}

void stator_block_serve(struct stator_block *block, const struct stator_block_seat *seat)
{
    block->seat = *seat;
    stator_block_adopt(block, seat->worker);
    block->conn.single = false;
    serve(block);
}

bool stator_block_serve_one(struct stator_block *block, const struct stator_block_seat *seat)
{
    block->seat = *seat;
    stator_block_adopt(block, seat->worker);
    block->conn.single = true;
    return serve(block);
}

void stator_drive_block(struct stator_arch *arch, struct stator_worker *worker, int fd,
                        const char *peer, int wake, bool gives_way)
{
    const struct stator_block_seat seat = {arch, worker, wake, gives_way};
    struct stator_block block;

    stator_block_open(&block, fd, peer);
    stator_counter_add(&worker->counters->accepted, 1);
    stator_block_serve(&block, &seat);
    stator_block_close(&block);
    stator_counter_add(&worker->counters->closed, 1);
}
