/*
 * prefork: processes that are made beforehand, each with one client at a time.
 *
 * Nothing is shared, so a crash loses one client; but each client has a process for as long as it
 * keeps its connection, be it ever so idle: when all are taken, others wait in the kernel's queue
 * for an idle one's time-out (--idle-timeout). It is not sent away for their sake, because every
 * process would do so at once; only a single process lets its idle client go. Stevens, "UNIX
 * Network Programming" vol. 1, 3rd ed., 30.6 (accept: all idle ones wake, one gets it), 30.7
 * (mutex: only the holder of a file's lock waits), 30.9 (pass: the parent accepts and passes
 * descriptors); reuseport: each has a listening socket of its own, so who is in a busy one's queue
 * waits for it.
 */
#include "arch/architectures/registry.h"
#include "arch/blocking/serial_server.h"
#include "arch/processes/accept_mutex.h"
#include "arch/processes/fd_passing.h"
#include "arch/sockets/reuseport.h"
#include "base/fd.h"

/* How many processes there are, if nobody says otherwise: the connections of a few browsers. */
#define WORKERS_DEFAULT 16

struct prefork {
    struct stator_arch arch;
    struct stator_spawn spawn;
    struct stator_reuseport reuseport; /* of reuseport */
    struct stator_fd_passing pass;     /* of pass */
    int accept_mutex;                  /* of mutex; else -1 */
    bool alone;                        /* there is one child */
};

enum { ASSIGN };
enum { ASSIGN_ACCEPT, ASSIGN_MUTEX, ASSIGN_PASS, ASSIGN_REUSEPORT };

static const char *const assigns[] = {"accept", "mutex", "pass", "reuseport", NULL};

static const struct stator_arch_option arch_options[] = {
    [ASSIGN] = {.name = "assign",
                .choices = assigns,
                .help = "which process gets a connection: whoever accepts it first; the holder of "
                        "a lock; an idle one that the parent passes it to; the one whose own "
                        "socket the kernel chose"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    (void)values;
    (void)processors;
    return asked > 0 ? asked : WORKERS_DEFAULT;
}

static struct prefork *prefork_of(struct stator_arch *arch)
{
    return (struct prefork *)arch;
}

/* --- in a child ----------------------------------------------------------------------------- */

static int choose_listeners(struct stator_arch *arch, size_t index)
{
    if (arch->options[ASSIGN] == ASSIGN_REUSEPORT) {
        stator_reuseport_choose(&prefork_of(arch)->reuseport, arch, index);
    }
    return prefork_of(arch)->accept_mutex;
}

/* Who has to wait may have to wait for long: its log lines go first. */
static bool enter(struct stator_arch *arch)
{
    struct stator_worker *worker = arch->setup.workers[0];

    if (stator_accept_mutex_try(prefork_of(arch)->accept_mutex)) {
        return true;
    }
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
    return stator_accept_mutex_wait(prefork_of(arch)->accept_mutex);
}

static void leave(struct stator_arch *arch)
{
    stator_accept_mutex_release(prefork_of(arch)->accept_mutex);
}

static void serve(struct stator_arch *arch)
{
    static const struct stator_serial_gate gate = {enter, leave};
    long assign = arch->options[ASSIGN];
    struct stator_serial_server serial = {
        .arch = arch,
        .worker = arch->setup.workers[0],
        .wake = arch->lifeline,
        .yields = prefork_of(arch)->alone,
        .gate = assign == ASSIGN_MUTEX ? &gate : NULL,
    };

    if (assign == ASSIGN_PASS) {
        stator_fd_passing_run(&serial);
    } else {
        stator_serial_server_run(&serial);
    }
}

/* --- the design ----------------------------------------------------------------------------- */

/* What the way of assigning needs besides children. */
static int init_assign(struct prefork *self)
{
    switch (self->arch.options[ASSIGN]) {
    case ASSIGN_MUTEX:
        self->accept_mutex = stator_accept_mutex_open();
        return self->accept_mutex < 0 ? self->accept_mutex : 0;
    case ASSIGN_PASS:
        return stator_fd_passing_init(&self->pass, &self->spawn);
    case ASSIGN_REUSEPORT:
        return stator_reuseport_open(&self->reuseport, &self->arch);
    default:
        return 0;
    }
}

static int init(struct stator_arch *arch)
{
    static const struct stator_spawn_host accepting = {.life = {serve, choose_listeners},
                                                       .respawns = true};
    static const struct stator_spawn_host passing = {.life = {serve, choose_listeners},
                                                     .respawns = true,
                                                     .accepts = stator_fd_passing_accepts,
                                                     .accept = stator_fd_passing_accept,
                                                     .on_message = stator_fd_passing_on_message,
                                                     .on_exit = stator_fd_passing_on_exit,
                                                     .has_pending = stator_fd_passing_has_pending};
    struct prefork *self = prefork_of(arch);
    int error;

    self->accept_mutex = -1;
    self->alone = arch->setup.worker_count == 1;
    error = stator_spawn_init(&self->spawn, arch,
                              arch->options[ASSIGN] == ASSIGN_PASS ? &passing : &accepting,
                              &self->pass);
    return error < 0 ? error : init_assign(self);
}

static int run(struct stator_arch *arch)
{
    return stator_spawn_run(&prefork_of(arch)->spawn);
}

/* A child that waits for the lock, or is about to, is to wait no longer, which signals may restart.
 */
static void stop(struct stator_arch *arch)
{
    if (arch->lifeline >= 0) {
        stator_fd_close(&prefork_of(arch)->accept_mutex);
    }
    stator_spawn_stop(&prefork_of(arch)->spawn);
}

static void finish(struct stator_arch *arch)
{
    struct prefork *self = prefork_of(arch);

    stator_fd_passing_finish(&self->pass);
    stator_reuseport_close(&self->reuseport);
    stator_fd_close(&self->accept_mutex);
    stator_spawn_finish(&self->spawn);
}

const struct stator_arch_impl stator_arch_prefork = {
    .name = "prefork",
    .summary = "processes made beforehand, each with one client at a time",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.6, 30.7, 30.9; Apache prefork",
    .traits = STATOR_ARCH_TRAIT_MULTICORE | STATOR_ARCH_TRAIT_ISOLATED,
    .options = arch_options,
    .size = sizeof(struct prefork),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
