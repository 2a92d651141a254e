/*
 * The request head: lines first, then what the fields that frame the message mean together.
 *
 * Knows RFC 9112 2 to 6 and 9.3; refuses to know sockets, files, and what will be answered. The
 * surprising thing: a head that came in pieces is read twice. While it grows its lines are only
 * judged, for `request` may serve other connections in between; once its fate is clear, the same
 * code reads it from the start, and so says the same about any split.
 */
#include "http/request.h"

#include "http/authority.h"
#include "http/token.h"

#define VERSION_LENGTH    9 /* " HTTP/1.1" */
#define FIELD_NAME_MAX    19
#define FIELDS_PER_LENGTH 2

/* As clients write them, so that one comparison of the bytes nearly always decides. */
static const struct stator_span field_names[STATOR_FIELD_COUNT] = {
    [STATOR_FIELD_ACCEPT] = STATOR_SPAN_INIT("Accept"),
    [STATOR_FIELD_CONNECTION] = STATOR_SPAN_INIT("Connection"),
    [STATOR_FIELD_CONTENT_LENGTH] = STATOR_SPAN_INIT("Content-Length"),
    [STATOR_FIELD_EXPECT] = STATOR_SPAN_INIT("Expect"),
    [STATOR_FIELD_HOST] = STATOR_SPAN_INIT("Host"),
    [STATOR_FIELD_IF_MATCH] = STATOR_SPAN_INIT("If-Match"),
    [STATOR_FIELD_IF_MODIFIED_SINCE] = STATOR_SPAN_INIT("If-Modified-Since"),
    [STATOR_FIELD_IF_NONE_MATCH] = STATOR_SPAN_INIT("If-None-Match"),
    [STATOR_FIELD_IF_RANGE] = STATOR_SPAN_INIT("If-Range"),
    [STATOR_FIELD_IF_UNMODIFIED_SINCE] = STATOR_SPAN_INIT("If-Unmodified-Since"),
    [STATOR_FIELD_RANGE] = STATOR_SPAN_INIT("Range"),
    [STATOR_FIELD_REFERER] = STATOR_SPAN_INIT("Referer"),
    [STATOR_FIELD_TRANSFER_ENCODING] = STATOR_SPAN_INIT("Transfer-Encoding"),
    [STATOR_FIELD_USER_AGENT] = STATOR_SPAN_INIT("User-Agent"),
};

/* The fields whose names have that length; STATOR_FIELD_OTHER fills up. */
static const unsigned char fields_of_length[FIELD_NAME_MAX + 1][FIELDS_PER_LENGTH] = {
    [4] = {STATOR_FIELD_HOST},
    [5] = {STATOR_FIELD_RANGE},
    [6] = {STATOR_FIELD_ACCEPT, STATOR_FIELD_EXPECT},
    [7] = {STATOR_FIELD_REFERER},
    [8] = {STATOR_FIELD_IF_MATCH, STATOR_FIELD_IF_RANGE},
    [10] = {STATOR_FIELD_CONNECTION, STATOR_FIELD_USER_AGENT},
    [13] = {STATOR_FIELD_IF_NONE_MATCH},
    [14] = {STATOR_FIELD_CONTENT_LENGTH},
    [17] = {STATOR_FIELD_IF_MODIFIED_SINCE, STATOR_FIELD_TRANSFER_ENCODING},
    [19] = {STATOR_FIELD_IF_UNMODIFIED_SINCE},
};

/* Field names are compared without regard to case: RFC 9110 5.1. */
static enum stator_field find_field(struct stator_span name)
{
    if (name.length > FIELD_NAME_MAX) {
        return STATOR_FIELD_OTHER;
    }
    const unsigned char *candidates = fields_of_length[name.length];
    for (int i = 0; i < FIELDS_PER_LENGTH && candidates[i] != STATOR_FIELD_OTHER; i++) {
        struct stator_span known = field_names[candidates[i]];
        if (stator_lower(name.at[0]) == stator_lower(known.at[0]) &&
            (stator_span_equal(name, known) || stator_span_equal_nocase(name, known))) {
            return candidates[i];
        }
    }
    return STATOR_FIELD_OTHER;
}

static bool all_are(struct stator_span text, enum stator_char class)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!stator_char_is(text.at[i], class)) {
            return false;
        }
    }
    return true;
}

/*
 * Finds the line that starts at `from`, without its LF. FAILED if it does not end before `limit`,
 * whatever it holds; a line that is too long is so for any split.
 */
