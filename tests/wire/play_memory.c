/*
 * Plays the corpus through stator_conn_step without a socket: whole, byte by byte and in random
 * pieces, taken whole and in pieces. However the bytes were cut, the same must come back.
 *
 * Knows the contract of conn.h and plays a hard driver: when the output is not taken at once, the
 * worker's scratch is overwritten and the input's bytes are moved, as other connections would do.
 * The one surprising thing: time is a number here, so what a server does after a minute takes none.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <unistd.h>

#include "conn/conn.h"
#include "content/root.h"
#include "unit/conn/steps.h"
#include "wire/answer.h"
#include "wire/corpus.h"
#include "wire/play.h"
#include "wire/template.h"

#define NOBODY      65534
#define LATER       (10 * STATOR_NANOSECONDS)
#define EXPIRES_MAX 10000

struct memory {
    struct wire_client client;
    const struct wire_way *way;
    uint64_t seed;
    struct stator_worker *worker;
    struct stator_conn conn;
    struct evbuffer *in;
    struct stator_output out;
    enum stator_want want;
    size_t seen; /* bytes of the inbox that were told of */
    bool fresh;  /* the connection has not seen what is in `in`, or the end of it */
    bool reading;
    bool stalled;
    bool lingered;
    bool shut;
    bool ended;
    bool cut;
};

/* What the worker's other connections do to this one while it waits. */
static void disturb(struct memory *memory)
{
    struct stator_text *head = &memory->worker->head;
    memset(&memory->worker->request, 0xee, sizeof(memory->worker->request));
    memset(memory->worker->prefixes, 0xee, sizeof(memory->worker->prefixes));
    memory->worker->prefix_second = -1;
    if (head->capacity > 0) {
        memset(head->at, 0xee, head->capacity);
    }
    struct evbuffer *moved = evbuffer_new();
    size_t length = evbuffer_get_length(memory->in);
    if (length > 0) {
        evbuffer_add(moved, evbuffer_pullup(memory->in, -1), length);
    }
    evbuffer_free(memory->in);
    memory->in = moved;
}

static void stall(struct memory *memory)
{
    cr_assert_eq(steps_stall(&memory->conn, memory->in, &memory->out), 0);
    disturb(memory);
    memory->stalled = true;
}

/* Takes what is in the output. False where the file it comes from has changed. */
static bool take(struct memory *memory)
{
    char buffer[65536];
    struct stator_text *inbox = &memory->client.inbox;
    while (!stator_output_is_empty(&memory->out)) {
        size_t max = wire_cut_next(memory->way->take, sizeof(buffer), &memory->seed);
        int64_t got = stator_output_pull(&memory->out, buffer, max);
        if (got <= 0) {
            return false;
        }
        stator_text_add(inbox, (struct stator_span){buffer, (size_t)got});
        if (!stator_output_is_empty(&memory->out) && !memory->stalled) {
            stall(memory);
        }
    }
    memory->stalled = false;
    return true;
}

static void step(struct memory *memory)
{
    memory->fresh = false;
    memory->want = steps_step(&memory->conn, memory->in, &memory->out);
}

/* The connection's last was taken: what came of it is chance here. */
static void end_sending(struct memory *memory)
{
    memory->shut = true;
    memory->lingered = memory->conn.linger;
    memory->want = stator_conn_shut(&memory->conn, (memory->seed >> 9 & 1) == 0);
}

/* Does what the connection wants until it wants bytes that are not there. */
static void advance(struct memory *memory)
{
    while (!memory->ended) {
        bool closes = memory->want == STATOR_WANT_CLOSE;
        bool ends = memory->want == STATOR_WANT_LINGER && !memory->shut;
        if (closes && memory->conn.reset) {
            memory->ended = memory->cut = true;
        } else if (!memory->reading && !stator_output_is_empty(&memory->out)) {
            if (!memory->stalled) {
                stall(memory);
            }
            return;
        } else if (!take(memory)) {
            memory->ended = memory->cut = true;
        } else if (closes) {
            memory->ended = true;
        } else if (ends) {
            end_sending(memory);
        } else if (memory->want == STATOR_WANT_WRITE || memory->fresh) {
            step(memory);
        } else {
            return;
        }
    }
}

