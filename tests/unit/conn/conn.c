/* One client, in memory: what is answered, when it ends, and what the log says of it. */
#include "conn/conn.h"

#include "steps.h"
#include "unit/exchange/fixture.h"

#define LARGE 300000

/* A connection, and everything that it said. */
struct talk {
    struct fixture fixture;
    struct stator_conn conn;
    struct stator_output out;
    struct evbuffer *in;
    struct stator_text said;
    enum stator_want want;
    bool shut;      /* the sending side */
    bool unsettled; /* not all has arrived by then */
};

static void talk_begin(struct talk *talk)
{
    stator_output_init(&talk->out);
    talk->said = (struct stator_text){0};
    talk->in = evbuffer_new();
    stator_conn_init(&talk->conn, talk->fixture.worker, "192.0.2.1");
    talk->want = STATOR_WANT_READ;
    talk->shut = talk->unsettled = false;
}

static void talk_open(struct talk *talk)
{
    fixture_open(&talk->fixture);
    fixture_write(&talk->fixture, "site/digits.txt", "0123456789", 10);
    fixture_pattern(&talk->fixture, "site/large.txt", LARGE);
    fixture_directory(&talk->fixture, "site/dir");
    talk_begin(talk);
}

static void talk_end(struct talk *talk)
{
    stator_conn_finish(&talk->conn, &talk->out);
    evbuffer_free(talk->in);
    stator_output_finish(&talk->out);
    stator_text_finish(&talk->said);
}

static void talk_close(struct talk *talk)
{
    talk_end(talk);
    fixture_close(&talk->fixture);
}

/* Takes at most `most` bytes of what is to be sent. */
static void take(struct talk *talk, size_t max)
{
    while (max > 0) {
        size_t size = max < 4000 ? max : 4000;
        char *room = stator_text_reserve(&talk->said, size);
        int64_t count = stator_output_pull(&talk->out, room, size);

        cr_assert_geq(count, 0);
        talk->said.length += (size_t)count;
        max -= (size_t)count;
        if (count == 0) {
            return;
        }
    }
}

/* Steps, and takes all, until the client has to do something. */
static enum stator_want go(struct talk *talk)
{
    do {
        talk->want = steps_step(&talk->conn, talk->in, &talk->out);
        take(talk, SIZE_MAX);
        if (talk->want == STATOR_WANT_LINGER && !talk->shut) {
            talk->shut = true;
            talk->want = stator_conn_shut(&talk->conn, !talk->unsettled);
        }
    } while (talk->want == STATOR_WANT_WRITE);
    return talk->want;
}

static void feed(struct talk *talk, const char *bytes)
{
    evbuffer_add(talk->in, bytes, strlen(bytes));
}

static enum stator_want say(struct talk *talk, const char *bytes)
{
    feed(talk, bytes);
    return go(talk);
}

/* How often `piece` stands in what was said. */
static int count(const struct talk *talk, const char *piece)
{
    struct stator_span rest = stator_text_span(&talk->said);
    int found = 0;

    while (rest.length > 0) {
        const char *at = memmem(rest.at, rest.length, piece, strlen(piece));

        if (at == NULL) {
            break;
        }
        rest = stator_span_skip(rest, (size_t)(at - rest.at) + 1);
        found++;
    }
    return found;
}

static void wait_ms(struct talk *talk, int64_t ms)
{
    talk->fixture.worker->clock.monotonic += ms;
    talk->fixture.worker->clock.wall += ms * 1000000;
}

/* Lets time pass to the deadline, and lets it pass. */
static enum stator_want expire(struct talk *talk)
{
    cr_assert_neq(talk->conn.deadline, 0, "there is no deadline");
    if (talk->conn.deadline > talk->fixture.worker->clock.monotonic) {
        wait_ms(talk, talk->conn.deadline - talk->fixture.worker->clock.monotonic);
    }
    talk->want = stator_conn_expire(&talk->conn, talk->want, &talk->out);
    return talk->want;
}

static int64_t until_deadline(const struct talk *talk)
{
    return talk->conn.deadline - talk->fixture.worker->clock.monotonic;
}

