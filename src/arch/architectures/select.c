/*
 * select: one thread asks select(2) which of all sockets can be read, written, or are exceptional.
 *
 * Sockets block, so nothing is called on one before its set says so, and nothing is sent but one
 * small piece a round. Stevens, "UNIX Network Programming" vol. 1, 3rd ed., 6.8; COMP 177. Its
 * weaknesses are kept: the sets are built and searched anew in every round, however few clients
 * have something to say; a number of FD_SETSIZE or more does not fit in; a file that is not in
 * memory holds everybody up; and where a socket takes less than it promised, so does its client.
 */
#include <errno.h>
#include <sys/select.h>
#include <unistd.h>

#include "arch/architectures/registry.h"
#include "arch/event/round.h"
#include "base/fd.h"

/* What a socket that is writable takes for certain, or nearly so: a third of a small buffer. */
#define PIECE (16u * 1024)

/* The rest is for standard streams, listeners and such. */
#define CLIENTS_MAX (FD_SETSIZE - 24)

struct sets {
    fd_set read, write, error;
    int highest;
};

struct selecting {
    struct stator_arch arch;
    struct stator_round round;
    struct sets sets; /* what is waited for, then what is ready */
    int wake[2];
};

static int init(struct stator_arch *arch)
{
    struct selecting *self = (struct selecting *)arch;
    struct stator_conn_limits *limits = &arch->setup.workers[0]->limits;
    int error;

    self->wake[0] = self->wake[1] = -1;
    stator_round_init(&self->round, arch, PIECE);
    self->round.clients.fd_limit = FD_SETSIZE;
    if (limits->max_connections > CLIENTS_MAX) {
        limits->max_connections = CLIENTS_MAX;
    }
    error = stator_fd_wake_open(self->wake);
    for (size_t i = 0; i < arch->setup.listener_count && error == 0; i++) {
        error = arch->setup.listeners[i] < FD_SETSIZE ? 0 : -ENOTSUP;
    }
    return error == 0 && self->wake[0] >= FD_SETSIZE ? -ENOTSUP : error;
}

static void add(struct sets *sets, fd_set *set, int fd)
{
    FD_SET(fd, set);
    sets->highest = fd > sets->highest ? fd : sets->highest;
}

/* Puts every descriptor into the sets of what is waited for. */
static void build(struct selecting *self)
{
    struct sets *sets = &self->sets;
    const struct stator_arch_setup *setup = &self->arch.setup;

    FD_ZERO(&sets->read);
    FD_ZERO(&sets->write);
    FD_ZERO(&sets->error);
    sets->highest = -1;
    add(sets, &sets->read, self->wake[0]);
    for (size_t i = 0; stator_round_accepts(&self->round) && i < setup->listener_count; i++) {
        add(sets, &sets->read, setup->listeners[i]);
    }
    for (struct stator_client *client = stator_client_set_first(&self->round.clients);
         client != NULL; client = stator_client_after(client)) {
        unsigned waits = stator_client_waits(client);

        add(sets, &sets->error, client->fd);
        if (waits & STATOR_CLIENT_WAIT_READS) {
            add(sets, &sets->read, client->fd);
        }
        if (waits & STATOR_CLIENT_WAIT_WRITES) {
            add(sets, &sets->write, client->fd);
        }
    }
}

static bool wait_for_any(struct stator_arch *arch)
{
    struct selecting *self = (struct selecting *)arch;
    struct sets *sets = &self->sets;
    int64_t ms = stator_round_patience(&self->round);
    struct timeval timeout = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    build(self);
    return select(sets->highest + 1, &sets->read, &sets->write, &sets->error,
                  ms < 0 ? NULL : &timeout) > 0;
}

static bool serve(struct stator_client *client, void *context)
{
    const struct sets *sets = context;
    int fd = client->fd;
    char urgent;

    if (FD_ISSET(fd, &sets->error)) {
        recv(fd, &urgent, 1, MSG_OOB); /* the one exceptional thing; HTTP has no use for it */
    }
    if (FD_ISSET(fd, &sets->write) && !stator_client_writable(client)) {
        return false;
    }
    return !FD_ISSET(fd, &sets->read) || stator_client_readable(client, false);
}

static void serve_all(struct stator_arch *arch)
{
    struct selecting *self = (struct selecting *)arch;

    stator_round_serve_each(&self->round, serve, &self->sets);
    if (FD_ISSET(self->wake[0], &self->sets.read)) {
        stator_fd_wake_clear(self->wake);
    }
    for (size_t i = 0; i < arch->setup.listener_count; i++) { /* last: they reuse numbers */
        if (FD_ISSET(arch->setup.listeners[i], &self->sets.read)) {
            stator_round_accept(&self->round, arch->setup.listeners[i]);
        }
    }
}

static int run(struct stator_arch *arch)
{
    stator_round_run(&((struct selecting *)arch)->round, wait_for_any, serve_all);
    return 0;
}

static void stop(struct stator_arch *arch)
{
    stator_fd_wake(((struct selecting *)arch)->wake);
}

static void finish(struct stator_arch *arch)
{
    struct selecting *self = (struct selecting *)arch;

    stator_round_finish(&self->round);
    stator_fd_wake_close(self->wake);
}

const struct stator_arch_impl stator_arch_select = {
    .name = "select",
    .summary = "select() over blocking sockets: sets to read, to write, exceptional",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., 6.8",
    .traits = STATOR_ARCH_TRAIT_MULTIPLEXED,
    .clients_max = CLIENTS_MAX,
    .clients_why = "FD_SETSIZE",
    .size = sizeof(struct selecting),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
