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

void stator_client_set_init(struct stator_client_set *set, struct stator_worker *worker)
{
    set->worker = worker;
    set->io_helpers = NULL;
    set->count = 0;
    set->moves = 0;
    set->piece = 0;
    set->fd_limit = 0;
    set->edge_triggered = false;
    stator_list_init(&set->list);
    stator_timing_wheel_init(&set->wheel, worker->clock.monotonic);
}

/* The same connection under a number below `limit`, or -1: low numbers may be cached files'. */
static int lower(struct stator_client_set *set, int fd)
{
    int low;

    stator_cache_clear(set->worker->cache);
    low = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (low >= set->fd_limit) {
        stator_fd_close(&low);
    }
    if (low < 0) {
        stator_acceptor_close(fd, true);
    } else {
        stator_fd_close(&fd);
    }
    return low;
}

int stator_client_set_accept(struct stator_client_set *set, int listener, bool nonblocking,
                             struct stator_accepted *out)
{
    int fd;

    if (set->count >= set->worker->limits.max_connections) {
        return -EMFILE;
    }
    fd = stator_acceptor_next(listener, nonblocking, out->peer);
    if (set->fd_limit > 0 && fd >= set->fd_limit) {
        fd = lower(set, fd);
        fd = fd < 0 ? -EMFILE : fd;
    }
    if (fd < 0) {
        return fd;
    }
    out->fd = fd;
    return 0;
}

static struct stator_client *client_at(const struct stator_client_set *set,
                                       struct stator_list *link)
{
    return link != &set->list ? STATOR_LIST_ENTRY(link, struct stator_client, link) : NULL;
}

struct stator_client *stator_client_set_first(const struct stator_client_set *set)
{
    return client_at(set, set->list.next);
}

struct stator_client *stator_client_after(const struct stator_client *client)
{
    return client_at(client->set, client->link.next);
}
