/*
 * The request-target, taken apart and made plain.
 *
 * Knows the four forms of RFC 9112 3.2, and how a path is decoded, normalized and encoded again;
 * refuses to know what an authority looks like, roots and files. The one surprising thing: the
 * "/" of an absolute form without a path is borrowed from its "://", so that every span stays in
 * the request.
 */
#include "http/target.h"

#include "http/authority.h"
#include "http/escape.h"
#include "http/token.h"

/* The bytes from `from` on that may stand in a target at all: visible ASCII but '#'. */
static size_t target_bytes_end(struct stator_span text, size_t from)
{
    while (from < text.length && stator_char_is(text.at[from], STATOR_CHAR_TARGET)) {
        from++;
    }
    return from;
}

/* Where the path ends: at a '?', at a byte that no target may hold, or with the text. */
static size_t path_end(struct stator_span text)
{
    size_t end = 0;
    while (end < text.length &&
           (stator_char_is(text.at[end], STATOR_CHAR_PATH) ||
            (text.at[end] != '?' && stator_char_is(text.at[end], STATOR_CHAR_TARGET)))) {
        end++;
    }
    return end;
}

static bool split_path(struct stator_span text, struct stator_target *target)
{
    size_t end = path_end(text);
    if (end < text.length && target_bytes_end(text, end) < text.length) {
        return false;
    }
    target->path = stator_span_first(text, end);
    target->query = stator_span_skip(text, end);
    return true;
}

/* origin-form: RFC 9112 3.2.1. */
static bool parse_origin(struct stator_span text, struct stator_target *target)
{
    target->form = STATOR_TARGET_FORM_ORIGIN;
    return split_path(text, target);
}

static size_t scheme_length(struct stator_span text)
{
    static const struct stator_span schemes[] = {STATOR_SPAN_INIT("http://"),
                                                 STATOR_SPAN_INIT("https://")};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = schemes[i].length;
        if (text.length >= length &&
            stator_span_equal_nocase(stator_span_first(text, length), schemes[i])) {
            return length;
        }
    }
    return 0;
}

static size_t authority_end(struct stator_span text)
{
    size_t end = 0;
    while (end < text.length && text.at[end] != '/' && text.at[end] != '?') {
        end++;
    }
    return end;
}

/* absolute-form: RFC 9112 3.2.2. An empty path is "/": RFC 9110 4.2.3. */
static bool parse_absolute(struct stator_span text, struct stator_target *target)
{
    size_t scheme = scheme_length(text);
    if (scheme == 0) {
        return false;
    }
    struct stator_span rest = stator_span_skip(text, scheme);
    size_t end = authority_end(rest);
    target->form = STATOR_TARGET_FORM_ABSOLUTE;
    target->authority = stator_span_first(rest, end);
    if (!stator_authority_is_valid(target->authority) ||
        !split_path(stator_span_skip(rest, end), target)) {
        return false;
    }
    if (target->path.length == 0) {
        target->path = (struct stator_span){rest.at - 1, 1};
    }
    return true;
}

/*
 * authority-form: RFC 9112 3.2.3. Its port may not be left out, nor be empty (RFC 9110 9.3.6): in a
 * valid authority a last digit behind any ':' is a port's, since an IPv6 address ends in ']'.
 */
static bool parse_authority(struct stator_span text, struct stator_target *target)
{
    if (!stator_authority_is_valid(text) || stator_span_find(text, ':') == text.length ||
        !stator_char_is(text.at[text.length - 1], STATOR_CHAR_DIGIT)) {
        return false;
    }
    target->form = STATOR_TARGET_FORM_AUTHORITY;
    target->authority = text;
    target->path = stator_span_skip(text, text.length);
    return true;
}

/* asterisk-form: RFC 9112 3.2.4. */
static bool parse_asterisk(struct stator_span text, struct stator_target *target)
{
    target->form = STATOR_TARGET_FORM_ASTERISK;
    target->path = text;
    return true;
}

static bool parse_form(enum stator_method method, struct stator_span text,
                       struct stator_target *target)
{
    if (method == STATOR_METHOD_CONNECT) {
        return parse_authority(text, target);
    }
    if (text.length > 0 && text.at[0] == '/') {
        return parse_origin(text, target);
    }
    if (method == STATOR_METHOD_OPTIONS && stator_span_equal(text, STATOR_SPAN("*"))) {
        return parse_asterisk(text, target);
    }
    return parse_absolute(text, target);
}

