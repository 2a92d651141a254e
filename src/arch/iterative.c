/*
 * iterative: accept a client, serve it to its end, accept the next.
 *
 * The simplest server there is: while one client is served, or is merely slow, all others wait in
 * the kernel's queue. Stevens, "UNIX Network Programming" vol. 1, 3rd ed., 30.5 and figure 30.2
 * (row 0).
 */
#include <errno.h>
#include <poll.h>

#include "arch/acceptor.h"
#include "arch/drive_block.h"
#include "arch/linger.h"
#include "arch/registry.h"
#include "base/fd.h"

struct iterative {
    struct stator_arch arch;
    int wake[2];
    struct stator_linger linger;
};

static int init(struct stator_arch *arch)
{
    struct iterative *self = (struct iterative *)arch;

    self->wake[0] = self->wake[1] = -1;
    if (arch->setup.listener_count > STATOR_ARCH_LISTENERS_MAX) {
        return -E2BIG;
    }
    return stator_fd_wake_open(self->wake);
}

/* Serves whoever waits on one listener. Fails: -errno when no connection can be taken now. */
static int serve_waiting(struct iterative *self, int listener)
{
    struct stator_worker *worker = self->arch.setup.workers[0];
    char peer[STATOR_PEER_MAX];

    for (;;) {
        int fd = stator_acceptor_next(listener, false, peer);

        if (fd < 0) {
            return fd == -EAGAIN ? 0 : fd;
        }
        stator_drive_block(&self->arch, worker, fd, peer, self->wake[0], true);
        stator_worker_wake(worker);
        stator_linger_note(&self->linger, worker->clock.monotonic);
        stator_log_batch_flush(&worker->log, worker->clock.monotonic, false);

        enum stator_arch_phase phase = stator_arch_phase(&self->arch, worker->clock.monotonic);

        worker->draining = worker->draining || phase != STATOR_ARCH_RUN;
        if (phase == STATOR_ARCH_STOP) {
            return 0;
        }
        if (self->arch.setup.listener_count > 1) {
            return 0; /* the other addresses have a turn too */
        }
    }
}

static int serve_all(struct iterative *self)
{
    int result = 0;

    for (size_t i = 0; i < self->arch.setup.listener_count; i++) {
        int error = serve_waiting(self, self->arch.setup.listeners[i]);

        result = error < 0 ? error : result;
    }
    return result;
}

/* Nobody waits: sleeps until somebody does. */
static void wait_for_clients(struct iterative *self, bool pause)
{
    struct stator_worker *worker = self->arch.setup.workers[0];
    struct pollfd fds[STATOR_ARCH_LISTENERS_MAX + 1];
    size_t count = 0;

    fds[count++] = (struct pollfd){.fd = self->wake[0], .events = POLLIN};
    for (size_t i = 0; !pause && i < self->arch.setup.listener_count; i++) {
        fds[count++] = (struct pollfd){.fd = self->arch.setup.listeners[i], .events = POLLIN};
    }
    if (pause) {
        poll(fds, count, STATOR_ACCEPT_PAUSE_MS);
    } else if (stator_log_batch_waits(&worker->log)) {
        poll(fds, count, STATOR_LOG_DELAY_MS);
    } else {
        poll(fds, count, -1);
    }
    stator_worker_wake(worker);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, false);
}

/* Serves who is in the queue already, or will be there in a moment. */
static void serve_last(struct iterative *self)
{
    struct stator_worker *worker = self->arch.setup.workers[0];

    stator_linger_begin(&self->linger, &self->arch.setup, worker->clock.monotonic);
    serve_all(self);
    while (stator_linger_lasts(&self->linger, worker->clock.monotonic) &&
           stator_arch_phase(&self->arch, worker->clock.monotonic) != STATOR_ARCH_STOP) {
        poll(NULL, 0, STATOR_LINGER_ACCEPT_MS / 20);
        serve_all(self);
        stator_worker_wake(worker);
    }
}

static int run(struct stator_arch *arch)
{
    struct iterative *self = (struct iterative *)arch;
    struct stator_worker *worker = arch->setup.workers[0];

    while (stator_arch_phase(arch, worker->clock.monotonic) == STATOR_ARCH_RUN) {
        int error = serve_all(self);

        wait_for_clients(self, error < 0);
    }
    worker->draining = true;
    serve_last(self);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
    return 0;
}

static void stop(struct stator_arch *arch)
{
    stator_fd_wake(((struct iterative *)arch)->wake);
}

static void finish(struct stator_arch *arch)
{
    stator_fd_wake_close(((struct iterative *)arch)->wake);
}

const struct stator_arch_impl stator_arch_iterative = {
    .name = "iterative",
    .summary = "one client at a time, served to its end with blocking calls",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., ch. 30",
    .size = sizeof(struct iterative),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
