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
#define STATOR_ACCEPT_GRACE_MS 500

/* Starts zeroed. Times are monotonic ms. */
struct stator_accept_grace {
    int64_t accepted_at; /* when somebody was accepted last; 0: nobody was */
    int64_t until;       /* 0 before the stop, and where there is nothing to wait for */
};

/* Somebody was accepted. */
static inline void stator_accept_grace_note(struct stator_accept_grace *grace, int64_t now)
{
    grace->accepted_at = now;
}

/* The design stops, and has looked at its listeners for the first time since. */
void stator_accept_grace_begin(struct stator_accept_grace *grace,
                               const struct stator_arch_setup *setup, int64_t now);

/* True while listeners are to be asked again. */
static inline bool stator_accept_grace_lasts(const struct stator_accept_grace *grace, int64_t now)
{
    return now < grace->until;
}

#endif
