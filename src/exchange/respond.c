/*
 * What the answer to a request is.
 *
 * Policy alone: which status, which body. How a condition is evaluated, a range is read, a
 * directory is listed or a page is written stands elsewhere; nothing here writes a byte that is
 * sent.
 */
#include "exchange/respond.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "content/listing.h"
#include "exchange/precondition.h"
#include "exchange/problem.h"
#include "http/accept.h"
#include "http/target.h"

void stator_response_init(struct stator_response *response)
{
    *response = (struct stator_response){0};
}

/* Most responses hold an entry and nothing else: they are not asked for more. */
void stator_response_finish(struct stator_response *response)
{
    stator_entry_unref(response->entry);
    if (response->text.at != NULL || response->location.at != NULL || response->ranges != NULL) {
        stator_text_finish(&response->text);
        stator_text_finish(&response->location);
        free(response->ranges);
    }
    stator_response_init(response);
}

/* RFC 9110 5.3: several lines of one field are one list. */
static void join_lines(const struct stator_request *request, enum stator_field id,
                       struct stator_text *out)
{
    const struct stator_request_field *field;
    size_t cursor = 0;

    while ((field = stator_request_field_next(request, id, &cursor)) != NULL) {
        stator_text_add(out, field->value);
        stator_text_add_char(out, ',');
    }
}

/* The weight that the Accept lines together give a type; 1000 where there is none. */
static int quality(const struct stator_request *request, const char *type)
{
    struct stator_span name = stator_span_from(type);
    struct stator_text lines = {0};
    int weight;

    switch (request->known[STATOR_FIELD_ACCEPT]) {
    case 0:
        return 1000;
    case 1:
        return stator_accept_quality(stator_request_field(request, STATOR_FIELD_ACCEPT), name);
    default:
        join_lines(request, STATOR_FIELD_ACCEPT, &lines);
        weight = stator_accept_quality(stator_text_span(&lines), name);
        stator_text_finish(&lines);
        return weight;
    }
}

void stator_respond_error(const struct stator_request *request, enum stator_status status,
                          struct stator_response *out)
{
    bool html = request == NULL || quality(request, "text/plain") <= quality(request, "text/html");

    out->status = status;
    out->body = STATOR_RESPONSE_BODY_PROBLEM;
    out->vary_accept = true;
    out->allow = status == STATOR_STATUS_METHOD_NOT_ALLOWED;
    out->html = html;
    out->type = stator_problem_type(html);
    out->limits = html ? stator_problem_csp : (struct stator_span){NULL, 0};
    if (request != NULL) {
        out->head_only = request->method == STATOR_METHOD_HEAD;
    }
}

/* The one place where -errno becomes a status. */
static enum stator_status status_of_error(int error)
{
    switch (error) {
    case -EACCES:
    case -EPERM:
        return STATOR_STATUS_FORBIDDEN;
    case -EMFILE:
    case -ENFILE:
    case -ENOMEM:
        return STATOR_STATUS_SERVICE_UNAVAILABLE;
    case -EIO:
    case -ESTALE:
        return STATOR_STATUS_INTERNAL_SERVER_ERROR;
    default:
        return STATOR_STATUS_NOT_FOUND;
    }
}

/* What can be told from the head alone. */
static enum stator_status check_head(const struct stator_request *request,
                                     const struct stator_conn_limits *limits)
{
    switch (request->method) {
    case STATOR_METHOD_GET:
    case STATOR_METHOD_HEAD:
    case STATOR_METHOD_OPTIONS:
        break;
    case STATOR_METHOD_UNKNOWN:
        return STATOR_STATUS_NOT_IMPLEMENTED;
    default:
        return STATOR_STATUS_METHOD_NOT_ALLOWED;
    }
    /* RFC 9110 10.1.1: 100-continue is the only expectation there is. */
    if (request->known[STATOR_FIELD_EXPECT] > 0 && request->minor > 0 &&
        !request->expect_continue) {
        return STATOR_STATUS_EXPECTATION_FAILED;
    }
    if (request->framing == STATOR_FRAMING_LENGTH && request->content_length > limits->body_max) {
        return STATOR_STATUS_CONTENT_TOO_LARGE;
    }
    return STATOR_STATUS_NONE;
}

static void respond_options(struct stator_response *out)
{
    out->status = STATOR_STATUS_NO_CONTENT;
    out->body = STATOR_RESPONSE_BODY_NONE;
    out->allow = true;
}

/*
 * A directory asked for without its slash. The path is normalized: it begins with exactly one '/',
 * so the reference names no other host (RFC 3986 4.2), and Host has no say in it.
 */
static void respond_redirect(const struct stator_request *request, struct stator_response *out)
{
    stator_respond_error(request, STATOR_STATUS_PERMANENT_REDIRECT, out);
    stator_target_encode(&out->location, request->path);
    stator_text_add_char(&out->location, '/');
    stator_target_encode_query(&out->location, request->target.query);
}

static void respond_listing(const struct stator_request *request, struct stator_worker *worker,
                            struct stator_response *out)
{
    bool json = quality(request, "application/json") > quality(request, "text/html");
    int error = stator_listing_cache_add(&worker->listings, worker->site, out->entry, request->path,
                                         json, worker->clock.monotonic, &out->text);

