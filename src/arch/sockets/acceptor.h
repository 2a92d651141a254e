/* Takes connections off a listening socket: the part of accepting that all designs share. */
#ifndef STATOR_ARCH_SOCKETS_ACCEPTOR_H
#define STATOR_ARCH_SOCKETS_ACCEPTOR_H

#include <stdbool.h>

#include "conn/conn.h"

/* How many connections are taken at one wake-up, so that those we have are not kept waiting. */
#define STATOR_ACCEPT_BATCH 32

/* How long accepting pauses when descriptors or memory have run out. */
#define STATOR_ACCEPT_PAUSE_MS 100

/*
 * Takes the next connection that waits on the non-blocking `listener`, and writes how its client is
 * called into `peer`. Connections that died while they waited are passed over.
 * Owns: the caller closes the descriptor. Returns: it, or
 *   -EAGAIN  none waits;
 *   -EMFILE  (or another -errno) no connection can be taken now: pause, do not spin.
 */
int stator_acceptor_next(int listener, bool nonblocking, char peer[STATOR_PEER_MAX]);

/* Lets no call that blocks on the connection last for much longer than `ms`; -EAGAIN ends it. */
void stator_acceptor_limit(int fd, int ms);

/* Ends a connection; `reset` makes the client see that what it got is not all. */
void stator_acceptor_close(int fd, bool reset);

#endif
