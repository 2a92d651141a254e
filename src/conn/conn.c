/*
 * The HTTP/1.x connection: RFC 9112 9.
 *
 * Knows in which order things happen on one connection; refuses to know what an answer is (respond)
 * and how bytes travel (the drivers). The one surprising thing: a response is decided when the head
 * is complete, but sent after the request's body was thrown away, as a client expects.
 */
#include "conn/conn.h"

#include <stdlib.h>

#include "exchange/emit.h"
#include "exchange/respond.h"

/* What the log says of a request, kept while its response takes longer than its bytes last. */
struct stator_conn_saved {
    size_t length;
    char bytes[];
};

/* A step that found something to do goes on to the next one. */
#define STEP_ON (-1)

/* How many bytes of answers to pipelined requests are gathered before they are sent. */
#define GATHER_MAX (32u * 1024)

static const struct stator_span interim = STATOR_SPAN_INIT("HTTP/1.1 100 Continue\r\n\r\n");

static int64_t now_of(const struct stator_conn *conn)
{
    return conn->worker->clock.monotonic;
}

static const struct stator_conn_limits *limits_of(const struct stator_conn *conn)
{
    return &conn->worker->limits;
}

static void set_deadline(struct stator_conn *conn, int64_t delay)
{
    conn->deadline = delay > 0 ? now_of(conn) + delay : 0;
}

/*
 * A mark that says that nobody knows yet how much of what was sent before has arrived: the first
 * window finds that out.
 */
#define MARK_UNKNOWN UINT64_MAX

/* From here on the client must move bytes at the minimum rate. */
static void start_rate(struct stator_conn *conn, uint64_t moved)
{
    conn->rate_mark = moved;
    set_deadline(conn, limits_of(conn)->min_rate > 0 ? STATOR_RATE_WINDOW_MS : 0);
}

void stator_conn_init(struct stator_conn *conn, struct stator_worker *worker, const char *peer)
{
    *conn = (struct stator_conn){
        .worker = worker, .state = STATOR_CONN_STATE_HEAD, .no_bytes_yet = true};
    stator_response_init(&conn->response);
    strncpy(conn->peer, peer, sizeof(conn->peer) - 1);
    set_deadline(conn, limits_of(conn)->header_timeout);
}

static void forget_request(struct stator_conn *conn)
{
    free(conn->saved);
    conn->saved = NULL;
    stator_response_finish(&conn->response);
}

/* Logs and counts the exchange; `out` says how much of it was taken. */
static void record_exchange(struct stator_conn *conn, const struct stator_output *out,
                            bool complete)
{
    uint64_t end = complete ? out->taken + stator_output_length(out) : out->taken;
    uint64_t sent = end > conn->taken_start ? end - conn->taken_start : 0;
    size_t head = conn->response.head_length;

    if (!conn->due) {
        return;
    }
    conn->due = false;
    conn->record.duration = now_of(conn) - conn->started;
    conn->record.body_bytes = head > 0 && sent > head ? sent - head : 0;
    conn->record.complete = complete;
    stator_worker_record(conn->worker, &conn->record);
}

void stator_conn_finish(struct stator_conn *conn, const struct stator_output *out)
{
    if (conn == NULL) {
        return;
    }
    record_exchange(conn, out, false);
    forget_request(conn);
    conn->state = STATOR_CONN_STATE_CLOSED;
}

void stator_conn_eof(struct stator_conn *conn)
{
    conn->eof = true;
}

/* Moves one span of the record into the saved bytes. */
static void save_span(struct stator_conn_saved *saved, struct stator_span *span)
{
    if (span->length > 0) {
        memcpy(saved->bytes + saved->length, span->at, span->length);
        span->at = saved->bytes + saved->length;
        saved->length += span->length;
    }
}

static void save_record(struct stator_conn *conn)
{
    struct stator_record *record = &conn->record;
    struct stator_span *spans[] = {&record->line, &record->method,  &record->target,
                                   &record->host, &record->referer, &record->user_agent};
    size_t total = 0;

    if (!conn->due || conn->saved != NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        total += spans[i]->length;
    }
    conn->saved = malloc(sizeof(*conn->saved) + total);
    if (conn->saved != NULL) {
        conn->saved->length = 0;
    }
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        if (conn->saved != NULL) {
            save_span(conn->saved, spans[i]);
        } else {
            *spans[i] = (struct stator_span){NULL, 0};
        }
    }
}

