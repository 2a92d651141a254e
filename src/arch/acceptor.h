/* Takes connections off a listening socket: the part of accepting that all designs share. */
#ifndef STATOR_ARCH_ACCEPTOR_H
#define STATOR_ARCH_ACCEPTOR_H

#include <stdbool.h>

#include "conn/conn.h"

/* How many connections are taken at one wake-up, so that those we have are not kept waiting. */
#define STATOR_ACCEPT_BATCH 32

/*
 * How long a design that stops goes on accepting where it accepted somebody as shortly before: a
 * client that has connected is not in the queue before its request is there
 * (stator_fd_defer_accept), and that may be on its way.
 */
#define STATOR_ACCEPT_LINGER_MS 500

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

/* True where clients may be connected that nobody can accept yet. */
bool stator_acceptor_defers(const int *listeners, size_t count);

/* Ends a connection; `reset` makes the client see that what it got is not all. */
void stator_acceptor_close(int fd, bool reset);

#endif
