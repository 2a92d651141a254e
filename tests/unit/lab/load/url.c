/* Addresses as people write them. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>

#include "lab/load/url.h"

Test(load_url, is_taken_apart)
{
    static const struct {
        const char *text, *host, *path;
        unsigned port;
    } rows[] = {
        {"http://127.0.0.1:8080/", "127.0.0.1:8080", "/", 8080},
        {"http://127.0.0.1", "127.0.0.1", "/", 80},
        {"http://127.0.0.1:1/a/b?c=d", "127.0.0.1:1", "/a/b?c=d", 1},
        {"http://127.0.0.1:65535?c", "127.0.0.1:65535", "/?c", 65535},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_load_url url;
        const char *why, *fix;

        cr_assert_eq(stator_load_url_parse(rows[i].text, &url, &why, &fix), 0, "%s", rows[i].text);
        cr_expect_str_eq(url.host, rows[i].host);
        cr_expect_str_eq(url.path, rows[i].path);
        cr_expect_eq(ntohs(url.address.sin_port), rows[i].port, "%s", rows[i].text);
        cr_expect_eq(url.address.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    }
}

Test(load_url, refuses_what_it_cannot_reach)
{
    static const char *const rows[] = {
        "",
        "127.0.0.1:8080",
        "https://127.0.0.1/",
        "http://",
        "http:///x",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:/",
        "http://127.0.0.1:80x/",
        "http://[::1]:80/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/#f",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_load_url url = {.host = "as it was"};
        const char *why = NULL, *fix = NULL;

        cr_expect_lt(stator_load_url_parse(rows[i], &url, &why, &fix), 0, "%s", rows[i]);
        cr_expect_not_null(why, "%s", rows[i]);
        cr_expect_not_null(fix, "%s", rows[i]);
        cr_expect_str_eq(url.host, "as it was");
    }
}