/* The request's head is not needed any more. */
static void skip_head(struct stator_conn *conn, struct stator_span *in)
{
    *in = stator_span_skip(*in, conn->head_length);
    conn->head_length = 0;
}

int stator_conn_block(struct stator_conn *conn, struct stator_span *in, struct stator_output *out)
{
    save_record(conn);
    skip_head(conn, in);
    return stator_output_keep(out);
}

bool stator_conn_drain(struct stator_conn *conn, const struct stator_output *out)
{
    if (conn->state == STATOR_CONN_STATE_IDLE && stator_output_is_empty(out)) {
        return true;
    }
    if (conn->no_bytes_yet && (conn->deadline == 0 || conn->deadline > now_of(conn) + 1000)) {
        set_deadline(conn, 1000);
    }
    return false;
}

/* --- the head ------------------------------------------------------------------------------- */

static void begin_record(struct stator_conn *conn, const struct stator_request *request)
{
    conn->record = (struct stator_record){
        .wall = conn->worker->clock.wall,
        .peer = stator_span_from(conn->peer),
        .line = request->line,
        .method = request->method_name,
        .target = request->target_text,
        .host = request->authority,
        .referer = stator_request_field(request, STATOR_FIELD_REFERER),
        .user_agent = stator_request_field(request, STATOR_FIELD_USER_AGENT),
        .minor = request->minor,
    };
    conn->due = true;
    conn->started = now_of(conn);
}

/* Goes to the response; it is the connection's last one if `close` or if we are stopping. */
static int start_response(struct stator_conn *conn, bool close)
{
    conn->response.close = conn->response.close || close || conn->worker->draining;
    conn->record.status = conn->response.status;
    conn->state = STATOR_CONN_STATE_RESPOND;
    return STEP_ON;
}

/* The request is not to be understood, or not to be read to its end: answer and end. */
static int refuse(struct stator_conn *conn, const struct stator_request *request,
                  enum stator_status status)
{
    bool head_only = conn->response.head_only || conn->asks_head;

    stator_response_finish(&conn->response);
    stator_respond_error(request, status, &conn->response);
    conn->response.head_only = conn->response.head_only || head_only;
    conn->linger = true;
    return start_response(conn, true);
}

/* RFC 9112 9.3: what the client wants, and what we have to say about it. */
static bool wants_close(struct stator_conn *conn, const struct stator_request *request)
{
    conn->response.keep_alive_10 = request->minor == 0 && request->keep_alive;
    if (request->method == STATOR_METHOD_CONNECT) {
        conn->linger = true; /* what follows is meant for a tunnel that there is not */
        return true;
    }
    return !request->keep_alive;
}

/*
 * A body follows. It is thrown away first, unless that is too much, or the client waits for a word
 * that would be a no.
 */
static int begin_body(struct stator_conn *conn, const struct stator_request *request,
                      struct stator_span *in, struct stator_output *out)
{
    uint64_t allowed = limits_of(conn)->body_max;
    bool refused = conn->response.status >= 400;
    bool long_body = request->framing == STATOR_FRAMING_LENGTH && request->content_length > allowed;

    conn->response.close = wants_close(conn, request);
    if (long_body || (refused && request->expect_continue)) {
        conn->head_length = request->head_length;
        conn->linger = true;
        return start_response(conn, true);
    }
    conn->framing = request->framing;
    conn->chunked = (struct stator_chunked){0};
    conn->body_left = request->framing == STATOR_FRAMING_LENGTH ? request->content_length : allowed;
    conn->state = STATOR_CONN_STATE_BODY;
    conn->moved = 0;
    start_rate(conn, 0);

    bool expects = request->expect_continue;

    conn->response.current = false; /* by the time the body is here */
    conn->head_length = request->head_length;
    save_record(conn);
    skip_head(conn, in);
    /* RFC 9110 10.1.1: no 100 where the body is already coming. */
    if (expects && in->length == 0) {
        out->body = interim;
        return STATOR_WANT_WRITE;
    }
    return STEP_ON;
}

static int begin_exchange(struct stator_conn *conn, struct stator_span *in,
                          struct stator_output *out)
{
    const struct stator_request *request = &conn->worker->request;

