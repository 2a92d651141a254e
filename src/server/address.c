/*
 * Addresses to listen on.
 *
 * Knows how they are written and what can be wrong with them; refuses to know sockets. The one
 * surprising thing: it looks at the file that stands in a unix socket's place, because "in use"
 * means two things there.
 */
#include "server/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "http/token.h"
#include "server/error.h"

#define UNIX "unix:"

/* --- as written ------------------------------------------------------------------------------ */

static int refuse_text(const char *text, const char *why, struct stator_error *error)
{
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "'%s' is not an address to listen on", text);
    stator_error_why(error, "%s", why);
    stator_error_fix(error, "write it as 127.0.0.1:8080, [::1]:8080, :8080 or unix:/path");
    return -EINVAL;
}

/*
 * Splits "host:port" at its last colon; an IPv6 address stands in brackets. Returns what is wrong
 * with it, or NULL.
 */
static const char *split(const char *text, struct stator_address *out)
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
    if (length >= STATOR_ADDRESS_HOST_SIZE) {
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

static const char *split_unix(const char *text, struct stator_address *out)
{
    const char *path = text + strlen(UNIX);

    if (path[0] == '\0') {
        return "the socket's path is missing";
    }
    if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
        return "a socket's path may have 107 bytes";
    }
    out->path = path;
    return NULL;
}

int stator_address_parse(const char *text, struct stator_address *out, struct stator_error *error)
{
    struct stator_address address = {.text = text};
    bool is_unix = strncmp(text, UNIX, strlen(UNIX)) == 0;
    const char *wrong = is_unix ? split_unix(text, &address) : split(text, &address);

    if (wrong != NULL) {
        return refuse_text(text, wrong, error);
    }
    *out = address;
    return 0;
}

/* --- as refused by the system ---------------------------------------------------------------- */

/* What stands where the file of a unix socket is to be. */
static bool is_socket(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static void explain_unix(const char *path, int code, struct stator_error *error)
{
    if (code == -EADDRINUSE && !is_socket(path)) {
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
}

static void explain_port(int code, struct stator_error *error)
{
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
}

int stator_address_refuse(const struct stator_address *address, int code,
                          struct stator_error *error)
{
    enum stator_error_kind kind = stator_error_kind_from(code);

    stator_error_begin(error, kind == STATOR_ERROR_KIND_PERMISSION ? kind : STATOR_ERROR_KIND_BIND,
                       code);
    stator_error_what(error, "cannot listen on %s", address->text);
    if (address->path != NULL) {
        explain_unix(address->path, code, error);
    } else {
        explain_port(code, error);
    }
    return code;
}
