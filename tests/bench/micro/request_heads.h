/* Request heads as clients send them, but for the empty line at their end. */
#ifndef BENCH_MICRO_REQUEST_HEADS_H
#define BENCH_MICRO_REQUEST_HEADS_H

/* What wrk sends: 1 field. */
#define HEADS_WRK(target) "GET " target " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"

/* What curl sends: 3 fields. */
#define HEADS_CURL(target)                                                                         \
    "GET " target " HTTP/1.1\r\n"                                                                  \
    "Host: 127.0.0.1:8080\r\n"                                                                     \
    "User-Agent: curl/7.88.1\r\n"                                                                  \
    "Accept: */*\r\n"

/* What a browser sends: 14 fields, about 650 bytes. */
#define HEADS_BROWSER(target)                                                                      \
    "GET " target " HTTP/1.1\r\n"                                                                  \
    "Host: www.example.org\r\n"                                                                    \
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "          \
    "Chrome/126.0.0.0 Safari/537.36\r\n"                                                           \
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"         \
    "*/*;q=0.8\r\n"                                                                                \
    "Accept-Language: en-GB,en;q=0.9,de;q=0.7\r\n"                                                 \
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"                                                 \
    "Referer: https://www.example.org/docs/index.html\r\n"                                         \
    "Connection: keep-alive\r\n"                                                                   \
    "Cache-Control: max-age=0\r\n"                                                                 \
    "Cookie: theme=dark; session=0f9a3c71e5d84b26a1c7e2f4905b6d38; seen=1732183200\r\n"            \
    "Upgrade-Insecure-Requests: 1\r\n"                                                             \
    "Sec-Fetch-Dest: document\r\n"                                                                 \
    "Sec-Fetch-Mode: navigate\r\n"                                                                 \
    "Sec-Fetch-Site: same-origin\r\n"                                                              \
    "Sec-Fetch-User: ?1\r\n"

#endif
