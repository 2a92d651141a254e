/* The policy: what the answer to a request is. */
#include "exchange/respond.h"

#include <sys/resource.h>

#include "content/listing.h"
#include "exchange/problem.h"
#include "fixture.h"

static const struct stator_span html = STATOR_SPAN_INIT("text/html; charset=utf-8");
static const struct stator_span text = STATOR_SPAN_INIT("text/plain; charset=utf-8");

static void open_site(struct fixture *fixture)
{
    fixture_open(fixture);
    fixture_write(fixture, "site/digits.txt", "0123456789", 10);
    fixture_write(fixture, "site/empty.txt", "", 0);
    fixture_directory(fixture, "site/dir");
    fixture_write(fixture, "site/dir/index.html", "<p>", 3);
    fixture_directory(fixture, "site/list");
    fixture_write(fixture, "site/list/a.txt", "a", 1);
    fixture_directory(fixture, "site/a \"<b>%\xc3\xa9?#\\");
}

/* Answers "<line>\r\n<fields>\r\n" with a Host. */
static void respond(const struct fixture *fixture, const char *line, const char *fields,
                    struct stator_response *out)
{
    char head[2048];

    snprintf(head, sizeof(head), "%s\r\nHost: evil.example\r\n%s\r\n", line, fields);
    stator_response_init(out);
    stator_respond(fixture_parse(fixture, head), fixture->worker, out);
}

