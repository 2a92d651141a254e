/* Addresses to listen on: every way to write one, and every way to get it wrong. */
#include "server/address.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/un.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(address, is_taken_apart)
{
    static const struct {
        const char *text, *host, *port, *path;
    } rows[] = {
        {"127.0.0.1:80", "127.0.0.1", "80", NULL},
        {"[::1]:8080", "::1", "8080", NULL},
        {"[::]:0", "::", "0", NULL},
        {"name:65535", "name", "65535", NULL},
        {":80", "", "80", NULL},
        {"*:80", "", "80", NULL},
        {"[]:80", "", "80", NULL},
        {"127.0.0.2:00", "127.0.0.2", "0", NULL},
        {"unix:/run/a b:80", "", "", "/run/a b:80"},
        {"unix:relative", "", "", "relative"},
        {"unix:80", "", "", "80"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_address address;
        struct stator_error error = {0};
        cr_assert_eq(stator_address_parse(rows[i].text, &address, &error), 0, "%s: %s",
                     rows[i].text, error.why);
        cr_expect_eq(address.text, rows[i].text);
        cr_expect_str_eq(address.host, rows[i].host, "%s: %s", rows[i].text, address.host);
        cr_expect_str_eq(address.port, rows[i].port, "%s: %s", rows[i].text, address.port);
        cr_expect_eq(address.path == NULL, rows[i].path == NULL, "%s", rows[i].text);
        if (address.path != NULL) {
            cr_expect_str_eq(address.path, rows[i].path);
        }
    }
}

Test(address, what_is_none_is_explained)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "it has no port"},
        {"127.0.0.1", "it has no port"},
        {"127.0.0.1:", "its port is not a number from 0 to 65535"},
        {"127.0.0.1:65536", "its port is not a number from 0 to 65535"},
        {"127.0.0.1:-1", "its port is not a number from 0 to 65535"},
        {"127.0.0.1:80 ", "its port is not a number from 0 to 65535"},
        {"127.0.0.1:99999999999999999999", "its port is not a number from 0 to 65535"},
        {"::1:80", "an IPv6 address must stand in brackets"},
        {"[::1:80", "an IPv6 address must stand in brackets"},
        {"[::1]", "its port is not a number from 0 to 65535"},
        {"unix:", "the socket's path is missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_address address = {.text = "kept"};
        struct stator_error error = {0};
        cr_expect_eq(stator_address_parse(rows[i].text, &address, &error), -EINVAL, "%s",
                     rows[i].text);
        cr_expect_eq(error.kind, STATOR_ERROR_KIND_USAGE, "%s", rows[i].text);
        cr_expect_str_eq(error.why, rows[i].why, "%s: %s", rows[i].text, error.why);
        cr_expect_not_null(strstr(error.what, rows[i].text));
        cr_expect_str_not_empty(error.fix);
        cr_expect_str_eq(address.text, "kept");
        cr_expect_eq(stator_address_parse(rows[i].text, &address, NULL), -EINVAL);
    }
}

/* The longest that goes, then one byte more. */
Test(address, has_a_longest_name_and_a_longest_path)
{
    char text[400];
    struct stator_address address;
    for (size_t length = 255; length <= 256; length++) {
        memset(text, 'a', length);
        strcpy(text + length, ":80");
        cr_expect_eq(stator_address_parse(text, &address, NULL), length == 255 ? 0 : -EINVAL);
    }
    size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
    for (size_t length = max; length <= max + 1; length++) {
        strcpy(text, "unix:");
        memset(text + 5, 'a', length);
        text[5 + length] = '\0';
        cr_expect_eq(stator_address_parse(text, &address, NULL), length == max ? 0 : -EINVAL);
    }
}

/* By what the system said: kind, why, and something to do. */
Test(address, a_refusal_says_what_helps)
{
    static const struct {
        const char *text;
        int code;
        enum stator_error_kind kind;
        const char *why;
    } rows[] = {
        {"127.0.0.1:80", -EADDRINUSE, STATOR_ERROR_KIND_BIND,
         "another program listens there already"},
        {"192.0.2.1:80", -EADDRNOTAVAIL, STATOR_ERROR_KIND_BIND,
         "this machine has no such address"},
        {":80", -EACCES, STATOR_ERROR_KIND_PERMISSION, "permission denied"},
        {":80", -EMFILE, STATOR_ERROR_KIND_BIND, "too many open files"},
        {"unix:/missing/s", -ENOENT, STATOR_ERROR_KIND_BIND, "its directory does not exist"},
        {"unix:/proc/s", -EACCES, STATOR_ERROR_KIND_PERMISSION, "permission denied"},
        {"unix:/", -EADDRINUSE, STATOR_ERROR_KIND_BIND, "a file that is no socket stands there"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_address address;
        struct stator_error error = {0};
        cr_assert_eq(stator_address_parse(rows[i].text, &address, NULL), 0);
        cr_expect_eq(stator_address_refuse(&address, rows[i].code, &error), rows[i].code);
        cr_expect_eq(error.kind, rows[i].kind, "%s", rows[i].text);
        cr_expect_eq(error.code, -rows[i].code);
        cr_expect_str_eq(error.why, rows[i].why, "%s: %s", rows[i].text, error.why);
        cr_expect_not_null(strstr(error.what, rows[i].text));
        cr_expect_str_not_empty(error.fix);
        cr_expect_eq(stator_address_refuse(&address, rows[i].code, NULL), rows[i].code);
    }
}
