/*
 * Calling clients, and serving them one by one.
 *
 * Knows listeners and how to sleep until somebody comes; refuses to know who else calls from the
 * same ones. The one surprising thing: that somebody has come does not mean that there is anybody
 * to take: another desk may have been faster.
 */
#include "arch/blocking/serial_server.h"

#include <errno.h>
#include <poll.h>

#include "arch/activity.h"
#include "arch/blocking/blocking_conn.h"
#include "arch/sockets/acceptor.h"

enum stator_arch_phase stator_desk_phase(struct stator_desk *desk)
{
    enum stator_arch_phase phase;

    stator_worker_wake(desk->worker);
    phase = stator_arch_phase(desk->arch, desk->worker->clock.monotonic);
    desk->worker->draining = desk->worker->draining || phase != STATOR_ARCH_RUN;
    return phase;
}

void stator_desk_begin_wait(struct stator_desk *desk)
{
    stator_turn_end(desk->worker, desk->moves == 0);
    desk->moves = 0;
}

void stator_desk_end_wait(struct stator_desk *desk)
{
    stator_turn_begin(desk->worker);
}

/* Takes who waits, the addresses by turns. Returns: the socket, or as stator_acceptor_next. */
static int take(struct stator_desk *desk, char peer[STATOR_PEER_MAX])
{
    const struct stator_arch_setup *setup = &desk->arch->setup;
    int result = -EAGAIN;

    for (size_t i = 0; i < setup->listener_count; i++) {
        int fd = stator_acceptor_next(setup->listeners[desk->next], false, peer);

        desk->next = (desk->next + 1) % setup->listener_count;
        if (fd >= 0) {
            return fd;
        }
        result = fd != -EAGAIN ? fd : result;
    }
    return result;
}

/* Sleeps until somebody comes or there is something else to do. */
static void await(struct stator_desk *desk, bool pause)
{
    const struct stator_arch_setup *setup = &desk->arch->setup;
    struct pollfd fds[STATOR_ARCH_LISTENERS_MAX + 1];
    size_t count = 0;

    fds[count++] = (struct pollfd){.fd = desk->wake, .events = POLLIN};
    for (size_t i = 0; !pause && i < setup->listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    stator_desk_begin_wait(desk);
    if (pause) {
        poll(fds, count, STATOR_ACCEPT_PAUSE_MS);
    } else if (stator_log_batch_waits(&desk->worker->log)) {
        poll(fds, count, STATOR_LOG_DELAY_MS);
    } else {
        poll(fds, count, -1);
    }
    stator_desk_end_wait(desk);
}

/* Waits until it may call. False where there is something else to do. */
static bool enter(struct stator_desk *desk)
{
    bool entered;

    stator_desk_begin_wait(desk);
    entered = desk->gate->enter(desk->arch);
    stator_desk_end_wait(desk);
    desk->moves += entered;
    return entered;
}

/* The next client, if one comes before there is something else to do. */
static int call(struct stator_desk *desk, char peer[STATOR_PEER_MAX])
{
    int fd;

    if (desk->gate != NULL && !enter(desk)) {
        return -EAGAIN;
    }
    fd = take(desk, peer);
    if (fd == -EAGAIN) {
        await(desk, false);
        fd = take(desk, peer);
    }
    if (desk->gate != NULL) {
        desk->gate->leave(desk->arch);
    }
    return fd;
}

static void flush(struct stator_desk *desk)
{
    stator_worker_wake(desk->worker);
    stator_log_batch_flush(&desk->worker->log, desk->worker->clock.monotonic, false);
}

void stator_desk_serve(struct stator_desk *desk, int fd, const char *peer)
{
    stator_drive_block(desk->arch, desk->worker, fd, peer, desk->wake, desk->gives_way);
    desk->moves++;
    flush(desk);
    stator_linger_note(&desk->linger, desk->worker->clock.monotonic);
}

static void serve_next(struct stator_desk *desk)
{
    char peer[STATOR_PEER_MAX];
    int fd = call(desk, peer);

    if (fd >= 0) {
        stator_desk_serve(desk, fd, peer);
    } else {
        flush(desk);
    }
    if (fd < 0 && fd != -EAGAIN) {
        await(desk, true);
    }
}

/* Who is in the queue now. */
static void serve_queued(struct stator_desk *desk)
{
    char peer[STATOR_PEER_MAX];
    int fd;

    while (stator_desk_phase(desk) != STATOR_ARCH_STOP && (fd = take(desk, peer)) >= 0) {
        stator_desk_serve(desk, fd, peer);
    }
}

void stator_desk_serve_last(struct stator_desk *desk)
{
    stator_linger_begin(&desk->linger, &desk->arch->setup, desk->worker->clock.monotonic);
    serve_queued(desk);
    while (stator_desk_phase(desk) != STATOR_ARCH_STOP &&
           stator_linger_lasts(&desk->linger, desk->worker->clock.monotonic)) {
        stator_desk_begin_wait(desk);
        poll(NULL, 0, STATOR_LINGER_ACCEPT_MS / 20);
        stator_desk_end_wait(desk);
        serve_queued(desk);
    }
}

void stator_desk_run(struct stator_desk *desk)
{
    while (stator_desk_phase(desk) == STATOR_ARCH_RUN) {
        serve_next(desk);
    }
    stator_desk_serve_last(desk);
    stator_log_batch_flush(&desk->worker->log, desk->worker->clock.monotonic, true);
    stator_desk_begin_wait(desk); /* there will be none: it only ends the last turn */
}
