/*
 * Plays the corpus over sockets against every server design, in this process, through the public
 * API alone: a design is right when a client cannot tell it from another.
 *
 * Knows designs by what stator_arch_each names; a new one is played as soon as it is registered.
 * The one surprising thing: silence cannot be proved over a socket, so it is only looked at for a
 * moment; played in memory it is certain.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "stator/stator.h"
#include "wire/corpus.h"
#include "wire/play.h"

#define WATCHDOG_MS 10000
#define GLANCE_MS   20
#define DESIGNS_MAX 64
#define SITES_MAX   8

/* --- one connection ------------------------------------------------------------------------- */

struct socket_client {
    struct wire_client client;
    const struct wire_way *way;
    uint64_t seed;
    int fd;
};

static void socket_send(struct wire_client *client, struct stator_span bytes)
{
    struct socket_client *socket = (struct socket_client *)client;
    while (bytes.length > 0) {
        size_t length = wire_cut_next(socket->way->send, bytes.length, &socket->seed);
        ssize_t sent = send(socket->fd, bytes.at, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return; /* the server has had enough; what it answered tells whether it may */
        }
        bytes = stator_span_skip(bytes, sent > 0 ? (size_t)sent : 0);
    }
}

static void socket_half_close(struct wire_client *client)
{
    shutdown(((struct socket_client *)client)->fd, SHUT_WR);
}

