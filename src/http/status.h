/* Status codes: RFC 9110 15 and RFC 6585. What the peer did wrong, or what the policy decided. */
#ifndef STATOR_HTTP_STATUS_H
#define STATOR_HTTP_STATUS_H

#include "base/span.h"

enum stator_status {
    STATOR_STATUS_NONE = 0, /* nothing decided yet: go on */
    STATOR_STATUS_CONTINUE = 100,
    STATOR_STATUS_OK = 200,
    STATOR_STATUS_NO_CONTENT = 204,
    STATOR_STATUS_PARTIAL_CONTENT = 206,
    STATOR_STATUS_NOT_MODIFIED = 304,
    STATOR_STATUS_PERMANENT_REDIRECT = 308,
    STATOR_STATUS_BAD_REQUEST = 400,
    STATOR_STATUS_FORBIDDEN = 403,
    STATOR_STATUS_NOT_FOUND = 404,
    STATOR_STATUS_METHOD_NOT_ALLOWED = 405,
    STATOR_STATUS_NOT_ACCEPTABLE = 406,
    STATOR_STATUS_REQUEST_TIMEOUT = 408,
    STATOR_STATUS_PRECONDITION_FAILED = 412,
    STATOR_STATUS_CONTENT_TOO_LARGE = 413,
    STATOR_STATUS_URI_TOO_LONG = 414,
    STATOR_STATUS_RANGE_NOT_SATISFIABLE = 416,
    STATOR_STATUS_EXPECTATION_FAILED = 417,
    STATOR_STATUS_FIELDS_TOO_LARGE = 431,
    STATOR_STATUS_INTERNAL_SERVER_ERROR = 500,
    STATOR_STATUS_NOT_IMPLEMENTED = 501,
    STATOR_STATUS_SERVICE_UNAVAILABLE = 503,
    STATOR_STATUS_VERSION_NOT_SUPPORTED = 505,
};

/* The whole status line, "HTTP/1.1 200 OK\r\n". An unknown status gives the one of 500. */
struct stator_span stator_status_line(enum stator_status status);

/* The code and the reason, "404 Not Found". */
struct stator_span stator_status_title(enum stator_status status);

/* The reason phrase alone, "Not Found". */
struct stator_span stator_status_reason(enum stator_status status);

/* A sentence for a person who meets this error in a browser: what happened and what to do. */
struct stator_span stator_status_advice(enum stator_status status);

#endif