static void memory_send(struct wire_client *client, struct stator_span bytes)
{
    struct memory *memory = (struct memory *)client;
    while (bytes.length > 0) {
        size_t length = wire_cut_next(memory->way->send, bytes.length, &memory->seed);
        if (memory->want == STATOR_WANT_READ) {
            disturb(memory);
        }
        evbuffer_add(memory->in, bytes.at, length);
        bytes = stator_span_skip(bytes, length);
        memory->fresh = true;
        advance(memory);
    }
}

static void memory_half_close(struct wire_client *client)
{
    struct memory *memory = (struct memory *)client;
    stator_conn_eof(&memory->conn);
    memory->fresh = true;
    advance(memory);
}

static enum wire_receive memory_receive(struct wire_client *client, bool brief)
{
    struct memory *memory = (struct memory *)client;
    (void)brief;
    if (client->inbox.length > memory->seen) {
        memory->seen = client->inbox.length;
        return WIRE_RECEIVE_CAME;
    }
    if (memory->ended) {
        return memory->cut ? WIRE_RECEIVE_BROKEN : WIRE_RECEIVE_ENDED;
    }
    return memory->want == STATOR_WANT_LINGER ? WIRE_RECEIVE_ENDED : WIRE_RECEIVE_QUIET;
}

static void set_time(struct memory *memory, int64_t monotonic)
{
    struct stator_clock *clock = &memory->worker->clock;
    if (monotonic > clock->monotonic) {
        clock->wall += (monotonic - clock->monotonic) * (STATOR_NANOSECONDS / 1000);
        clock->monotonic = monotonic;
    }
}

static void memory_pass(struct wire_client *client, int64_t milliseconds)
{
    struct memory *memory = (struct memory *)client;
    int64_t target = memory->worker->clock.monotonic + milliseconds;
    for (int i = 0; i < EXPIRES_MAX && !memory->ended; i++) {
        int64_t due = memory->conn.deadline;
        if (due == 0 || due > target) {
            set_time(memory, target);
            return;
        }
        set_time(memory, due);
        memory->want = stator_conn_expire(&memory->conn, memory->want, &memory->out);
        advance(memory);
    }
    cr_assert(memory->ended, "a deadline that comes again and again");
}

static void memory_set_reading(struct wire_client *client, bool on)
{
    struct memory *memory = (struct memory *)client;
    memory->reading = on;
    advance(memory);
}

/* --- one play ------------------------------------------------------------------------------- */

static struct stator_worker *make_worker(const struct wire_site *site,
                                         const struct wire_fixture *fixture, struct stator_log *log,
                                         bool young)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    struct stator_worker *worker = NULL;
    struct stator_site *snapshot = stator_site_create(
        dup(fixture->root), site->only, site->index != NULL ? site->index : "index.html");
    cr_assert_not_null(snapshot);
    snapshot->listing = site->listing;
    snapshot->server_field = site->server;
    snapshot->magic = site->magic;
    limits.body_max = WIRE_BODY_LIMIT;
    cr_assert_eq(stator_worker_create(snapshot, &limits, &cache_limits, log, &worker), 0);
    stator_site_unref(snapshot);
    worker->clock.wall = wire_fixture_youngest(fixture) + (young ? 0 : LATER);
    return worker;
}

/*
 * RFC 9112 9.6: after an early error the server listens on, or the client may lose the answer; and
 * a connection that only lingers ends when the client does.
 */
static bool lingers_well(struct memory *memory, struct stator_text *failure)
{
    static const int early[] = {400, 408, 413, 414, 431, 505};
    for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++) {
        if (memory->client.status == early[i] && !memory->lingered && !memory->conn.eof) {
            stator_text_add_string(failure, "  the connection does not linger after the error\n");
            return false;
        }
    }
    if (!memory->ended && memory->want == STATOR_WANT_LINGER) {
        memory_half_close(&memory->client);
        if (!memory->ended) {
            stator_text_add_string(failure, "  the connection lingers when the client has ended\n");
            return false;
        }
    }
    return true;
}

