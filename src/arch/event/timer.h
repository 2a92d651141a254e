/* A timer of an event loop that is set whenever there is a reason to, and goes off once. */
#ifndef STATOR_ARCH_EVENT_TIMER_H
#define STATOR_ARCH_EVENT_TIMER_H

#include <stdint.h>

struct event;

/* Lets it go off in `ms`, unless it is set already. */
void stator_timer_arm(struct event *timer, int64_t ms);

#endif