Test(respond, statuses)
{
    static const struct {
        const char *label;
        const char *line;
        const char *fields;
        enum stator_status status;
        enum stator_response_body body;
        bool allow;
    } rows[] = {
        {"file", "GET /digits.txt HTTP/1.1", "", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY,
         false},
        {"file, 1.0", "GET /digits.txt HTTP/1.0", "", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY,
         false},
        {"head", "HEAD /digits.txt HTTP/1.1", "", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY,
         false},
        {"absent", "GET /no HTTP/1.1", "", STATOR_STATUS_NOT_FOUND, STATOR_RESPONSE_BODY_PROBLEM,
         false},
        {"a file is no directory", "GET /digits.txt/ HTTP/1.1", "", STATOR_STATUS_NOT_FOUND,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"index", "GET /dir/ HTTP/1.1", "", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY, false},
        {"listing", "GET /list/ HTTP/1.1", "", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_TEXT, false},
        {"redirect", "GET /dir HTTP/1.1", "", STATOR_STATUS_PERMANENT_REDIRECT,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"9.3.7 options", "OPTIONS /digits.txt HTTP/1.1", "", STATOR_STATUS_NO_CONTENT,
         STATOR_RESPONSE_BODY_NONE, true},
        {"9.3.7 options of all", "OPTIONS * HTTP/1.1", "", STATOR_STATUS_NO_CONTENT,
         STATOR_RESPONSE_BODY_NONE, true},
        {"options of nothing", "OPTIONS /no HTTP/1.1", "", STATOR_STATUS_NOT_FOUND,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"13.2.1 options has no conditions", "OPTIONS /digits.txt HTTP/1.1", "If-Match: \"no\"\r\n",
         STATOR_STATUS_NO_CONTENT, STATOR_RESPONSE_BODY_NONE, true},
        {"15.5.6 post", "POST /digits.txt HTTP/1.1", "", STATOR_STATUS_METHOD_NOT_ALLOWED,
         STATOR_RESPONSE_BODY_PROBLEM, true},
        {"put", "PUT /no HTTP/1.1", "", STATOR_STATUS_METHOD_NOT_ALLOWED,
         STATOR_RESPONSE_BODY_PROBLEM, true},
        {"delete", "DELETE /digits.txt HTTP/1.1", "", STATOR_STATUS_METHOD_NOT_ALLOWED,
         STATOR_RESPONSE_BODY_PROBLEM, true},
        {"trace", "TRACE /digits.txt HTTP/1.1", "", STATOR_STATUS_METHOD_NOT_ALLOWED,
         STATOR_RESPONSE_BODY_PROBLEM, true},
        {"connect", "CONNECT a:80 HTTP/1.1", "", STATOR_STATUS_METHOD_NOT_ALLOWED,
         STATOR_RESPONSE_BODY_PROBLEM, true},
        {"15.6.2 unknown", "BREW /digits.txt HTTP/1.1", "", STATOR_STATUS_NOT_IMPLEMENTED,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"9.1 case counts", "get /digits.txt HTTP/1.1", "", STATOR_STATUS_NOT_IMPLEMENTED,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"15.5.18 expectation", "GET /digits.txt HTTP/1.1", "Expect: tea\r\n",
         STATOR_STATUS_EXPECTATION_FAILED, STATOR_RESPONSE_BODY_PROBLEM, false},
        {"15.5.18 one of two", "GET /digits.txt HTTP/1.1",
         "Expect: 100-continue\r\nExpect: tea\r\n", STATOR_STATUS_EXPECTATION_FAILED,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"10.1.1 continue", "GET /digits.txt HTTP/1.1",
         "Expect: 100-Continue\r\nContent-Length: 1\r\n", STATOR_STATUS_OK,
         STATOR_RESPONSE_BODY_ENTRY, false},
        {"10.1.1 ignored in 1.0", "GET /digits.txt HTTP/1.0", "Expect: tea\r\n", STATOR_STATUS_OK,
         STATOR_RESPONSE_BODY_ENTRY, false},
        {"15.5.14 a body within the bound", "GET /digits.txt HTTP/1.1",
         "Content-Length: 1048576\r\n", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY, false},
        {"15.5.14 a body past it", "GET /digits.txt HTTP/1.1", "Content-Length: 1048577\r\n",
         STATOR_STATUS_CONTENT_TOO_LARGE, STATOR_RESPONSE_BODY_PROBLEM, false},
        {"15.5.13 precondition", "GET /digits.txt HTTP/1.1", "If-Match: \"no\"\r\n",
         STATOR_STATUS_PRECONDITION_FAILED, STATOR_RESPONSE_BODY_PROBLEM, false},
        {"15.4.5 not modified", "GET /digits.txt HTTP/1.1", "If-None-Match: *\r\n",
         STATOR_STATUS_NOT_MODIFIED, STATOR_RESPONSE_BODY_NONE, false},
        {"15.4.5 not modified, head", "HEAD /digits.txt HTTP/1.1", "If-None-Match: *\r\n",
         STATOR_STATUS_NOT_MODIFIED, STATOR_RESPONSE_BODY_NONE, false},
        {"14.2 range", "GET /digits.txt HTTP/1.1", "Range: bytes=0-0\r\n",
         STATOR_STATUS_PARTIAL_CONTENT, STATOR_RESPONSE_BODY_RANGE, false},
        {"14.2 ranges", "GET /digits.txt HTTP/1.1", "Range: bytes=0-0,5-6\r\n",
         STATOR_STATUS_PARTIAL_CONTENT, STATOR_RESPONSE_BODY_PARTS, false},
        {"14.2 ranges that touch are one", "GET /digits.txt HTTP/1.1", "Range: bytes=0-4,5-6\r\n",
         STATOR_STATUS_PARTIAL_CONTENT, STATOR_RESPONSE_BODY_RANGE, false},
        {"14.2 not for head", "HEAD /digits.txt HTTP/1.1", "Range: bytes=0-0\r\n", STATOR_STATUS_OK,
         STATOR_RESPONSE_BODY_ENTRY, false},
        {"14.2 two fields", "GET /digits.txt HTTP/1.1", "Range: bytes=0-0\r\nRange: bytes=1-1\r\n",
         STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY, false},
        {"14.2 another unit", "GET /digits.txt HTTP/1.1", "Range: lines=0-0\r\n", STATOR_STATUS_OK,
         STATOR_RESPONSE_BODY_ENTRY, false},
        {"15.5.17 past the end", "GET /digits.txt HTTP/1.1", "Range: bytes=10-\r\n",
         STATOR_STATUS_RANGE_NOT_SATISFIABLE, STATOR_RESPONSE_BODY_PROBLEM, false},
        {"15.5.17 empty file", "GET /empty.txt HTTP/1.1", "Range: bytes=0-\r\n",
         STATOR_STATUS_RANGE_NOT_SATISFIABLE, STATOR_RESPONSE_BODY_PROBLEM, false},
        {"13.1.5 not for another version", "GET /digits.txt HTTP/1.1",
         "Range: bytes=0-0\r\nIf-Range: \"no\"\r\n", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY,
         false},
        {"13.1.5 nor past the end of another", "GET /digits.txt HTTP/1.1",
         "Range: bytes=10-\r\nIf-Range: \"no\"\r\n", STATOR_STATUS_OK, STATOR_RESPONSE_BODY_ENTRY,
         false},
        {"13.2.2 304 before 206", "GET /digits.txt HTTP/1.1",
         "Range: bytes=0-0\r\nIf-None-Match: *\r\n", STATOR_STATUS_NOT_MODIFIED,
         STATOR_RESPONSE_BODY_NONE, false},
        {"13.2.2 412 before 416", "GET /digits.txt HTTP/1.1",
         "Range: bytes=10-\r\nIf-Match: \"no\"\r\n", STATOR_STATUS_PRECONDITION_FAILED,
         STATOR_RESPONSE_BODY_PROBLEM, false},
        {"no conditions on what is not there", "GET /no HTTP/1.1", "If-None-Match: *\r\n",
         STATOR_STATUS_NOT_FOUND, STATOR_RESPONSE_BODY_PROBLEM, false},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_response response;

        respond(&fixture, rows[i].line, rows[i].fields, &response);
        cr_expect_eq(response.status, rows[i].status, "%s: %d", rows[i].label, response.status);
        cr_expect_eq(response.body, rows[i].body, "%s", rows[i].label);
        cr_expect_eq(response.allow, rows[i].allow, "%s", rows[i].label);
        cr_expect_eq(response.head_only, rows[i].line[0] == 'H', "%s", rows[i].label);
        cr_expect_eq(response.unsatisfied, rows[i].status == STATOR_STATUS_RANGE_NOT_SATISFIABLE,
                     "%s", rows[i].label);
        cr_expect_eq(response.location.length > 0,
                     rows[i].status == STATOR_STATUS_PERMANENT_REDIRECT, "%s", rows[i].label);
        stator_response_finish(&response);
    }
    fixture_close(&fixture);
}

