/* Accepting: how clients are called, and what happens when there are none or no descriptors. */
#include "arch/sockets/acceptor.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
};

/* Listens, non-blocking, at `address`, which then holds what the system made of it; -1 where the
 * system has no such addresses. */
static int listen_at(union address *address, socklen_t length)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int no = 0;

    if (fd >= 0 && address->any.sa_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    }
    if (fd < 0 || bind(fd, &address->any, length) < 0) {
        close(fd);
        return -1;
    }
    cr_assert_eq(listen(fd, 16), 0);
    cr_assert_eq(getsockname(fd, &address->any, &length), 0);
    return fd;
}

static int connect_to(const union address *address, socklen_t length)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, &address->any, length), 0);
    return fd;
}

static int listen_v4(union address *address)
{
    *address = (union address){.v4 = {.sin_family = AF_INET}};
    address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = listen_at(address, sizeof(address->v4));

    cr_assert_geq(fd, 0);
    return fd;
}

/* Accepts what was just connected, and says how its client is called. */
static void expect_peer(int listener, int client, const char *expected)
{
    char peer[STATOR_PEER_MAX] = "before";
    int fd = stator_acceptor_next(listener, true, peer);

    cr_assert_geq(fd, 0, "%s: %d", expected, fd);
    cr_expect_str_eq(peer, expected);
    cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    stator_acceptor_close(fd, false);
    close(client);
}

Test(acceptor, names_of_clients)
{
    union address address, other;
    char directory[] = "/tmp/stator-unit-XXXXXX";
    int listener = listen_v4(&address);

    expect_peer(listener, connect_to(&address, sizeof(address.v4)), "127.0.0.1");
    close(listener);

    address = (union address){.v6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any}};
    listener = listen_at(&address, sizeof(address.v6));
    if (listener >= 0) {
        other = (union address){.v4 = {.sin_family = AF_INET, .sin_port = address.v6.sin6_port}};
        other.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        expect_peer(listener, connect_to(&other, sizeof(other.v4)), "127.0.0.1");
        address.v6.sin6_addr = in6addr_loopback;

        int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(probe, &address.any, sizeof(address.v6)) == 0) {
            expect_peer(listener, probe, "::1");
        } else {
            close(probe);
        }
        close(listener);
    }

    cr_assert_not_null(mkdtemp(directory));
    address = (union address){.un = {.sun_family = AF_UNIX}};
    snprintf(address.un.sun_path, sizeof(address.un.sun_path), "%s/s", directory);
    listener = listen_at(&address, sizeof(address.un));
    cr_assert_geq(listener, 0);
    expect_peer(listener, connect_to(&address, sizeof(address.un)), "unix:");
    close(listener);
    unlink(address.un.sun_path);
    rmdir(directory);
}

Test(acceptor, nobody_waits)
{
    union address address;
    int listener = listen_v4(&address);
    char peer[STATOR_PEER_MAX];

    cr_expect_eq(stator_acceptor_next(listener, true, peer), -EAGAIN);
    close(listener);
}

Test(acceptor, takes_them_one_by_one_as_the_architecture_wants_them)
{
    union address address;
    int listener = listen_v4(&address), clients[3];
    char peer[STATOR_PEER_MAX];

    for (int i = 0; i < 3; i++) {
        clients[i] = connect_to(&address, sizeof(address.v4));
    }
    for (int i = 0; i < 3; i++) {
        bool nonblocking = i != 1;
        int fd = stator_acceptor_next(listener, nonblocking, peer);

        cr_assert_geq(fd, 0);
        cr_expect_eq((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, nonblocking);
        close(fd);
    }
    cr_expect_eq(stator_acceptor_next(listener, true, peer), -EAGAIN);
    for (int i = 0; i < 3; i++) {
        close(clients[i]);
    }
    close(listener);
}

Test(acceptor, a_client_that_left_while_it_waited_holds_nobody_up)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    union address address;
    int listener = listen_v4(&address), gone, stays;
    char peer[STATOR_PEER_MAX];

    gone = connect_to(&address, sizeof(address.v4));
    setsockopt(gone, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    close(gone);
    stays = connect_to(&address, sizeof(address.v4));

    int accepted = 0, fd;

    while ((fd = stator_acceptor_next(listener, true, peer)) >= 0) {
        accepted++;
        close(fd);
    }
    cr_expect_eq(fd, -EAGAIN);
    cr_expect_geq(accepted, 1);
    close(stays);
    close(listener);
}

Test(acceptor, out_of_descriptors)
{
    union address address;
    int listener = listen_v4(&address), client = connect_to(&address, sizeof(address.v4)), next;
    char peer[STATOR_PEER_MAX];
    struct rlimit before, none;

    next = dup(STDERR_FILENO);
    close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    cr_expect_eq(stator_acceptor_next(listener, true, peer), -EMFILE);
    cr_expect_eq(stator_acceptor_next(listener, true, peer), -EMFILE);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    expect_peer(listener, client, "127.0.0.1");
    close(listener);
}

Test(acceptor, what_is_no_listener_is_an_error)
{
    int pipes[2], plain = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char peer[STATOR_PEER_MAX];

    cr_assert_eq(pipe(pipes), 0);
    cr_expect_eq(stator_acceptor_next(pipes[0], true, peer), -ENOTSOCK);
    cr_expect_eq(stator_acceptor_next(plain, true, peer), -EINVAL);
    close(pipes[0]);
    close(pipes[1]);
    close(plain);
}

Test(acceptor, a_reset_is_seen_and_an_end_is_an_end)
{
    union address address;
    int listener = listen_v4(&address);
    char peer[STATOR_PEER_MAX], byte;

    for (int reset = 0; reset < 2; reset++) {
        int client = connect_to(&address, sizeof(address.v4));
        int fd = stator_acceptor_next(listener, true, peer);
        struct pollfd poller = {.fd = client, .events = POLLIN};

        cr_assert_geq(fd, 0);
        stator_acceptor_close(fd, reset == 1);
        cr_expect_eq(fcntl(fd, F_GETFD), -1);
        cr_assert_eq(poll(&poller, 1, 10000), 1);
        errno = 0;
        cr_expect_eq(read(client, &byte, 1), reset == 1 ? -1 : 0);
        cr_expect_eq(errno, reset == 1 ? ECONNRESET : 0);
        close(client);
    }
    close(listener);
}
