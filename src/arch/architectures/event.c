/*
 * event: one event loop serves every client (SPED).
 *
 * Nothing on the loop may wait, or all clients do: sockets are non-blocking, and only a file that
 * is not in the page cache can still hold everybody up. Pai, Druschel, Zwaenepoel, "Flash: an
 * efficient and portable Web server", USENIX 1999, section 3.3.
 */
#include <stddef.h>

#include "arch/architectures/registry.h"
#include "arch/event/loop.h"

struct single {
    struct stator_arch arch;
    struct stator_loop *loop;
};

enum { BACKEND };

static const char *const backends[] = {"auto", "epoll", "poll", "select", "kqueue", NULL};

static const struct stator_arch_option arch_options[] = {
    [BACKEND] = {.name = "backend", .choices = backends, .help = "how the loop waits for events"},
    {.name = NULL},
};

static int init(struct stator_arch *arch)
{
    struct single *self = (struct single *)arch;
    long backend = arch->options[BACKEND];

    return stator_loop_create(arch, arch->setup.workers[0], backend == 0 ? NULL : backends[backend],
                              &self->loop);
}

static int run(struct stator_arch *arch)
{
    return stator_loop_run(((struct single *)arch)->loop);
}

static void stop(struct stator_arch *arch)
{
    stator_loop_wake(((struct single *)arch)->loop);
}

static void finish(struct stator_arch *arch)
{
    stator_loop_destroy(((struct single *)arch)->loop);
}

const struct stator_arch_impl stator_arch_event = {
    .name = "event",
    .summary = "one event loop for all clients",
    .source = "Pai, Druschel, Zwaenepoel, Flash, USENIX 1999: SPED",
    .traits = STATOR_ARCH_TRAIT_MULTIPLEXED,
    .options = arch_options,
    .size = sizeof(struct single),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
