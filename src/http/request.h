/*
 * The request head: RFC 9112 2 to 6 and 9.3. Spans in, a filled struct out.
 *
 * Strict: what other servers could read differently is refused. Knows no limits of its own, no
 * sockets and no files. The one surprising thing: the result depends on the bytes alone, never on
 * how they were split, because a line is judged only when its end has come or its limit has passed.
 */
#ifndef STATOR_HTTP_REQUEST_H
#define STATOR_HTTP_REQUEST_H

#include "http/method.h"
#include "http/status.h"
#include "http/target.h"

#define STATOR_REQUEST_LINE_MAX   8192
#define STATOR_REQUEST_HEAD_MAX   16384
#define STATOR_REQUEST_FIELDS_MAX 100

/* The fields that the server itself reads; all others are STATOR_FIELD_OTHER. */
enum stator_field {
    STATOR_FIELD_OTHER,
    STATOR_FIELD_ACCEPT,
    STATOR_FIELD_CONNECTION,
    STATOR_FIELD_CONTENT_LENGTH,
    STATOR_FIELD_EXPECT,
    STATOR_FIELD_HOST,
    STATOR_FIELD_IF_MATCH,
    STATOR_FIELD_IF_MODIFIED_SINCE,
    STATOR_FIELD_IF_NONE_MATCH,
    STATOR_FIELD_IF_RANGE,
    STATOR_FIELD_IF_UNMODIFIED_SINCE,
    STATOR_FIELD_RANGE,
    STATOR_FIELD_REFERER,
    STATOR_FIELD_TRANSFER_ENCODING,
    STATOR_FIELD_USER_AGENT,
    STATOR_FIELD_COUNT,
};

struct stator_request_field {
    enum stator_field id;
    struct stator_span name;
    struct stator_span value; /* trimmed of OWS */
};

enum stator_framing {
    STATOR_FRAMING_NONE,    /* no body follows; a Content-Length of 0 says so too */
    STATOR_FRAMING_LENGTH,  /* content_length bytes follow */
    STATOR_FRAMING_CHUNKED, /* a chunked body follows */
};

/*
 * One request. All spans lie in the bytes that were parsed, or in `path_buffer`; they live as long
 * as the shorter of the two. On failure `line`, `method_name` and `target_text` are set as far as
 * they were understood, for the log.
 */
struct stator_request {
    struct stator_span line; /* the whole request line without its CRLF */
    struct stator_span method_name;
    enum stator_method method;
    struct stator_span target_text;
    struct stator_target target;
    int minor; /* 0 or 1: a higher one of HTTP/1.x is read as 1.1, RFC 9110 2.5 */

    struct stator_span authority; /* the target's, else Host's: RFC 9112 3.3 */
    struct stator_span path;      /* decoded and normalized; "*" or empty where target.path is */

    enum stator_framing framing;
    uint64_t content_length;
    bool keep_alive;      /* what the client wants: RFC 9112 9.3 */
    bool expect_continue; /* RFC 9110 10.1.1 */

    size_t head_length;        /* bytes from the first parsed one to the end of the empty line */
    enum stator_status status; /* why it failed */

    unsigned known[STATOR_FIELD_COUNT]; /* how often each known field stands in `fields` */
    size_t field_count;
    struct stator_request_field fields[STATOR_REQUEST_FIELDS_MAX];
    char path_buffer[STATOR_REQUEST_LINE_MAX];
};

struct stator_request_limits {
    size_t line;   /* bytes of the request line with CRLF; at most STATOR_REQUEST_LINE_MAX: 414 */
    size_t head;   /* bytes of the whole head; at most STATOR_REQUEST_HEAD_MAX: 431 */
    size_t fields; /* field lines; at most STATOR_REQUEST_FIELDS_MAX: 431 */
};

/* Where an unfinished head stands, so that no byte is looked at over and over. Starts zeroed. */
struct stator_request_progress {
    size_t checked;     /* bytes whose lines are known to be good */
    size_t searched;    /* bytes known to hold no line end but those lines' */
    size_t field_count; /* field lines among the checked ones */
};

enum stator_parse {
    STATOR_PARSE_MORE,   /* more bytes are needed */
    STATOR_PARSE_DONE,   /* the whole of it was there */
    STATOR_PARSE_FAILED, /* it can never become right */
};

/*
 * Reads a request head from the start of `in`, all bytes that came so far (at most limits->head of
 * them are looked at). One empty line before the request line is skipped (RFC 9112 2.2).
 * MORE: call again with the same bytes and more, and the same `progress`; nothing of `out` holds.
 * DONE: `out` is filled. FAILED: out->status says why; the connection must end.
 * `progress` is zeroed again by DONE and FAILED.
 */
enum stator_parse stator_request_parse(struct stator_span in,
                                       const struct stator_request_limits *limits,
                                       struct stator_request_progress *progress,
                                       struct stator_request *out);

/* The first field with that id, or the empty span with at == NULL where there is none. */
struct stator_span stator_request_field(const struct stator_request *request, enum stator_field id);

/*
 * Goes through all fields with that id: `*cursor` starts at 0. NULL at the end.
 */
const struct stator_request_field *stator_request_field_next(const struct stator_request *request,
                                                             enum stator_field id, size_t *cursor);

#endif