    if (error < 0) {
        stator_text_finish(&out->text);
        stator_respond_error(request, status_of_error(error), out);
        return;
    }
    out->status = STATOR_STATUS_OK;
    out->body = STATOR_RESPONSE_BODY_TEXT;
    out->vary_accept = true;
    out->type = json ? STATOR_SPAN("application/json") : STATOR_SPAN("text/html; charset=utf-8");
    out->limits = json ? (struct stator_span){NULL, 0} : stator_listing_csp;
}

static void draw_boundary(struct stator_response *out)
{
    static const char hex[] = "0123456789abcdef";
    struct stator_hash_key key = {{(uintptr_t)out, out->entry->version.inode}};
    unsigned char bytes[sizeof(key)];

    (void)stator_hash_key_draw(&key); /* without it the boundary is only easier to guess */
    memcpy(bytes, &key, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        out->boundary[2 * i] = hex[bytes[i] >> 4];
        out->boundary[2 * i + 1] = hex[bytes[i] & 15];
    }
    out->boundary[2 * sizeof(bytes)] = '\0';
}

/* RFC 9110 14.2: Range is for GET alone, and a list of Range fields is no Range. */
static enum stator_range_result read_ranges(const struct stator_request *request,
                                            const struct stator_entry *entry, int64_t now,
                                            struct stator_range_set *out)
{
    if (request->method != STATOR_METHOD_GET || request->known[STATOR_FIELD_RANGE] != 1 ||
        !stator_precondition_range_holds(request, entry, now)) {
        return STATOR_RANGE_RESULT_IGNORED;
    }
    return stator_range_parse(stator_request_field(request, STATOR_FIELD_RANGE),
                              entry->version.size, out);
}

static void respond_parts(const struct stator_range_set *ranges, struct stator_response *out)
{
    out->ranges = malloc(sizeof(*out->ranges));
    if (out->ranges == NULL) {
        return; /* a server may always send the whole instead */
    }
    *out->ranges = *ranges;
    out->status = STATOR_STATUS_PARTIAL_CONTENT;
    out->body = STATOR_RESPONSE_BODY_PARTS;
    draw_boundary(out);
}

static void respond_content(const struct stator_request *request, int64_t now,
                            struct stator_response *out)
{
    struct stator_range_set ranges;

    out->status = STATOR_STATUS_OK;
    out->body = STATOR_RESPONSE_BODY_ENTRY;
    switch (read_ranges(request, out->entry, now, &ranges)) {
    case STATOR_RANGE_RESULT_IGNORED:
        return;
    case STATOR_RANGE_RESULT_UNSATISFIABLE:
        stator_respond_error(request, STATOR_STATUS_RANGE_NOT_SATISFIABLE, out);
        out->unsatisfied = true;
        return;
    case STATOR_RANGE_RESULT_PARTIAL:
        break;
    }
    if (ranges.count > 1) {
        respond_parts(&ranges, out);
        return;
    }
    out->status = STATOR_STATUS_PARTIAL_CONTENT;
    out->body = STATOR_RESPONSE_BODY_RANGE;
    out->range = ranges.at[0];
}

static void respond_file(const struct stator_request *request, struct stator_worker *worker,
                         struct stator_response *out)
{
    int64_t now = worker->clock.wall / STATOR_NANOSECONDS;

    switch (stator_precondition_evaluate(request, out->entry, now)) {
    case STATOR_PRECONDITION_FAILED:
        stator_respond_error(request, STATOR_STATUS_PRECONDITION_FAILED, out);
        break;
    case STATOR_PRECONDITION_NOT_MODIFIED:
        out->status = STATOR_STATUS_NOT_MODIFIED;
        out->body = STATOR_RESPONSE_BODY_NONE;
        break;
    case STATOR_PRECONDITION_GO_ON:
        respond_content(request, now, out);
        break;
    }
}

static void respond_resource(const struct stator_request *request, struct stator_worker *worker,
                             struct stator_response *out)
{
    int error = stator_cache_get(worker->cache, request->path, &out->entry);

    if (error < 0) {
        stator_respond_error(request, status_of_error(error), out);
        return;
    }
    out->current = true;
    if (out->entry->kind == STATOR_ENTRY_KIND_ABSENT) {
        stator_respond_error(request, status_of_error(out->entry->error), out);
        return;
    }
    if (request->method == STATOR_METHOD_OPTIONS) {
        respond_options(out);
        return;
    }
    switch (out->entry->kind) {
    case STATOR_ENTRY_KIND_FILE:
        respond_file(request, worker, out);
        break;
    case STATOR_ENTRY_KIND_DIRECTORY:
        respond_listing(request, worker, out);
        break;
    default:
        respond_redirect(request, out);
        break;
    }
}

void stator_respond(const struct stator_request *request, struct stator_worker *worker,
                    struct stator_response *out)
{
    enum stator_status status = check_head(request, &worker->limits);

    out->head_only = request->method == STATOR_METHOD_HEAD;
    if (status != STATOR_STATUS_NONE) {
        stator_respond_error(request, status, out);
    } else if (request->target.form == STATOR_TARGET_FORM_ASTERISK) {
        respond_options(out);
    } else {
        respond_resource(request, worker, out);
    }
}
