/*
 * What holds for any bytes whatever that are read as a request head: the unit tests and the fuzzer
 * ask for the same.
 *
 * Knows how to feed a head in pieces; refuses to know what a particular head should give. Each
 * piece is handed over in new memory of its exact size and with a scratch struct full of rubbish,
 * so that a sanitizer sees every byte read too far, and a result that leans on an earlier call
 * shows.
 */
#ifndef STATOR_FUZZ_REQUEST_LAWS_H
#define STATOR_FUZZ_REQUEST_LAWS_H

#include <stdlib.h>

#include "http/request.h"

/* How bytes come: `first` of them, then `step` at a time; a step of 0 is all that is left. */
struct feed {
    size_t first;
    size_t step;
};

#define FEED_WHOLE     ((struct feed){SIZE_MAX, 0})
#define FEED_EACH_BYTE ((struct feed){1, 1})

/* How it ended: after `fed` bytes, of which `bytes` is a copy that the request's spans lie in. */
struct played {
    enum stator_parse result;
    size_t fed;
    char *bytes;
    struct stator_request_progress progress;
    struct stator_request request;
};

static inline size_t feed_next(struct feed feed, size_t fed, size_t length)
{
    size_t step = fed == 0 ? feed.first : feed.step;
    return step == 0 || step > length - fed ? length : fed + step;
}

/* Plays `in` as `feed` says until it is decided or has run out. False if memory is out. */
static inline bool play(struct stator_span in, struct feed feed,
                        const struct stator_request_limits *limits, struct played *out)
{
    *out = (struct played){.result = STATOR_PARSE_MORE};
    while (out->result == STATOR_PARSE_MORE && out->fed < in.length) {
        out->fed = feed_next(feed, out->fed, in.length);
        free(out->bytes);
        out->bytes = malloc(out->fed);
        if (out->bytes == NULL) {
            return false;
        }
        memcpy(out->bytes, in.at, out->fed);
        memset(&out->request, 0xa5, sizeof(out->request));
        out->result = stator_request_parse((struct stator_span){out->bytes, out->fed}, limits,
                                           &out->progress, &out->request);
    }
    return true;
}

static inline void played_finish(struct played *played)
{
    free(played->bytes);
    played->bytes = NULL;
}

static inline bool same_fields(const struct stator_request *a, const struct stator_request *b)
{
    if (a->field_count != b->field_count || memcmp(a->known, b->known, sizeof(a->known)) != 0) {
        return false;
    }
    for (size_t i = 0; i < a->field_count; i++) {
        if (a->fields[i].id != b->fields[i].id ||
            !stator_span_equal(a->fields[i].name, b->fields[i].name) ||
            !stator_span_equal(a->fields[i].value, b->fields[i].value)) {
            return false;
        }
    }
    return true;
}

static inline bool same_target(const struct stator_target *a, const struct stator_target *b)
{
    return a->form == b->form && stator_span_equal(a->authority, b->authority) &&
           stator_span_equal(a->path, b->path) && stator_span_equal(a->query, b->query);
}

/* What two ways to read the same bytes disagree about, or NULL. */
static inline const char *difference(const struct played *one, const struct played *other)
{
    const struct stator_request *a = &one->request;
    const struct stator_request *b = &other->request;
    if (one->result != other->result) {
        return "result";
    }
    if (one->result == STATOR_PARSE_MORE) {
        return NULL;
    }
    if (a->status != b->status) {
        return "status";
    }
    if (!stator_span_equal(a->line, b->line) || a->method != b->method || a->minor != b->minor ||
        !stator_span_equal(a->method_name, b->method_name) ||
        !stator_span_equal(a->target_text, b->target_text)) {
        return "request line";
    }
    if (!same_target(&a->target, &b->target) || !stator_span_equal(a->path, b->path) ||
        !stator_span_equal(a->authority, b->authority)) {
        return "target";
    }
    if (a->framing != b->framing || a->content_length != b->content_length ||
        a->keep_alive != b->keep_alive || a->expect_continue != b->expect_continue) {
        return "framing";
    }
    if (a->head_length != b->head_length) {
        return "head length";
    }
    return same_fields(a, b) ? NULL : "fields";
}

static inline bool lies_in(struct stator_span span, const char *at, size_t length)
{
    uintptr_t from = (uintptr_t)span.at;
    uintptr_t base = (uintptr_t)at;
    return span.length == 0 ||
           (from >= base && from - base <= length && span.length <= length - (from - base));
}

static inline bool holds(struct stator_span text, const char *part)
{
    return text.length > 0 && memmem(text.at, text.length, part, strlen(part)) != NULL;
}