    conn->waited = false;
    stator_respond(request, conn->worker, &conn->response);
    begin_record(conn, request);
    if (request->framing != STATOR_FRAMING_NONE) {
        return begin_body(conn, request, in, out);
    }
    conn->head_length = request->head_length;
    return start_response(conn, wants_close(conn, request));
}

/*
 * RFC 9112 9.6: closing on bytes that were not read would destroy what was sent. `awaited`: more of
 * them may well come.
 */
static int end_connection(struct stator_conn *conn, const struct stator_span *in, bool expect_more)
{
    if (conn->eof) {
        conn->state = STATOR_CONN_STATE_CLOSED;
        return STATOR_WANT_CLOSE;
    }
    conn->state = STATOR_CONN_STATE_LINGER;
    conn->linger = conn->linger || in->length > 0;
    conn->expect_more = expect_more;
    conn->body_left = STATOR_LINGER_BYTES_MAX;
    conn->rate_mark = MARK_UNKNOWN;
    set_deadline(conn, STATOR_LINGER_MS);
    return STEP_ON;
}

/* No whole head is there. */
static int await_head(struct stator_conn *conn, bool begun, const struct stator_span *in,
                      const struct stator_output *out)
{
    if (!stator_output_is_empty(out)) {
        return STATOR_WANT_WRITE; /* answers that were gathered: now is the time */
    }
    if (conn->eof) {
        conn->state = STATOR_CONN_STATE_CLOSED;
        return STATOR_WANT_CLOSE;
    }
    if (begun && conn->state == STATOR_CONN_STATE_IDLE) {
        conn->state = STATOR_CONN_STATE_HEAD;
        set_deadline(conn, limits_of(conn)->header_timeout);
    }
    if (!begun && conn->state == STATOR_CONN_STATE_IDLE && conn->worker->draining) {
        return end_connection(conn, in, false);
    }
    if (conn->state == STATOR_CONN_STATE_IDLE && conn->deadline == 0) {
        set_deadline(conn, limits_of(conn)->idle_timeout);
    }
    return STATOR_WANT_READ;
}

/*
 * The answer might have to wait for a disk, and the driver can see to it that not: the head stays
 * in the input and is read again then. Emulated devices are waited for here, but for a disk where
 * there is such a driver. Apart from the others' way, which is the usual one.
 */
__attribute__((cold)) static int await_path(struct stator_conn *conn,
                                            const struct stator_output *out)
{
    struct stator_worker *worker = conn->worker;
    struct stator_span path = worker->request.path;
    bool looks = worker->defers && !stator_cache_knows(worker->cache, path);

    if (conn->waited || !stator_span_starts(path, STATOR_SPAN("/"))) {
        stator_emulation_fetch(worker, &conn->emulation); /* nobody else could go */
        return STEP_ON;
    }
    if (!stator_output_is_empty(out) && (looks || worker->emulation != NULL)) {
        return STATOR_WANT_WRITE; /* answers that were gathered need not wait as well */
    }
    if (worker->emulation != NULL) {
        stator_emulation_compute(worker, &conn->emulation);
    }
    if (!worker->defers || !(looks || conn->emulation.misses)) {
        stator_emulation_fetch(worker, &conn->emulation);
        return STEP_ON;
    }
    if (conn->state == STATOR_CONN_STATE_IDLE) {
        conn->state = STATOR_CONN_STATE_HEAD;
        set_deadline(conn, limits_of(conn)->header_timeout);
    }
    conn->waited = true;
    return STATOR_WANT_WAIT;
}

/* True where an unfinished head is one of HEAD: an answer to it has no body, be it a 408. */
static bool asks_head(struct stator_span bytes)
{
    if (stator_span_starts(bytes, STATOR_SPAN("\r\n"))) {
        bytes = stator_span_skip(bytes, 2);
    }
    return stator_span_starts(bytes, STATOR_SPAN("HEAD "));
}

static int step_head(struct stator_conn *conn, struct stator_span *in, struct stator_output *out)
{
    struct stator_request *request = &conn->worker->request;

    if (in->length == 0) {
        return await_head(conn, false, in, out);
    }
    conn->no_bytes_yet = false;
    switch (stator_request_parse(*in, &limits_of(conn)->request, &conn->progress, request)) {
    case STATOR_PARSE_MORE:
        conn->asks_head = asks_head(*in);
        return await_head(conn, true, in, out);
    case STATOR_PARSE_FAILED:
        begin_record(conn, request);
        conn->head_length = 0;
        return refuse(conn, request, request->status);
    case STATOR_PARSE_DONE:
        conn->asks_head = false;
        break;
    }
    if (conn->worker->defers || conn->worker->emulation != NULL) {
        int want = await_path(conn, out);

        if (want != STEP_ON) {
            return want;
        }
    }
    return begin_exchange(conn, in, out);
}

