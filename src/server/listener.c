/*
 * Listening sockets.
 *
 * Knows how sockets are made, and what a client can be told of them; refuses to know how addresses
 * are written, and who accepts. The one surprising thing: for "every address" one IPv6 socket takes
 * IPv4 clients too, and an IPv4 socket stands in where the machine has no IPv6.
 */
#include "server/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "server/address.h"
#include "server/error.h"

/* A client that says nothing is still taken, so that it has its deadline like any other. */
#define DEFER_SECONDS 1

/* Takes over `fd`, `url` and `path`, also on failure. */
static int add(struct stator_listeners *listeners, int fd, char *url, char *path)
{
    struct stator_listener *grown =
        realloc(listeners->at, (listeners->count + 1) * sizeof(*listeners->at));

    if (grown != NULL) {
        listeners->at = grown;
    }
    if (grown == NULL || url == NULL) {
        free(url);
        free(path);
        stator_fd_close(&fd);
        return -ENOMEM;
    }
    listeners->at[listeners->count++] = (struct stator_listener){fd, url, path};
    return 0;
}

/* Where a client finds the socket. An address that means all of them is shown as localhost. */
static char *socket_url(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    char host[STATOR_ADDRESS_HOST_SIZE], port[8];
    char *url = NULL;
    bool any;

    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return NULL;
    }
    any = strcmp(host, "::") == 0 || strcmp(host, "0.0.0.0") == 0;
    bool brackets = !any && strchr(host, ':') != NULL;

    if (asprintf(&url, "http://%s%s%s:%s/", brackets ? "[" : "", any ? "localhost" : host,
                 brackets ? "]" : "", port) < 0) {
        return NULL;
    }
    return url;
}

/* A non-blocking, close-on-exec socket of that kind, or -errno. */
static int open_socket(int process_fixture)
{
    int fd = socket(process_fixture, SOCK_STREAM, 0);

    if (fd < 0) {
        return -errno;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);

    int error = stator_fd_set_nonblocking(fd, true);

    if (error < 0) {
        stator_fd_close(&fd);
        return error;
    }
    return fd;
}

static void set_switch(int fd, int level, int name, int value)
{
    setsockopt(fd, level, name, &value, sizeof(value));
}

/* Binds and listens; `dual` lets an IPv6 socket take IPv4 too. Returns: the socket, or -errno. */
static int bind_address(const struct sockaddr *address, socklen_t length, bool dual)
{
    int fd = open_socket(address->sa_family);

    if (fd < 0) {
        return fd;
    }
    set_switch(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (address->sa_family == AF_INET6) {
        set_switch(fd, IPPROTO_IPV6, IPV6_V6ONLY, !dual);
    }
    if (address->sa_family != AF_UNIX) {
        /* Accepted sockets inherit it, which saves a call for each. */
        set_switch(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        stator_fd_defer_accept(fd, DEFER_SECONDS);
    }
    if (bind(fd, address, length) < 0 || listen(fd, SOMAXCONN) < 0) {
        int error = -errno;

        stator_fd_close(&fd);
        return error;
    }
    return fd;
}

static void set_port(struct sockaddr *address, in_port_t port)
{
    if (address->sa_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = port;
    } else {
        ((struct sockaddr_in *)address)->sin_port = port;
    }
}

static in_port_t bound_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);

    getsockname(fd, (struct sockaddr *)&address, &length);
    return address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                         : ((struct sockaddr_in *)&address)->sin_port;
}

static int open_every(struct stator_listeners *listeners, const struct stator_address *address,
                      struct stator_error *error)
{
    in_port_t port = htons((uint16_t)atoi(address->port));
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = port};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = port};
    int fd = bind_address((struct sockaddr *)&v6, sizeof(v6), true);

    if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL) {
        fd = bind_address((struct sockaddr *)&v4, sizeof(v4), false);
    }
    if (fd < 0) {
        return stator_address_refuse(address, fd, error);
    }
    return add(listeners, fd, socket_url(fd), NULL);
}

/* Every address of a name, all on the port that the first one got. */
static int open_name(struct stator_listeners *listeners, const struct stator_address *address,
                     struct stator_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(address->host, address->port, &hints, &found);
    size_t before = listeners->count;
    int result = -EADDRNOTAVAIL;

    if (code != 0) {
        stator_error_begin(error, STATOR_ERROR_KIND_BIND, 0);
        stator_error_what(error, "cannot listen on %s", address->text);
        stator_error_why(error, "'%s' is no address of a machine: %s", address->host,
                         gai_strerror(code));
        stator_error_fix(error, "use an IP address, such as 127.0.0.1");
        return -EADDRNOTAVAIL;
    }
    for (struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        if (listeners->count > before) {
            set_port(one->ai_addr, bound_port(listeners->at[before].fd));
        }

        int fd = bind_address(one->ai_addr, one->ai_addrlen, false);

        if (fd >= 0) {
            result = add(listeners, fd, socket_url(fd), NULL);
        } else if (listeners->count == before || fd == -EADDRINUSE) {
            result = fd;
        }
        if (result < 0 && result != -EADDRNOTAVAIL && result != -EAFNOSUPPORT) {
            break;
        }
    }
    freeaddrinfo(found);
    return listeners->count > before && result == 0 ? 0
                                                    : stator_address_refuse(address, result, error);
}

/* True if `path` is a socket that nobody listens on. */
static bool is_stale(const struct sockaddr_un *address)
{
    struct stat status;
    int fd;
    bool refused;

    if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode)) {
        return false;
    }
    fd = open_socket(AF_UNIX);
    if (fd < 0) {
        return false;
    }
    refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
              errno == ECONNREFUSED;
    stator_fd_close(&fd);
    return refused;
}

static int open_unix(struct stator_listeners *listeners, const struct stator_address *address,
                     struct stator_error *error)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    strcpy(name.sun_path, address->path); /* which is not longer: the address was parsed */

    int fd = bind_address((struct sockaddr *)&name, sizeof(name), false);

    if (fd == -EADDRINUSE && is_stale(&name)) {
        unlink(address->path);
        fd = bind_address((struct sockaddr *)&name, sizeof(name), false);
    }
    if (fd < 0) {
        return stator_address_refuse(address, fd, error);
    }
    return add(listeners, fd, strdup(address->text), strdup(address->path));
}

int stator_listeners_open(struct stator_listeners *listeners, const char *text,
                          struct stator_error *error)
{
    struct stator_address address;
    int result = stator_address_parse(text, &address, error);

    if (result < 0) {
        return result;
    }
    if (address.path != NULL) {
        result = open_unix(listeners, &address, error);
    } else if (address.host[0] == '\0') {
        result = open_every(listeners, &address, error);
    } else {
        result = open_name(listeners, &address, error);
    }
    if (result == -ENOMEM) {
        return stator_error_memory(error, "cannot keep what is listened on");
    }
    return result;
}

void stator_listeners_close(struct stator_listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct stator_listener *listener = &listeners->at[i];

        stator_fd_close(&listener->fd);
        if (listener->path != NULL) {
            unlink(listener->path);
        }
        free(listener->path);
        free(listener->url);
    }
    free(listeners->at);
    *listeners = (struct stator_listeners){NULL, 0};
}
