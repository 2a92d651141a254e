/*
 * Runs a server in a thread of the test, through the public API alone.
 *
 * Knows how a site of the fixture is said in options; refuses to know what is asked. The one
 * surprising thing: nothing that goes wrong here is a finding, so it ends the test.
 */
#include "wire/server.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../children.h"

static int connect_tcp(const char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned port;
    int on = 1;
    cr_assert_eq(sscanf(url, "http://127.0.0.1:%u/", &port), 1, "an unexpected URL: %s", url);
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
              "cannot connect to %s: errno %d", url, errno);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static int connect_unix(const char *url)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", url + strlen("unix:"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
              "cannot connect to %s: errno %d", url, errno);
    return fd;
}

static void set(struct stator_options *options, const char *key, const char *value)
{
    struct stator_error error = {0};
    cr_assert_eq(stator_options_set(options, key, value, &error), 0, "%s=%s: %s: %s", key, value,
                 error.what, error.why);
}

static struct stator_options *make_options(const struct wire_site *site,
                                           const struct wire_fixture *fixture,
                                           const struct wire_target *target)
{
    static const char *const modes[] = {"fallback", "first", "off"};
    char path[256];
    struct stator_options *options = stator_options_create();
    cr_assert_not_null(options);
    snprintf(path, sizeof(path), "%s/root/%s", fixture->top, site->only != NULL ? site->only : "");
    set(options, "root", path);
    snprintf(path, sizeof(path), "unix:%s/%s", fixture->top, site->name);
    set(options, "listen", target->over_unix ? path : "127.0.0.1:0");
    set(options, "arch", target->arch);
    set(options, "index", site->index != NULL ? site->index : "index.html");
    set(options, "listing", site->listing ? "true" : "false");
    set(options, "server-field", site->server ? "true" : "false");
    set(options, "magic", modes[site->magic]);
    snprintf(path, sizeof(path), "%d", WIRE_BODY_LIMIT);
    set(options, "body-limit", path);
    return options;
}

static void *run(void *context)
{
    struct wire_server *server = context;
    server->result = stator_server_run(server->server, NULL);
    return NULL;
}

/*
 * A design that makes its processes when it begins does so in another thread. Waits, without
 * allocating, until no more come: see children.h.
 */
static void let_children_come(const char *arch)
{
    pid_t children[64];
    size_t count = 0, before, same = 0;
    if (strstr(arch, "prefork") == NULL) {
        return;
    }
    do {
        before = count;
        usleep(25000);
        count = children_of(getpid(), children, 64);
        same = count == before ? same + 1 : 0;
    } while (count == 0 || same < 4);
}

void wire_server_start(struct wire_server *server, const struct wire_site *site,
                       const struct wire_fixture *fixture, const struct wire_target *target)
{
    struct stator_error error = {0};
    struct stator_options *options = make_options(site, fixture, target);
    server->site = site;
    server->target = target;
    server->server = stator_server_create(options, &error);
    cr_assert_not_null(server->server, "%s: %s: %s", target->arch, error.what, error.why);
    stator_options_destroy(options);
    cr_assert_eq(pthread_create(&server->thread, NULL, run, server), 0);
    let_children_come(target->arch);
}

int wire_server_connect(const struct wire_server *server)
{
    const char *url = stator_server_url(server->server, 0);
    return server->target->over_unix ? connect_unix(url) : connect_tcp(url);
}

void wire_server_stop(struct wire_server *server)
{
    stator_server_stop(server->server);
    stator_server_stop(server->server); /* nobody is on the way: do not wait for them */
    pthread_join(server->thread, NULL);
    cr_expect_eq(server->result, 0, "%s: the server ended with %d", server->target->arch,
                 server->result);
    stator_server_destroy(server->server);
}