enum stator_status stator_target_parse(enum stator_method method, struct stator_span text,
                                       struct stator_target *out)
{
    struct stator_target target = {0};
    if (!parse_form(method, text, &target)) {
        return STATOR_STATUS_BAD_REQUEST;
    }
    *out = target;
    return STATOR_STATUS_NONE;
}

/* True if `rest`, which follows a '/', begins with an empty segment, "." or "..". */
static bool segment_must_go(struct stator_span rest)
{
    size_t dots = 0;
    while (dots < rest.length && dots < 2 && rest.at[dots] == '.') {
        dots++;
    }
    if (dots == rest.length) {
        return dots > 0;
    }
    return rest.at[dots] == '/';
}

static bool path_is_plain(struct stator_span path)
{
    for (size_t i = 0; i < path.length; i++) {
        char c = path.at[i];
        if (c > '/') {
            continue;
        }
        if (c == '%' || (c == '/' && segment_must_go(stator_span_skip(path, i + 1)))) {
            return false;
        }
    }
    return true;
}

/* A path as it is rebuilt: whole segments, each with its '/', then the one being written. */
struct path {
    char *at;
    size_t length;
    size_t segment; /* where the last segment starts */
};

/* Takes the last whole segment off; at the root there is none: RFC 3986 5.2.4, step 2C. */
static void drop_segment(struct path *path)
{
    if (path->segment > 1) {
        path->segment--;
        while (path->at[path->segment - 1] != '/') {
            path->segment--;
        }
    }
    path->length = path->segment;
}

/* Drops the segment being written if it is empty or of dots. True if it stays. */
static bool resolve_segment(struct path *path)
{
    const char *segment = path->at + path->segment;
    size_t length = path->length - path->segment;
    if (length == 2 && segment[0] == '.' && segment[1] == '.') {
        drop_segment(path);
        return false;
    }
    if (length == 1 && segment[0] == '.') {
        path->length = path->segment;
        return false;
    }
    return length > 0;
}

static void add_byte(struct path *path, char c)
{
    if (c != '/') {
        path->at[path->length++] = c;
    } else if (resolve_segment(path)) {
        path->at[path->length++] = '/';
        path->segment = path->length;
    }
}

static bool rebuild(struct stator_span encoded, struct path *path)
{
    while (encoded.length > 0) {
        int byte = (unsigned char)encoded.at[0];
        size_t used = 1;
        if (byte == '%') {
            byte = stator_escape_decode(encoded);
            used = 3;
        }
        if (byte < 0) {
            return false;
        }
        add_byte(path, (char)byte);
        encoded = stator_span_skip(encoded, used);
    }
    resolve_segment(path);
    return true;
}

enum stator_status stator_target_normalize(struct stator_span encoded, char *buffer,
                                           struct stator_span *out)
{
    if (encoded.length == 0 || encoded.at[0] != '/') {
        return STATOR_STATUS_BAD_REQUEST;
    }
    if (path_is_plain(encoded)) {
        *out = encoded;
        return STATOR_STATUS_NONE;
    }
    struct path path = {.at = buffer, .length = 1, .segment = 1};
    buffer[0] = '/';
    if (!rebuild(stator_span_skip(encoded, 1), &path)) {
        return STATOR_STATUS_BAD_REQUEST;
    }
    *out = (struct stator_span){path.at, path.length};
    return STATOR_STATUS_NONE;
}

static bool may_stand(char c)
{
    return stator_char_is(c, STATOR_CHAR_PATH) && c != '&' && c != '\'';
}

void stator_target_encode(struct stator_text *out, struct stator_span path)
{
    for (size_t i = 0; i < path.length; i++) {
        if (may_stand(path.at[i])) {
            stator_text_add_char(out, path.at[i]);
        } else {
            stator_escape_add(out, path.at[i]);
        }
    }
}

void stator_target_encode_query(struct stator_text *out, struct stator_span query)
{
    for (size_t i = 0; i < query.length; i++) {
        char c = query.at[i];
        if (stator_char_is(c, STATOR_CHAR_PATH) || c == '?' || c == '%') {
            stator_text_add_char(out, c);
        } else {
            stator_escape_add(out, c);
        }
    }
}
