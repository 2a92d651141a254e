/* The door of a lobby: its listeners, and whether anybody is let in just now. */
#ifndef STATOR_ARCH_BLOCKING_ACCEPT_GATE_H
#define STATOR_ARCH_BLOCKING_ACCEPT_GATE_H

#include "arch/arch.h"

struct event_base;
struct stator_door;

/* May one more connection come in? */
typedef bool stator_door_open_fn(void *context);

/* One came in. Owns: takes `fd`, which blocks, over. */
typedef void stator_door_enter_fn(void *context, int fd, const char *peer);

struct stator_door_host {
    stator_door_open_fn *is_open; /* asked before each */
    stator_door_enter_fn *enter;
};

/*
 * Makes a door, still closed, of the listeners of `arch`, whose events `base` dispatches; wake-ups
 * count as those of `worker`. All is borrowed. Fails: -ENOMEM; `out` untouched.
 */
int stator_door_create(struct event_base *base, struct stator_arch *arch,
                       struct stator_worker *worker, const struct stator_door_host *host,
                       void *context, struct stator_door **out);

/* Before its base is freed. NULL is allowed. */
void stator_door_destroy(struct stator_door *door);

/* What is_open says may have changed: begins or ceases to let connections in. */
void stator_door_look(struct stator_door *door);

/*
 * Lets in who is in the listeners' queues already, open or not, and then nobody any more but who is
 * on the way.
 */
void stator_door_shut(struct stator_door *door);

/* Lets in who was on the way when the door was shut. False when that is over. */
bool stator_door_lingers(struct stator_door *door);

#endif