/* A path that may be opened: absolute, and nothing in it climbs, hides or ends a C string. */
static inline bool path_is_safe(struct stator_span path)
{
    for (size_t i = 0; i < path.length; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c < ' ' || c == 0x7f) {
            return false;
        }
    }
    return path.length > 0 && path.at[0] == '/' && !holds(path, "//") && !holds(path, "/./") &&
           !holds(path, "/../") && !stator_span_ends(path, STATOR_SPAN("/.")) &&
           !stator_span_ends(path, STATOR_SPAN("/.."));
}

static inline bool value_is_safe(struct stator_span value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return stator_span_trim(value).length == value.length;
}

static inline const char *fields_breach(const struct played *played)
{
    const struct stator_request *request = &played->request;
    for (size_t i = 0; i < request->field_count; i++) {
        const struct stator_request_field *field = &request->fields[i];
        if (!lies_in(field->name, played->bytes, played->fed) ||
            !lies_in(field->value, played->bytes, played->fed)) {
            return "a field lies outside the head";
        }
        if (field->name.length == 0 || !value_is_safe(field->value)) {
            return "a field that should have been refused";
        }
    }
    return NULL;
}

static inline const char *spans_breach(const struct played *played)
{
    const struct stator_request *request = &played->request;
    const struct stator_span inside[] = {request->line,        request->method_name,
                                         request->target_text, request->target.authority,
                                         request->target.path, request->target.query,
                                         request->authority};
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        if (!lies_in(inside[i], played->bytes, played->fed)) {
            return "a span lies outside the head";
        }
    }
    if (!lies_in(request->path, played->bytes, played->fed) &&
        !lies_in(request->path, request->path_buffer, sizeof(request->path_buffer))) {
        return "the path lies nowhere";
    }
    return fields_breach(played);
}

static inline const char *done_breach(const struct played *played,
                                      const struct stator_request_limits *limits)
{
    const struct stator_request *request = &played->request;
    const unsigned *known = request->known;
    enum stator_target_form form = request->target.form;
    if (request->status != STATOR_STATUS_NONE) {
        return "done, yet with a status";
    }
    if (request->head_length > played->fed || request->head_length > limits->head ||
        request->line.length + 2 > limits->line || request->field_count > limits->fields) {
        return "a limit was passed";
    }
    if (request->head_length < 4 ||
        memcmp(played->bytes + request->head_length - 4, "\r\n\r\n", 4) != 0) {
        return "the head does not end in an empty line";
    }
    if ((form == STATOR_TARGET_FORM_ORIGIN || form == STATOR_TARGET_FORM_ABSOLUTE) &&
        !path_is_safe(request->path)) {
        return "the path is not safe";
    }
    if (known[STATOR_FIELD_HOST] > 1 || (request->minor > 0 && known[STATOR_FIELD_HOST] == 0)) {
        return "not one Host";
    }
    if (known[STATOR_FIELD_CONTENT_LENGTH] + known[STATOR_FIELD_TRANSFER_ENCODING] > 1) {
        return "framing is ambiguous";
    }
    return NULL;
}

static inline bool failure_is_known(enum stator_status status)
{
    return status == STATOR_STATUS_BAD_REQUEST || status == STATOR_STATUS_URI_TOO_LONG ||
           status == STATOR_STATUS_FIELDS_TOO_LARGE ||
           status == STATOR_STATUS_VERSION_NOT_SUPPORTED;
}

/* The law that one result breaks, or NULL. */
static inline const char *breach(const struct played *played,
                                 const struct stator_request_limits *limits)
{
    const struct stator_request_progress *progress = &played->progress;
    if (played->result == STATOR_PARSE_MORE) {
        return played->fed < limits->head ? NULL : "undecided at the limit";
    }
    if (progress->checked + progress->searched + progress->field_count != 0) {
        return "progress is left behind";
    }
    const char *wrong = spans_breach(played);
    if (wrong != NULL) {
        return wrong;
    }
    if (played->result == STATOR_PARSE_DONE) {
        return done_breach(played, limits);
    }
    return failure_is_known(played->request.status) ? NULL : "an unknown failure";
}

/* The law that reading `in` whole and as `feed` says breaks, or NULL. */
static inline const char *laws_breach(struct stator_span in, struct feed feed,
                                      const struct stator_request_limits *limits)
{
    static struct played whole;
    static struct played split;
    const char *wrong = "memory is out";
    if (play(in, FEED_WHOLE, limits, &whole)) {
        wrong = breach(&whole, limits);
    }
    if (wrong == NULL) {
        wrong = play(in, feed, limits, &split) ? breach(&split, limits) : "memory is out";
        wrong = wrong != NULL ? wrong : difference(&whole, &split);
        played_finish(&split);
    }
    played_finish(&whole);
    return wrong;
}

#endif