/* All bytes that came; a boundary, which is random, is replaced by as many dashes. */
static void normalize(struct stator_text *inbox)
{
    static const struct stator_span mark = STATOR_SPAN_INIT("boundary=");
    for (size_t i = 0; i + mark.length < inbox->length; i++) {
        if (memcmp(inbox->at + i, mark.at, mark.length) != 0) {
            continue;
        }
        struct stator_span rest = stator_span_skip(stator_text_span(inbox), i + mark.length);
        struct stator_span boundary = stator_span_first(rest, stator_span_find(rest, '\r'));
        char copy[128];
        if (boundary.length == 0 || boundary.length > sizeof(copy)) {
            continue;
        }
        memcpy(copy, boundary.at, boundary.length);
        for (size_t j = i; j + boundary.length <= inbox->length; j++) {
            if (memcmp(inbox->at + j, copy, boundary.length) == 0) {
                memset(inbox->at + j, '-', boundary.length);
            }
        }
    }
}

struct playback {
    struct wire_fixture fixture;
    struct stator_log *log;
    uint64_t seed;
};

/* Plays one conversation in one way; what came is left in `came`. */
static bool play_on(struct playback *playback, struct wire_fixture *fixture,
                    const struct wire_conversation *conversation, const struct wire_way *way,
                    struct wire_client *came, struct stator_text *failure)
{
    const struct wire_site *site = wire_site_find(conversation->site);
    struct memory memory = {
        .client = {.send = memory_send,
                   .half_close = memory_half_close,
                   .receive = memory_receive,
                   .pass = memory_pass,
                   .set_reading = memory_set_reading},
        .way = way,
        .seed = playback->seed,
        .worker = make_worker(site, fixture, playback->log, conversation->young),
        .in = evbuffer_new(),
        .reading = true,
    };
    stator_output_init(&memory.out);
    stator_conn_init(&memory.conn, memory.worker, "192.0.2.1");
    step(&memory);
    advance(&memory);
    bool good = wire_play(conversation, site, fixture, way->as_head, &memory.client, failure);
    good = good && lingers_well(&memory, failure);
    stator_conn_finish(&memory.conn, &memory.out);
    stator_output_finish(&memory.out);
    evbuffer_free(memory.in);
    stator_worker_destroy(memory.worker);
    normalize(&memory.client.inbox);
    *came = memory.client;
    return good;
}

/* What changes files gets a fixture of its own; what a user may not read is tried as nobody. */
static bool play(struct playback *playback, const struct wire_conversation *conversation,
                 const struct wire_way *way, struct wire_client *came, struct stator_text *failure)
{
    struct wire_fixture own;
    bool drop = conversation->unprivileged && geteuid() == 0;
    cr_assert(!conversation->changes || wire_fixture_init(&own, failure), "%.*s",
              (int)failure->length, failure->at);
    cr_assert(!drop || seteuid(NOBODY) == 0);
    bool good = play_on(playback, conversation->changes ? &own : &playback->fixture, conversation,
                        way, came, failure);
    cr_assert(!drop || seteuid(0) == 0);
    if (conversation->changes) {
        wire_fixture_finish(&own);
    }
    return good;
}

/* --- the tests ------------------------------------------------------------------------------ */

