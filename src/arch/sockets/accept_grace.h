/*
 * How long a design that stops goes on accepting.
 *
 * A client that has connected is not in the queue before its request is there (see
 * stator_fd_defer_accept), and that may be on its way: so where somebody came shortly before the
 * stop, whoever comes shortly after it is served too.
 */
#ifndef STATOR_ARCH_SOCKETS_ACCEPT_GRACE_H
#define STATOR_ARCH_SOCKETS_ACCEPT_GRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"

/* What "shortly" means. */
#define STATOR_LINGER_ACCEPT_MS 500

/* Starts zeroed. Times are monotonic ms. */
struct stator_linger {
    int64_t accepted_at; /* when somebody was accepted last; 0: nobody was */
    int64_t until;       /* 0 before the stop, and where there is nothing to wait for */
};

/* Somebody was accepted. */
static inline void stator_linger_note(struct stator_linger *linger, int64_t now)
{
    linger->accepted_at = now;
}

/* The design stops, and has looked at its listeners for the first time since. */
void stator_linger_begin(struct stator_linger *linger, const struct stator_arch_setup *setup,
                         int64_t now);

/* True while listeners are to be asked again. */
static inline bool stator_linger_lasts(const struct stator_linger *linger, int64_t now)
{
    return now < linger->until;
}

#endif
