/*
 * Accepts clients and serves them one by one.
 *
 * A readable listener does not mean that there is a connection to accept: another process may have
 * been faster.
 */
#include "arch/blocking/serial_server.h"

#include <errno.h>
#include <poll.h>

#include "arch/activity.h"
#include "arch/blocking/blocking_conn.h"
#include "arch/sockets/acceptor.h"

enum stator_arch_phase stator_serial_server_phase(struct stator_serial_server *serial)
{
    enum stator_arch_phase phase;

    stator_worker_wake(serial->worker);
    phase = stator_arch_phase(serial->arch, serial->worker->clock.monotonic);
    serial->worker->draining = serial->worker->draining || phase != STATOR_ARCH_PHASE_RUN;
    return phase;
}

void stator_serial_server_begin_wait(struct stator_serial_server *serial)
{
    stator_activity_end(serial->worker, serial->moves == 0);
    serial->moves = 0;
}

void stator_serial_server_end_wait(struct stator_serial_server *serial)
{
    stator_activity_begin(serial->worker);
}

/* Takes who waits, the addresses by turns. Returns: the socket, or as stator_acceptor_next. */
static int take(struct stator_serial_server *serial, char peer[STATOR_PEER_MAX])
{
    const struct stator_arch_setup *setup = &serial->arch->setup;
    int result = -EAGAIN;

    for (size_t i = 0; i < setup->listener_count; i++) {
        int fd = stator_acceptor_next(setup->listeners[serial->next], false, peer);

        serial->next = (serial->next + 1) % setup->listener_count;
        if (fd >= 0) {
            return fd;
        }
        result = fd != -EAGAIN ? fd : result;
    }
    return result;
}

/* Sleeps until somebody comes or there is something else to do. */
static void await(struct stator_serial_server *serial, bool pause)
{
    const struct stator_arch_setup *setup = &serial->arch->setup;
    struct pollfd fds[STATOR_ARCH_LISTENERS_MAX + 1];
    size_t count = 0;

    fds[count++] = (struct pollfd){.fd = serial->wake, .events = POLLIN};
    for (size_t i = 0; !pause && i < setup->listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    stator_serial_server_begin_wait(serial);
    if (pause) {
        poll(fds, count, STATOR_ACCEPT_PAUSE_MS);
    } else if (stator_log_batch_waits(&serial->worker->log)) {
        poll(fds, count, STATOR_LOG_DELAY_MS);
    } else {
        poll(fds, count, -1);
    }
    stator_serial_server_end_wait(serial);
}

/* Waits until it may call. False where there is something else to do. */
static bool enter(struct stator_serial_server *serial)
{
    bool entered;

    stator_serial_server_begin_wait(serial);
    entered = serial->gate->enter(serial->arch);
    stator_serial_server_end_wait(serial);
    serial->moves += entered;
    return entered;
}

/* The next client, if one comes before there is something else to do. */
static int call(struct stator_serial_server *serial, char peer[STATOR_PEER_MAX])
{
    int fd;

    if (serial->gate != NULL && !enter(serial)) {
        return -EAGAIN;
    }
    fd = take(serial, peer);
    if (fd == -EAGAIN) {
        await(serial, false);
        fd = take(serial, peer);
    }
    if (serial->gate != NULL) {
        serial->gate->leave(serial->arch);
    }
    return fd;
}

static void flush(struct stator_serial_server *serial)
{
    stator_worker_wake(serial->worker);
    stator_log_batch_flush(&serial->worker->log, serial->worker->clock.monotonic, false);
}

void stator_serial_server_serve(struct stator_serial_server *serial, int fd, const char *peer)
{
    stator_blocking_conn_run(serial->arch, serial->worker, fd, peer, serial->wake, serial->yields);
    serial->moves++;
    flush(serial);
    stator_accept_grace_note(&serial->grace, serial->worker->clock.monotonic);
}

static void serve_next(struct stator_serial_server *serial)
{
    char peer[STATOR_PEER_MAX];
    int fd = call(serial, peer);

    if (fd >= 0) {
        stator_serial_server_serve(serial, fd, peer);
    } else {
        flush(serial);
    }
    if (fd < 0 && fd != -EAGAIN) {
        await(serial, true);
    }
}

/* Who is in the queue now. */
static void serve_queued(struct stator_serial_server *serial)
{
    char peer[STATOR_PEER_MAX];
    int fd;

    while (stator_serial_server_phase(serial) != STATOR_ARCH_PHASE_STOP &&
           (fd = take(serial, peer)) >= 0) {
        stator_serial_server_serve(serial, fd, peer);
    }
}

void stator_serial_server_serve_last(struct stator_serial_server *serial)
{
    stator_accept_grace_begin(&serial->grace, &serial->arch->setup,
                              serial->worker->clock.monotonic);
    serve_queued(serial);
    while (stator_serial_server_phase(serial) != STATOR_ARCH_PHASE_STOP &&
           stator_accept_grace_lasts(&serial->grace, serial->worker->clock.monotonic)) {
        stator_serial_server_begin_wait(serial);
        poll(NULL, 0, STATOR_ACCEPT_GRACE_MS / 20);
        stator_serial_server_end_wait(serial);
        serve_queued(serial);
    }
}

void stator_serial_server_run(struct stator_serial_server *serial)
{
    while (stator_serial_server_phase(serial) == STATOR_ARCH_PHASE_RUN) {
        serve_next(serial);
    }
    stator_serial_server_serve_last(serial);
    stator_log_batch_flush(&serial->worker->log, serial->worker->clock.monotonic, true);
    stator_serial_server_begin_wait(serial); /* there will be none: it only ends the last turn */
}