static const struct wire_way ways[] = {
    {"whole", WIRE_CUT_NONE, WIRE_CUT_NONE, false},
    {"byte by byte", WIRE_CUT_BYTES, WIRE_CUT_NONE, false},
    {"taken byte by byte", WIRE_CUT_NONE, WIRE_CUT_BYTES, false},
    {"at random", WIRE_CUT_RANDOM, WIRE_CUT_RANDOM, false},
    {"at random again", WIRE_CUT_RANDOM, WIRE_CUT_RANDOM, false},
    {"at random once more", WIRE_CUT_RANDOM, WIRE_CUT_NONE, false},
    {"as HEAD", WIRE_CUT_NONE, WIRE_CUT_NONE, true},
    {"as HEAD at random", WIRE_CUT_RANDOM, WIRE_CUT_RANDOM, true},
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void report(const struct wire_conversation *conversation, const struct wire_way *way,
                   uint64_t seed, struct stator_text *failure)
{
    cr_expect(false, "%s:%u: %.*s\n  played %s (WIRE_SEED=%llu)\n%.*s", conversation->path,
              conversation->line, (int)conversation->comment.length, conversation->comment.at,
              way->name, (unsigned long long)seed, (int)failure->length, failure->at);
}

static bool same_bytes(const struct stator_text *whole, const struct stator_text *came,
                       const char *what, struct stator_text *failure)
{
    if (stator_span_equal(stator_text_span(whole), stator_text_span(came))) {
        return true;
    }
    stator_text_add_format(failure, "  %s\n    whole: ", what);
    wire_show(failure, stator_text_span(whole), 1000);
    stator_text_add_string(failure, "\n    came:  ");
    wire_show(failure, stator_text_span(came), 1000);
    stator_text_add_char(failure, '\n');
    return false;
}

/*
 * Compares with the same conversation played whole, as GET: the same bytes must have come, or the
 * same heads where it was HEAD.
 */
static bool compare(struct playback *playback, const struct wire_conversation *conversation,
                    bool as_head, const struct wire_client *came, struct stator_text *failure)
{
    struct wire_client whole;
    bool good = play(playback, conversation, &ways[0], &whole, failure);
    if (good && !conversation->changes) {
        good = as_head ? same_bytes(&whole.heads, &came->heads, "other heads than GET has", failure)
                       : same_bytes(&whole.inbox, &came->inbox, "other bytes than whole", failure);
    }
    wire_client_finish(&whole);
    return good;
}

static void play_and_compare(struct playback *playback,
                             const struct wire_conversation *conversation,
                             const struct wire_way *way)
{
    struct wire_client came;
    struct stator_text failure = {0};
    bool good = play(playback, conversation, way, &came, &failure) &&
                (way == &ways[0] || compare(playback, conversation, way->as_head, &came, &failure));
    if (!good) {
        report(conversation, way, playback->seed, &failure);
    }
    wire_client_finish(&came);
    stator_text_finish(&failure);
}

ParameterizedTestParameters(memory, corpus)
{
    struct wire_corpus corpus;
    wire_corpus_init(&corpus);
    size_t count = corpus.count * WAYS;
    size_t *indices = cr_malloc((count + 1) * sizeof(*indices));
    for (size_t i = 0; i < count; i++) {
        indices[i] = i;
    }
    wire_corpus_finish(&corpus);
    return cr_make_param_array(size_t, indices, count, NULL);
}

/* One file in one way. */
ParameterizedTest(size_t *index, memory, corpus, .timeout = 120)
{
    const struct wire_way *way = &ways[*index % WAYS];
    struct wire_corpus corpus;
    struct wire_script script;
    struct stator_text error = {0};
    struct playback playback = {.seed = wire_seed() + *index % WAYS};
    cr_assert(wire_corpus_init(&corpus));
    cr_assert(wire_corpus_open(&corpus, *index / WAYS, &script, &error), "%.*s", (int)error.length,
              error.at);
    cr_assert(wire_fixture_init(&playback.fixture, &error), "%.*s", (int)error.length, error.at);
    cr_assert_eq(stator_log_open("/dev/null", &playback.log), 0);
    for (size_t i = 0; i < script.conversation_count; i++) {
        if (!way->as_head || script.conversations[i].as_head) {
            play_and_compare(&playback, &script.conversations[i], way);
        }
    }
    stator_log_destroy(playback.log);
    wire_fixture_finish(&playback.fixture);
    wire_script_finish(&script);
    wire_corpus_finish(&corpus);
}
