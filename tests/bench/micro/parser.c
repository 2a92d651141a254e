/* Request heads read, as they come: whole, or in two pieces with the cut in the middle. */
#include <errno.h>
#include <stdlib.h>

#include "http/request.h"
#include "micro.h"
#include "request_heads.h"

struct head {
    struct stator_span bytes;
    size_t fields;
};

struct parsing {
    const struct head *head;
    struct stator_request_limits limits;
    struct stator_request_progress progress;
    enum stator_parse first; /* what the first piece gave; MORE where there is only one */
    enum stator_parse last;
    struct stator_request request;
};

static int setup(const void *with, void **out)
{
    struct parsing *parsing = calloc(1, sizeof(*parsing));

    if (parsing == NULL) {
        return -ENOMEM;
    }
    parsing->head = with;
    parsing->limits = (struct stator_request_limits){
        STATOR_REQUEST_LINE_MAX, STATOR_REQUEST_HEAD_MAX, STATOR_REQUEST_FIELDS_MAX};
    *out = parsing;
    return 0;
}

static enum stator_parse parse(struct parsing *parsing, size_t length)
{
    return stator_request_parse(stator_span_first(parsing->head->bytes, length), &parsing->limits,
                                &parsing->progress, &parsing->request);
}

static void whole(void *state)
{
    struct parsing *parsing = state;

    parsing->last = parse(parsing, parsing->head->bytes.length);
    micro_keep(parsing);
}

static void two_pieces(void *state)
{
    struct parsing *parsing = state;

    parsing->first = parse(parsing, parsing->head->bytes.length / 2);
    micro_keep(parsing);
    parsing->last = parse(parsing, parsing->head->bytes.length);
    micro_keep(parsing);
}

static bool check(const void *state)
{
    const struct parsing *parsing = state;
    const struct stator_request *request = &parsing->request;

    return parsing->first == STATOR_PARSE_MORE && parsing->last == STATOR_PARSE_DONE &&
           request->method == STATOR_METHOD_GET &&
           stator_span_equal(request->path, STATOR_SPAN("/index.html")) &&
           request->field_count == parsing->head->fields &&
           request->head_length == parsing->head->bytes.length && request->keep_alive;
}

static const struct head wrk = {STATOR_SPAN_INIT(HEADS_WRK("/index.html") "\r\n"), 1};
static const struct head curl = {STATOR_SPAN_INIT(HEADS_CURL("/index.html") "\r\n"), 3};
static const struct head browser = {STATOR_SPAN_INIT(HEADS_BROWSER("/index.html") "\r\n"), 14};

static const struct micro_row rows[] = {
    {"a head of wrk", &wrk, 1, setup, whole, check, free},
    {"a head of wrk, in two pieces", &wrk, 1, setup, two_pieces, check, free},
    {"a head of curl", &curl, 1, setup, whole, check, free},
    {"a head of curl, in two pieces", &curl, 1, setup, two_pieces, check, free},
    {"a browser's head", &browser, 1, setup, whole, check, free},
    {"a browser's head, in two pieces", &browser, 1, setup, two_pieces, check, free},
};

const struct micro_subject micro_parser = MICRO_SUBJECT("parser", rows);
