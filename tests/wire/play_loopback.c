/*
 * Plays the corpus over sockets against every server design: a design is right when a client cannot
 * tell it from another.
 *
 * Knows how to be a client; refuses to know what a server is made of. The one surprising thing:
 * silence cannot be proved over a socket, so it is only looked at for a moment; played in memory it
 * is certain.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/corpus.h"
#include "wire/play.h"
#include "wire/server.h"
#include "wire/targets.h"

#define WATCHDOG_MS 10000
#define GLANCE_MS   20
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

/* --- one file against one design ------------------------------------------------------------ */

struct playback {
    const struct wire_target *target;
    struct wire_fixture fixture;
    size_t count;
    struct wire_server servers[SITES_MAX];
    uint64_t seed;
    size_t played;
    size_t skipped; /* conversations that need a clock or a disk that obey */
};

static const struct wire_server *server_for(struct playback *playback, const struct wire_site *site)
{
    for (size_t i = 0; i < playback->count; i++) {
        if (playback->servers[i].site == site) {
            return &playback->servers[i];
        }
    }
    cr_assert_lt(playback->count, SITES_MAX);
    struct wire_server *server = &playback->servers[playback->count++];
    wire_server_start(server, site, &playback->fixture, playback->target);
    return server;
}

/* One try; `failure` says why where it is not good. */
static bool play_once(struct playback *playback, const struct wire_server *server,
                      const struct wire_conversation *conversation, const struct wire_way *way,
                      struct stator_text *failure)
{
    struct socket_client client = {
        .client = {.send = socket_send, .half_close = socket_half_close, .receive = socket_receive},
        .way = way,
        .seed = playback->seed,
        .fd = wire_server_connect(server),
    };
    bool good = wire_play(conversation, server->site, &playback->fixture, way->as_head,
                          &client.client, failure);

    close(client.fd);
    wire_client_finish(&client.client);
    return good;
}

static void play(struct playback *playback, const struct wire_conversation *conversation,
                 const struct wire_way *way)
{
    const struct wire_server *server = server_for(playback, wire_site_find(conversation->site));
    struct stator_text failure = {0};
    bool good = play_once(playback, server, conversation, way, &failure);

    /* A unix socket that is closed on bytes that came after the end that was asked for tells of a
     * reset where TCP tells of an end: what a cut brought about by chance does not come thrice. */
    for (int i = 0; i < 2 && !good && playback->target->over_unix; i++) {
        stator_text_clear(&failure);
        good = play_once(playback, server, conversation, way, &failure);
    }
    cr_expect(good, "%s:%u: %.*s\n  against %s%s, played %s (WIRE_SEED=%llu)\n%.*s",
              conversation->path, conversation->line, (int)conversation->comment.length,
              conversation->comment.at, playback->target->arch,
              playback->target->over_unix ? " over a unix socket" : "", way->name,
              (unsigned long long)playback->seed, (int)failure.length, failure.at);
    stator_text_finish(&failure);
    playback->played++;
}

static void play_script(struct playback *playback, const struct wire_script *script)
{
    static const struct wire_way ways[] = {
        {"whole", WIRE_CUT_NONE, WIRE_CUT_NONE, false},
        {"at random", WIRE_CUT_RANDOM, WIRE_CUT_NONE, false},
        {"as HEAD", WIRE_CUT_NONE, WIRE_CUT_NONE, true},
    };
    for (size_t i = 0; i < script->conversation_count; i++) {
        const struct wire_conversation *conversation = &script->conversations[i];
        playback->skipped += conversation->memory_only;
        for (size_t j = 0; j < sizeof(ways) / sizeof(ways[0]); j++) {
            if (!conversation->memory_only && (!ways[j].as_head || conversation->as_head)) {
                play(playback, conversation, &ways[j]);
            }
        }
    }
}

ParameterizedTestParameters(loopback, corpus)
{
    struct wire_corpus corpus;
    struct wire_targets targets;
    wire_corpus_init(&corpus);
    wire_targets_find(&targets);
    size_t count = corpus.count * targets.count;
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
    struct wire_targets targets;
    struct stator_text error = {0};
    signal(SIGPIPE, SIG_IGN);
    wire_targets_find(&targets);
    struct playback playback = {.target = &targets.at[*index % targets.count], .seed = wire_seed()};
    cr_assert(wire_corpus_init(&corpus));
    cr_assert(wire_corpus_open(&corpus, *index / targets.count, &script, &error), "%.*s",
              (int)error.length, error.at);
    cr_assert(wire_fixture_init(&playback.fixture, &error), "%.*s", (int)error.length, error.at);
    cr_assert(wire_fixture_settle(&playback.fixture), "the fixture's files stay young");
    play_script(&playback, &script);
    for (size_t i = 0; i < playback.count; i++) {
        wire_server_stop(&playback.servers[i]);
    }
    cr_log_info("%s against %s: %zu plays, %zu conversations skipped", script.path,
                playback.target->arch, playback.played, playback.skipped);
    wire_fixture_finish(&playback.fixture);
    wire_script_finish(&script);
    wire_corpus_finish(&corpus);
    if (playback.played == 0) {
        cr_skip_test("all of it needs a clock or a disk that obey");
    }
}