static enum stator_parse find_line(struct stator_span in, size_t from, size_t limit,
                                   struct stator_request_progress *progress,
                                   struct stator_span *out)
{
    size_t end = in.length < limit ? in.length : limit;
    size_t start = from > progress->searched ? from : progress->searched;
    const char *feed = start < end ? memchr(in.at + start, '\n', end - start) : NULL;
    if (feed == NULL) {
        progress->searched = end;
        return in.length < limit ? STATOR_PARSE_MORE : STATOR_PARSE_FAILED;
    }
    *out = (struct stator_span){in.at + from, (size_t)(feed - in.at) - from};
    return STATOR_PARSE_DONE;
}

/* Takes the CR off the end. A bare LF ends no line here: RFC 9112 2.2 leaves the choice. */
static bool strip_return(struct stator_span *line)
{
    if (line->length == 0 || line->at[line->length - 1] != '\r') {
        return false;
    }
    line->length--;
    return true;
}

static enum stator_parse fail(struct stator_request *request, enum stator_status status)
{
    request->status = status;
    return STATOR_PARSE_FAILED;
}

/* HTTP-version: RFC 9112 2.3. A higher minor version is 1.1 to us: RFC 9110 2.5. */
static enum stator_status read_version(struct stator_span version, int *major, int *minor)
{
    if (!stator_span_starts(version, STATOR_SPAN(" HTTP/")) ||
        !stator_char_is(version.at[6], STATOR_CHAR_DIGIT) || version.at[7] != '.' ||
        !stator_char_is(version.at[8], STATOR_CHAR_DIGIT)) {
        return STATOR_STATUS_BAD_REQUEST;
    }
    *major = version.at[6] - '0';
    *minor = version.at[8] > '0';
    return STATOR_STATUS_NONE;
}

static enum stator_status read_target(struct stator_request *request)
{
    struct stator_target *target = &request->target;
    enum stator_status status = stator_target_parse(request->method, request->target_text, target);
    if (status != STATOR_STATUS_NONE) {
        return status;
    }
    request->path = target->path;
    if (target->form == STATOR_TARGET_FORM_ASTERISK ||
        target->form == STATOR_TARGET_FORM_AUTHORITY) {
        return STATOR_STATUS_NONE;
    }
    return stator_target_normalize(target->path, request->path_buffer, &request->path);
}

/* The method, which stands first; `*rest` is what comes after its space. */
static bool read_method(struct stator_request *request, struct stator_span *rest)
{
    struct stator_span line = request->line;
    size_t length = stator_token_length(line);
    if (length == 0 || length == line.length || line.at[length] != ' ') {
        return false;
    }
    request->method_name = stator_span_first(line, length);
    request->method = stator_method_parse(request->method_name);
    *rest = stator_span_skip(line, length + 1);
    return true;
}

/*
 * method SP target SP version: RFC 9112 3. The version is taken off the end, so whatever white
 * space there is too much of falls to the target, which may hold none.
 */
static enum stator_status read_request_line(struct stator_request *request)
{
    struct stator_span rest;
    if (!read_method(request, &rest)) {
        return STATOR_STATUS_BAD_REQUEST;
    }

    if (rest.length <= VERSION_LENGTH) {
        return STATOR_STATUS_BAD_REQUEST;
    }
    size_t length = rest.length - VERSION_LENGTH;
    int major = 0;
    enum stator_status status =
        read_version(stator_span_skip(rest, length), &major, &request->minor);
    if (status != STATOR_STATUS_NONE) {
        return status;
    }
    request->target_text = stator_span_first(rest, length);
    if (major != 1) {
        return all_are(request->target_text, STATOR_CHAR_TARGET)
                   ? STATOR_STATUS_VERSION_NOT_SUPPORTED
                   : STATOR_STATUS_BAD_REQUEST;
    }
    return read_target(request);
}

/* Where the request line may end at the latest, and what it is if it does not. */
static size_t line_limit(size_t from, const struct stator_request_limits *limits,
                         enum stator_status *status)
{
    size_t line = limits->line < STATOR_REQUEST_LINE_MAX ? limits->line : STATOR_REQUEST_LINE_MAX;
    bool head_is_less = limits->head < from + line;
    *status = head_is_less ? STATOR_STATUS_FIELDS_TOO_LARGE : STATOR_STATUS_URI_TOO_LONG;
    return head_is_less ? limits->head : from + line;
}