static enum wire_receive socket_receive(struct wire_client *client, bool brief)
{
    struct socket_client *socket = (struct socket_client *)client;
    struct pollfd waiting = {.fd = socket->fd, .events = POLLIN};
    int ready;
    do {
        ready = poll(&waiting, 1, brief ? GLANCE_MS : WATCHDOG_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        return WIRE_RECEIVE_QUIET;
    }
    char *room = stator_text_reserve(&client->inbox, 65536);
    ssize_t got = recv(socket->fd, room, 65536, 0);
    if (got <= 0) {
        return got == 0 ? WIRE_RECEIVE_ENDED : WIRE_RECEIVE_BROKEN;
    }
    client->inbox.length += (size_t)got;
    return WIRE_RECEIVE_CAME;
}

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

/* --- one server ----------------------------------------------------------------------------- */

struct running {
    const struct wire_site *site;
    struct stator_server *server;
    pthread_t thread;
    int result;
};

static void set(struct stator_options *options, const char *key, const char *value)
{
    struct stator_error error = {0};
    cr_assert_eq(stator_options_set(options, key, value, &error), 0, "%s=%s: %s: %s", key, value,
                 error.what, error.why);
}

static struct stator_options *make_options(const struct wire_site *site,
                                           const struct wire_fixture *fixture, const char *arch,
                                           bool over_unix)
{
    static const char *const modes[] = {"fallback", "first", "off"};
    char path[256];
    struct stator_options *options = stator_options_create();
    cr_assert_not_null(options);
    snprintf(path, sizeof(path), "%s/root/%s", fixture->top, site->only != NULL ? site->only : "");
    set(options, "root", path);
    snprintf(path, sizeof(path), "unix:%s/%s", fixture->top, site->name);
    set(options, "listen", over_unix ? path : "127.0.0.1:0");
    set(options, "arch", arch);
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
    struct running *running = context;
    running->result = stator_server_run(running->server, NULL);
    return NULL;
}

static void start(struct running *running, const struct wire_site *site,
                  const struct wire_fixture *fixture, const char *arch, bool over_unix)
{
    struct stator_error error = {0};
    struct stator_options *options = make_options(site, fixture, arch, over_unix);
    running->site = site;
    running->server = stator_server_create(options, &error);
    cr_assert_not_null(running->server, "%s: %s: %s", arch, error.what, error.why);
    stator_options_destroy(options);
    cr_assert_eq(pthread_create(&running->thread, NULL, run, running), 0);
}

static void stop(struct running *running, const char *arch)
{
    stator_server_stop(running->server);
    stator_server_stop(running->server); /* nobody is on the way: do not wait for them */
    pthread_join(running->thread, NULL);
    cr_expect_eq(running->result, 0, "%s: the server ended with %d", arch, running->result);
    stator_server_destroy(running->server);
}

/* --- one file against one design ------------------------------------------------------------ */

struct design {
    char arch[64];
    bool over_unix;
};

struct designs {
    size_t count;
    struct design at[DESIGNS_MAX];
};

static void add_design(const char *name, const char *summary, const char *knobs, void *context)
{
    struct designs *designs = context;
    (void)summary;
    (void)knobs;
    if (designs->count < DESIGNS_MAX) {
        struct design *design = &designs->at[designs->count++];
        snprintf(design->arch, sizeof(design->arch), "%s", name);
    }
}

/* Every design, what else a design can stand on, and one over a socket of another family. */
static void find_designs(struct designs *out)
{
    *out = (struct designs){0};
    stator_arch_each(add_design, out);
    add_design("fork:most=1", NULL, NULL, out);
    add_design("prefork:assign=mutex", NULL, NULL, out);
    add_design("prefork:assign=pass", NULL, NULL, out);
    if (strcmp(STATOR_TWIN, "Linux") == 0) {
        add_design("prefork:assign=reuseport", NULL, NULL, out);
        add_design("event-prefork:assign=reuseport", NULL, NULL, out);
    }
    add_design("thread:most=1", NULL, NULL, out);
    add_design("pool:unit=request,workers=1", NULL, NULL, out);
    add_design("pool:queues=8,discipline=strict", NULL, NULL, out);
    add_design("pool:unit=request,queues=2,discipline=aging", NULL, NULL, out);
    add_design("pool:unit=request,discipline=sff,cap=1", NULL, NULL, out);
    add_design("thread-request:most=1", NULL, NULL, out);
    add_design("thread-object:map=path,objects=2", NULL, NULL, out);
    add_design("event:backend=poll", NULL, NULL, out);
    add_design("event:backend=select", NULL, NULL, out);
    add_design("amped:probe=none,helpers=1", NULL, NULL, out);
    add_design("event", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_design("prefork:assign=pass", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
    add_design("select", NULL, NULL, out);
    out->at[out->count - 1].over_unix = true;
}

struct stage {
    const struct design *design;
    struct wire_fixture fixture;
    size_t count;
    struct running servers[SITES_MAX];
    uint64_t seed;
    size_t played;
    size_t skipped; /* conversations that need a clock or a disk that obey */
};

static const struct running *server_for(struct stage *stage, const struct wire_site *site)
{
    for (size_t i = 0; i < stage->count; i++) {
        if (stage->servers[i].site == site) {
            return &stage->servers[i];
        }
    }
    cr_assert_lt(stage->count, SITES_MAX);
    struct running *running = &stage->servers[stage->count++];
    start(running, site, &stage->fixture, stage->design->arch, stage->design->over_unix);
    return running;
}

/* One try; `failure` says why where it is not good. */
static bool play_once(struct stage *stage, const struct running *running,
                      const struct wire_conversation *conversation, const struct wire_way *way,
                      struct stator_text *failure)
{
    const char *url = stator_server_url(running->server, 0);
    struct socket_client client = {
        .client = {.send = socket_send, .half_close = socket_half_close, .receive = socket_receive},
        .way = way,
        .seed = stage->seed,
        .fd = stage->design->over_unix ? connect_unix(url) : connect_tcp(url),
    };
    bool good = wire_play(conversation, running->site, &stage->fixture, way->as_head,
                          &client.client, failure);

    close(client.fd);
    wire_client_finish(&client.client);
    return good;
}

static void play(struct stage *stage, const struct wire_conversation *conversation,
                 const struct wire_way *way)
{
    const struct running *running = server_for(stage, wire_site_find(conversation->site));
    struct stator_text failure = {0};
    bool good = play_once(stage, running, conversation, way, &failure);

    /* Bytes that come after the end that was asked for can cost the answer (RFC 9112 9.6): what a
     * random cut brought about by chance does not come three times. */
    for (int i = 0; i < 2 && !good && way->send == WIRE_CUT_RANDOM; i++) {
        stator_text_clear(&failure);
        good = play_once(stage, running, conversation, way, &failure);
    }
    cr_expect(good, "%s:%u: %.*s\n  against %s%s, played %s (WIRE_SEED=%llu)\n%.*s",
              conversation->path, conversation->line, (int)conversation->comment.length,
              conversation->comment.at, stage->design->arch,
              stage->design->over_unix ? " over a unix socket" : "", way->name,
              (unsigned long long)stage->seed, (int)failure.length, failure.at);
    stator_text_finish(&failure);
    stage->played++;
}

static void play_script(struct stage *stage, const struct wire_script *script)
{
    static const struct wire_way ways[] = {
        {"whole", WIRE_CUT_NONE, WIRE_CUT_NONE, false},
        {"at random", WIRE_CUT_RANDOM, WIRE_CUT_NONE, false},
        {"as HEAD", WIRE_CUT_NONE, WIRE_CUT_NONE, true},
    };
    for (size_t i = 0; i < script->conversation_count; i++) {
        const struct wire_conversation *conversation = &script->conversations[i];
        stage->skipped += conversation->memory_only;
        for (size_t j = 0; j < sizeof(ways) / sizeof(ways[0]); j++) {
            if (!conversation->memory_only && (!ways[j].as_head || conversation->as_head)) {
                play(stage, conversation, &ways[j]);
            }
        }
    }
}

ParameterizedTestParameters(loopback, corpus)
{
    struct wire_corpus corpus;
    struct designs designs;
    wire_corpus_init(&corpus);
    find_designs(&designs);
    size_t count = corpus.count * designs.count;
    size_t *indices = cr_malloc((count + 1) * sizeof(*indices));
    for (size_t i = 0; i < count; i++) {
        indices[i] = i;
    }
    wire_corpus_finish(&corpus);
    return cr_make_param_array(size_t, indices, count, NULL);
}

/* One file against one design. */
ParameterizedTest(size_t *index, loopback, corpus, .timeout = 120)
{
    struct wire_corpus corpus;
    struct wire_script script;
    struct designs designs;
    struct stator_text error = {0};
    signal(SIGPIPE, SIG_IGN);
    find_designs(&designs);
    struct stage stage = {.design = &designs.at[*index % designs.count], .seed = wire_seed()};
    cr_assert(wire_corpus_init(&corpus));
    cr_assert(wire_corpus_open(&corpus, *index / designs.count, &script, &error), "%.*s",
              (int)error.length, error.at);
    cr_assert(wire_fixture_init(&stage.fixture, &error), "%.*s", (int)error.length, error.at);
    cr_assert(wire_fixture_settle(&stage.fixture), "the fixture's files stay young");
    play_script(&stage, &script);
    for (size_t i = 0; i < stage.count; i++) {
        stop(&stage.servers[i], stage.design->arch);
    }
    cr_log_info("%s against %s: %zu plays, %zu conversations skipped", script.path,
                stage.design->arch, stage.played, stage.skipped);
    wire_fixture_finish(&stage.fixture);
    wire_script_finish(&script);
    wire_corpus_finish(&corpus);
    if (stage.played == 0) {
        cr_skip_test("all of it needs a clock or a disk that obey");
    }
}
