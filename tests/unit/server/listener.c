/* Listening sockets: what an address becomes, and what the system can have against it. */
#include "server/listener.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

static struct stator_listeners listeners;
static struct stator_error error;

static int open_one(const char *address)
{
    listeners = (struct stator_listeners){NULL, 0};
    error = (struct stator_error){0};
    return stator_listeners_open(&listeners, address, &error);
}

static const struct {
    const char *address;
    const char *url; /* up to the port */
} good[] = {
    {"127.0.0.1:0", "http://127.0.0.1:"}, {":0", "http://localhost:"},
    {"*:0", "http://localhost:"},         {"0.0.0.0:0", "http://localhost:"},
    {"localhost:0", "http://"},           {"127.0.0.2:00", "http://127.0.0.2:"},
};

Test(listener, addresses_become_sockets_and_urls)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        cr_assert_eq(open_one(good[i].address), 0, "%s: %s", good[i].address, error.why);
        cr_assert_geq(listeners.count, 1);
        for (size_t n = 0; n < listeners.count; n++) {
            const struct stator_listener *one = &listeners.at[n];
            struct sockaddr_storage address;
            socklen_t length = sizeof(address);
            int listening = 0, port;

            length = sizeof(listening);
            cr_expect_eq(getsockopt(one->fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length), 0);
            cr_expect(listening);
            cr_expect_eq(strncmp(one->url, good[i].url, strlen(good[i].url)), 0, "%s", one->url);
            length = sizeof(address);
            cr_expect_eq(getsockname(one->fd, (struct sockaddr *)&address, &length), 0);
            port =
                ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                    : ((struct sockaddr_in *)&address)->sin_port);
            cr_expect_gt(port, 0);
            cr_expect_eq(atoi(strrchr(one->url, ':') + 1), port, "%s", one->url);
            cr_expect(fcntl(one->fd, F_GETFL) & O_NONBLOCK);
            cr_expect(fcntl(one->fd, F_GETFD) & FD_CLOEXEC);
            cr_expect_null(one->path);
        }
        stator_listeners_close(&listeners);
        cr_expect_eq(listeners.count, 0);
    }
}

Test(listener, every_address_of_a_name_has_one_port)
{
    int port;

    cr_assert_eq(open_one("localhost:0"), 0, "%s", error.why);
    port = atoi(strrchr(listeners.at[0].url, ':') + 1);
    for (size_t n = 1; n < listeners.count; n++) {
        cr_expect_eq(atoi(strrchr(listeners.at[n].url, ':') + 1), port);
    }
    stator_listeners_close(&listeners);
}

Test(listener, ipv6_stands_in_brackets)
{
    int probe = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    if (probe < 0 || bind(probe, (struct sockaddr *)&loopback, sizeof(loopback)) < 0) {
        close(probe);
        cr_skip("no IPv6 loopback here");
    }
    close(probe);
    cr_assert_eq(open_one("[::1]:0"), 0, "%s", error.why);
    cr_expect_eq(strncmp(listeners.at[0].url, "http://[::1]:", 13), 0, "%s", listeners.at[0].url);
    stator_listeners_close(&listeners);
}

static const struct {
    const char *address;
    int code;
    enum stator_error_kind kind;
} bad[] = {
    {"127.0.0.1", -EINVAL, STATOR_ERROR_KIND_USAGE},
    {"unix:", -EINVAL, STATOR_ERROR_KIND_USAGE},
    {"unix:/no/such/directory/socket", -ENOENT, STATOR_ERROR_KIND_BIND},
    {"192.0.2.1:0", -EADDRNOTAVAIL, STATOR_ERROR_KIND_BIND},
    {"300.0.0.1:0", -EADDRNOTAVAIL, STATOR_ERROR_KIND_BIND},
};

Test(listener, what_cannot_be_listened_on_is_explained)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_expect_eq(open_one(bad[i].address), bad[i].code, "%s", bad[i].address);
        cr_expect_eq(error.kind, bad[i].kind, "%s", bad[i].address);
        cr_expect_not_null(strstr(error.what, bad[i].address), "%s", error.what);
        cr_expect_str_not_empty(error.why);
        cr_expect_str_not_empty(error.fix);
        cr_expect_eq(listeners.count, 0);
        stator_listeners_close(&listeners);
    }
}

Test(listener, an_address_in_use_is_refused)
{
    struct stator_listeners first;
    char address[64];

    cr_assert_eq(open_one("127.0.0.1:0"), 0);
    first = listeners;
    snprintf(address, sizeof(address), "127.0.0.1:%d", atoi(strrchr(first.at[0].url, ':') + 1));
    cr_expect_eq(open_one(address), -EADDRINUSE);
    cr_expect_eq(error.kind, STATOR_ERROR_KIND_BIND);
    cr_expect_eq(error.code, EADDRINUSE);
    stator_listeners_close(&listeners);
    stator_listeners_close(&first);
}

Test(listener, unix_sockets_are_made_replaced_when_stale_and_removed)
{
    char directory[] = "/tmp/stator-listener-XXXXXX";
    char address[128];
    const char *path = address + strlen("unix:");
    struct stator_listeners first;
    struct stat status;
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    cr_assert_not_null(mkdtemp(directory));
    snprintf(address, sizeof(address), "unix:%s/socket", directory);
    strcpy(name.sun_path, path);
    cr_assert_eq(bind(stale, (struct sockaddr *)&name, sizeof(name)), 0);
    close(stale);

    cr_assert_eq(open_one(address), 0, "a stale one is replaced: %s", error.why);
    cr_expect_str_eq(listeners.at[0].url, address);
    first = listeners;
    cr_expect_eq(open_one(address), -EADDRINUSE, "a live one is not");
    stator_listeners_close(&listeners);
    cr_expect_eq(lstat(path, &status), 0);
    stator_listeners_close(&first);
    cr_expect_neq(lstat(path, &status), 0);

    close(open(path, O_CREAT | O_WRONLY, 0644));
    cr_expect_eq(open_one(address), -EADDRINUSE, "a file that is no socket stays");
    cr_expect_eq(lstat(path, &status), 0);
    stator_listeners_close(&listeners);
    unlink(path);
    rmdir(directory);
}
