/*
 * The authority: a host, and perhaps a port.
 *
 * Knows the grammar of names, IPv4 and IPv6 addresses; refuses to know which hosts there are. The
 * one surprising thing: an IPv4 address is not looked for outside of an IPv6 one, because every one
 * of them is also a name.
 */
#include "http/authority.h"

#include "http/escape.h"
#include "http/token.h"

#define PORT_MAX        65535
#define IPV6_GROUPS     8
#define IPV4_OCTETS     4
#define HEX_GROUP_MAX   4
#define OCTET_DIGIT_MAX 3

/* The length of a reg-name or IPv4 address (which looks like one): RFC 3986 3.2.2. */
static size_t name_length(struct stator_span text)
{
    size_t length = 0;
    while (length < text.length) {
        if (stator_char_is(text.at[length], STATOR_CHAR_NAME)) {
            length++;
        } else if (text.at[length] == '%' &&
                   stator_escape_decode(stator_span_skip(text, length)) >= 0) {
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
