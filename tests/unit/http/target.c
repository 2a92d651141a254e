/*
 * Request-targets in all forms, right and wrong, each row under the clause it comes from.
 *
 * The one surprising thing: a row's expectation is one line of text ("origin - /a?b -> /a"), so a
 * row says all there is to say and a difference shows whole.
 */
#include "http/target.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct row {
    const char *label;
    enum stator_method method;
    struct stator_span text;
    const char *wanted; /* "form authority path query -> normalized"; "400" */
};

#define GET     STATOR_METHOD_GET
#define OPTIONS STATOR_METHOD_OPTIONS
#define CONNECT STATOR_METHOD_CONNECT

static const char *const forms[] = {
    [STATOR_TARGET_FORM_ORIGIN] = "origin",
    [STATOR_TARGET_FORM_ABSOLUTE] = "absolute",
    [STATOR_TARGET_FORM_AUTHORITY] = "authority",
    [STATOR_TARGET_FORM_ASTERISK] = "asterisk",
};

#define PRINTED(span) (int)(span).length, (span).length > 0 ? (span).at : ""

static void describe(enum stator_method method, struct stator_span text, char out[256])
{
    struct stator_target target;
    char buffer[256];
    struct stator_span path = STATOR_SPAN_INIT("");
    enum stator_status status = stator_target_parse(method, text, &target);
    if (status == STATOR_STATUS_NONE && target.path.length > 0 && target.path.at[0] == '/') {
        status = stator_target_normalize(target.path, buffer, &path);
    }
    if (status != STATOR_STATUS_NONE) {
        snprintf(out, 256, "%d", (int)status);
        return;
    }
    snprintf(out, 256, "%s %.*s %.*s %.*s -> %.*s", forms[target.form], PRINTED(target.authority),
             PRINTED(target.path), PRINTED(target.query), PRINTED(path));
}

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char found[256];
        describe(rows[i].method, rows[i].text, found);
        cr_expect_str_eq(found, rows[i].wanted, "%s: \"%s\", not \"%s\"", rows[i].label, found,
                         rows[i].wanted);
    }
}

#define CHECK(rows) check((rows), sizeof(rows) / sizeof((rows)[0]))

Test(target, forms)
{
    static const struct row rows[] = {
        {"RFC 9112 3.2.1 - the root", GET, STATOR_SPAN_INIT("/"), "origin  /  -> /"},
        {"RFC 9112 3.2.1 - path and query", GET, STATOR_SPAN_INIT("/a/b?c=d"),
         "origin  /a/b ?c=d -> /a/b"},
        {"RFC 3986 3.4 - an empty query is one", GET, STATOR_SPAN_INIT("/a?"),
         "origin  /a ? -> /a"},
        {"RFC 3986 3.4 - a query may hold '?' and '/'", GET, STATOR_SPAN_INIT("/?a/../?b"),
         "origin  / ?a/../?b -> /"},
        {"RFC 3986 3.4 - a query is not decoded", GET, STATOR_SPAN_INIT("/?%zz%00"),
         "origin  / ?%zz%00 -> /"},
        {"RFC 9112 3.2.1 - a path may look like an authority", GET, STATOR_SPAN_INIT("//host/x"),
         "origin  //host/x  -> /host/x"},
        {"RFC 9112 3.2.1 - OPTIONS of a path", OPTIONS, STATOR_SPAN_INIT("/a"),
         "origin  /a  -> /a"},
        {"RFC 9112 3.2.2 - absolute", GET, STATOR_SPAN_INIT("http://h/a?b"),
         "absolute h /a ?b -> /a"},
        {"RFC 9112 3.2.2 - https", GET, STATOR_SPAN_INIT("https://h:443/"),
         "absolute h:443 /  -> /"},
        {"RFC 3986 3.1 - a scheme has no case", GET, STATOR_SPAN_INIT("hTTp://H/a"),
         "absolute H /a  -> /a"},
        {"RFC 9110 4.2.3 - an empty path is '/'", GET, STATOR_SPAN_INIT("http://h"),
         "absolute h /  -> /"},
        {"RFC 9110 4.2.3 - an empty path before a query", GET, STATOR_SPAN_INIT("http://h?x"),
         "absolute h / ?x -> /"},
        {"RFC 9112 3.2.2 - absolute with OPTIONS", OPTIONS, STATOR_SPAN_INIT("http://h"),
         "absolute h /  -> /"},
        {"RFC 9112 3.2.2 - an IPv6 host", GET, STATOR_SPAN_INIT("http://[::1]:8080/x"),
         "absolute [::1]:8080 /x  -> /x"},
        {"RFC 9112 3.2.3 - authority", CONNECT, STATOR_SPAN_INIT("h:443"), "authority h:443   -> "},
        {"RFC 9112 3.2.3 - authority of an IPv6 host", CONNECT,
         STATOR_SPAN_INIT("[2001:db8::1]:443"), "authority [2001:db8::1]:443   -> "},
        {"RFC 9112 3.2.4 - asterisk", OPTIONS, STATOR_SPAN_INIT("*"), "asterisk  *  -> "},
    };
    CHECK(rows);
}

