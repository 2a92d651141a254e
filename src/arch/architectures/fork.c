/*
 * fork: a process for each connection, made when it comes and gone with it.
 *
 * The oldest concurrent server: a child needs no more than what it inherited, and whatever it does
 * to its memory is gone with it, what it knew of files included. Stevens, "UNIX Network
 * Programming" vol. 1, 3rd ed., 4.8 and 30.5. At the bound the parent stops accepting, and clients
 * wait in the kernel's queue until a child ends; where the system gives no process, the client that
 * was accepted waits in the parent's hands. A child whose log nobody reads stays a second for it.
 */
#include "arch/activity.h"
#include "arch/architectures/registry.h"
#include "arch/blocking/blocking_conn.h"
#include "arch/processes/spawn.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/conn_queue.h"
#include "base/fd.h"

struct forking {
    struct stator_arch arch;
    struct stator_spawn spawn;
    struct stator_accepted client; /* whose child is to be made; in that child its own; fd -1 */
};

enum { MAX_OPTION };

static const struct stator_arch_option arch_options[] = {
    [MAX_OPTION] =
        {.name = "most",
         .min = 1,
         .max = 4096,
         .default_value = 64,
         .help = "processes, and so clients, at a time; the worker of each, about 200 KiB, is "
                 "made beforehand"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    (void)processors;
    return asked > 0 ? asked : (size_t)values[MAX_OPTION];
}

static struct forking *forking_of(struct stator_arch *arch)
{
    return (struct forking *)arch;
}

static int choose_listeners(struct stator_arch *arch, size_t index)
{
    (void)index;
    return forking_of(arch)->client.fd;
}

static void serve(struct stator_arch *arch)
{
    const struct stator_accepted *client = &forking_of(arch)->client;
    struct stator_worker *worker = arch->setup.workers[0];

    stator_activity_begin(worker);
    stator_blocking_conn_run(arch, worker, client->fd, client->peer, arch->lifeline, false);
    stator_activity_end(worker, false);
}

static bool has_room(void *context)
{
    const struct forking *self = context;

    return self->spawn.alive < self->arch.setup.worker_count;
}

static bool has_pending(void *context)
{
    return ((struct forking *)context)->client.fd >= 0;
}

static int start_child(struct forking *self)
{
    size_t free = 0;

    while (self->spawn.children[free].pid != 0) {
        free++;
    }
    return stator_spawn_start(&self->spawn, free);
}

/* Accepts a client, unless there is one already that got no child, and makes its child. */
static int accept_one(void *context, size_t listener)
{
    struct forking *self = context;
    struct stator_accepted *client = &self->client;
    int error;

    if (client->fd < 0) {
        int fd = stator_acceptor_next(self->arch.setup.listeners[listener], false, client->peer);

        if (fd < 0) {
            return fd;
        }
        client->fd = fd;
    }
    error = start_child(self);
    if (error == 0) {
        stator_fd_close(&client->fd);
    } else {
        stator_arch_report_condition(&self->arch, STATOR_ARCH_CONDITION_SHORTAGE, self->spawn.alive,
                                     self->spawn.now);
    }
    return error;
}

static int init(struct stator_arch *arch)
{
    static const struct stator_spawn_host host = {.life = {serve, choose_listeners},
                                                  .accepts = has_room,
                                                  .accept = accept_one,
                                                  .has_pending = has_pending,
                                                  .parent_accepts_on_drain = true};

    forking_of(arch)->client.fd = -1;
    return stator_spawn_init(&forking_of(arch)->spawn, arch, &host, arch);
}

static int run(struct stator_arch *arch)
{
    return stator_spawn_run(&forking_of(arch)->spawn);
}

static void stop(struct stator_arch *arch)
{
    stator_spawn_stop(&forking_of(arch)->spawn);
}

static void finish(struct stator_arch *arch)
{
    struct forking *self = forking_of(arch);

    if (self->client.fd >= 0) {
        stator_acceptor_close(self->client.fd, true);
    }
    stator_spawn_finish(&self->spawn);
}

const struct stator_arch_impl stator_arch_fork = {
    .name = "fork",
    .summary = "a process per connection, made on demand",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., ch. 4 and 30",
    .traits =
        STATOR_ARCH_TRAIT_MULTICORE | STATOR_ARCH_TRAIT_ISOLATED | STATOR_ARCH_TRAIT_ON_DEMAND,
    .options = arch_options,
    .size = sizeof(struct forking),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