/* --- the body ------------------------------------------------------------------------------- */

static int await_body(struct stator_conn *conn, const struct stator_output *out)
{
    if (!stator_output_is_empty(out)) {
        return STATOR_WANT_WRITE;
    }
    if (conn->eof) {
        conn->state = STATOR_CONN_STATE_CLOSED;
        return STATOR_WANT_CLOSE;
    }
    return STATOR_WANT_READ;
}

static int skip_length(struct stator_conn *conn, struct stator_span *in,
                       const struct stator_output *out)
{
    size_t step = in->length < conn->body_left ? in->length : (size_t)conn->body_left;

    *in = stator_span_skip(*in, step);
    conn->moved += step;
    conn->body_left -= step;
    return conn->body_left == 0 ? start_response(conn, false) : await_body(conn, out);
}

static int skip_chunks(struct stator_conn *conn, struct stator_span *in,
                       const struct stator_output *out)
{
    size_t before = in->length;
    struct stator_span data;
    enum stator_parse result;

    if (before == 0) {
        return await_body(conn, out);
    }
    result = stator_chunked_decode(&conn->chunked, in, &data);
    if (result == STATOR_PARSE_FAILED) {
        return refuse(conn, NULL, STATOR_STATUS_BAD_REQUEST);
    }
    if (data.length > conn->body_left) {
        return refuse(conn, NULL, STATOR_STATUS_CONTENT_TOO_LARGE);
    }
    conn->body_left -= data.length;
    conn->moved += before - in->length;
    return result == STATOR_PARSE_DONE ? start_response(conn, false) : STEP_ON;
}

/* --- the response --------------------------------------------------------------------------- */

/* All of the response was taken, or stands gathered in the output. */
static int end_exchange(struct stator_conn *conn, struct stator_span *in, struct stator_output *out)
{
    bool close = conn->response.close;

    record_exchange(conn, out, true);
    forget_request(conn);
    skip_head(conn, in);
    if (!close && (!conn->worker->draining || in->length > 0)) {
        conn->state = STATOR_CONN_STATE_IDLE;
        set_deadline(conn, limits_of(conn)->idle_timeout);
        return conn->one_request ? (int)STATOR_WANT_READ : STEP_ON;
    }
    return end_connection(conn, in, conn->worker->draining);
}

/*
 * RFC 9112 9.3.2: where more requests are here already, a small answer waits for theirs, so that a
 * batch of them costs one call; the entry's bytes are copied, for the entry may go meanwhile.
 */
static bool coalesce(struct stator_conn *conn, const struct stator_span *in,
                     struct stator_output *out)
{
    const struct stator_entry *entry = conn->response.entry;
    bool listing = entry != NULL && entry->kind == STATOR_ENTRY_KIND_DIRECTORY; /* takes its time */

    return in->length > conn->head_length && !conn->one_request && !conn->response.close &&
           !out->more && !listing && out->file_left == 0 &&
           stator_output_length(out) <= GATHER_MAX && stator_output_fold(out, &conn->worker->head);
}

static int fail_response(struct stator_conn *conn, struct stator_output *out)
{
    stator_output_clear(out);
    conn->reset = true;
    conn->state = STATOR_CONN_STATE_CLOSED;
    return STATOR_WANT_CLOSE;
}

static int step_respond(struct stator_conn *conn, struct stator_span *in, struct stator_output *out)
{
    bool first = conn->response.piece == 0;

    if (!first && !out->more) {
        return end_exchange(conn, in, out);
    }
    if (first) {
        conn->taken_start = out->taken + stator_output_length(out);
        start_rate(conn, MARK_UNKNOWN);
    }
    if (stator_emit(&conn->response, conn->worker, out) < 0) {
        return fail_response(conn, out);
    }
    if (first && coalesce(conn, in, out)) {
        return end_exchange(conn, in, out);
    }
    return STATOR_WANT_WRITE;
}