Test(respond, redirects_stay_on_this_host)
{
    static const struct {
        const char *label;
        const char *target;
        const char *location;
    } rows[] = {
        {"plain", "/dir", "/dir/"},
        {"query", "/dir?a=b&c", "/dir/?a=b&c"},
        {"empty query", "/dir?", "/dir/?"},
        {"a query that looks like a host", "/dir?//other.example/", "/dir/?//other.example/"},
        {"slashes", "//dir", "/dir/"},
        {"many slashes", "////dir", "/dir/"},
        {"encoded slashes", "/%2f%2Fdir", "/dir/"},
        {"dot segments", "/x/..//dir", "/dir/"},
        {"dot segments that climb", "/../../dir", "/dir/"},
        {"absolute form", "http://other.example/dir?q", "/dir/?q"},
        {"needless escapes", "/%64ir", "/dir/"},
        {"escapes that are needed", "/a%20%22%3Cb%3E%25%C3%A9%3F%23%5C",
         "/a%20%22%3Cb%3E%25%C3%A9%3F%23%5C/"},
        {"the same, in lower case", "/a%20%22%3cb%3e%25%c3%a9%3f%23%5c?x",
         "/a%20%22%3Cb%3E%25%C3%A9%3F%23%5C/?x"},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_response response;
        char line[512];

        snprintf(line, sizeof(line), "GET %s HTTP/1.1", rows[i].target);
        respond(&fixture, line, "", &response);
        cr_expect_eq(response.status, STATOR_STATUS_PERMANENT_REDIRECT, "%s: %d", rows[i].label,
                     response.status);
        cr_expect(stator_span_equal(stator_text_span(&response.location),
                                    stator_span_from(rows[i].location)),
                  "%s: %.*s", rows[i].label, (int)response.location.length, response.location.at);
        stator_response_finish(&response);
    }
    fixture_close(&fixture);
}