static enum stator_parse read_first_line(struct stator_span in,
                                         const struct stator_request_limits *limits,
                                         struct stator_request_progress *progress,
                                         struct stator_request *request)
{
    size_t from = stator_span_starts(in, STATOR_SPAN("\r\n")) ? 2 : 0;
    enum stator_status status;
    size_t limit = line_limit(from, limits, &status);
    struct stator_span line;
    enum stator_parse found = find_line(in, from, limit, progress, &line);
    if (found == STATOR_PARSE_FAILED) {
        struct stator_span rest;
        request->line = (struct stator_span){in.at + from, limit > from ? limit - from : 0};
        (void)read_method(request, &rest); /* the answer to HEAD has no body, this one too */
        return fail(request, status);
    }
    if (found == STATOR_PARSE_MORE) {
        return found;
    }
    progress->checked = from + line.length + 1;
    bool returned = strip_return(&line);
    request->line = line;
    status = returned ? read_request_line(request) : STATOR_STATUS_BAD_REQUEST;
    return status == STATOR_STATUS_NONE ? STATOR_PARSE_DONE : fail(request, status);
}

/*
 * field-name ":" OWS field-value OWS: RFC 9112 5. White space before the colon and obs-fold
 * (5.1, 5.2) need no rule of their own: neither stands in a token.
 */
static bool read_field(struct stator_span line, struct stator_request_field *out)
{
    const char *colon = line.length > 0 ? memchr(line.at, ':', line.length) : NULL;
    if (colon == NULL || colon == line.at) {
        return false;
    }
    struct stator_span name = {line.at, (size_t)(colon - line.at)};
    struct stator_span value = stator_span_skip(line, name.length + 1);
    enum stator_field id = find_field(name);
    /* A name that we know is a token. */
    if ((id == STATOR_FIELD_OTHER && !stator_token_is_valid(name)) ||
        !stator_field_is_valid(value)) {
        return false;
    }
    *out = (struct stator_request_field){id, name, stator_span_trim(value)};
    return true;
}

static enum stator_parse read_field_line(struct stator_span line,
                                         const struct stator_request_limits *limits,
                                         struct stator_request_progress *progress,
                                         struct stator_request *request)
{
    if (progress->field_count >= limits->fields ||
        progress->field_count >= STATOR_REQUEST_FIELDS_MAX) {
        return fail(request, STATOR_STATUS_FIELDS_TOO_LARGE);
    }
    struct stator_request_field *field = &request->fields[progress->field_count];
    if (!read_field(line, field)) {
        return fail(request, STATOR_STATUS_BAD_REQUEST);
    }
    request->known[field->id]++;
    request->field_count = ++progress->field_count;
    return STATOR_PARSE_DONE;
}

static enum stator_parse read_fields(struct stator_span in,
                                     const struct stator_request_limits *limits,
                                     struct stator_request_progress *progress,
                                     struct stator_request *request)
{
    for (;;) {
        struct stator_span line;
        enum stator_parse found = find_line(in, progress->checked, limits->head, progress, &line);
        if (found != STATOR_PARSE_DONE) {
            return found == STATOR_PARSE_MORE ? found
                                              : fail(request, STATOR_STATUS_FIELDS_TOO_LARGE);
        }
        size_t end = progress->checked + line.length + 1;
        if (!strip_return(&line)) {
            return fail(request, STATOR_STATUS_BAD_REQUEST);
        }
        if (line.length > 0 &&
            read_field_line(line, limits, progress, request) != STATOR_PARSE_DONE) {
            return STATOR_PARSE_FAILED;
        }
        progress->checked = end;
        if (line.length == 0) {
            request->head_length = end;
            return STATOR_PARSE_DONE;
        }
    }
}

/* Goes on where `progress` stands. The fields and the buffer are left as they are: they are large.
 */
static enum stator_parse read_lines(struct stator_span in,
                                    const struct stator_request_limits *limits,
                                    struct stator_request_progress *progress,
                                    struct stator_request *request)
{
    memset(request, 0, offsetof(struct stator_request, fields));
    if (progress->checked == 0) {
        enum stator_parse result = read_first_line(in, limits, progress, request);
        if (result != STATOR_PARSE_DONE) {
            return result;
        }
    }
    return read_fields(in, limits, progress, request);
}

/* Exactly one in HTTP/1.1, and never two: RFC 9112 3.2. The target's authority goes first: 3.2.2.
 */
