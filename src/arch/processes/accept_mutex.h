/*
 * A lock among processes that waits in the kernel and is let go by it when its holder dies.
 */
#ifndef STATOR_ARCH_PROCESSES_ACCEPT_MUTEX_H
#define STATOR_ARCH_PROCESSES_ACCEPT_MUTEX_H

#include <stdbool.h>

/* Makes one, before the processes that share it. Returns: its descriptor, or -errno. */
int stator_accept_mutex_open(void);

/* Takes it if nobody has it. */
bool stator_accept_mutex_try(int accept_mutex);

/* Waits for it. False where a signal came first. A handler that closes it ends the wait too. */
bool stator_accept_mutex_wait(int accept_mutex);

/* Only after it was taken. */
void stator_accept_mutex_release(int accept_mutex);

#endif
