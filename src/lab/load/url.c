/*
 * Reads addresses. Knows http over IPv4, which is what the load generator speaks; refuses to know
 * of any other scheme.
 */
#include "lab/load/url.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "http/token.h"

#define EXAMPLE "write http://HOST:PORT/PATH, as in http://127.0.0.1:8080/"

static bool is_target(const char *path)
{
    for (; *path != '\0'; path++) {
        if (!stator_char_is(*path, STATOR_CHAR_TARGET)) {
            return false;
        }
    }
    return true;
}

/* Fails: -ENOENT. */
static int look_up(const char *host, const char *port, struct sockaddr_in *out)
{
    struct addrinfo hints = {
        .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, port, &hints, &found) != 0) {
        return -ENOENT;
    }
    memcpy(out, found->ai_addr, sizeof(*out));
    freeaddrinfo(found);
    return 0;
}

static int refuse(const char *text, const char **why, const char **fix)
{
    *why = strncmp(text, "https:", 6) == 0 ? "it speaks http without TLS"
                                           : "it is no http address of a host";
    *fix = EXAMPLE;
    return -EINVAL;
}

/* "HOST" or "HOST:PORT", as RFC 3986 3.2 has them, without the forms of IPv6. */
static bool read_authority(struct stator_span text, char host[256], char port[6])
{
    size_t colon = stator_span_find(text, ':');
    struct stator_span digits = STATOR_SPAN("80");
    uint64_t number;

    if (colon < text.length) {
        digits = stator_span_skip(text, colon + 1);
    }
    if (colon == 0 || colon > 255 || digits.length > 5 || !stator_number_parse(digits, &number) ||
        number < 1 || number > 65535) {
        return false;
    }
    snprintf(host, 256, "%.*s", (int)colon, text.at);
    snprintf(port, 6, "%.*s", (int)digits.length, digits.at);
    return true;
}

int stator_load_url_parse(const char *text, struct stator_load_url *out, const char **why,
                          const char **fix)
{
    struct stator_span rest = stator_span_from(text), scheme = STATOR_SPAN_INIT("http://"),
                       authority;
    struct stator_load_url url;
    char host[256], port[6];

    if (!stator_span_starts(rest, scheme) || rest.length >= sizeof(url.path)) {
        return refuse(text, why, fix);
    }
    rest = stator_span_skip(rest, scheme.length);
    authority = stator_span_first(rest, strcspn(rest.at, "/?#"));
    rest = stator_span_skip(rest, authority.length);
    if (!read_authority(authority, host, port) || !is_target(rest.at)) {
        return refuse(text, why, fix);
    }
    snprintf(url.host, sizeof(url.host), "%.*s", (int)authority.length, authority.at);
    snprintf(url.path, sizeof(url.path), "%s%s", rest.at[0] == '/' ? "" : "/", rest.at);
    if (look_up(host, port, &url.address) < 0) {
        *why = "no IPv4 address has that name";
        *fix = "check the spelling, or give the address itself";
        return -ENOENT;
    }
    *out = url;
    return 0;
}
