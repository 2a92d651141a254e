/*
 * Listening sockets.
 *
 * Knows how addresses are written and what can be wrong with them; refuses to know who accepts. The
 * one surprising thing: for "every address" one IPv6 socket takes IPv4 clients too, and an IPv4
 * socket stands in where the machine has no IPv6.
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
#include "http/token.h"
#include "server/error.h"

#define HOST_MAX 256

/* A client that says nothing is still taken, so that it has its deadline like any other. */
#define DEFER_SECONDS 1

struct address {
    char host[HOST_MAX]; /* "" is every address */
    char port[8];
};

static int usage(struct stator_error *error, const char *address, const char *why)
{
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "'%s' is not an address to listen on", address);
    stator_error_why(error, "%s", why);
    stator_error_fix(error, "write it as 127.0.0.1:8080, [::1]:8080, :8080 or unix:/path");
    return -EINVAL;
}

/* What stands where the file of a unix socket is to be. */
static bool is_socket(const char *address)
{
    struct stat status;

    return lstat(address + strlen("unix:"), &status) == 0 && S_ISSOCK(status.st_mode);
}

static int fail_unix(struct stator_error *error, const char *address, int code)
{
    if (code == -EADDRINUSE && !is_socket(address)) {
        stator_error_why(error, "a file that is no socket stands there");
        stator_error_fix(error, "remove it, or choose another path");
    } else if (code == -EADDRINUSE) {
        stator_error_why(error, "another program listens there already");
        stator_error_fix(error, "stop that program, or choose another path");
    } else if (code == -ENOENT) {
        stator_error_why(error, "its directory does not exist");
        stator_error_fix(error, "make the directory, or choose another path");
    } else {
        stator_error_fix(error, "choose a path where this user may make files");
    }
    return code;
}

static int fail(struct stator_error *error, const char *address, int code)
{
    enum stator_error_kind kind = stator_error_kind_from(code);

    stator_error_begin(error, kind == STATOR_ERROR_PERMISSION ? kind : STATOR_ERROR_BIND, code);
    stator_error_what(error, "cannot listen on %s", address);
    if (strncmp(address, "unix:", strlen("unix:")) == 0) {
        return fail_unix(error, address, code);
    }
    switch (code) {
    case -EADDRINUSE:
        stator_error_why(error, "another program listens there already");
        stator_error_fix(error,
                         "stop that program, or choose another port with --port or --listen");
        break;
    case -EADDRNOTAVAIL:
        stator_error_why(error, "this machine has no such address");
        stator_error_fix(error, "use one that `ip address` shows, or :PORT for all of them");
        break;
    case -EACCES:
    case -EPERM:
        stator_error_fix(error, "use a port of 1024 or more, or give the program "
                                "CAP_NET_BIND_SERVICE");
        break;
    default:
        stator_error_fix(error, "try 127.0.0.1:8080");
        break;
    }
    return code;
}

/* Splits "host:port" at its last colon; an IPv6 address stands in brackets. */
static const char *split(const char *text, struct address *out)
{
    const char *colon = strrchr(text, ':');
    const char *host = text;
    size_t length;
    uint64_t port;

    if (colon == NULL) {
        return "it has no port";
    }
    if (!stator_number_parse(stator_span_from(colon + 1), &port) || port > 65535) {
        return "its port is not a number from 0 to 65535";
    }
    length = (size_t)(colon - text);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length) != NULL) {
        return "an IPv6 address must stand in brackets";
    }
    if (length >= HOST_MAX) {
        return "its name is too long";
    }
    memcpy(out->host, host, length);
    out->host[length] = '\0';
    if (strcmp(out->host, "*") == 0) {
        out->host[0] = '\0';
    }
    snprintf(out->port, sizeof(out->port), "%u", (unsigned)port);
    return NULL;
}

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
    char host[HOST_MAX], port[8];
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
static int open_socket(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);

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

static int open_every(struct stator_listeners *listeners, const struct address *address,
                      const char *text, struct stator_error *error)
{
    in_port_t port = htons((uint16_t)atoi(address->port));
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = port};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = port};
    int fd = bind_address((struct sockaddr *)&v6, sizeof(v6), true);

    if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL) {
        fd = bind_address((struct sockaddr *)&v4, sizeof(v4), false);
    }
    if (fd < 0) {
        return fail(error, text, fd);
    }
    return add(listeners, fd, socket_url(fd), NULL);
}

/* Every address of a name, all on the port that the first one got. */
static int open_name(struct stator_listeners *listeners, const struct address *address,
                     const char *text, struct stator_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(address->host, address->port, &hints, &found);
    size_t before = listeners->count;
    int result = -EADDRNOTAVAIL;

    if (code != 0) {
        stator_error_begin(error, STATOR_ERROR_BIND, 0);
        stator_error_what(error, "cannot listen on %s", text);
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
    return listeners->count > before && result == 0 ? 0 : fail(error, text, result);
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

static int open_unix(struct stator_listeners *listeners, const char *text,
                     struct stator_error *error)
{
    const char *path = text + strlen("unix:");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path[0] == '\0') {
        return usage(error, text, "the socket's path is missing");
    }
    if (strlen(path) >= sizeof(address.sun_path)) {
        return usage(error, text, "a socket's path may have 107 bytes");
    }
    strcpy(address.sun_path, path);

    int fd = bind_address((struct sockaddr *)&address, sizeof(address), false);

    if (fd == -EADDRINUSE && is_stale(&address)) {
        unlink(path);
        fd = bind_address((struct sockaddr *)&address, sizeof(address), false);
    }
    if (fd < 0) {
        return fail(error, text, fd);
    }
    return add(listeners, fd, strdup(text), strdup(path));
}

int stator_listeners_open(struct stator_listeners *listeners, const char *text,
                          struct stator_error *error)
{
    struct address address;
    const char *wrong;
    int result;

    if (strncmp(text, "unix:", 5) == 0) {
        result = open_unix(listeners, text, error);
    } else {
        wrong = split(text, &address);
        if (wrong != NULL) {
            return usage(error, text, wrong);
        }
        result = address.host[0] == '\0' ? open_every(listeners, &address, text, error)
                                         : open_name(listeners, &address, text, error);
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
