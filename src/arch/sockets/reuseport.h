/*
 * Listening sockets for each child of its own, all on the same addresses: the system gives each
 * connection to one of them. The parent holds them all, so a queue outlives its child.
 */
#ifndef STATOR_ARCH_SOCKETS_REUSEPORT_H
#define STATOR_ARCH_SOCKETS_REUSEPORT_H

#include "arch/arch.h"

struct stator_reuseport {
    int *sockets; /* owned; a row of listeners for each worker, the first one borrowed */
    size_t count; /* in all */
    size_t borrowed;
};

/*
 * Makes them, for worker 0 of those that `arch` listens on.
 * Fails: -ENOTSUP where the system or the kind of socket has no such thing, -errno;
 * stator_reuseport_close is allowed then too, and on a zeroed one.
 */
int stator_reuseport_open(struct stator_reuseport *reuseport, const struct stator_arch *arch);
void stator_reuseport_close(struct stator_reuseport *reuseport);

/*
 * In the child of that index: has its row listen, and makes it the listeners of `arch`; where the
 * system refuses that, they stay those of the first.
 */
void stator_reuseport_choose(const struct stator_reuseport *reuseport, struct stator_arch *arch,
                             size_t index);

/*
 * Opens one more socket on the address of `listener`, with all of its options; it does not listen
 * yet. One file a system (reuseport_*.c). Returns: it, or -errno.
 */
int stator_reuseport_socket(int listener);

#endif
