/*
 * Status codes, their reason phrases, and a sentence for whoever meets one.
 *
 * One table; knows no reasons beyond the code, so an advice never says more than every sender of
 * that status can stand for. The one surprising thing: the reason is not stored, it is a piece of
 * the status line.
 */
#include "http/status.h"

struct row {
    enum stator_status status;
    struct stator_span line;
    struct stator_span advice;
};

#define ROW(status, code_reason, advice)                                                           \
    {                                                                                              \
        (status), STATOR_SPAN_INIT("HTTP/1.1 " code_reason "\r\n"), STATOR_SPAN_INIT(advice)       \
    }

/* What a busy server answers most comes first; the last is what an unknown status becomes. */
static const struct row rows[] = {
    ROW(STATOR_STATUS_OK, "200 OK", ""),
    ROW(STATOR_STATUS_NOT_MODIFIED, "304 Not Modified", ""),
    ROW(STATOR_STATUS_PARTIAL_CONTENT, "206 Partial Content", ""),
    ROW(STATOR_STATUS_NOT_FOUND, "404 Not Found",
        "There is nothing at this address. Check its spelling, or start from the front page."),
    ROW(STATOR_STATUS_PERMANENT_REDIRECT, "308 Permanent Redirect",
        "This page has moved for good. Follow the link, and update your bookmark."),
    ROW(STATOR_STATUS_CONTINUE, "100 Continue", ""),
    ROW(STATOR_STATUS_NO_CONTENT, "204 No Content", ""),
    ROW(STATOR_STATUS_BAD_REQUEST, "400 Bad Request",
        "The server could not understand the request. Check the address and try again."),
    ROW(STATOR_STATUS_FORBIDDEN, "403 Forbidden",
        "The server may not show this page. If you expected to see it, tell whoever runs the "
        "site."),
    ROW(STATOR_STATUS_METHOD_NOT_ALLOWED, "405 Method Not Allowed",
        "This address can be read but not changed. The Allow field lists the methods it takes."),
    ROW(STATOR_STATUS_NOT_ACCEPTABLE, "406 Not Acceptable",
        "This page does not exist in a form that your client accepts. Ask for another type."),
    ROW(STATOR_STATUS_REQUEST_TIMEOUT, "408 Request Timeout",
        "The request took too long to arrive. Check your connection and try again."),
    ROW(STATOR_STATUS_PRECONDITION_FAILED, "412 Precondition Failed",
        "The page is not in the state that the request asked for. Load it again and retry."),
    ROW(STATOR_STATUS_CONTENT_TOO_LARGE, "413 Content Too Large",
        "The request carried more data than the server accepts. Send less of it."),
    ROW(STATOR_STATUS_URI_TOO_LONG, "414 URI Too Long",
        "The address is longer than the server accepts. Shorten it and try again."),
    ROW(STATOR_STATUS_RANGE_NOT_SATISFIABLE, "416 Range Not Satisfiable",
        "The part that was asked for lies outside the file. Download it again from the start."),
    ROW(STATOR_STATUS_EXPECTATION_FAILED, "417 Expectation Failed",
        "The request expects something that the server does not offer. Send it without Expect."),
    ROW(STATOR_STATUS_FIELDS_TOO_LARGE, "431 Request Header Fields Too Large",
        "The request's header is larger than the server accepts. Clearing this site's cookies "
        "often helps."),
    ROW(STATOR_STATUS_NOT_IMPLEMENTED, "501 Not Implemented",
        "The server does not know how to do what the request asks for."),
    ROW(STATOR_STATUS_SERVICE_UNAVAILABLE, "503 Service Unavailable",
        "The server is too busy right now. Try again in a moment."),
    ROW(STATOR_STATUS_VERSION_NOT_SUPPORTED, "505 HTTP Version Not Supported",
        "The server speaks HTTP/1.0 and HTTP/1.1, and the request used another version."),
    ROW(STATOR_STATUS_INTERNAL_SERVER_ERROR, "500 Internal Server Error",
        "Something went wrong on the server, not with your request. Try again in a moment."),
};

static const struct row *row_of(enum stator_status status)
{
    const struct row *last = &rows[sizeof(rows) / sizeof(rows[0]) - 1];
    const struct row *row = rows;
    while (row != last && row->status != status) {
        row++;
    }
    return row;
}

struct stator_span stator_status_line(enum stator_status status)
{
    return row_of(status)->line;
}

struct stator_span stator_status_title(enum stator_status status)
{
    struct stator_span line = row_of(status)->line;
    const size_t before = sizeof("HTTP/1.1 ") - 1, after = sizeof("\r\n") - 1;
    return stator_span_first(stator_span_skip(line, before), line.length - before - after);
}

struct stator_span stator_status_reason(enum stator_status status)
{
    return stator_span_skip(stator_status_title(status), sizeof("200 ") - 1);
}

struct stator_span stator_status_advice(enum stator_status status)
{
    return row_of(status)->advice;
}
