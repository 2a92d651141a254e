/*
 * The request-target, taken apart and made plain.
 *
 * Knows the four forms of RFC 9112 3.2, what an authority may look like, and how a path is decoded,
 * normalized and encoded again; refuses to know hosts, roots and files. The surprising thing: the
 * "/" of an absolute form without a path is borrowed from its "://", so that every span stays in
 * the request.
 */
#include "http/target.h"

#include "http/token.h"

#define PORT_MAX        65535
#define IPV6_GROUPS     8
#define IPV4_OCTETS     4
#define HEX_GROUP_MAX   4
#define OCTET_DIGIT_MAX 3

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
    target->form = STATOR_TARGET_ORIGIN;
    return split_path(text, target);
}

static size_t scheme_length(struct stator_span text)
{
    static const struct stator_span schemes[] = {STATOR_SPAN("http://"), STATOR_SPAN("https://")};
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
    target->form = STATOR_TARGET_ABSOLUTE;
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
    target->form = STATOR_TARGET_AUTHORITY;
    target->authority = text;
    target->path = stator_span_skip(text, text.length);
    return true;
}

/* asterisk-form: RFC 9112 3.2.4. */
static bool parse_asterisk(struct stator_span text, struct stator_target *target)
{
    target->form = STATOR_TARGET_ASTERISK;
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
    if (method == STATOR_METHOD_OPTIONS && stator_span_equal(text, STATOR_SPAN_OF("*"))) {
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
static bool settle_segment(struct path *path)
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
    } else if (settle_segment(path)) {
        path->at[path->length++] = '/';
        path->segment = path->length;
    }
}

/* The byte that the escape at the start of `text` stands for, or -1: a control byte never passes.
 */
static int decode_escape(struct stator_span text)
{
    int high = text.length > 2 ? stator_hex_value(text.at[1]) : -1;
    int low = text.length > 2 ? stator_hex_value(text.at[2]) : -1;
    int byte = high * 16 + low;
    return high < 0 || low < 0 || byte < ' ' || byte == 0x7f ? -1 : byte;
}

static bool rebuild(struct stator_span encoded, struct path *path)
{
    while (encoded.length > 0) {
        int byte = (unsigned char)encoded.at[0];
        size_t used = 1;
        if (byte == '%') {
            byte = decode_escape(encoded);
            used = 3;
        }
        if (byte < 0) {
            return false;
        }
        add_byte(path, (char)byte);
        encoded = stator_span_skip(encoded, used);
    }
    settle_segment(path);
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

static void add_escape(struct stator_text *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
    stator_text_add(out, (struct stator_span){escape, sizeof(escape)});
}

void stator_target_encode(struct stator_text *out, struct stator_span path)
{
    for (size_t i = 0; i < path.length; i++) {
        if (may_stand(path.at[i])) {
            stator_text_add_char(out, path.at[i]);
        } else {
            add_escape(out, path.at[i]);
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
            add_escape(out, c);
        }
    }
}

/* The length of a reg-name or IPv4 address (which looks like one): RFC 3986 3.2.2. */
static size_t name_length(struct stator_span text)
{
    size_t length = 0;
    while (length < text.length) {
        char c = text.at[length];
        if (stator_char_is(c, STATOR_CHAR_PATH) && c != ':' && c != '/' && c != '@') {
            length++;
        } else if (c == '%' && decode_escape(stator_span_skip(text, length)) >= 0) {
            length += 3;
        } else {
            break;
        }
    }
    return length;
}

static bool hex_group_is_valid(struct stator_span text)
{
    if (text.length == 0 || text.length > HEX_GROUP_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        if (!stator_char_is(text.at[i], STATOR_CHAR_HEX)) {
            return false;
        }
    }
    return true;
}

/* dec-octet: no leading zero, at most 255. */
static bool octet_is_valid(struct stator_span text)
{
    uint64_t value = 0;
    return text.length <= OCTET_DIGIT_MAX && stator_number_parse(text, &value) && value <= 255 &&
           (text.at[0] != '0' || text.length == 1);
}

static bool ipv4_is_valid(struct stator_span text)
{
    for (int i = 1; i < IPV4_OCTETS; i++) {
        size_t dot = stator_span_find(text, '.');
        if (dot == text.length || !octet_is_valid(stator_span_first(text, dot))) {
            return false;
        }
        text = stator_span_skip(text, dot + 1);
    }
    return octet_is_valid(text);
}

/*
 * Counts the 16-bit groups of `text` ("2001:db8:1"); an IPv4 address may stand for the last two
 * where `text` ends the address. Returns -1 if it is malformed; the empty text has none.
 */
static int count_groups(struct stator_span text, bool ends)
{
    int groups = 0;
    while (text.length > 0) {
        size_t colon = stator_span_find(text, ':');
        struct stator_span group = stator_span_first(text, colon);
        bool last = colon == text.length;
        if (last && ends && ipv4_is_valid(group)) {
            return groups + 2;
        }
        if (!hex_group_is_valid(group) || colon + 1 == text.length) {
            return -1;
        }
        groups++;
        text = stator_span_skip(text, last ? colon : colon + 1);
    }
    return groups;
}

static size_t find_gap(struct stator_span text)
{
    for (size_t i = 0; i + 1 < text.length; i++) {
        if (text.at[i] == ':' && text.at[i + 1] == ':') {
            return i;
        }
    }
    return text.length;
}

static bool ipv6_is_valid(struct stator_span text)
{
    size_t gap = find_gap(text);
    if (gap == text.length) {
        return count_groups(text, true) == IPV6_GROUPS;
    }
    int before = count_groups(stator_span_first(text, gap), false);
    int after = count_groups(stator_span_skip(text, gap + 2), true);
    return before >= 0 && after >= 0 && before + after < IPV6_GROUPS;
}

/* The length of an IP-literal with its brackets, or 0: RFC 3986 3.2.2. */
static size_t literal_length(struct stator_span text)
{
    size_t end = stator_span_find(text, ']');
    if (end == text.length || !ipv6_is_valid((struct stator_span){text.at + 1, end - 1})) {
        return 0;
    }
    return end + 1;
}

/* port = *DIGIT: RFC 3986 3.2.3. One that no socket can have is no port. */
static bool port_is_valid(struct stator_span text)
{
    uint64_t port = 0;
    return text.length == 0 || (stator_number_parse(text, &port) && port <= PORT_MAX);
}

bool stator_authority_is_valid(struct stator_span text)
{
    bool literal = text.length > 0 && text.at[0] == '[';
    size_t host = literal ? literal_length(text) : name_length(text);
    if (host == 0 || host == text.length) {
        return host > 0;
    }
    return text.at[host] == ':' && port_is_valid(stator_span_skip(text, host + 1));
}
