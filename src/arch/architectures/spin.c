/*
 * spin: one thread asks every socket, again and again, and never waits.
 *
 * Calls on sockets do not block, and nothing tells which of them would have something: the quadrant
 * "synchronous, non-blocking" of COMP 177; polling in Stevens, "UNIX Network Programming" vol. 1,
 * 3rd ed., 6.2 and figure 6.2. It burns a processor however little there is to do, and its answer
 * comes the later the more idle clients stand before it in the scan. It needs no wake-up call: it
 * is always awake.
 */
#include "arch/architectures/registry.h"
#include "arch/event/round.h"

struct spin {
    struct stator_arch arch;
    struct stator_round round;
};

static int init(struct stator_arch *arch)
{
    stator_round_init(&((struct spin *)arch)->round, arch, 0);
    return 0;
}

static bool ask(struct stator_client *client, void *context)
{
    unsigned waits = stator_client_waits(client);

    (void)context;
    if ((waits & STATOR_CLIENT_WAIT_WRITES) && !stator_client_writable(client)) {
        return false;
    }
    return !(waits & STATOR_CLIENT_WAIT_READS) || stator_client_readable(client, false);
}

static void scan(struct stator_arch *arch)
{
    struct stator_round *round = &((struct spin *)arch)->round;

    for (size_t i = 0; stator_round_accepts(round) && i < arch->setup.listener_count; i++) {
        stator_round_accept(round, arch->setup.listeners[i]);
    }
    stator_round_serve_each(round, ask, NULL);
}

static int run(struct stator_arch *arch)
{
    stator_round_run(&((struct spin *)arch)->round, NULL, scan);
    return 0;
}

static void stop(struct stator_arch *arch)
{
    (void)arch;
}

static void finish(struct stator_arch *arch)
{
    stator_round_finish(&((struct spin *)arch)->round);
}

const struct stator_arch_impl stator_arch_spin = {
    .name = "spin",
    .summary = "non-blocking sockets, asked in turn without a pause",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., 6.2: nonblocking I/O",
    .traits = STATOR_ARCH_TRAIT_MULTIPLEXED,
    .size = sizeof(struct spin),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
