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
    struct stator_io_helpers *io_helpers;
};

enum { HELPERS, PROBE };

static const char *const probe_names[] = {"none", "nowait", NULL};
static stator_probe_fn *const probes[] = {NULL, stator_probe_nowait};

static const struct stator_arch_option arch_options[] = {
    [HELPERS] = {.name = "helpers",
                 .min = 1,
                 .max = STATOR_IO_HELPERS_MAX,
                 .default_value = 4,
                 .help = "threads that wait for the disk"},
    [PROBE] = {.name = "probe",
               .choices = probe_names,
               .default_value = 1,
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
    error = stator_io_helpers_create(arch->setup.workers[0], probes[arch->options[PROBE]],
                                     wake_loop, self->loop, &self->io_helpers);
    if (error < 0) {
        return error;
    }
    stator_loop_delegate(self->loop, self->io_helpers);
    return 0;
}

static int run(struct stator_arch *arch)
{
    struct amped *self = (struct amped *)arch;
    size_t helpers = stator_io_helpers_start(self->io_helpers, (size_t)arch->options[HELPERS]);
    int result;

    if (helpers < (size_t)arch->options[HELPERS]) {
        stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, helpers,
                                     arch->setup.workers[0]->clock.monotonic);
    }
    result = stator_loop_run(self->loop);
    stator_io_helpers_stop(self->io_helpers);
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
    stator_io_helpers_destroy(self->io_helpers);
}

const struct stator_arch_impl stator_arch_amped = {
    .name = "amped",
    .summary = "an event loop, and helper threads for what would wait for a disk",
    .source = "Pai, Druschel, Zwaenepoel, Flash, USENIX 1999: AMPED",
    .traits = STATOR_ARCH_TRAIT_MULTIPLEXED,
    .options = arch_options,
    .size = sizeof(struct amped),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