Test(target, refused)
{
    static const struct row rows[] = {
        {"RFC 9112 3.2 - empty", GET, STATOR_SPAN_INIT(""), "400"},
        {"RFC 9112 3.2.4 - asterisk is for OPTIONS alone", GET, STATOR_SPAN_INIT("*"), "400"},
        {"RFC 9112 3.2.4 - asterisk stands alone", OPTIONS, STATOR_SPAN_INIT("*x"), "400"},
        {"RFC 9112 3.2.3 - authority is for CONNECT alone", GET, STATOR_SPAN_INIT("h:443"), "400"},
        {"RFC 9112 3.2.3 - CONNECT takes no path", CONNECT, STATOR_SPAN_INIT("/"), "400"},
        {"RFC 9112 3.2.3 - CONNECT takes no URI", CONNECT, STATOR_SPAN_INIT("http://h:1/"), "400"},
        {"RFC 9112 3.2.3 - CONNECT takes no asterisk", CONNECT, STATOR_SPAN_INIT("*"), "400"},
        {"RFC 9110 9.3.6 - CONNECT needs a port", CONNECT, STATOR_SPAN_INIT("h"), "400"},
        {"RFC 9110 9.3.6 - an address is no port", CONNECT, STATOR_SPAN_INIT("127.0.0.1"), "400"},
        {"RFC 9110 9.3.6 - CONNECT needs a port that is not empty", CONNECT, STATOR_SPAN_INIT("h:"),
         "400"},
        {"RFC 9110 9.3.6 - CONNECT to IPv6 needs a port", CONNECT, STATOR_SPAN_INIT("[::1]"),
         "400"},
        {"RFC 9110 9.3.6 - CONNECT to nothing", CONNECT, STATOR_SPAN_INIT(""), "400"},
        {"RFC 9112 3.2.1 - a path begins with '/'", GET, STATOR_SPAN_INIT("a/b"), "400"},
        {"RFC 9112 3.2.1 - a query alone is no path", GET, STATOR_SPAN_INIT("?a"), "400"},
        {"RFC 9110 7.1 - another scheme", GET, STATOR_SPAN_INIT("ftp://h/"), "400"},
        {"RFC 9110 7.1 - file is another scheme", GET, STATOR_SPAN_INIT("file:///etc/passwd"),
         "400"},
        {"RFC 9110 4.2.1 - a scheme without authority", GET, STATOR_SPAN_INIT("http:/a"), "400"},
        {"RFC 9110 4.2.1 - a scheme cut short", GET, STATOR_SPAN_INIT("http:/"), "400"},
        {"RFC 9110 4.2.1 - an empty host", GET, STATOR_SPAN_INIT("http:///a"), "400"},
        {"RFC 9110 4.2.1 - nothing behind the scheme", GET, STATOR_SPAN_INIT("http://"), "400"},
        {"RFC 9110 4.2.1 - a port without host", GET, STATOR_SPAN_INIT("http://:80/"), "400"},
        {"RFC 9110 4.2.1 - an empty host before a query", GET, STATOR_SPAN_INIT("http://?a"),
         "400"},
        {"RFC 9110 4.2.4 - userinfo", GET, STATOR_SPAN_INIT("http://u:p@h/"), "400"},
        {"RFC 9110 4.2.4 - empty userinfo", GET, STATOR_SPAN_INIT("http://@h/"), "400"},
        {"RFC 9112 3.2 - no fragment", GET, STATOR_SPAN_INIT("/a#b"), "400"},
        {"RFC 9112 3.2 - no fragment after a query", GET, STATOR_SPAN_INIT("/a?b#c"), "400"},
        {"RFC 9112 3.2 - no fragment after an authority", GET, STATOR_SPAN_INIT("http://h#c"),
         "400"},
        {"RFC 9112 3.2 - SP in a path", GET, STATOR_SPAN_INIT("/a b"), "400"},
        {"RFC 9112 3.2 - SP in a query", GET, STATOR_SPAN_INIT("/a?b c"), "400"},
        {"RFC 9112 3.2 - HTAB", GET, STATOR_SPAN_INIT("/a\tb"), "400"},
        {"RFC 9112 3.2 - NUL in a path", GET, STATOR_SPAN_INIT("/a\0b"), "400"},
        {"RFC 9112 3.2 - NUL in a query", GET, STATOR_SPAN_INIT("/a?\0"), "400"},
        {"RFC 9112 3.2 - CR", GET, STATOR_SPAN_INIT("/a\rb"), "400"},
        {"RFC 9112 3.2 - DEL", GET, STATOR_SPAN_INIT("/a\x7f"), "400"},
        {"RFC 3986 2 - a byte past ASCII in a path", GET, STATOR_SPAN_INIT("/\xc3\xa9"), "400"},
        {"RFC 3986 2 - a byte past ASCII in a query", GET, STATOR_SPAN_INIT("/?\xff"), "400"},
        {"RFC 3986 2.1 - an escape cut to nothing", GET, STATOR_SPAN_INIT("/a%"), "400"},
        {"RFC 3986 2.1 - an escape cut short", GET, STATOR_SPAN_INIT("/a%4"), "400"},
        {"RFC 3986 2.1 - an escape cut by the query", GET, STATOR_SPAN_INIT("/a%4?1"), "400"},
        {"RFC 3986 2.1 - an escape that is no number", GET, STATOR_SPAN_INIT("/%zz"), "400"},
        {"RFC 3986 2.1 - half an escape is no number", GET, STATOR_SPAN_INIT("/%4g"), "400"},
        {"RFC 3986 2.1 - a sign is no digit", GET, STATOR_SPAN_INIT("/%+1"), "400"},
        {"RFC 3986 2.1 - two percent signs", GET, STATOR_SPAN_INIT("/%%41"), "400"},
        {"RFC 3986 7.3 - an escaped NUL", GET, STATOR_SPAN_INIT("/a%00.html"), "400"},
        {"RFC 3986 7.3 - an escaped LF", GET, STATOR_SPAN_INIT("/a%0Ab"), "400"},
        {"RFC 3986 7.3 - an escaped CR", GET, STATOR_SPAN_INIT("/a%0db"), "400"},
        {"RFC 3986 7.3 - the last control byte, escaped", GET, STATOR_SPAN_INIT("/%1f"), "400"},
        {"RFC 3986 7.3 - an escaped DEL", GET, STATOR_SPAN_INIT("/%7f"), "400"},
        {"RFC 3986 7.3 - behind dot segments too", GET, STATOR_SPAN_INIT("/%00/../a"), "400"},
    };
    CHECK(rows);
}

