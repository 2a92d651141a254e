/*
 * One connection, one thread of control, blocking calls.
 *
 * The socket's own timeout is a short tick that is set once, so that a busy connection costs one
 * receive and one send per request. Only a client that is silent for longer is waited for by
 * poll(2), together with the wake-up. A receive counts as a wait, a send as work. A connection
 * that is served one request at a time returns before it would wait for a request, so between two
 * calls it holds nothing of the worker that served it.
 */
#include "arch/blocking/blocking_conn.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "arch/activity.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/send.h"

#define TICK_MS 250

static int64_t now_of(struct stator_blocking_conn *client)
{
    stator_worker_wake(client->env.worker);
    return client->env.worker->clock.monotonic;
}

static void begin_wait(struct stator_blocking_conn *client)
{
    stator_activity_end(client->env.worker, client->woke_idle);
}

static void end_wait(struct stator_blocking_conn *client, bool came)
{
    client->woke_idle = !came;
    stator_activity_begin(client->env.worker);
}

/* What is due now? False when the connection is to end. */
static bool look_around(struct stator_blocking_conn *client)
{
    int64_t now = now_of(client);

    client->look_at = now + TICK_MS;
    stator_log_batch_flush(&client->env.worker->log, now, false);
    switch (stator_arch_phase(client->env.arch, now)) {
    case STATOR_ARCH_PHASE_RUN:
        break;
    case STATOR_ARCH_PHASE_DRAIN:
        client->env.worker->draining = true;
        /* A request that came with the last one is still to be answered. */
        if (stator_conn_drain(&client->conn, &client->out) && client->in.length == 0) {
            client->want = STATOR_WANT_WRITE; /* that is all: the next step ends it */
        }
        break;
    case STATOR_ARCH_PHASE_STOP:
        return false;
    }
    if (client->conn.deadline != 0 && client->conn.deadline <= now) {
        client->out.queued = stator_send_queued(client->fd, 0);
        client->want = stator_conn_expire(&client->conn, client->want, &client->out);
        return client->want != STATOR_WANT_CLOSE;
    }
    return true;
}

/* The same, but only when a tick or the deadline has passed: for after every call that returned. */
static bool check_deadlines(struct stator_blocking_conn *client)
{
    int64_t now = now_of(client);
    bool due = client->conn.deadline != 0 && client->conn.deadline <= now;

    return due || now >= client->look_at ? look_around(client) : true;
}

/*
 * True where the connection may end for another client's sake: no request of it is under way, and
 * what it was sent arrives unless it sends what it was to send no more.
 */
static bool may_give_way(const struct stator_blocking_conn *client)
{
    const struct stator_conn *conn = &client->conn;
    bool was_answered = conn->state == STATOR_CONN_STATE_LINGER && !conn->linger;

    return client->env.yields &&
           (conn->no_bytes_yet || conn->state == STATOR_CONN_STATE_IDLE || was_answered);
}

/*
 * The client is silent: waits for it and for the wake-up, until the deadline. False when the
 * connection is to end, because another client waits and this one asks nothing.
 */
