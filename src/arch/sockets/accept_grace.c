/*
 * Whether there may be clients that nobody can accept yet.
 */
#include "arch/sockets/accept_grace.h"

#include "base/fd.h"

static bool defers(const struct stator_arch_setup *setup)
{
    for (size_t i = 0; i < setup->listener_count; i++) {
        if (stator_fd_defers_accept(setup->listeners[i])) {
            return true;
        }
    }
    return false;
}

void stator_accept_grace_begin(struct stator_accept_grace *grace,
                               const struct stator_arch_setup *setup, int64_t now)
{
    bool busy = grace->accepted_at > 0 && now - grace->accepted_at < STATOR_ACCEPT_GRACE_MS;

    grace->until = busy && defers(setup) ? now + STATOR_ACCEPT_GRACE_MS : 0;
}
