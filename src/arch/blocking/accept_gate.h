/* The dispatcher's listeners, and whether they accept at the moment. */
#ifndef STATOR_ARCH_BLOCKING_ACCEPT_GATE_H
#define STATOR_ARCH_BLOCKING_ACCEPT_GATE_H

#include "arch/arch.h"

struct event_base;
struct stator_accept_gate;

/* True if one more connection may be accepted. */
typedef bool stator_accept_gate_open_fn(void *context);

/* A connection was accepted. Owns: takes over `fd`, a blocking socket. */
typedef void stator_accept_gate_enter_fn(void *context, int fd, const char *peer);

struct stator_accept_gate_host {
    stator_accept_gate_open_fn *is_open; /* asked before each */
    stator_accept_gate_enter_fn *enter;
};

/*
 * Makes a gate, still closed, over the listeners of `arch`. `base` dispatches their events;
 * wake-ups are counted for `worker`. Borrows all arguments. Fails: -ENOMEM; `out` untouched.
 */
int stator_accept_gate_create(struct event_base *base, struct stator_arch *arch,
                              struct stator_worker *worker,
                              const struct stator_accept_gate_host *host, void *context,
                              struct stator_accept_gate **out);

/* Call it before the base is freed. NULL is allowed. */
void stator_accept_gate_destroy(struct stator_accept_gate *gate);

/* Starts or pauses accepting, as is_open now says. */
void stator_accept_gate_update(struct stator_accept_gate *gate);

/*
 * Accepts what the listeners' queues hold, open or not, and then stops accepting. Connections that
 * are still arriving are accepted by stator_accept_gate_in_grace.
 */
void stator_accept_gate_close(struct stator_accept_gate *gate);

/*
 * Accepts connections that were arriving when the gate closed. False once the grace time is over.
 */
bool stator_accept_gate_in_grace(struct stator_accept_gate *gate);

#endif
