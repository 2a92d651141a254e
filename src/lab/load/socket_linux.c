/*
 * Sockets by Linux's calls: one call makes one, and its port can wait for connect(2).
 *
 * The one surprising thing: without IP_BIND_ADDRESS_NO_PORT, bind(2) has to take a port that no
 * connection at all uses, so there would be no more connections than ports.
 */
#include "lab/load/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int stator_load_socket_open(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd >= 0 ? fd : -errno;
}

int stator_load_socket_from(int fd, unsigned index)
{
    struct sockaddr_in source = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index)};
    int yes = 1;

    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes)) < 0 ||
        bind(fd, (struct sockaddr *)&source, sizeof(source)) < 0) {
        return -errno;
    }
    return 0;
}

void stator_load_socket_unpace(int fd)
{
    static const char reno[] = "reno"; /* every kernel has it */

    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof(reno) - 1);
}

bool stator_load_socket_has_sources(void)
{
    return true;
}