static bool wait_long(struct stator_blocking_conn *client)
{
    const struct stator_arch_setup *setup = &client->env.arch->setup;
    struct pollfd fds[2 + STATOR_ARCH_LISTENERS_MAX] = {{.fd = client->fd, .events = POLLIN}};
    nfds_t count = 1;
    nfds_t others;
    int64_t left = client->conn.deadline - now_of(client);
    int timeout = -1;

    if (stator_log_batch_waits(&client->env.worker->log)) {
        timeout = TICK_MS;
    } else if (client->conn.deadline != 0) {
        timeout = left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
    }
    if (client->env.worker->draining) {
        /* The wake-up is always readable from now on. */
        timeout = timeout < 0 || timeout > TICK_MS ? TICK_MS : timeout;
    } else {
        fds[count++] = (struct pollfd){.fd = client->env.wake, .events = POLLIN};
    }
    others = count;
    for (size_t i = 0; may_give_way(client) && i < setup->listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    begin_wait(client);
    poll(fds, count, timeout);
    end_wait(client, fds[0].revents != 0);
    for (nfds_t i = others; i < count && fds[0].revents == 0; i++) {
        if (fds[i].revents != 0) {
            return false;
        }
    }
    return true;
}

/* Receives behind what is there already. Returns: bytes, 0 at the end of the stream, -errno. */
static ssize_t receive(struct stator_blocking_conn *client, int flags)
{
    size_t used = client->in.length;
    ssize_t count;

    if (client->in.at != client->bytes) {
        memmove(client->bytes, client->in.at, used);
        client->in.at = client->bytes;
    }
    count = recv(client->fd, client->bytes + used, STATOR_BLOCKING_CONN_INPUT - used, flags);
    if (count < 0) {
        return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    }
    if (count == 0) {
        stator_conn_eof(&client->conn);
    }
    client->in.length += (size_t)count;
    return count;
}

/* The same, for as long as a tick where nothing has come. */
static ssize_t wait_and_receive(struct stator_blocking_conn *client)
{
    ssize_t count;

    begin_wait(client);
    count = receive(client, 0);
    end_wait(client, count >= 0);
    return count;
}

/* Waits for what the client sends. False when the connection is to end. */
static bool fill(struct stator_blocking_conn *client)
{
    enum stator_want before = client->want;

    for (;;) {
        ssize_t count = wait_and_receive(client);

        if (count >= 0) {
            return check_deadlines(client);
        }
        if ((count != -EAGAIN && count != -EINTR) || !look_around(client)) {
            return false;
        }
        if (client->want != before) {
            return true; /* the deadline has passed: there is something to say */
        }
        if (!wait_long(client)) {
            return false;
        }
    }
}

/* Sends all of the output. False when the connection is to end. */
static bool drain(struct stator_blocking_conn *client)
{
    client->out.current = false; /* a blocking call may take its time */
    for (;;) {
        int result = stator_send_output(&client->out, client->fd);

        if (result == 0) {
            return check_deadlines(client);
        }
        if (result == -EAGAIN && check_deadlines(client)) {
            continue;
        }
        client->conn.reset = true;
        return false;
    }
}

/* Between two requests, within a head, or after the last: where one that is served singly rests. */
static bool rests(const struct stator_blocking_conn *client)
{
    bool asks = client->want == STATOR_WANT_READ && (client->conn.state == STATOR_CONN_STATE_IDLE ||
                                                     client->conn.state == STATOR_CONN_STATE_HEAD);

    return client->conn.one_request &&
           (asks || (client->want == STATOR_WANT_LINGER && client->write_closed));
}

/* Does what the connection wants. False when it is to end. */
static bool carry_out(struct stator_blocking_conn *client)
{
    if (!drain(client) || client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    stator_blocking_conn_end_sending(client);
    if (client->want == STATOR_WANT_CLOSE) {
        return false;
    }
    return client->want == STATOR_WANT_WRITE || rests(client) || fill(client);
}

/* True where it goes on but rests. */
static bool serve(struct stator_blocking_conn *client)
{
    int64_t now = now_of(client);
    enum stator_arch_phase phase = stator_arch_phase(client->env.arch, now);

    client->look_at = now + TICK_MS;
    client->env.worker->draining = client->env.worker->draining || phase != STATOR_ARCH_PHASE_RUN;
    if (phase == STATOR_ARCH_PHASE_STOP) {
        return false;
    }
    for (;;) {
        if (stator_output_is_empty(&client->out)) {
            client->want = stator_conn_step(&client->conn, &client->in, &client->out);
        }
        do {
            /* An output may also come from a deadline that passed while we were waiting. */
            if (!carry_out(client)) {
                return false;
            }
        } while (!stator_output_is_empty(&client->out));
        if (rests(client)) {
            return true;
        }
    }
}

void stator_blocking_conn_open(struct stator_blocking_conn *client, int fd, const char *peer)
{
    /* Large: not all of it is cleared. */
    client->conn.worker = NULL;
    client->conn.reset = true;
    client->in = (struct stator_span){client->bytes, 0};
    client->fd = fd;
    client->want = STATOR_WANT_READ;
    client->write_closed = client->woke_idle = false;
    strncpy(client->peer, peer, sizeof(client->peer) - 1);
    client->peer[sizeof(client->peer) - 1] = '\0';
    stator_output_init(&client->out);
    stator_acceptor_limit(fd, TICK_MS);
}

void stator_blocking_conn_close(struct stator_blocking_conn *client)
{
    if (client->conn.worker != NULL) {
        stator_conn_finish(&client->conn, &client->out);
    }
    stator_output_finish(&client->out);
    stator_acceptor_close(client->fd, client->conn.reset);
    client->fd = -1;
}

void stator_blocking_conn_adopt(struct stator_blocking_conn *client, struct stator_worker *worker)
{
    stator_worker_wake(worker);
    if (client->conn.worker == NULL) {
        stator_conn_init(&client->conn, worker, client->peer);
    }
    client->conn.worker = worker;
}

void stator_blocking_conn_end_sending(struct stator_blocking_conn *client)
{
    if (client->want == STATOR_WANT_LINGER && !client->write_closed) {
        client->write_closed = true;
        client->want =
            stator_conn_shut(&client->conn, stator_send_shutdown(&client->out, client->fd));
    }
}

int stator_blocking_conn_receive(struct stator_blocking_conn *client)
{
    ssize_t count;

    if (client->in.length == STATOR_BLOCKING_CONN_INPUT) {
        return -EAGAIN;
    }
    do {
        count = receive(client, MSG_DONTWAIT);
    } while (count == -EINTR);
    return count < 0 ? (int)count : 0;
}

void stator_blocking_conn_serve(struct stator_blocking_conn *client,
                                const struct stator_blocking_env *env)
{
    client->env = *env;
    stator_blocking_conn_adopt(client, env->worker);
    client->conn.one_request = false;
    serve(client);
}

bool stator_blocking_conn_serve_one(struct stator_blocking_conn *client,
                                    const struct stator_blocking_env *env)
{
    client->env = *env;
    stator_blocking_conn_adopt(client, env->worker);
    client->conn.one_request = true;
    return serve(client);
}

void stator_blocking_conn_run(struct stator_arch *arch, struct stator_worker *worker, int fd,
                              const char *peer, int wake, bool yields)
{
    const struct stator_blocking_env env = {arch, worker, wake, yields};
    struct stator_blocking_conn client;

    stator_blocking_conn_open(&client, fd, peer);
    stator_counter_add(&worker->counters->accepted, 1);
    stator_blocking_conn_serve(&client, &env);
    stator_blocking_conn_close(&client);
    stator_counter_add(&worker->counters->closed, 1);
}
