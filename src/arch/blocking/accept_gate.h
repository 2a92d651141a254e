/* The door of a lobby: its listeners, and whether anybody is let in just now. */
#ifndef STATOR_ARCH_BLOCKING_ACCEPT_GATE_H
#define STATOR_ARCH_BLOCKING_ACCEPT_GATE_H

#include "arch/arch.h"

struct event_base;
struct stator_accept_gate;

/* May one more connection come in? */
typedef bool stator_accept_gate_open_fn(void *context);

/* One came in. Owns: takes `fd`, which blocks, over. */
typedef void stator_accept_gate_enter_fn(void *context, int fd, const char *peer);

struct stator_accept_gate_host {
    stator_accept_gate_open_fn *is_open; /* asked before each */
    stator_accept_gate_enter_fn *enter;
};

/*
 * Makes a door, still closed, of the listeners of `arch`, whose events `base` dispatches; wake-ups
 * count as those of `worker`. All is borrowed. Fails: -ENOMEM; `out` untouched.
 */
int stator_accept_gate_create(struct event_base *base, struct stator_arch *arch,
                              struct stator_worker *worker,
                              const struct stator_accept_gate_host *host, void *context,
                              struct stator_accept_gate **out);

/* Before its base is freed. NULL is allowed. */
void stator_accept_gate_destroy(struct stator_accept_gate *gate);

/* What is_open says may have changed: begins or ceases to let connections in. */
void stator_accept_gate_update(struct stator_accept_gate *gate);

/*
 * Lets in who is in the listeners' queues already, open or not, and then nobody any more but who is
 * on the way.
 */
void stator_accept_gate_close(struct stator_accept_gate *gate);

/* Lets in who was on the way when the door was shut. False when that is over. */
bool stator_accept_gate_in_grace(struct stator_accept_gate *gate);

#endif
