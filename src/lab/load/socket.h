/*
 * A client's sockets. What every system has stands in client.c; this is what Linux and POSIX
 * spell differently: socket_linux.c and socket_posix.c, of which one is built.
 */
#ifndef STATOR_LAB_LOAD_SOCKET_H
#define STATOR_LAB_LOAD_SOCKET_H

#include <stdbool.h>

/* A TCP socket over IPv4, non-blocking and close-on-exec. Returns: it, or -errno. */
int stator_load_socket_open(void);

/*
 * The address 127.0.0.(1 + index) as where it connects from; a port is chosen when it does, so
 * that each address has all ports for each server. Fails: -errno.
 */
int stator_load_socket_from(int fd, unsigned index);

/*
 * Makes the socket, or those that a listening one accepts, send as soon as they may: some kernels'
 * own choice (bbr) paces, which is of use on a wire and spoils every figure on a loopback. Nothing
 * where the system has no say in it.
 */
void stator_load_socket_unpace(int fd);

/* True where addresses other than 127.0.0.1 can be connected from. */
bool stator_load_socket_has_sources(void);

#endif
