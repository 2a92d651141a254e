/*
 * What happened in one exchange, and how to write it as a line of the access log.
 *
 * The spans of a record belong to the request it tells of; a format never trusts them: every
 * control byte, quote, backslash and byte that is not ASCII is escaped, so a client can neither
 * forge a line nor speak to a terminal.
 */
#ifndef STATOR_OBSERVE_RECORD_H
#define STATOR_OBSERVE_RECORD_H

#include "base/text.h"
#include "http/status.h"

/* "[21/Nov/2026:10:00:00 +0000]" */
#define STATOR_RECORD_TIMESTAMP_LENGTH 28

struct stator_record {
    int64_t wall;              /* when the request's head was complete: ns since 1970 */
    const char *timestamp;     /* what stator_record_timestamp gives for `wall`, or NULL */
    int64_t duration;          /* until the response was handed to the system: ms */
    struct stator_span peer;   /* "192.0.2.1", "2001:db8::1", "unix:" */
    struct stator_span line;   /* the request line as received, cut where it went wrong */
    struct stator_span method; /* empty where it was not understood, like the next */
    struct stator_span target;
    struct stator_span host;
    struct stator_span referer; /* empty where there is none */
    struct stator_span user_agent;
    int minor;                 /* of HTTP/1.x */
    enum stator_status status; /* 0: the connection ended before one was sent */
    uint64_t body_bytes;       /* body bytes sent */
    bool complete;             /* all of the response was sent */
};

enum stator_log_format {
    STATOR_LOG_FORMAT_COMMON,   /* NCSA common: host - - [time] "line" status bytes */
    STATOR_LOG_FORMAT_COMBINED, /* and "referer" "user agent" */
    STATOR_LOG_FORMAT_JSON,     /* one object a line, times in RFC 3339 */
    STATOR_LOG_FORMAT_PRETTY,   /* for a person at a terminal */
};

/* Bytes that one value may take in a line, after escaping; a longer one is cut and ends in "...".
 */
#define STATOR_RECORD_VALUE_MAX (10u * 1024)

/*
 * Adds the line for `record`, ending in '\n', or nothing where memory is out (out->failed). A line
 * is shorter than 64 KiB. Times are UTC.
 *
 *     COMBINED  192.0.2.1 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8"
 *     JSON      {"time":"2026-11-21T10:00:00.000Z","peer":"192.0.2.1","method":"GET","target":"/",
 *               "protocol":"HTTP/1.1","host":"h","user_agent":"curl/8","status":200,"bytes":12,
 *               "duration_ms":3,"complete":true}
 *     PRETTY    10:00:00  200        12 B     3 ms  192.0.2.1  GET /
 *
 * COMMON and COMBINED: "-" stands for what is empty, for no status and for no bytes; bytes that
 * could do harm are \xHH, a quote and a backslash have a backslash before them. JSON: keys that
 * have no value are left out; "line" stands in place of "method", "target" and "protocol" where the
 * request was not understood; everything but ASCII is \u escaped, and what is not UTF-8 is U+FFFD.
 * `colour` is for PRETTY alone.
 */
void stator_record_format(const struct stator_record *record, enum stator_log_format format,
                          bool colour, struct stator_text *out);

/* Writes the time of a COMMON or COMBINED line, no NUL: once a second is enough for many lines. */
void stator_record_timestamp(int64_t wall, char out[STATOR_RECORD_TIMESTAMP_LENGTH]);

#endif