/* `text` gives the path `wanted`; NULL where it is the very text that was sent. */
struct path_row {
    const char *label;
    struct stator_span text;
    const char *wanted;
};

static void check_path(const struct path_row *row)
{
    char buffer[256];
    struct stator_span found = {0};
    cr_assert(row->text.length <= sizeof(buffer), "%s", row->label);
    enum stator_status status = stator_target_normalize(row->text, buffer, &found);
    cr_expect_eq(status, STATOR_STATUS_NONE, "%s: %d", row->label, (int)status);
    if (row->wanted == NULL) {
        cr_expect(found.at == row->text.at && found.length == row->text.length,
                  "%s: the path was copied", row->label);
        return;
    }
    cr_expect(stator_span_equal(found, stator_span_from(row->wanted)), "%s: %.*s", row->label,
              PRINTED(found));
    cr_expect(found.at == buffer, "%s: not in the buffer", row->label);
}

Test(target, paths)
{
    static const struct path_row rows[] = {
        {"RFC 3986 6.2 - a plain path stays where it is", STATOR_SPAN_INIT("/a/b.html"), NULL},
        {"RFC 3986 6.2 - the root stays where it is", STATOR_SPAN_INIT("/"), NULL},
        {"RFC 3986 5.2.4 - a dotfile has no dot segment", STATOR_SPAN_INIT("/.well-known/x"), NULL},
        {"RFC 3986 5.2.4 - two dots and more are a name", STATOR_SPAN_INIT("/..a/b../c"), NULL},
        {"RFC 3986 5.2.4 - three dots are a name", STATOR_SPAN_INIT("/.../a"), NULL},
        {"RFC 3986 5.2.4 - three dots at the end", STATOR_SPAN_INIT("/a/..."), NULL},
        {"RFC 3986 5.2.4 - a dot at a name's end", STATOR_SPAN_INIT("/a./b."), NULL},
        {"RFC 3986 3.3 - a directory keeps its '/'", STATOR_SPAN_INIT("/a/"), NULL},
        {"RFC 3986 3.3 - every mark a path may hold", STATOR_SPAN_INIT("/-._~!$&'()*+,;=:@"), NULL},
        {"RFC 3986 2.1 - an escape is decoded", STATOR_SPAN_INIT("/%41%62"), "/Ab"},
        {"RFC 3986 2.1 - hex digits have no case", STATOR_SPAN_INIT("/%c3%A9"), "/\xc3\xa9"},
        {"RFC 3986 2.4 - decoded once", STATOR_SPAN_INIT("/%2541"), "/%41"},
        {"RFC 3986 2.4 - decoded once, dots too", STATOR_SPAN_INIT("/%252e%252e/a"), "/%2e%2e/a"},
        {"RFC 3986 2.4 - an escaped '?' begins no query", STATOR_SPAN_INIT("/a%3fb"), "/a?b"},
        {"RFC 3986 2.1 - an escaped space", STATOR_SPAN_INIT("/a%20b"), "/a b"},
        {"RFC 3986 2.1 - the highest byte", STATOR_SPAN_INIT("/%ff"), "/\xff"},
        {"RFC 3986 5.2.4 - one dot", STATOR_SPAN_INIT("/./a"), "/a"},
        {"RFC 3986 5.2.4 - one dot between", STATOR_SPAN_INIT("/a/./b"), "/a/b"},
        {"RFC 3986 5.2.4 - one dot at the end", STATOR_SPAN_INIT("/a/."), "/a/"},
        {"RFC 3986 5.2.4 - only a dot", STATOR_SPAN_INIT("/."), "/"},
        {"RFC 3986 5.2.4 - two dots", STATOR_SPAN_INIT("/a/../b"), "/b"},
        {"RFC 3986 5.2.4 - two dots at the end", STATOR_SPAN_INIT("/a/b/.."), "/a/"},
        {"RFC 3986 5.2.4 - two dots and a '/'", STATOR_SPAN_INIT("/a/b/../"), "/a/"},
        {"RFC 3986 5.2.4 - only two dots", STATOR_SPAN_INIT("/.."), "/"},
        {"RFC 3986 5.2.4 - never above the root", STATOR_SPAN_INIT("/../../etc/passwd"),
         "/etc/passwd"},
        {"RFC 3986 5.2.4 - above the root and down again", STATOR_SPAN_INIT("/a/../../b/../c"),
         "/c"},
        {"RFC 3986 5.4 - the RFC's own example", STATOR_SPAN_INIT("/a/b/c/./../../g"), "/a/g"},
        {"RFC 3986 6.2.2.3 - escaped dots are dots", STATOR_SPAN_INIT("/a/%2e%2e/b"), "/b"},
        {"RFC 3986 6.2.2.3 - half escaped dots", STATOR_SPAN_INIT("/a/.%2E/b"), "/b"},
        {"RFC 3986 6.2.2.3 - an escaped '/' separates", STATOR_SPAN_INIT("/a%2f..%2fb"), "/b"},
        {"RFC 3986 6.2.2.3 - all of it escaped", STATOR_SPAN_INIT("/%2e%2e%2f%2e%2e%2fetc"),
         "/etc"},
        {"RFC 3986 6.2.2.3 - an escaped dot at the end", STATOR_SPAN_INIT("/a/%2e"), "/a/"},
        {"RFC 3986 3.3 - empty segments are merged", STATOR_SPAN_INIT("//a///b"), "/a/b"},
        {"RFC 3986 3.3 - slashes alone", STATOR_SPAN_INIT("////"), "/"},
        {"RFC 3986 3.3 - slashes at the end", STATOR_SPAN_INIT("/a//"), "/a/"},
        {"RFC 3986 3.3 - an escaped empty segment", STATOR_SPAN_INIT("/a%2F/b"), "/a/b"},
        {"RFC 3986 3.3 - merged before dots count", STATOR_SPAN_INIT("/a//../b"), "/b"},
        {"RFC 3986 3.3 - a backslash is a byte of a name", STATOR_SPAN_INIT("/%5c..%5ca"),
         "/\\..\\a"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_path(&rows[i]);
    }
}

/* Each row also gives its path back when it is normalized, but for those that no request may name.
 */
Test(target, encodes)
{
    static const struct {
        const char *label;
        struct stator_span path;
        const char *wanted;
    } rows[] = {
        {"nothing", STATOR_SPAN_INIT(""), ""},
        {"RFC 3986 2.3 - unreserved", STATOR_SPAN_INIT("/azAZ09-._~"), "/azAZ09-._~"},
        {"RFC 3986 3.3 - '/' separates", STATOR_SPAN_INIT("/a/b/"), "/a/b/"},
        {"RFC 3986 3.3 - what else a path may hold", STATOR_SPAN_INIT("/!$()*+,;=:@"),
         "/!$()*+,;=:@"},
        {"HTML 13.1.2.3 - what means something in HTML", STATOR_SPAN_INIT("/<b>&amp;\"'"),
         "/%3Cb%3E%26amp;%22%27"},
        {"RFC 3986 2.4 - '%' is data", STATOR_SPAN_INIT("/100%/%41"), "/100%25/%2541"},
        {"RFC 3986 2.2 - what would end the path", STATOR_SPAN_INIT("/a?b#c"), "/a%3Fb%23c"},
        {"RFC 3986 2.2 - brackets", STATOR_SPAN_INIT("/[a]"), "/%5Ba%5D"},
        {"RFC 3986 2 - not of a URI at all", STATOR_SPAN_INIT("/ \\^`{|}"),
         "/%20%5C%5E%60%7B%7C%7D"},
        {"RFC 3986 2.5 - UTF-8", STATOR_SPAN_INIT("/\xc3\xa9"), "/%C3%A9"},
        {"RFC 3986 2.1 - any other byte", STATOR_SPAN_INIT("/\x80\xff"), "/%80%FF"},
        {"RFC 3986 2.1 - control bytes", STATOR_SPAN_INIT("/\0\r\n\x1f\x7f"), "/%00%0D%0A%1F%7F"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_text text = {0};
        char buffer[256];
        struct stator_span back;
        stator_target_encode(&text, rows[i].path);
        struct stator_span found = stator_text_span(&text);
        cr_expect(stator_span_equal(found, stator_span_from(rows[i].wanted)), "%s: %.*s",
                  rows[i].label, PRINTED(found));
        if (stator_target_normalize(found, buffer, &back) == STATOR_STATUS_NONE) {
            cr_expect(stator_span_equal(back, rows[i].path), "%s: back as %.*s", rows[i].label,
                      PRINTED(back));
        } else {
            cr_expect(found.length == 0 || strstr(rows[i].wanted, "%00") != NULL, "%s",
                      rows[i].label);
        }
        stator_text_finish(&text);
    }
}

Test(target, failure_leaves_out_alone)
{
    struct stator_target target = {.form = STATOR_TARGET_FORM_ASTERISK,
                                   .path = STATOR_SPAN_INIT("*")};
    struct stator_span path = STATOR_SPAN_INIT("/kept");
    char buffer[16];
    cr_expect_eq(stator_target_parse(GET, STATOR_SPAN("http://h/ "), &target),
                 STATOR_STATUS_BAD_REQUEST);
    cr_expect_eq(target.form, STATOR_TARGET_FORM_ASTERISK);
    cr_expect_eq(target.authority.length, 0);
    cr_expect_eq(stator_target_normalize(STATOR_SPAN("/a/../%"), buffer, &path),
                 STATOR_STATUS_BAD_REQUEST);
    cr_expect(stator_span_equal(path, STATOR_SPAN("/kept")));
}

/* The absolute form's missing path is found in the text itself: no span points elsewhere. */
Test(target, borrowed_root_lies_in_the_text)
{
    struct stator_span text = STATOR_SPAN_INIT("https://h");
    struct stator_target target;
    cr_assert_eq(stator_target_parse(GET, text, &target), STATOR_STATUS_NONE);
    cr_expect(target.path.at > text.at && target.path.at < text.at + text.length);
    cr_expect(stator_span_equal(target.path, STATOR_SPAN("/")));
}
