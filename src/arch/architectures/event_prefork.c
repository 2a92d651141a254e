/*
 * event-prefork: an event loop per process (SYMPED).
 *
 * Each child is an event design of its own, with a cache of its own: they share the listening
 * sockets, the log and nothing else, so a crash loses the clients of one loop, and no lock is
 * waited for. Pariag et al., "Comparing the Performance of Web Server Architectures", EuroSys 2007.
 * With assign=accept every idle loop wakes for a connection that one of them gets; with reuseport
 * the kernel chooses a loop beforehand, however busy that is.
 */
#include <stdlib.h>
#include <unistd.h>

#include "arch/architectures/registry.h"
#include "arch/event/loop.h"
#include "arch/processes/spawn.h"
#include "arch/sockets/reuseport.h"

struct event_prefork {
    struct stator_arch arch;
    struct stator_spawn spawn;
    struct stator_reuseport reuseport;
};

enum { ASSIGN };
enum { ASSIGN_ACCEPT, ASSIGN_REUSEPORT };

static const char *const assigns[] = {"accept", "reuseport", NULL};

static const struct stator_arch_option arch_options[] = {
    [ASSIGN] = {.name = "assign",
                .choices = assigns,
                .help = "which process gets a connection: whoever accepts it first, or the one "
                        "whose own socket the kernel chose"},
    {.name = NULL},
};

static int choose_listeners(struct stator_arch *arch, size_t index)
{
    if (arch->options[ASSIGN] == ASSIGN_REUSEPORT) {
        stator_reuseport_choose(&((struct event_prefork *)arch)->reuseport, arch, index);
    }
    return -1;
}

static void serve(struct stator_arch *arch)
{
    struct stator_loop *loop;

    if (stator_loop_create(arch, arch->setup.workers[0], NULL, &loop) < 0) {
        _exit(EXIT_FAILURE);
    }
    stator_loop_run(loop);
    stator_loop_destroy(loop);
}

static int init(struct stator_arch *arch)
{
    static const struct stator_spawn_host host = {.life = {serve, choose_listeners},
                                                  .respawns = true};
    struct event_prefork *self = (struct event_prefork *)arch;

    if (arch->options[ASSIGN] == ASSIGN_REUSEPORT) {
        int error = stator_reuseport_open(&self->reuseport, arch);

        if (error < 0) {
            return error;
        }
    }
    return stator_spawn_init(&self->spawn, arch, &host, self);
}

static int run(struct stator_arch *arch)
{
    return stator_spawn_run(&((struct event_prefork *)arch)->spawn);
}

static void stop(struct stator_arch *arch)
{
    stator_spawn_stop(&((struct event_prefork *)arch)->spawn);
}

static void finish(struct stator_arch *arch)
{
    stator_spawn_finish(&((struct event_prefork *)arch)->spawn);
    stator_reuseport_close(&((struct event_prefork *)arch)->reuseport);
}

const struct stator_arch_impl stator_arch_event_prefork = {
    .name = "event-prefork",
    .summary = "an event loop per process, a process per processor",
    .source = "Pariag et al., Comparing Web Server Architectures, EuroSys 2007: SYMPED",
    .traits =
        STATOR_ARCH_TRAIT_MULTIPLEXED | STATOR_ARCH_TRAIT_MULTICORE | STATOR_ARCH_TRAIT_ISOLATED,
    .options = arch_options,
    .size = sizeof(struct event_prefork),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
