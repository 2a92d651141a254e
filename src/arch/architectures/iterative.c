/*
 * iterative: accept a client, serve it to its end, accept the next.
 *
 * The simplest server there is: while one client is served, or is merely slow, all others wait in
 * the kernel's queue. Stevens, "UNIX Network Programming" vol. 1, 3rd ed., 30.4 and figure 30.2
 * (row 0). An idle client makes room as soon as another one comes.
 */
#include <errno.h>

#include "arch/architectures/registry.h"
#include "arch/blocking/serial_server.h"
#include "base/fd.h"

struct iterative {
    struct stator_arch arch;
    int wake[2];
};

static int init(struct stator_arch *arch)
{
    struct iterative *self = (struct iterative *)arch;

    self->wake[0] = self->wake[1] = -1;
    if (arch->setup.listener_count > STATOR_ARCH_LISTENERS_MAX) {
        return -E2BIG;
    }
    return stator_fd_wake_open(self->wake);
}

static int run(struct stator_arch *arch)
{
    struct stator_serial_server serial = {
        .arch = arch,
        .worker = arch->setup.workers[0],
        .wake = ((struct iterative *)arch)->wake[0],
        .yields = true,
    };

    stator_serial_server_run(&serial);
    return 0;
}

static void stop(struct stator_arch *arch)
{
    stator_fd_wake(((struct iterative *)arch)->wake);
}

static void finish(struct stator_arch *arch)
{
    stator_fd_wake_close(((struct iterative *)arch)->wake);
}

const struct stator_arch_impl stator_arch_iterative = {
    .name = "iterative",
    .summary = "one client at a time, served to its end with blocking calls",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., ch. 30",
    .size = sizeof(struct iterative),
    .init = init,
    .run = run,
    .stop = stop,
    .finish = finish,
};
