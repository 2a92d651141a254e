/* Authorities, right and wrong, each row under the clause it comes from. */
#include "http/authority.h"

#include <criterion/criterion.h>

struct row {
    const char *label;
    struct stator_span text;
    bool valid;
};

Test(authority, valid_or_not)
{
    static const struct row rows[] = {
        {"RFC 3986 3.2.2 - a name", STATOR_SPAN_INIT("www.example.com"), true},
        {"RFC 3986 3.2.2 - a name and a port", STATOR_SPAN_INIT("localhost:8080"), true},
        {"RFC 3986 3.2.3 - an empty port", STATOR_SPAN_INIT("h:"), true},
        {"RFC 3986 3.2.3 - the last port", STATOR_SPAN_INIT("h:65535"), true},
        {"RFC 3986 3.2.3 - leading zeros", STATOR_SPAN_INIT("h:0080"), true},
        {"RFC 3986 3.2.2 - IPv4", STATOR_SPAN_INIT("127.0.0.1:80"), true},
        {"RFC 3986 3.2.2 - every mark of a name", STATOR_SPAN_INIT("a-._~!$&'()*+,;="), true},
        {"RFC 3986 3.2.2 - an escape", STATOR_SPAN_INIT("%41b%c3%A9"), true},
        {"RFC 3986 3.2.2 - IPv6 loopback", STATOR_SPAN_INIT("[::1]"), true},
        {"RFC 3986 3.2.2 - IPv6 any", STATOR_SPAN_INIT("[::]:80"), true},
        {"RFC 3986 3.2.2 - IPv6 in full", STATOR_SPAN_INIT("[1:22:333:4444:5:6:7:aBcD]"), true},
        {"RFC 3986 3.2.2 - IPv6, gap first", STATOR_SPAN_INIT("[::2:3:4:5:6:7:8]"), true},
        {"RFC 3986 3.2.2 - IPv6, gap last", STATOR_SPAN_INIT("[1:2:3:4:5:6:7::]"), true},
        {"RFC 3986 3.2.2 - IPv6, gap between", STATOR_SPAN_INIT("[2001:db8::8:800:200c:417a]"),
         true},
        {"RFC 3986 3.2.2 - IPv6 with IPv4", STATOR_SPAN_INIT("[::ffff:192.0.2.1]:80"), true},
        {"RFC 3986 3.2.2 - IPv6 of six groups and IPv4",
         STATOR_SPAN_INIT("[1:2:3:4:5:6:1.2.3.255]"), true},
        {"RFC 9110 4.2.1 - empty", STATOR_SPAN_INIT(""), false},
        {"RFC 9110 4.2.1 - a port alone", STATOR_SPAN_INIT(":80"), false},
        {"RFC 9110 4.2.4 - userinfo", STATOR_SPAN_INIT("u@h"), false},
        {"RFC 3986 3.2.3 - a port past the last", STATOR_SPAN_INIT("h:65536"), false},
        {"RFC 3986 3.2.3 - a port past 64 bits", STATOR_SPAN_INIT("h:18446744073709551617"), false},
        {"RFC 3986 3.2.3 - a port that is no number", STATOR_SPAN_INIT("h:8o"), false},
        {"RFC 3986 3.2.3 - a signed port", STATOR_SPAN_INIT("h:+80"), false},
        {"RFC 3986 3.2.3 - two ports", STATOR_SPAN_INIT("h:1:2"), false},
        {"RFC 3986 3.2.2 - IPv6 without brackets", STATOR_SPAN_INIT("::1"), false},
        {"RFC 3986 3.2.2 - a space", STATOR_SPAN_INIT("a b"), false},
        {"RFC 3986 3.2.2 - a path", STATOR_SPAN_INIT("h/x"), false},
        {"RFC 3986 3.2.2 - a query", STATOR_SPAN_INIT("h?x"), false},
        {"RFC 3986 3.2.2 - a backslash", STATOR_SPAN_INIT("h\\x"), false},
        {"RFC 3986 3.2.2 - NUL", STATOR_SPAN_INIT("h\0"), false},
        {"RFC 3986 3.2.2 - a byte past ASCII", STATOR_SPAN_INIT("\xc3\xa9"), false},
        {"RFC 3986 3.2.2 - an escape cut short", STATOR_SPAN_INIT("a%4"), false},
        {"RFC 3986 3.2.2 - an escape that is no number", STATOR_SPAN_INIT("%g1"), false},
        {"RFC 3986 3.2.2 - an escaped NUL", STATOR_SPAN_INIT("a%00"), false},
        {"RFC 3986 3.2.2 - an open bracket", STATOR_SPAN_INIT("[::1"), false},
        {"RFC 3986 3.2.2 - a bracket alone", STATOR_SPAN_INIT("["), false},
        {"RFC 3986 3.2.2 - empty brackets", STATOR_SPAN_INIT("[]"), false},
        {"RFC 3986 3.2.2 - bytes behind the bracket", STATOR_SPAN_INIT("[::1]x"), false},
        {"RFC 3986 3.2.2 - brackets in a name", STATOR_SPAN_INIT("a[::1]"), false},
        {"RFC 3986 3.2.2 - two gaps", STATOR_SPAN_INIT("[1::2::3]"), false},
        {"RFC 3986 3.2.2 - three colons", STATOR_SPAN_INIT("[:::]"), false},
        {"RFC 3986 3.2.2 - one colon", STATOR_SPAN_INIT("[:]"), false},
        {"RFC 3986 3.2.2 - a colon first", STATOR_SPAN_INIT("[:1:2:3:4:5:6:7]"), false},
        {"RFC 3986 3.2.2 - a colon last", STATOR_SPAN_INIT("[1:2:3:4:5:6:7:]"), false},
        {"RFC 3986 3.2.2 - a colon last, after a gap", STATOR_SPAN_INIT("[1::2:]"), false},
        {"RFC 3986 3.2.2 - seven groups", STATOR_SPAN_INIT("[1:2:3:4:5:6:7]"), false},
        {"RFC 3986 3.2.2 - nine groups", STATOR_SPAN_INIT("[1:2:3:4:5:6:7:8:9]"), false},
        {"RFC 3986 3.2.2 - a gap for nothing", STATOR_SPAN_INIT("[1:2:3:4::5:6:7:8]"), false},
        {"RFC 3986 3.2.2 - five digits", STATOR_SPAN_INIT("[::12345]"), false},
        {"RFC 3986 3.2.2 - no hex digit", STATOR_SPAN_INIT("[::g]"), false},
        {"RFC 3986 3.2.2 - IPv4 before the end", STATOR_SPAN_INIT("[1.2.3.4::]"), false},
        {"RFC 3986 3.2.2 - IPv4 alone", STATOR_SPAN_INIT("[1.2.3.4]"), false},
        {"RFC 3986 3.2.2 - an octet past 255", STATOR_SPAN_INIT("[::1.2.3.256]"), false},
        {"RFC 3986 3.2.2 - an octet with a zero before it", STATOR_SPAN_INIT("[::1.2.3.04]"),
         false},
        {"RFC 3986 3.2.2 - three octets", STATOR_SPAN_INIT("[::1.2.3]"), false},
        {"RFC 3986 3.2.2 - five octets", STATOR_SPAN_INIT("[::1.2.3.4.5]"), false},
        {"RFC 3986 3.2.2 - an empty octet", STATOR_SPAN_INIT("[::1..3.4]"), false},
        {"RFC 6874 2 - a zone means nothing to a server", STATOR_SPAN_INIT("[fe80::1%25eth0]"),
         false},
        {"RFC 3986 3.2.2 - a future address", STATOR_SPAN_INIT("[v1.a]"), false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_authority_is_valid(rows[i].text), rows[i].valid, "%s", rows[i].label);
    }
}
