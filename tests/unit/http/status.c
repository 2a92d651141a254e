/* Status lines, reasons and advice. */
#include "http/status.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct {
    enum stator_status status;
    const char *reason;
} rows[] = {
    {STATOR_STATUS_CONTINUE, "Continue"},
    {STATOR_STATUS_OK, "OK"},
    {STATOR_STATUS_NO_CONTENT, "No Content"},
    {STATOR_STATUS_PARTIAL_CONTENT, "Partial Content"},
    {STATOR_STATUS_NOT_MODIFIED, "Not Modified"},
    {STATOR_STATUS_PERMANENT_REDIRECT, "Permanent Redirect"},
    {STATOR_STATUS_BAD_REQUEST, "Bad Request"},
    {STATOR_STATUS_FORBIDDEN, "Forbidden"},
    {STATOR_STATUS_NOT_FOUND, "Not Found"},
    {STATOR_STATUS_METHOD_NOT_ALLOWED, "Method Not Allowed"},
    {STATOR_STATUS_NOT_ACCEPTABLE, "Not Acceptable"},
    {STATOR_STATUS_REQUEST_TIMEOUT, "Request Timeout"},
    {STATOR_STATUS_PRECONDITION_FAILED, "Precondition Failed"},
    {STATOR_STATUS_CONTENT_TOO_LARGE, "Content Too Large"},
    {STATOR_STATUS_URI_TOO_LONG, "URI Too Long"},
    {STATOR_STATUS_RANGE_NOT_SATISFIABLE, "Range Not Satisfiable"},
    {STATOR_STATUS_EXPECTATION_FAILED, "Expectation Failed"},
    {STATOR_STATUS_FIELDS_TOO_LARGE, "Request Header Fields Too Large"},
    {STATOR_STATUS_INTERNAL_SERVER_ERROR, "Internal Server Error"},
    {STATOR_STATUS_NOT_IMPLEMENTED, "Not Implemented"},
    {STATOR_STATUS_SERVICE_UNAVAILABLE, "Service Unavailable"},
    {STATOR_STATUS_VERSION_NOT_SUPPORTED, "HTTP Version Not Supported"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

Test(status, line_and_reason)
{
    for (size_t i = 0; i < ROWS; i++) {
        char line[100];
        snprintf(line, sizeof(line), "HTTP/1.1 %d %s\r\n", (int)rows[i].status, rows[i].reason);
        cr_expect(stator_span_equal(stator_status_line(rows[i].status), stator_span_from(line)),
                  "%s", rows[i].reason);
        cr_expect(stator_span_equal(stator_status_reason(rows[i].status),
                                    stator_span_from(rows[i].reason)),
                  "%s", rows[i].reason);
    }
}

Test(status, unknown_is_500)
{
    static const int unknown[] = {0, 299, 418, 999, -1};
    struct stator_span wanted = STATOR_SPAN_INIT("HTTP/1.1 500 Internal Server Error\r\n");
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        cr_expect(stator_span_equal(stator_status_line((enum stator_status)unknown[i]), wanted),
                  "%d", unknown[i]);
    }
}

/* Advice is put into HTML and plain text as it is: sentences without markup, for every error. */
Test(status, advice)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct stator_span advice = stator_status_advice(rows[i].status);
        if (rows[i].status < 300) {
            continue;
        }
        bool silent = rows[i].status == STATOR_STATUS_NOT_MODIFIED; /* has no body */
        cr_expect_eq(advice.length == 0, silent, "%s", rows[i].reason);
        cr_expect(silent || stator_span_ends(advice, STATOR_SPAN(".")), "%s", rows[i].reason);
        for (size_t at = 0; at < advice.length; at++) {
            char c = advice.at[at];
            cr_expect(c >= ' ' && c < 0x7f && strchr("<>&\"", c) == NULL, "%s", rows[i].reason);
        }
    }
}