/* We have said our last; what the client still sends is taken so that it can read that. */
static int step_linger(struct stator_conn *conn, struct stator_span *in)
{
    size_t have = in->length;

    *in = stator_span_skip(*in, have);
    conn->linger = conn->linger || have > 0;
    if (conn->eof || have > conn->body_left) {
        conn->state = STATOR_CONN_STATE_CLOSED;
        return STATOR_WANT_CLOSE;
    }
    conn->body_left -= have;
    return STATOR_WANT_LINGER;
}

enum stator_want stator_conn_shut(struct stator_conn *conn, bool delivered)
{
    if (!delivered || conn->linger || conn->expect_more) {
        return STATOR_WANT_LINGER;
    }
    conn->state = STATOR_CONN_STATE_CLOSED;
    return STATOR_WANT_CLOSE;
}

enum stator_want stator_conn_step(struct stator_conn *conn, struct stator_span *in,
                                  struct stator_output *out)
{
    int want = STEP_ON;

    while (want == STEP_ON) {
        switch (conn->state) {
        case STATOR_CONN_STATE_IDLE:
        case STATOR_CONN_STATE_HEAD:
            want = step_head(conn, in, out);
            break;
        case STATOR_CONN_STATE_BODY:
            want = conn->framing == STATOR_FRAMING_LENGTH ? skip_length(conn, in, out)
                                                          : skip_chunks(conn, in, out);
            break;
        case STATOR_CONN_STATE_RESPOND:
            want = step_respond(conn, in, out);
            break;
        case STATOR_CONN_STATE_LINGER:
            want = step_linger(conn, in);
            break;
        case STATOR_CONN_STATE_CLOSED:
            want = STATOR_WANT_CLOSE;
            break;
        }
    }
    return (enum stator_want)want;
}

/* --- time ----------------------------------------------------------------------------------- */

/* A whole window has passed; true if enough was moved in it, and then the next one begins. */
static bool fast_enough(struct stator_conn *conn, uint64_t moved)
{
    uint64_t needed = limits_of(conn)->min_rate * STATOR_RATE_WINDOW_MS / 1000;

    if (conn->rate_mark == MARK_UNKNOWN) {
        start_rate(conn, moved);
        return true;
    }
    if (moved < conn->rate_mark || moved - conn->rate_mark < needed) {
        return false;
    }
    start_rate(conn, moved);
    return true;
}

/* How much of what was taken the client has for certain, as far as the driver knows. */
static uint64_t arrived(const struct stator_output *out)
{
    return out->queued < out->taken ? out->taken - out->queued : 0;
}

static enum stator_want cut(struct stator_conn *conn)
{
    conn->reset = conn->state == STATOR_CONN_STATE_RESPOND;
    conn->state = STATOR_CONN_STATE_CLOSED;
    return STATOR_WANT_CLOSE;
}

/* RFC 9110 15.5.9 */
static enum stator_want time_out(struct stator_conn *conn, struct stator_output *out)
{
    struct stator_span nothing = {NULL, 0};

    if (!conn->due) {
        conn->due = true;
        conn->record = (struct stator_record){.wall = conn->worker->clock.wall,
                                              .peer = stator_span_from(conn->peer)};
        conn->started = now_of(conn);
    }
    refuse(conn, NULL, STATOR_STATUS_REQUEST_TIMEOUT);
    return (enum stator_want)step_respond(conn, &nothing, out);
}

enum stator_want stator_conn_expire(struct stator_conn *conn, enum stator_want wanted,
                                    struct stator_output *out)
{
    if (!stator_output_is_empty(out)) {
        return fast_enough(conn, arrived(out)) ? wanted : cut(conn);
    }
    switch (conn->state) {
    case STATOR_CONN_STATE_HEAD:
        return conn->no_bytes_yet ? cut(conn) : time_out(conn, out);
    case STATOR_CONN_STATE_BODY:
        return fast_enough(conn, conn->moved) ? wanted : time_out(conn, out);
    case STATOR_CONN_STATE_RESPOND:
        return fast_enough(conn, arrived(out)) ? wanted : cut(conn);
    case STATOR_CONN_STATE_LINGER: /* only the end may be left, which counts as a byte */
        if (out->queued <= 1 || !fast_enough(conn, arrived(out))) {
            return cut(conn);
        }
        set_deadline(conn, STATOR_RATE_WINDOW_MS); /* where there is no least rate too */
        return wanted;
    default:
        return cut(conn);
    }
}
