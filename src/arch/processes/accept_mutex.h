/*
 * A lock among processes that waits in the kernel and is let go by it when its holder dies.
 */
#ifndef STATOR_ARCH_PROCESSES_ACCEPT_MUTEX_H
#define STATOR_ARCH_PROCESSES_ACCEPT_MUTEX_H

#include <stdbool.h>

/* Makes one, before the processes that share it. Returns: its descriptor, or -errno. */
int stator_latch_open(void);

/* Takes it if nobody has it. */
bool stator_latch_try(int latch);

/* Waits for it. False where a signal came first. A handler that closes it ends the wait too. */
bool stator_latch_wait(int latch);

/* Only after it was taken. */
void stator_latch_release(int latch);

#endif
