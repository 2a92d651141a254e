/*
 * amped: one event loop, and helper threads that wait for the disk in its place (AMPED).
 *
 * Before a part of a file is sent the loop asks whether it is in memory, and sends a helper where
 * it is not; a path that the cache does not know is looked up by a helper first. Pai, Druschel,
 * Zwaenepoel, "Flash: an efficient and portable Web server", USENIX 1999, sections 3.4 and 5; there
 * helpers are processes, and mincore(2) is asked. What can still hold the loop up: reading a
 * directory that is listed, looking again at a path once a second, a page that is taken away
 * between the answer and the sending, and everything while the helpers' queue is full.
 */
#include "arch/architectures/registry.h"
#include "arch/event/io_helpers.h"
#include "arch/event/loop.h"

struct amped {
    struct stator_arch arch;
    struct stator_loop *loop;
    struct stator_errands *errands;
};

enum { HELPERS, PROBE };

static const char *const probe_names[] = {"none", "nowait", NULL};
static stator_probe_fn *const probes[] = {NULL, stator_probe_nowait};

static const struct stator_knob knobs[] = {
    [HELPERS] = {.name = "helpers",
                 .least = 1,
                 .most = STATOR_ERRAND_HELPERS,
                 .standard = 4,
                 .help = "threads that wait for the disk"},
    [PROBE] = {.name = "probe",
               .choices = probe_names,
               .standard = 1,
               .help = "how the loop finds out what is in memory; none: helpers read it all"},
    {.name = NULL},
};

static void wake_loop(void *context)
{
    stator_loop_wake(context);
}

static int init(struct stator_arch *arch)
{
    struct amped *self = (struct amped *)arch;
    int error = stator_loop_create(arch, arch->setup.workers[0], NULL, &self->loop);

    if (error < 0) {
        return error;
    }
    error = stator_errands_create(arch->setup.workers[0], probes[arch->knobs[PROBE]], wake_loop,
                                  self->loop, &self->errands);
    if (error < 0) {
        return error;
    }
    stator_loop_delegate(self->loop, self->errands);
    return 0;
}

static int run(struct stator_arch *arch)
{
    struct amped *self = (struct amped *)arch;
    size_t helpers = stator_errands_start(self->errands, (size_t)arch->knobs[HELPERS]);
    int result;

    if (helpers < (size_t)arch->knobs[HELPERS]) {
        stator_arch_meet(arch, STATOR_ARCH_SHORT, helpers, arch->setup.workers[0]->clock.monotonic);
    }
    result = stator_loop_run(self->loop);
    stator_errands_stop(self->errands);
    return result;
}

static void stop(struct stator_arch *arch)
{
    stator_loop_wake(((struct amped *)arch)->loop);
}

static void finish(struct stator_arch *arch)
{
    struct amped *self = (struct amped *)arch;

    stator_loop_destroy(self->loop);
    stator_errands_destroy(self->errands);
}

const struct stator_arch_impl stator_arch_amped = {
    .name = "amped",
    .summary = "an event loop, and helper threads for what would wait for a disk",
    .source = "Pai, Druschel, Zwaenepoel, Flash, USENIX 1999: AMPED",
    .traits = STATOR_ARCH_MULTIPLEXED,
    .knobs = knobs,
    .size = sizeof(struct amped),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
