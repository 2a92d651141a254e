/*
 * Where the system does not share connections among the sockets of one address.
 *
 * POSIX has no SO_REUSEPORT, and where a system without Linux's has one of that name, the socket
 * that came last may get every connection: then it is better to say no. Its twin is
 * reuseport_linux.c.
 */
#include <errno.h>

#include "arch/sockets/reuseport.h"

int stator_reuseport_socket(int listener)
{
    (void)listener;
    return -ENOTSUP;
}