/* The whole log so far. */
static const char *read_log(const struct talk *talk)
{
    static char log[65536];
    char path[256];
    ssize_t length;
    int fd;

    stator_log_batch_flush(&talk->fixture.worker->log, talk->fixture.worker->clock.monotonic, true);
    fixture_path(&talk->fixture, "log", path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    length = read(fd, log, sizeof(log) - 1);
    close(fd);
    cr_assert_geq(length, 0);
    log[length] = '\0';
    return log;
}

/* --- what is answered ------------------------------------------------------------------------ */

static const char conversation[] = "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                                   "\r\nHEAD /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                                   "GET /no HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
                                   "GET /digits.txt HTTP/1.1\r\nHost: h\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n"
                                   "3;x=y\r\nabc\r\n00a\r\n0123456789\r\n0\r\nT: v\r\n\r\n"
                                   "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nGET"
                                   "GET /large.txt HTTP/1.1\r\nHost: h\r\n"
                                   "Range: bytes=0-1,10-11,-3\r\n\r\n"
                                   "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"
                                   "GET /dir HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                                   "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n";

/* Makes boundaries, which are drawn at random, all the same. */
static void blank_boundary(struct stator_text *said)
{
    char *at = memmem(said->at, said->length, "boundary=", 9);

    if (at != NULL) {
        char boundary[33];

        snprintf(boundary, sizeof(boundary), "%s", at + 9);
        while ((at = memmem(said->at, said->length, boundary, 32)) != NULL) {
            memset(at, '-', 32);
        }
    }
}

Test(conn, any_split_gives_the_same_answers)
{
    struct talk talk;
    struct stator_text whole = {0};

    talk_open(&talk);
    cr_expect_eq(say(&talk, conversation), STATOR_WANT_LINGER);
    cr_expect_eq(count(&talk, "HTTP/1.1 "), 8, "nothing is answered after close");
    cr_expect_eq(count(&talk, "Connection: close"), 1);
    blank_boundary(&talk.said);
    stator_text_add(&whole, stator_text_span(&talk.said));
    talk_end(&talk);

    for (uint64_t seed = 0; seed < 60; seed++) {
        uint64_t state = seed;
        size_t at = 0;

        talk_begin(&talk);
        while (at < sizeof(conversation) - 1) {
            size_t step = seed == 0 ? 1 : 1 + generator_next(&state) % 60;

            step = step < sizeof(conversation) - 1 - at ? step : sizeof(conversation) - 1 - at;
            evbuffer_add(talk.in, conversation + at, step);
            at += step;
            go(&talk);
        }
        blank_boundary(&talk.said);
        cr_expect(stator_span_equal(stator_text_span(&talk.said), stator_text_span(&whole)),
                  "seed %zu: %.*s", (size_t)seed, (int)talk.said.length, talk.said.at);
        talk_end(&talk);
    }
    stator_text_finish(&whole);
    fixture_close(&talk.fixture);
}

Test(conn, persists_as_the_client_wants)
{
    static const struct {
        const char *label;
        const char *head;
        enum stator_want want;
        const char *connection; /* "" for none */
    } rows[] = {
        {"1.1", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n", STATOR_WANT_READ, ""},
        {"1.1 close", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
         STATOR_WANT_CLOSE, "close"},
        {"1.1 close in a list",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", STATOR_WANT_CLOSE,
         "close"},
        {"1.0", "GET /digits.txt HTTP/1.0\r\n\r\n", STATOR_WANT_CLOSE, "close"},
        {"1.0 keep-alive", "GET /digits.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
         STATOR_WANT_READ, "keep-alive"},
        {"1.0 keep-alive with a body",
         "GET /digits.txt HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
         STATOR_WANT_READ, "keep-alive"},
        {"1.1 close with a body",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
         STATOR_WANT_CLOSE, "close"},
        {"an error does not end it", "GET /no HTTP/1.1\r\nHost: h\r\n\r\n", STATOR_WANT_READ, ""},
        {"nor does a method that is not allowed", "PUT /a HTTP/1.1\r\nHost: h\r\n\r\n",
         STATOR_WANT_READ, ""},
        {"what is not understood does", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", STATOR_WANT_LINGER,
         "close"},
        {"too long a body does",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n",
         STATOR_WANT_LINGER, "close"},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[64];

        talk_begin(&talk);
        cr_expect_eq(say(&talk, rows[i].head), rows[i].want, "%s: %d", rows[i].label, talk.want);
        snprintf(line, sizeof(line), "Connection: %s\r\n", rows[i].connection);
        cr_expect_eq(count(&talk, "Connection: "), rows[i].connection[0] != '\0', "%s",
                     rows[i].label);
        cr_expect_eq(count(&talk, line), rows[i].connection[0] != '\0', "%s", rows[i].label);
        cr_expect_not(talk.conn.reset, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, expect_continue)
{
    static const struct {
        const char *label;
        const char *head; /* and what came with it */
        const char *body; /* what is sent when we wait for it */
        int interims;
        const char *status;
        enum stator_want first, last;
    } rows[] = {
        {"10.1.1 go on",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Content-Length: 4\r\n\r\n",
         "body", 1, " 200 OK", STATOR_WANT_READ, STATOR_WANT_READ},
        {"10.1.1 chunked",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Transfer-Encoding: chunked\r\n\r\n",
         "1\r\nx\r\n0\r\n\r\n", 1, " 200 OK", STATOR_WANT_READ, STATOR_WANT_READ},
        {"10.1.1 the body is already coming",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Content-Length: 4\r\n\r\nb",
         "ody", 0, " 200 OK", STATOR_WANT_READ, STATOR_WANT_READ},
        {"10.1.1 no body", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
         "", 0, " 200 OK", STATOR_WANT_READ, STATOR_WANT_READ},
        {"10.1.1 not in 1.0",
         "GET /digits.txt HTTP/1.0\r\nExpect: 100-continue\r\n"
         "Content-Length: 4\r\n\r\n",
         "body", 0, " 200 OK", STATOR_WANT_READ, STATOR_WANT_CLOSE},
        {"an error is said at once",
         "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Content-Length: 4\r\n\r\n",
         "", 0, " 405 ", STATOR_WANT_LINGER, STATOR_WANT_LINGER},
        {"so is too long a body",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Content-Length: 9999999\r\n\r\n",
         "", 0, " 413 ", STATOR_WANT_LINGER, STATOR_WANT_LINGER},
        {"another expectation",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n"
         "Content-Length: 4\r\n\r\n",
         "body", 0, " 417 ", STATOR_WANT_READ, STATOR_WANT_READ},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        cr_expect_eq(say(&talk, rows[i].head), rows[i].first, "%s: %d", rows[i].label, talk.want);
        cr_expect_eq(count(&talk, "HTTP/1.1 100 Continue\r\n\r\n"), rows[i].interims, "%s",
                     rows[i].label);
        cr_expect_eq(say(&talk, rows[i].body), rows[i].last, "%s: %d", rows[i].label, talk.want);
        cr_expect_eq(count(&talk, "HTTP/1.1 "), rows[i].interims + 1, "%s", rows[i].label);
        cr_expect_eq(count(&talk, rows[i].status), 1, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, bodies_are_bounded_and_nothing_after_a_bad_one_is_answered)
{
    static const char chunked[] =
        "GET /digits.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    static const struct {
        const char *label;
        const char *before;
        int filling; /* bytes of data between the two */
        const char *after;
        const char *status;
        enum stator_want want;
    } rows[] = {
        {"empty", "", 0, "0\r\n\r\n", " 200 ", STATOR_WANT_READ},
        {"to the bound", "64\r\n", 100, "\r\n0\r\n\r\n", " 200 ", STATOR_WANT_READ},
        {"to the bound in two", "1\r\nx\r\n63\r\n", 99, "\r\n0\r\n\r\n", " 200 ", STATOR_WANT_READ},
        {"a byte more", "65\r\n", 101, "\r\n0\r\n\r\n", " 413 ", STATOR_WANT_LINGER},
        {"a byte more in two", "64\r\n", 100, "\r\n1\r\nx\r\n0\r\n\r\n", " 413 ",
         STATOR_WANT_LINGER},
        {"no size", "x\r\n", 0, "", " 400 ", STATOR_WANT_LINGER},
        {"a bare LF", "1\nx\r\n", 0, "0\r\n\r\n", " 400 ", STATOR_WANT_LINGER},
        {"a size that is a lie", "1\r\nxyz\r\n", 0, "0\r\n\r\n", " 400 ", STATOR_WANT_LINGER},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    talk.fixture.worker->limits.body_max = 100;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char body[512];

        talk_begin(&talk);
        feed(&talk, chunked);
        snprintf(body, sizeof(body), "%s%*s%s", rows[i].before, rows[i].filling, "", rows[i].after);
        feed(&talk, body);
        cr_expect_eq(say(&talk, rows[i].want == STATOR_WANT_READ
                                    ? ""
                                    : "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"),
                     rows[i].want, "%s: %d", rows[i].label, talk.want);
        cr_expect_eq(count(&talk, "HTTP/1.1 "), 1, "%s", rows[i].label);
        cr_expect_eq(count(&talk, rows[i].status), 1, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, an_endless_body_does_not_fill_the_memory)
{
    struct talk talk;

    talk_open(&talk);
    talk.fixture.worker->limits.body_max = 1 << 20;
    say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n");
    for (int i = 0; i < 1024; i++) {
        char *bytes = calloc(1, 1024);

        cr_expect_eq(count(&talk, "HTTP/1.1 "), 0);
        evbuffer_add(talk.in, bytes, 1024);
        free(bytes);
        cr_assert_eq(go(&talk), STATOR_WANT_READ);
        cr_assert_eq(evbuffer_get_length(talk.in), 0);
    }
    cr_expect_eq(count(&talk, " 200 OK"), 1);
    talk_close(&talk);
}

/* --- how it ends ------------------------------------------------------------------------------ */

Test(conn, eof_in_every_state)
{
    static const struct {
        const char *label;
        const char *bytes;
        int answers;
    } rows[] = {
        {"fresh", "", 0},
        {"idle", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n", 1},
        {"within a head", "GET /digits.txt HT", 0},
        {"within the second head", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\nGET", 1},
        {"within a body", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc", 0},
        {"within a chunk",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", 0},
        {"what was asked already is answered",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\nHEAD /large.txt HTTP/1.1\r\nHost: h\r\n\r\n",
         2},
        {"while lingering", "x\r\n\r\n", 1},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        bool before = i % 2 == 0; /* or after what came before it was worked on */
        const char *label = rows[i / 2].label;

        talk_begin(&talk);
        feed(&talk, rows[i / 2].bytes);
        if (!before) {
            go(&talk);
        }
        stator_conn_eof(&talk.conn);
        cr_expect_eq(go(&talk), STATOR_WANT_CLOSE, "%s", label);
        cr_expect_eq(count(&talk, "HTTP/1.1 "), rows[i / 2].answers, "%s", label);
        cr_expect_not(talk.conn.reset, "%s", label);
        cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_CLOSE, "%s", label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, lingers_within_a_bound)
{
    struct talk talk;
    enum { PIECE = 256 * 1024 };
    char *bytes = calloc(1, PIECE + 1);

    talk_open(&talk);
    cr_expect_eq(say(&talk, "x\r\n\r\n"), STATOR_WANT_LINGER);
    cr_expect_leq(until_deadline(&talk), STATOR_LINGER_MS);
    for (size_t left = STATOR_LINGER_BYTES_MAX; left > PIECE; left -= PIECE) {
        evbuffer_add(talk.in, bytes, PIECE);
        cr_assert_eq(go(&talk), STATOR_WANT_LINGER);
        cr_assert_eq(evbuffer_get_length(talk.in), 0);
    }
    evbuffer_add(talk.in, bytes, PIECE + 1);
    cr_expect_eq(go(&talk), STATOR_WANT_CLOSE);
    cr_expect_eq(count(&talk, "HTTP/1.1 "), 1);
    free(bytes);
    talk_close(&talk);
}

/* RFC 9112 9.6: what of it the client has not got yet would be lost if it sent a byte more. */
Test(conn, lingers_until_all_has_arrived)
{
    static const struct {
        const char *bytes;
        bool unsettled;
        enum stator_want want;
    } rows[] = {
        {"GET /large.txt HTTP/1.0\r\n\r\n", true, STATOR_WANT_LINGER},
        {"GET /large.txt HTTP/1.0\r\n\r\n", false, STATOR_WANT_CLOSE},
        {"GET /digits.txt HTTP/1.0\r\n\r\n", false, STATOR_WANT_CLOSE},
        {"GET /digits.txt HTTP/1.0\r\n\r\n\r\n", false, STATOR_WANT_LINGER},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        talk.unsettled = rows[i].unsettled;
        cr_expect_eq(say(&talk, rows[i].bytes), rows[i].want, "%zu", i);
        cr_expect_eq(say(&talk, "x"), rows[i].want, "%zu", i);
        stator_conn_eof(&talk.conn);
        cr_expect_eq(go(&talk), STATOR_WANT_CLOSE, "%zu", i);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

/* As long as it arrives at the least rate, and no longer; where there is none, until it has. */
Test(conn, lingers_while_what_was_sent_arrives)
{
    static const struct {
        const char *label;
        uint64_t min_rate;
        uint64_t queued[3]; /* when each deadline passes; the last ends it */
        size_t count;
    } rows[] = {
        {"in the end hardly any of it arrives", 1000, {100000, 50000, 49999}, 3},
        {"but for the end all of it has arrived", 1000, {1}, 1},
        {"it may be as slow as it likes, but is looked at", 0, {100000, 100000, 0}, 3},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        talk.unsettled = true;
        talk.fixture.worker->limits.min_rate = rows[i].min_rate;
        cr_expect_eq(say(&talk, "GET /large.txt HTTP/1.0\r\n\r\n"), STATOR_WANT_LINGER);
        for (size_t k = 0; k < rows[i].count; k++) {
            bool last = k + 1 == rows[i].count;

            talk.out.queued = rows[i].queued[k];
            cr_expect_eq(expire(&talk), last ? STATOR_WANT_CLOSE : STATOR_WANT_LINGER, "%s: %zu",
                         rows[i].label, k);
        }
        cr_expect_not(talk.conn.reset, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

/* Between two requests too the last answer may not have arrived. */
Test(conn, a_drain_ends_an_idle_connection_when_its_answers_have_arrived)
{
    for (int unsettled = 0; unsettled < 2; unsettled++) {
        struct talk talk;

        talk_open(&talk);
        talk.unsettled = unsettled == 1;
        cr_expect_eq(say(&talk, "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"), STATOR_WANT_READ);
        talk.fixture.worker->draining = true;
        cr_expect(stator_conn_drain(&talk.conn, &talk.out));
        cr_expect_eq(go(&talk), unsettled == 1 ? STATOR_WANT_LINGER : STATOR_WANT_CLOSE);
        cr_expect_not(talk.conn.reset);
        talk_close(&talk);
    }
}

Test(conn, lingers_no_longer_than_its_time)
{
    struct talk talk;

    talk_open(&talk);
    say(&talk, "x\r\n\r\n");
    wait_ms(&talk, STATOR_LINGER_MS / 2);
    cr_expect_eq(say(&talk, "more"), STATOR_WANT_LINGER);
    cr_expect_leq(until_deadline(&talk), STATOR_LINGER_MS / 2, "bytes do not prolong it");
    cr_expect_eq(expire(&talk), STATOR_WANT_CLOSE);
    talk_close(&talk);
}

Test(conn, draining)
{
    static const struct {
        const char *label;
        const char *bytes;
        bool idle;
    } rows[] = {
        {"fresh", "", false},
        {"idle", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n", true},
        {"within a head", "GET /digits.txt", false},
        {"within a body", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n",
         false},
        {"lingering", "x\r\n\r\n", false},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        say(&talk, rows[i].bytes);
        cr_expect_eq(talk.conn.state == STATOR_CONN_STATE_IDLE, rows[i].idle, "%s", rows[i].label);
        cr_expect_eq(stator_conn_drain(&talk.conn, &talk.out), rows[i].idle, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, who_was_silent_gets_a_second_and_a_last_answer)
{
    struct talk talk;

    talk_open(&talk);
    go(&talk);
    talk.fixture.worker->draining = true;
    cr_expect_not(stator_conn_drain(&talk.conn, &talk.out));
    cr_expect_leq(until_deadline(&talk), 1000);
    wait_ms(&talk, 500);
    stator_conn_drain(&talk.conn, &talk.out);
    cr_expect_leq(until_deadline(&talk), 500, "asking again does not prolong it");
    cr_expect_neq(say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"), STATOR_WANT_READ);
    cr_expect_eq(count(&talk, "Connection: close"), 1);
    talk_close(&talk);
}

Test(conn, a_draining_worker_ends_connections_with_their_response)
{
    struct talk talk;

    talk_open(&talk);
    feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_assert_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_WRITE);
    talk.fixture.worker->draining = true;
    cr_expect_not(stator_conn_drain(&talk.conn, &talk.out));
    take(&talk, SIZE_MAX);
    cr_expect_eq(go(&talk), STATOR_WANT_LINGER, "it may have asked again, and must not lose this");
    cr_expect_eq(say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"), STATOR_WANT_LINGER);
    cr_expect_eq(count(&talk, " 200 OK"), 1);
    stator_conn_eof(&talk.conn);
    cr_expect_eq(go(&talk), STATOR_WANT_CLOSE);
    talk_close(&talk);
}

/* --- time ------------------------------------------------------------------------------------- */

Test(conn, deadlines_of_the_head)
{
    static const struct {
        const char *label;
        const char *bytes;
        int64_t deadline; /* ms from the last byte on */
        enum stator_want want;
        int timeouts;
    } rows[] = {
        {"who never said a thing is told nothing", "", 10000, STATOR_WANT_CLOSE, 0},
        {"15.5.9 a head that does not end", "GET / HT", 10000, STATOR_WANT_WRITE, 1},
        {"between requests", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n", 60000,
         STATOR_WANT_CLOSE, 0},
        {"the second head", "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\nG", 10000,
         STATOR_WANT_WRITE, 1},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        say(&talk, rows[i].bytes);
        cr_expect_eq(until_deadline(&talk), rows[i].deadline, "%s: %d", rows[i].label,
                     (int)until_deadline(&talk));
        cr_expect_eq(expire(&talk), rows[i].want, "%s", rows[i].label);
        take(&talk, SIZE_MAX);
        cr_expect_eq(count(&talk, "HTTP/1.1 408 "), rows[i].timeouts, "%s", rows[i].label);
        cr_expect_eq(count(&talk, "Connection: close"), rows[i].timeouts, "%s", rows[i].label);
        cr_expect_eq(go(&talk),
                     rows[i].want == STATOR_WANT_WRITE ? STATOR_WANT_LINGER : STATOR_WANT_CLOSE,
                     "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

Test(conn, the_heads_deadline_is_absolute)
{
    struct talk talk;
    int64_t deadline;

    talk_open(&talk);
    say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_ms(&talk, 59000);
    say(&talk, "G");
    deadline = talk.conn.deadline;
    cr_expect_eq(until_deadline(&talk), 10000, "it begins with the first byte");
    for (int i = 0; i < 9; i++) {
        wait_ms(&talk, 1000);
        say(&talk, "E");
        cr_expect_eq(talk.conn.deadline, deadline, "bytes do not prolong it");
    }
    talk_close(&talk);
}

Test(conn, times_can_be_turned_off)
{
    struct talk talk;
    struct stator_conn_limits *limits;

    talk_open(&talk);
    talk_end(&talk);
    limits = &talk.fixture.worker->limits;
    limits->header_timeout = limits->idle_timeout = 0;
    limits->min_rate = 0;
    talk_begin(&talk);
    cr_expect_eq(talk.conn.deadline, 0, "fresh");
    say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_eq(talk.conn.deadline, 0, "idle");
    say(&talk, "GET ");
    cr_expect_eq(talk.conn.deadline, 0, "head");
    say(&talk, "/digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
    cr_expect_eq(talk.conn.deadline, 0, "body");
    feed(&talk, "abcGET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_WRITE);
    cr_expect_eq(talk.conn.deadline, 0, "response");
    talk_close(&talk);
}

Test(conn, a_body_must_come_at_the_minimum_rate)
{
    static const struct {
        const char *label;
        size_t bytes; /* in each of two windows */
        bool fast;
    } rows[] = {
        {"nothing", 0, false},
        {"a byte too few", 2559, false},
        {"enough", 2560, true},
        {"more", 9000, true},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *bytes = calloc(1, 10000);

        talk_begin(&talk);
        say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
        for (int window = 0; window < 2; window++) {
            cr_expect_eq(until_deadline(&talk), STATOR_RATE_WINDOW_MS, "%s", rows[i].label);
            evbuffer_add(talk.in, bytes, rows[i].bytes);
            cr_expect_eq(go(&talk), STATOR_WANT_READ);
            if (!rows[i].fast) {
                break;
            }
            cr_expect_eq(expire(&talk), STATOR_WANT_READ, "%s", rows[i].label);
        }
        if (!rows[i].fast) {
            cr_expect_eq(expire(&talk), STATOR_WANT_WRITE, "%s", rows[i].label);
            take(&talk, SIZE_MAX);
            cr_expect_eq(count(&talk, " 408 "), 1, "%s", rows[i].label);
            cr_expect_eq(go(&talk), STATOR_WANT_LINGER, "%s", rows[i].label);
        }
        talk_end(&talk);
        free(bytes);
    }
    fixture_close(&talk.fixture);
}

Test(conn, a_chunked_body_must_come_at_the_minimum_rate)
{
    struct talk talk;

    talk_open(&talk);
    say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 320; i++) {
        cr_expect_eq(say(&talk, "3\r\nabc\r\n"), STATOR_WANT_READ);
    }
    cr_expect_eq(expire(&talk), STATOR_WANT_READ, "2560 bytes with the chunks' own");
    say(&talk, "3\r\nabc\r\n");
    cr_expect_eq(expire(&talk), STATOR_WANT_WRITE);
    take(&talk, SIZE_MAX);
    cr_expect_eq(count(&talk, " 408 "), 1);
    talk_close(&talk);
}

Test(conn, who_does_not_even_take_the_interim_answer_is_cut)
{
    struct talk talk;

    talk_open(&talk);
    feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                "Content-Length: 4\r\n\r\n");
    talk.want = steps_step(&talk.conn, talk.in, &talk.out);
    cr_assert_eq(talk.want, STATOR_WANT_WRITE);
    take(&talk, 5);
    cr_expect_eq(steps_stall(&talk.conn, talk.in, &talk.out), 0);
    cr_expect_eq(expire(&talk), STATOR_WANT_CLOSE);
    talk_close(&talk);
}

Test(conn, a_response_must_be_taken_at_the_minimum_rate)
{
    /* How much was handed to the system and how much of all that the peer had not acknowledged
     * when each window ended; the last one decides. */
    static const struct {
        const char *label;
        struct {
            size_t taken;
            uint64_t queued;
        } windows[4];
        size_t count;
        bool cut;
    } rows[] = {
        {"the first window only finds out where it stands", {{5000, 5000}}, 1, false},
        {"nothing was taken in the second", {{5000, 5000}, {0, 5000}}, 2, true},
        {"a byte too few", {{5000, 5000}, {0, 5000 - 2559}}, 2, true},
        {"just enough", {{5000, 5000}, {0, 5000 - 2560}}, 2, false},
        {"handed over but not acknowledged", {{5000, 5000}, {9000, 14000}}, 2, true},
        {"acknowledged, though nothing was handed over", {{9000, 9000}, {0, 3000}}, 2, false},
        {"slow later on", {{5000, 0}, {5000, 0}, {5000, 0}, {100, 0}}, 4, true},
        {"a system that counts its own overhead as queued",
         {{5000, 9000}, {20000, 9000}},
         2,
         false},
        {"steady", {{5000, 0}, {2560, 0}, {2560, 0}, {2560, 0}}, 4, false},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        talk_begin(&talk);
        feed(&talk, "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n");
        talk.want = steps_step(&talk.conn, talk.in, &talk.out);
        cr_assert_eq(talk.want, STATOR_WANT_WRITE);
        cr_expect_eq(steps_stall(&talk.conn, talk.in, &talk.out), 0);
        for (size_t k = 0; k < rows[i].count; k++) {
            bool last = k + 1 == rows[i].count;

            cr_expect_eq(until_deadline(&talk), STATOR_RATE_WINDOW_MS, "%s", rows[i].label);
            take(&talk, rows[i].windows[k].taken);
            talk.out.queued = rows[i].windows[k].queued;
            cr_expect_eq(expire(&talk), last && rows[i].cut ? STATOR_WANT_CLOSE : STATOR_WANT_WRITE,
                         "%s, window %zu", rows[i].label, k);
        }
        cr_expect_eq(talk.conn.reset, rows[i].cut, "%s", rows[i].label);
        talk_end(&talk);
    }
    fixture_close(&talk.fixture);
}

/* --- what the log says ------------------------------------------------------------------------ */

Test(conn, log_lines)
{
    static const struct {
        const char *label;
        const char *bytes;
        const char *line; /* from the quoted request line on; "" for none */
    } rows[] = {
        {"get", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\nReferer: r\r\n\r\n",
         "\"GET /digits.txt HTTP/1.1\" 200 10 \"r\" \"u\"\n"},
        {"head", "HEAD /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n",
         "\"HEAD /digits.txt HTTP/1.1\" 200 - \"-\" \"-\"\n"},
        {"1.0", "GET /digits.txt HTTP/1.0\r\n\r\n",
         "\"GET /digits.txt HTTP/1.0\" 200 10 \"-\" \"-\"\n"},
        {"large", "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n",
         "\"GET /large.txt HTTP/1.1\" 200 300000 \"-\" \"-\"\n"},
        {"range", "GET /large.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=7-8\r\n\r\n",
         "\"GET /large.txt HTTP/1.1\" 206 2 \"-\" \"-\"\n"},
        {"304", "GET /digits.txt HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n",
         "\"GET /digits.txt HTTP/1.1\" 304 - \"-\" \"-\"\n"},
        {"with a body",
         "GET /digits.txt?q HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\nContent-Length: 3\r\n\r\nabc",
         "\"GET /digits.txt?q HTTP/1.1\" 200 10 \"-\" \"u\"\n"},
        {"100 is no body",
         "GET /digits.txt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\n",
         ""},
        {"a body that breaks",
         "HEAD /digits.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx",
         "\"HEAD /digits.txt HTTP/1.1\" 400 - \"-\" \"-\"\n"},
        {"not understood", "GET /\"\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
         "\"GET /\\\"\\x01 HTTP/1.1\" 400 "},
    };
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *log;
        size_t before = strlen(read_log(&talk));

        talk_begin(&talk);
        say(&talk, rows[i].bytes);
        log = read_log(&talk) + before;
        if (rows[i].line[0] == '\0') {
            cr_expect_str_eq(log, "", "%s", rows[i].label);
            say(&talk, "abc");
            log = read_log(&talk) + before;
            cr_expect_not_null(strstr(log, " 200 10 "), "%s: %s", rows[i].label, log);
        } else {
            const char *quote = strchr(log, '"');

            cr_assert_not_null(quote, "%s: nothing was logged", rows[i].label);
            cr_expect(strncmp(quote, rows[i].line, strlen(rows[i].line)) == 0, "%s: %s",
                      rows[i].label, log);
            cr_expect(strncmp(log, "192.0.2.1 - - [", 15) == 0, "%s: %s", rows[i].label, log);
            cr_expect_eq(strchr(log, '\n')[1], '\0', "%s: one line", rows[i].label);
        }
        talk_end(&talk);
        if (rows[i].line[0] != '\0') {
            cr_expect_str_eq(strchr(read_log(&talk) + before, '\n'), "\n",
                             "%s: nothing is added at the end", rows[i].label);
        }
    }
    fixture_close(&talk.fixture);
}

Test(conn, a_parts_body_is_counted_whole)
{
    struct talk talk;
    const char *body;

    talk_open(&talk);
    say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=0-0,5-6,9-9\r\n\r\n");
    stator_text_add_char(&talk.said, '\0');
    body = strstr(talk.said.at, "\r\n\r\n") + 4;
    cr_expect_eq(stator_counter_read(&talk.fixture.worker->counters->body_bytes),
                 talk.said.length - 1 - (size_t)(body - talk.said.at));
    talk_close(&talk);
}

Test(conn, a_cut_response_is_logged_with_what_was_sent)
{
    struct talk talk;

    talk_open(&talk);
    talk.fixture.worker->limits.format = STATOR_LOG_FORMAT_JSON;
    feed(&talk, "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    steps_step(&talk.conn, talk.in, &talk.out);
    take(&talk, talk.conn.response.head_length + 1234);
    wait_ms(&talk, 1500);
    talk_end(&talk);
    cr_expect_not_null(strstr(read_log(&talk), "\"status\":200,\"bytes\":1234,\"duration_ms\":1500,"
                                               "\"complete\":false}"),
                       "%s", read_log(&talk));
    cr_expect_eq(stator_counter_read(&talk.fixture.worker->counters->aborted), 1);
    fixture_close(&talk.fixture);
}

Test(conn, a_stall_keeps_the_log_line)
{
    static const char head[] = "GET /large.txt?query HTTP/1.1\r\nHost: name.example\r\n"
                               "Referer: where\r\nUser-Agent: who\r\n\r\n";
    struct talk talk;
    const char *log;
    static char scratch[8192];

    talk_open(&talk);
    talk.fixture.worker->limits.format = STATOR_LOG_FORMAT_JSON;
    feed(&talk, head);
    talk.want = steps_step(&talk.conn, talk.in, &talk.out);
    cr_assert_eq(talk.want, STATOR_WANT_WRITE);
    take(&talk, 100);
    cr_expect_eq(steps_stall(&talk.conn, talk.in, &talk.out), 0);

    /* Others use the scratch, and new input stands where the old one stood. */
    cr_expect_eq(evbuffer_get_length(talk.in), 0, "the head is not needed any more");
    memset(&talk.fixture.worker->request, 'z', sizeof(talk.fixture.worker->request));
    memset(talk.fixture.worker->prefixes, 'z', sizeof(talk.fixture.worker->prefixes));
    memset(scratch, 'y', sizeof(scratch));
    evbuffer_add(talk.in, scratch, sizeof(scratch));
    evbuffer_pullup(talk.in, -1);
    cr_expect_eq(steps_stall(&talk.conn, talk.in, &talk.out), 0);
    take(&talk, SIZE_MAX);
    go(&talk);

    log = read_log(&talk);
    cr_expect_not_null(
        strstr(log, "\"peer\":\"192.0.2.1\",\"method\":\"GET\",\"target\":\"/large.txt?query\","
                    "\"protocol\":\"HTTP/1.1\",\"host\":\"name.example\",\"referer\":\"where\","
                    "\"user_agent\":\"who\",\"status\":200,\"bytes\":300000,"),
        "%s", log);
    talk_close(&talk);
}

Test(conn, a_timeout_is_logged)
{
    struct talk talk;

    talk_open(&talk);
    say(&talk, "GET / HT");
    expire(&talk);
    take(&talk, SIZE_MAX);
    go(&talk);
    cr_expect_not_null(strstr(read_log(&talk), " 408 "), "%s", read_log(&talk));
    cr_expect_eq(stator_counter_read(&talk.fixture.worker->counters->errors), 1);
    talk_close(&talk);
}

/* A record's status is 0 where the connection ended before one was sent: no log line may say that
 * a request was answered when it was not. */
Test(conn, what_was_never_answered_is_not_logged_as_answered)
{
    static const char *const bodies[] = {"Content-Length: 9\r\n\r\nabc",
                                         "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"};
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < 2; i++) {
        talk_begin(&talk);
        feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n");
        say(&talk, bodies[i]);
        stator_conn_eof(&talk.conn);
        cr_expect_eq(go(&talk), STATOR_WANT_CLOSE);
        talk_end(&talk);
        cr_expect_null(strstr(read_log(&talk), "\" 200 "), "%s", read_log(&talk));
    }
    fixture_close(&talk.fixture);
}

Test(conn, connections_without_a_request_leave_no_line)
{
    static const char *const bytes[] = {"", "GET / HT", "\r\n"};
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        talk_begin(&talk);
        say(&talk, bytes[i]);
        talk_end(&talk);
        cr_expect_str_eq(read_log(&talk), "");
    }
    cr_expect_eq(stator_counter_read(&talk.fixture.worker->counters->requests), 0);
    fixture_close(&talk.fixture);
}

Test(conn, a_long_peer_name_is_cut)
{
    struct talk talk;

    talk_open(&talk);
    talk_end(&talk);
    stator_conn_init(&talk.conn, talk.fixture.worker,
                     "0123456789012345678901234567890123456789012345678901234567890123456789");
    cr_expect_eq(strlen(talk.conn.peer), STATOR_PEER_MAX - 1);
    stator_output_init(&talk.out);
    stator_conn_finish(&talk.conn, &talk.out);
    stator_conn_finish(NULL, &talk.out);
    fixture_close(&talk.fixture);
}

/* RFC 9112 9.3.2 */
Test(conn, a_batch_of_pipelined_requests_is_answered_in_one_output)
{
    struct talk talk;
    int lines = 0;

    talk_open(&talk);
    for (int i = 0; i < 64; i++) {
        feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_WRITE);
    take(&talk, SIZE_MAX);
    cr_expect_eq(count(&talk, "HTTP/1.1 200 OK\r\n"), 64);
    cr_expect_eq(count(&talk, "\r\n\r\n0123456789"), 64);
    cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_READ);
    cr_expect_eq(evbuffer_get_length(talk.in), 0);
    for (const char *at = read_log(&talk); *at != '\0'; at++) {
        lines += *at == '\n';
    }
    cr_expect_eq(lines, 64);
    talk_close(&talk);
}

/* Where each request may be another worker's, the connection stops between any two of them. */
Test(conn, a_single_connection_rests_between_pipelined_requests)
{
    const char *const request = "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    struct talk talk;

    talk_open(&talk);
    talk.conn.one_request = true;
    feed(&talk, request);
    feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    feed(&talk, request);
    for (int left = 2; left >= 0; left--) {
        cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_WRITE);
        take(&talk, SIZE_MAX);
        cr_expect_eq(count(&talk, "HTTP/1.1 200 OK\r\n"), 3 - left);
        cr_expect_eq(steps_step(&talk.conn, talk.in, &talk.out), STATOR_WANT_READ);
        cr_expect_eq(talk.conn.state, STATOR_CONN_STATE_IDLE);
        cr_expect_eq(evbuffer_get_length(talk.in) > 0, left > 0, "%d are left", left);
    }
    talk_close(&talk);
}

Test(conn, gathered_answers_go_before_a_file_and_before_an_error)
{
    struct talk talk;

    talk_open(&talk);
    cr_expect_eq(say(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                            "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                            "HEAD /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                            "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n"
                            "GET / HTTP/1.1\r\n\r\n"),
                 STATOR_WANT_LINGER);
    cr_expect_eq(count(&talk, "HTTP/1.1 "), 5);
    cr_expect_eq(count(&talk, "HTTP/1.1 404 "), 1);
    cr_expect_eq(count(&talk, "HTTP/1.1 400 "), 1);
    cr_expect_gt(talk.said.length, 300000);
    talk_close(&talk);
}

/* What the cache does not know may take a disk: the driver is told, and the head stays. */
Test(conn, a_worker_that_defers_waits_once_for_a_path)
{
    static const char known[] = "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    struct talk talk;
    size_t length;

    talk_open(&talk);
    talk.fixture.worker->defers = true;
    feed(&talk, known);
    cr_expect_eq(go(&talk), STATOR_WANT_WAIT);
    cr_expect(stator_span_equal(talk.fixture.worker->request.path, STATOR_SPAN("/digits.txt")));
    cr_expect_eq(evbuffer_get_length(talk.in), strlen(known));
    cr_expect_not(stator_conn_drain(&talk.conn, &talk.out), "a request is under way");
    cr_expect_gt(talk.conn.deadline, 0);
    cr_expect_eq(go(&talk), STATOR_WANT_READ);
    length = talk.said.length;
    cr_expect_gt(length, 0);

    feed(&talk, known);
    cr_expect_eq(go(&talk), STATOR_WANT_READ, "the path is known now");
    cr_expect_eq(talk.said.length, 2 * length);

    feed(&talk, known);
    feed(&talk, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_eq(go(&talk), STATOR_WANT_WAIT);
    cr_expect_eq(talk.said.length, 3 * length, "what was gathered before is sent before");
    cr_expect_eq(go(&talk), STATOR_WANT_READ);
    cr_expect_gt(talk.said.length, 3 * length);

    feed(&talk, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_eq(go(&talk), STATOR_WANT_READ, "there is no path");
    talk_close(&talk);
}

Test(conn, a_head_that_waits_has_its_deadline)
{
    struct talk talk;

    talk_open(&talk);
    talk.fixture.worker->defers = true;
    feed(&talk, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_eq(go(&talk), STATOR_WANT_WAIT);
    talk.fixture.worker->clock.monotonic = talk.conn.deadline;
    cr_expect_eq(stator_conn_expire(&talk.conn, talk.want, &talk.out), STATOR_WANT_WRITE);
    take(&talk, SIZE_MAX);
    cr_expect(stator_span_starts(stator_text_span(&talk.said), STATOR_SPAN("HTTP/1.1 408 ")));
    talk_close(&talk);
}
