/*
 * Listening sockets: from an address as a person writes it to what a client can be told.
 */
#ifndef STATOR_SERVER_LISTENER_H
#define STATOR_SERVER_LISTENER_H

#include <stddef.h>

#include "stator/stator.h"

struct stator_listener {
    int fd;
    char *url;  /* "http://127.0.0.1:8080/" or "unix:/path"; with the port it really got */
    char *path; /* of a unix socket, removed when it is closed; else NULL */
};

struct stator_listeners {
    struct stator_listener *at;
    size_t count;
};

/*
 * Listens on `address` and adds the sockets to `listeners`: "127.0.0.1:80", "[::1]:80", "name:80"
 * (all addresses of that name), ":80" and "*:80" (every address of this machine, IPv6 and IPv4),
 * "unix:/path". Port 0 takes a free one. A unix socket's file that nobody listens on any more is
 * replaced. Sockets are non-blocking and close-on-exec.
 * Fails: -errno, and `error` says what, why and what to do; sockets added so far stay for
 * stator_listeners_close.
 */
int stator_listeners_open(struct stator_listeners *listeners, const char *address,
                          struct stator_error *error);

/* Closes all of them and removes the files of unix sockets. */
void stator_listeners_close(struct stator_listeners *listeners);

#endif
