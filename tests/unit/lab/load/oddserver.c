/*
 * The server of the load generator's tests. Knows just enough of HTTP to misbehave in it.
 *
 * The one surprising thing: requests are told apart by their blank lines alone, so a slow or
 * pipelined one is found whatever pieces it comes in.
 */
#include "unit/lab/load/oddserver.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void say(struct odd_client *client, const char *text, size_t length)
{
    /* What does not go at once is lost: bodies are small. */
    (void)!send(client->fd, text, length, MSG_NOSIGNAL);
}

static void hang_up(struct odd_client *client, bool reset)
{
    struct linger none = {.l_onoff = 1};

    if (reset) {
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    }
    close(client->fd);
    *client = (struct odd_client){.fd = -1};
}

/* A head with these lines, and `length` bytes of the body, in one piece. */
static void answer(struct odd_client *client, const char *head, const char *body, size_t length)
{
    static char bytes[1 << 20];
    int size = snprintf(bytes, sizeof(bytes), "%s\r\n%.*s", head, (int)length, body);

    say(client, bytes, (size_t)size);
}

static void answer_sized(struct odd_client *client, const char *more, size_t declared,
                         const char *body, size_t length)
{
    char head[200];

    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n", more, declared);
    answer(client, head, body, length);
}

static void answer_chunked(struct odd_client *client, const char *body)
{
    char bytes[1024];
    size_t half = strlen(body) / 2;
    int size = snprintf(bytes, sizeof(bytes),
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n%zx\r\n%.*s\r\n%zx\r\n%s\r\n0\r\n\r\n",
                        half, (int)half, body, strlen(body) - half, body + half);

    say(client, bytes, (size_t)size);
}

static void nap(unsigned ms)
{
    struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};

    nanosleep(&time, NULL);
}

static void die(struct oddserver *server)
{
    for (int i = 0; i < ODD_CLIENTS; i++) {
        if (server->clients[i].fd >= 0) {
            hang_up(&server->clients[i], false);
        }
    }
    close(server->listener);
    server->listener = -1;
}

static void act(struct oddserver *server, struct odd_client *client, enum odd_deed deed)
{
    const char *body = server->body;
    size_t length = strlen(body);
    char other[64] = "";

    switch (deed) {
    case ODD_DEED_STALL:
        nap(server->stall_ms);
        /* fall through */
    case ODD_DEED_GOOD:
        answer_sized(client, "", length, body, length);
        break;
    case ODD_DEED_CHUNKED:
        answer_chunked(client, body);
        break;
    case ODD_DEED_CLOSE:
        answer_sized(client, "Connection: close\r\n", length, body, length);
        hang_up(client, false);
        break;
    case ODD_DEED_UNTIL:
        answer(client, "HTTP/1.1 200 OK\r\n", body, length);
        hang_up(client, false);
        break;
    case ODD_DEED_CUT:
        answer_sized(client, "", length, body, length / 2);
        hang_up(client, false);
        break;
    case ODD_DEED_RESET:
        hang_up(client, true);
        break;
    case ODD_DEED_SHORT:
        answer_sized(client, "", length - 1, body, length - 1);
        break;
    case ODD_DEED_LONG:
        answer_sized(client, "", length - 1, body, length);
        break;
    case ODD_DEED_WRONG:
        memset(other, 'x', length);
        answer_sized(client, "", length, other, length);
        break;
    case ODD_DEED_STATUS:
        answer(client, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n", "no", 2);
        break;
    case ODD_DEED_GARBAGE:
        answer(client, "garbage\r\n", "", 0);
        break;
    case ODD_DEED_DIE:
        die(server);
        break;
    default:
        break;
    }
    atomic_fetch_add(&server->done[deed], 1);
}

static void serve_next(struct oddserver *server, struct odd_client *client)
{
    enum odd_deed deed = ODD_DEED_HANG;

    if (++client->requests > atomic_load(&server->max_requests)) {
        atomic_store(&server->max_requests, client->requests);
    }
    if (server->again) {
        deed = server->deeds[server->next++ % server->deed_count];
    } else if (server->next < server->deed_count) {
        deed = server->deeds[server->next++];
    }
    act(server, client, deed);
}

static void hear(struct oddserver *server, struct odd_client *client)
{
    static const char end[] = "\r\n\r\n";
    char bytes[4096];
    ssize_t count = recv(client->fd, bytes, sizeof(bytes), 0);

    if (count <= 0) {
        atomic_fetch_add(&server->resets, count < 0 && errno == ECONNRESET ? 1 : 0);
        hang_up(client, false);
        return;
    }
    atomic_fetch_add(&server->pieces, 1);
    for (ssize_t i = 0; i < count && client->fd >= 0; i++) {
        if (client->begun < 4) {
            atomic_fetch_add(&server->strange, bytes[i] == "GET "[client->begun++] ? 0 : 1);
        }
        client->matched = bytes[i] == end[client->matched] ? client->matched + 1
                          : bytes[i] == '\r'               ? 1
                                                           : 0;
        if (client->matched == 4) {
            client->matched = client->begun = 0;
            serve_next(server, client);
        }
    }
}

static void let_in(struct oddserver *server)
{
    int fd = accept(server->listener, NULL, NULL);

    for (int i = 0; i < ODD_CLIENTS && fd >= 0; i++) {
        if (server->clients[i].fd < 0) {
            server->clients[i] = (struct odd_client){.fd = fd};
            atomic_fetch_add(&server->connections, 1);
            return;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void *serve(void *context)
{
    struct oddserver *server = context;

    for (;;) {
        struct pollfd polls[ODD_CLIENTS + 2] = {{.fd = server->stop[0], .events = POLLIN},
                                                {.fd = server->listener, .events = POLLIN}};

        for (int i = 0; i < ODD_CLIENTS; i++) {
            polls[i + 2] = (struct pollfd){.fd = server->clients[i].fd, .events = POLLIN};
        }
        if (poll(polls, ODD_CLIENTS + 2, -1) < 0 || polls[0].revents != 0) {
            return NULL;
        }
        for (int i = 0; i < ODD_CLIENTS; i++) {
            if (polls[i + 2].revents != 0 && server->clients[i].fd == polls[i + 2].fd) {
                hear(server, &server->clients[i]);
            }
        }
        if (polls[1].revents != 0 && server->listener >= 0) {
            let_in(server);
        }
    }
}

void oddserver_start(struct oddserver *server)
{
    socklen_t length = sizeof(server->address);

    for (int i = 0; i < ODD_CLIENTS; i++) {
        server->clients[i].fd = -1;
    }
    server->address = (struct sockaddr_in){.sin_family = AF_INET};
    server->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(server->listener, 0);
    cr_assert_eq(bind(server->listener, (struct sockaddr *)&server->address, length), 0);
    cr_assert_eq(listen(server->listener, ODD_CLIENTS), 0);
    cr_assert_eq(getsockname(server->listener, (struct sockaddr *)&server->address, &length), 0);
    cr_assert_eq(pipe(server->stop), 0);
    cr_assert_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

void oddserver_stop(struct oddserver *server)
{
    cr_assert_eq(write(server->stop[1], "", 1), 1);
    cr_assert_eq(pthread_join(server->thread, NULL), 0);
    for (int i = 0; i < ODD_CLIENTS; i++) {
        if (server->clients[i].fd >= 0) {
            hang_up(&server->clients[i], false);
        }
    }
    if (server->listener >= 0) {
        close(server->listener);
    }
    close(server->stop[0]);
    close(server->stop[1]);
}
