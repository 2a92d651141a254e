/*
 * event-threads: an event loop per thread; the design for production.
 *
 * Every loop waits on the same listening sockets, hands on what it took where another loop has
 * fewer clients, and keeps the rest: loops share the site, and nothing of a client. The calling
 * thread runs the first loop; the others never see a signal, so the program's handlers run where it
 * expects them.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "arch/architectures/registry.h"
#include "arch/event/loop.h"

struct lane {
    struct stator_loop *loop;
    pthread_t thread;
    int result;
};

struct threads {
    struct stator_arch arch;
    struct lane *lanes; /* one a worker */
    struct stator_balance **balances;
};

static int init(struct stator_arch *arch)
{
    struct threads *self = (struct threads *)arch;
    size_t count = arch->setup.worker_count;

    self->lanes = calloc(count, sizeof(*self->lanes));
    self->balances = calloc(count, sizeof(*self->balances));
    if (self->lanes == NULL || self->balances == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        int error = stator_loop_create(arch, arch->setup.workers[i], NULL, &self->lanes[i].loop);

        if (error < 0) {
            return error;
        }
        self->balances[i] = stator_loop_balance(self->lanes[i].loop);
        stator_balance_share(self->balances[i], self->balances, count);
    }
    return 0;
}

static void *run_lane(void *context)
{
    struct lane *lane = context;

    lane->result = stator_loop_run(lane->loop);
    return NULL;
}

/* Starts lanes 1 to the last, as far as threads can be made; returns how many lanes run then, the
 * first one counted. */
static size_t start_lanes(struct threads *self)
{
    size_t started = 1;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < self->arch.setup.worker_count; started++) {
        struct lane *lane = &self->lanes[started];

        if (pthread_create(&lane->thread, NULL, run_lane, lane) != 0) {
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* Fewer loops than were asked for still serve. */
static int run(struct stator_arch *arch)
{
    struct threads *self = (struct threads *)arch;
    size_t started = start_lanes(self);
    int error;

    if (started < arch->setup.worker_count) {
        stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, started,
                                     arch->setup.workers[0]->clock.monotonic);
    }
    for (size_t i = started; i < arch->setup.worker_count; i++) {
        stator_loop_retire(self->lanes[i].loop);
    }
    run_lane(&self->lanes[0]);
    error = self->lanes[0].result;
    for (size_t i = 1; i < started; i++) {
        pthread_join(self->lanes[i].thread, NULL);
        error = error < 0 ? error : self->lanes[i].result;
    }
    return error;
}

static void stop(struct stator_arch *arch)
{
    struct threads *self = (struct threads *)arch;

    for (size_t i = 0; i < arch->setup.worker_count; i++) {
        stator_loop_wake(self->lanes[i].loop);
    }
}

static void finish(struct stator_arch *arch)
{
    struct threads *self = (struct threads *)arch;

    for (size_t i = 0; self->lanes != NULL && i < arch->setup.worker_count; i++) {
        stator_loop_destroy(self->lanes[i].loop);
    }
    free(self->balances);
    free(self->lanes);
}

const struct stator_arch_impl stator_arch_event_threads = {
    .name = "event-threads",
    .summary = "an event loop per thread, a thread per processor",
    .source = "the common production design: nginx's loop, in threads",
    .traits = STATOR_ARCH_TRAIT_MULTIPLEXED | STATOR_ARCH_TRAIT_MULTICORE,
    .size = sizeof(struct threads),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
