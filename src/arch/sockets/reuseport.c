/*
 * A row of listening sockets for each child.
 *
 * Knows whose is whose; refuses to know how a system shares an address. The one surprising thing: a
 * row is made by the parent, which keeps it, but listens from its first child on, because who comes
 * is given to any row that listens, and nobody would ever look at that of a child that could not be
 * made.
 */
#include "arch/sockets/reuseport.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/fd.h"

int stator_reuseport_open(struct stator_reuseport *reuseport, const struct stator_arch *arch)
{
    const struct stator_arch_setup *setup = &arch->setup;
    size_t total = setup->listener_count * setup->worker_count;

    *reuseport = (struct stator_reuseport){.borrowed = setup->listener_count};
    reuseport->sockets = calloc(total, sizeof(*reuseport->sockets));
    if (reuseport->sockets == NULL) {
        return -ENOMEM;
    }
    memcpy(reuseport->sockets, setup->listeners, setup->listener_count * sizeof(*setup->listeners));
    for (reuseport->count = setup->listener_count; reuseport->count < total; reuseport->count++) {
        int fd =
            stator_reuseport_socket(setup->listeners[reuseport->count % setup->listener_count]);

        if (fd < 0) {
            return fd;
        }
        reuseport->sockets[reuseport->count] = fd;
    }
    return 0;
}

void stator_reuseport_close(struct stator_reuseport *reuseport)
{
    for (size_t i = reuseport->borrowed; i < reuseport->count; i++) {
        stator_fd_close(&reuseport->sockets[i]);
    }
    free(reuseport->sockets);
    *reuseport = (struct stator_reuseport){NULL, 0, 0};
}

void stator_reuseport_choose(const struct stator_reuseport *reuseport, struct stator_arch *arch,
                             size_t index)
{
    const int *row = &reuseport->sockets[index * arch->setup.listener_count];

    for (size_t i = 0; index > 0 && i < arch->setup.listener_count; i++) {
        if (listen(row[i], SOMAXCONN) < 0) {
            return;
        }
    }
    arch->setup.listeners = row;
}