static bool check_host(struct stator_request *request)
{
    unsigned count = request->known[STATOR_FIELD_HOST];
    if (count > 1 || (count == 0 && request->minor > 0)) {
        return false;
    }
    struct stator_span host = stator_request_field(request, STATOR_FIELD_HOST);
    if (host.length > 0 && !stator_authority_is_valid(host)) {
        return false;
    }
    request->authority = request->target.authority.length > 0 ? request->target.authority : host;
    return true;
}

/*
 * How long the body is: RFC 9112 6.1 to 6.3. Whatever two recipients could read differently is
 * refused: both fields, either one repeated or a list, a coding but chunked, one in HTTP/1.0.
 */
static bool check_framing(struct stator_request *request)
{
    unsigned lengths = request->known[STATOR_FIELD_CONTENT_LENGTH];
    unsigned codings = request->known[STATOR_FIELD_TRANSFER_ENCODING];
    if (lengths + codings > 1) {
        return false;
    }
    if (codings == 1) {
        struct stator_span coding = stator_request_field(request, STATOR_FIELD_TRANSFER_ENCODING);
        request->framing = STATOR_FRAMING_CHUNKED;
        return request->minor > 0 && stator_span_equal_nocase(coding, STATOR_SPAN("chunked"));
    }
    if (lengths == 1) {
        struct stator_span length = stator_request_field(request, STATOR_FIELD_CONTENT_LENGTH);
        if (!stator_number_parse(length, &request->content_length)) {
            return false;
        }
        request->framing =
            request->content_length > 0 ? STATOR_FRAMING_LENGTH : STATOR_FRAMING_NONE;
    }
    return true;
}

/* RFC 9112 9.3: close goes first; HTTP/1.0 persists only where the client asks for it. */
static bool wants_keep_alive(const struct stator_request *request)
{
    bool keep_alive = request->minor > 0;
    size_t cursor = 0;
    const struct stator_request_field *field;
    while ((field = stator_request_field_next(request, STATOR_FIELD_CONNECTION, &cursor)) != NULL) {
        struct stator_span rest = field->value;
        struct stator_span option;
        while (stator_list_next(&rest, &option)) {
            if (stator_span_equal_nocase(option, STATOR_SPAN("close"))) {
                return false;
            }
            keep_alive |= stator_span_equal_nocase(option, STATOR_SPAN("keep-alive"));
        }
    }
    return keep_alive;
}

/* RFC 9110 10.1.1: ignored in HTTP/1.0. More than one expectation is not one that we know. */
static bool expects_continue(const struct stator_request *request)
{
    return request->minor > 0 && request->known[STATOR_FIELD_EXPECT] == 1 &&
           stator_span_equal_nocase(stator_request_field(request, STATOR_FIELD_EXPECT),
                                    STATOR_SPAN("100-continue"));
}

static enum stator_parse judge(struct stator_request *request)
{
    if (!check_host(request) || !check_framing(request)) {
        return fail(request, STATOR_STATUS_BAD_REQUEST);
    }
    request->keep_alive = wants_keep_alive(request);
    request->expect_continue = expects_continue(request);
    return STATOR_PARSE_DONE;
}

enum stator_parse stator_request_parse(struct stator_span in,
                                       const struct stator_request_limits *limits,
                                       struct stator_request_progress *progress,
                                       struct stator_request *out)
{
    bool resumed = progress->checked > 0;
    enum stator_parse result = read_lines(in, limits, progress, out);
    if (result == STATOR_PARSE_MORE) {
        return result;
    }
    *progress = (struct stator_request_progress){0};
    if (resumed) {
        result = read_lines(in, limits, progress, out);
        *progress = (struct stator_request_progress){0};
    }
    return result == STATOR_PARSE_DONE ? judge(out) : result;
}

struct stator_span stator_request_field(const struct stator_request *request, enum stator_field id)
{
    size_t cursor = 0;
    const struct stator_request_field *field =
        request->known[id] > 0 ? stator_request_field_next(request, id, &cursor) : NULL;
    return field != NULL ? field->value : (struct stator_span){0};
}

const struct stator_request_field *stator_request_field_next(const struct stator_request *request,
                                                             enum stator_field id, size_t *cursor)
{
    while (*cursor < request->field_count) {
        const struct stator_request_field *field = &request->fields[(*cursor)++];
        if (field->id == id) {
            return field;
        }
    }
    return NULL;
}
