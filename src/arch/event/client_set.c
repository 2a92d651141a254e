/*
 * The clients of one loop: who may come in, and who is there.
 *
 * Knows bounds; refuses to know what a client does. The one surprising thing: a bound on
 * descriptors' numbers is met by files too, which a cache may hold; they give way to clients.
 */
#include <errno.h>
#include <fcntl.h>

#include "arch/event/client.h"
#include "arch/sockets/acceptor.h"
#include "base/fd.h"

void stator_clients_init(struct stator_clients *clients, struct stator_worker *worker)
{
    clients->worker = worker;
    clients->errands = NULL;
    clients->count = 0;
    clients->moves = 0;
    clients->piece = 0;
    clients->fd_limit = 0;
    clients->once = false;
    stator_list_init(&clients->list);
    stator_wheel_init(&clients->wheel, worker->clock.monotonic);
}

/* The same connection under a number below `limit`, or -1: low numbers may be cached files'. */
static int lower(struct stator_clients *clients, int fd)
{
    int low;

    stator_cache_clear(clients->worker->cache);
    low = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (low >= clients->fd_limit) {
        stator_fd_close(&low);
    }
    if (low < 0) {
        stator_acceptor_close(fd, true);
    } else {
        stator_fd_close(&fd);
    }
    return low;
}

int stator_clients_accept(struct stator_clients *clients, int listener, bool nonblocking,
                          struct stator_accepted *out)
{
    int fd;

    if (clients->count >= clients->worker->policy.max_connections) {
        return -EMFILE;
    }
    fd = stator_acceptor_next(listener, nonblocking, out->peer);
    if (clients->fd_limit > 0 && fd >= clients->fd_limit) {
        fd = lower(clients, fd);
        fd = fd < 0 ? -EMFILE : fd;
    }
    if (fd < 0) {
        return fd;
    }
    out->fd = fd;
    return 0;
}

static struct stator_client *client_at(const struct stator_clients *clients,
                                       struct stator_list *link)
{
    return link != &clients->list ? STATOR_LIST_ENTRY(link, struct stator_client, link) : NULL;
}

struct stator_client *stator_clients_first(const struct stator_clients *clients)
{
    return client_at(clients, clients->list.next);
}

struct stator_client *stator_client_after(const struct stator_client *client)
{
    return client_at(client->clients, client->link.next);
}
