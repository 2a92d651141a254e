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

int stator_reuse_open(struct stator_reuse *reuse, const struct stator_arch *arch)
{
    const struct stator_arch_setup *setup = &arch->setup;
    size_t total = setup->listener_count * setup->worker_count;

    *reuse = (struct stator_reuse){.borrowed = setup->listener_count};
    reuse->sockets = calloc(total, sizeof(*reuse->sockets));
    if (reuse->sockets == NULL) {
        return -ENOMEM;
    }
    memcpy(reuse->sockets, setup->listeners, setup->listener_count * sizeof(*setup->listeners));
    for (reuse->count = setup->listener_count; reuse->count < total; reuse->count++) {
        int fd = stator_reuse_socket(setup->listeners[reuse->count % setup->listener_count]);

        if (fd < 0) {
            return fd;
        }
        reuse->sockets[reuse->count] = fd;
    }
    return 0;
}

void stator_reuse_close(struct stator_reuse *reuse)
{
    for (size_t i = reuse->borrowed; i < reuse->count; i++) {
        stator_fd_close(&reuse->sockets[i]);
    }
    free(reuse->sockets);
    *reuse = (struct stator_reuse){NULL, 0, 0};
}

void stator_reuse_choose(const struct stator_reuse *reuse, struct stator_arch *arch, size_t index)
{
    const int *row = &reuse->sockets[index * arch->setup.listener_count];

    for (size_t i = 0; index > 0 && i < arch->setup.listener_count; i++) {
        if (listen(row[i], SOMAXCONN) < 0) {
            return;
        }
    }
    arch->setup.listeners = row;
}