Test(respond, errors_and_listings_come_as_the_client_prefers)
{
    static const struct stator_span json = STATOR_SPAN_INIT("application/json");
    static const struct {
        const char *label;
        const char *fields;
        const struct stator_span *error;
        const struct stator_span *listing;
    } rows[] = {
        {"no Accept", "", &html, &html},
        {"anything", "Accept: */*\r\n", &html, &html},
        {"a browser", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n",
         &html, &html},
        {"text", "Accept: text/plain\r\n", &text, &html},
        {"text rather", "Accept: text/html;q=0.5, text/plain\r\n", &text, &html},
        {"html rather", "Accept: text/html, text/plain;q=0.9\r\n", &html, &html},
        {"json", "Accept: application/json\r\n", &html, &json},
        {"json rather", "Accept: application/json, */*;q=0.1\r\n", &html, &json},
        {"json less", "Accept: application/json;q=0.1, text/html;q=0.2\r\n", &html, &html},
        {"anything but html", "Accept: text/html;q=0, */*\r\n", &text, &json},
        {"neither", "Accept: image/png\r\n", &html, &html},
        {"malformed", "Accept: ;;;\r\n", &html, &html},
        {"on two lines", "Accept: text/plain;q=0.1\r\nAccept: application/json\r\n", &text, &json},
        {"5.3 two lines are one list", "Accept: */*\r\nAccept: text/html;q=0\r\n", &text, &json},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_response response;

        respond(&fixture, "GET /no HTTP/1.1", rows[i].fields, &response);
        cr_expect(stator_span_equal(response.type, *rows[i].error), "%s: %.*s", rows[i].label,
                  (int)response.type.length, response.type.at);
        cr_expect(response.vary_accept, "%s", rows[i].label);
        cr_expect_eq(response.limits.length > 0, rows[i].error == &html, "%s", rows[i].label);
        stator_response_finish(&response);

        respond(&fixture, "GET /list/ HTTP/1.1", rows[i].fields, &response);
        cr_expect(stator_span_equal(response.type, *rows[i].listing), "listing, %s: %.*s",
                  rows[i].label, (int)response.type.length, response.type.at);
        cr_expect(response.vary_accept, "%s", rows[i].label);
        cr_expect_eq(stator_span_starts(stator_text_span(&response.text), STATOR_SPAN("{")),
                     rows[i].listing == &json, "%s", rows[i].label);
        cr_expect(stator_span_equal(response.limits, rows[i].listing == &json
                                                         ? (struct stator_span){NULL, 0}
                                                         : stator_listing_csp),
                  "%s", rows[i].label);
        stator_response_finish(&response);
    }
    fixture_close(&fixture);
}

Test(respond, a_file_does_not_vary)
{
    struct fixture fixture;
    struct stator_response response;

    open_site(&fixture);
    respond(&fixture, "GET /digits.txt HTTP/1.1", "Accept: text/html\r\n", &response);
    cr_expect_not(response.vary_accept);
    cr_expect_eq(response.limits.length, 0);
    stator_response_finish(&response);
    fixture_close(&fixture);
}

