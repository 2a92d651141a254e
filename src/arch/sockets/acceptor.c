/*
 * Accepting and ending connections, and what their clients are called.
 *
 * Knows accept's many errors; refuses to know what is done with a connection. The one surprising
 * thing: most of accept's errors speak of a connection that is gone already, not of the listener.
 */
#include "arch/sockets/acceptor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/time.h>

#include "base/fd.h"

static void name_peer(const struct sockaddr_storage *address, char peer[STATOR_PEER_MAX])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

    snprintf(peer, STATOR_PEER_MAX, "unix:");
    if (address->ss_family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, peer, STATOR_PEER_MAX);
    } else if (address->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], peer, STATOR_PEER_MAX);
    } else if (address->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &v6->sin6_addr, peer, STATOR_PEER_MAX);
    }
}

/* accept(2), "Error handling": pending network errors of the new connection are passed through. */
static bool is_transient(int error)
{
    switch (error) {
    case -EINTR:
    case -ECONNABORTED:
    case -EPROTO:
    case -ENETDOWN:
    case -ENOPROTOOPT:
    case -EHOSTDOWN:
    case -EHOSTUNREACH:
    case -EOPNOTSUPP:
    case -ENETUNREACH:
    case -EPERM:
        return true;
    default:
        return false;
    }
}

int stator_acceptor_next(int listener, bool nonblocking, char peer[STATOR_PEER_MAX])
{
    for (int tries = 0; tries < STATOR_ACCEPT_BATCH; tries++) {
        struct sockaddr_storage address = {0};
        socklen_t length = sizeof(address);
        int fd = stator_fd_accept(listener, nonblocking, (struct sockaddr *)&address, &length);

        if (fd >= 0) {
            name_peer(&address, peer);
            return fd;
        }
        if (!is_transient(fd)) {
            return fd == -EWOULDBLOCK ? -EAGAIN : fd;
        }
    }
    return -EAGAIN;
}

void stator_acceptor_limit(int fd, int ms)
{
    struct timeval limit = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

void stator_acceptor_close(int fd, bool reset)
{
    if (reset) {
        struct linger none = {.l_onoff = 1, .l_linger = 0};

        setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    }
    stator_fd_close(&fd);
}