Test(respond, errors_without_a_request)
{
    struct stator_response response;

    stator_response_init(&response);
    stator_respond_error(NULL, STATOR_STATUS_REQUEST_TIMEOUT, &response);
    cr_expect_eq(response.status, STATOR_STATUS_REQUEST_TIMEOUT);
    cr_expect_eq(response.body, STATOR_RESPONSE_BODY_PROBLEM);
    cr_expect(stator_span_equal(response.type, html));
    cr_expect(stator_span_equal(response.limits, stator_problem_csp));
    cr_expect_not(response.head_only);
    cr_expect_not(response.allow);
    stator_response_finish(&response);
    cr_expect_eq(response.status, STATOR_STATUS_NONE, "as after init");
    cr_expect_eq(response.text.length, 0);
    stator_response_finish(&response);
}

Test(respond, errors_of_requests_that_were_not_understood)
{
    static const struct {
        const char *label;
        const char *head;
        bool head_only;
    } rows[] = {
        {"get", "GET / HTTP/1.1\r\nAccept: text/plain\r\nHost : h\r\n\r\n", false},
        {"head", "HEAD / HTTP/1.1\r\nAccept: text/plain\r\nHost : h\r\n\r\n", true},
    };
    struct fixture fixture;

    open_site(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_request_progress progress = {0};
        struct stator_response response;

        cr_assert_eq(stator_request_parse(stator_span_from(rows[i].head),
                                          &fixture.worker->limits.request, &progress,
                                          &fixture.worker->request),
                     STATOR_PARSE_FAILED);
        stator_response_init(&response);
        stator_respond_error(&fixture.worker->request, STATOR_STATUS_BAD_REQUEST, &response);
        cr_expect_eq(response.head_only, rows[i].head_only, "%s", rows[i].label);
        cr_expect(stator_span_equal(response.type, text), "%s", rows[i].label);
        stator_response_finish(&response);
    }
    fixture_close(&fixture);
}

Test(respond, what_the_system_refuses_has_a_status_of_its_own)
{
    struct fixture fixture;
    struct stator_response response;
    char path[256];

    open_site(&fixture);
    fixture_path(&fixture, "site/digits.txt", path);
    cr_assert_eq(chmod(path, 0), 0);
    if (access(path, R_OK) < 0) { /* root may read everything */
        respond(&fixture, "GET /digits.txt HTTP/1.1", "", &response);
        cr_expect_eq(response.status, STATOR_STATUS_FORBIDDEN);
        stator_response_finish(&response);
    }
    respond(&fixture, "GET /.hidden HTTP/1.1", "", &response);
    cr_expect_eq(response.status, STATOR_STATUS_NOT_FOUND);
    stator_response_finish(&response);
    fixture_close(&fixture);
}

Test(respond, a_server_out_of_descriptors_says_so_and_recovers)
{
    struct fixture fixture;
    struct stator_response response;
    struct rlimit before, none;
    int next;

    open_site(&fixture);
    next = dup(STDERR_FILENO);
    close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    respond(&fixture, "GET /digits.txt HTTP/1.1", "", &response);
    cr_expect_eq(response.status, STATOR_STATUS_SERVICE_UNAVAILABLE);
    stator_response_finish(&response);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    respond(&fixture, "GET /digits.txt HTTP/1.1", "", &response);
    cr_expect_eq(response.status, STATOR_STATUS_OK);
    stator_response_finish(&response);
    fixture_close(&fixture);
}

Test(respond, boundaries_are_not_repeated)
{
    struct fixture fixture;
    char first[33] = "";

    open_site(&fixture);
    for (int i = 0; i < 2; i++) {
        struct stator_response response;

        respond(&fixture, "GET /digits.txt HTTP/1.1", "Range: bytes=0-0,5-6\r\n", &response);
        cr_assert_eq(strlen(response.boundary), 32);
        cr_expect_eq(strspn(response.boundary, "0123456789abcdef"), 32);
        cr_expect_str_neq(response.boundary, first);
        strcpy(first, response.boundary);
        stator_response_finish(&response);
    }
    fixture_close(&fixture);
}
