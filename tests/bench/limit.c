/*
 * limit: what one thread can do on bare epoll, with no HTTP in it. The yardstick of scripts/bench.
 *
 * Knows one file; refuses to know what it is asked: every read is answered with the same bytes,
 * whatever came. A small file goes out of memory with its head in one sendmsg, a large one by
 * sendfile after its head, which is the least that a server can do for either.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define READY_MAX    512
#define READ_SIZE    (16 * 1024)
#define SENDFILE_MIN (64 * 1024) /* from here on a copy costs more than a second system call */

struct answer {
    char head[512];
    size_t head_length;
    size_t length; /* head and body */
    char *body;    /* NULL: it comes from the file */
    int file;
};

struct client {
    int fd;
    size_t sent; /* of the answer under way */
    bool answering;
};

static int read_body(struct answer *answer, size_t size)
{
    answer->body = malloc(size);
    if (answer->body == NULL) {
        return -ENOMEM;
    }
    return pread(answer->file, answer->body, size, 0) == (ssize_t)size ? 0 : -EIO;
}

static int answer_init(struct answer *answer, const char *path)
{
    struct stat status;

    answer->body = NULL;
    answer->file = open(path, O_RDONLY | O_CLOEXEC);
    if (answer->file < 0 || fstat(answer->file, &status) < 0) {
        return -errno;
    }
    answer->head_length = (size_t)snprintf(answer->head, sizeof(answer->head),
                                           "HTTP/1.1 200 OK\r\n"
                                           "Server: limit\r\n"
                                           "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                                           "Content-Type: text/html; charset=utf-8\r\n"
                                           "Content-Length: %lld\r\n"
                                           "Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                                           "ETag: \"0123456789abcdef\"\r\n"
                                           "Accept-Ranges: bytes\r\n"
                                           "\r\n",
                                           (long long)status.st_size);
    answer->length = answer->head_length + (size_t)status.st_size;
    return status.st_size < SENDFILE_MIN ? read_body(answer, (size_t)status.st_size) : 0;
}

static ssize_t send_memory(const struct client *client, const struct answer *answer)
{
    size_t of_head = client->sent < answer->head_length ? client->sent : answer->head_length;
    size_t of_body = client->sent - of_head;
    struct iovec parts[] = {
        {(char *)answer->head + of_head, answer->head_length - of_head},
        {answer->body + of_body, answer->length - answer->head_length - of_body},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    return sendmsg(client->fd, &message, MSG_NOSIGNAL);
}

static ssize_t send_file(const struct client *client, const struct answer *answer)
{
    off_t at = (off_t)client->sent - (off_t)answer->head_length;

    if (at < 0) {
        return send(client->fd, answer->head + client->sent, (size_t)-at, MSG_NOSIGNAL | MSG_MORE);
    }
    return sendfile(client->fd, answer->file, &at, answer->length - client->sent);
}

/* Sends as much as the socket takes; false if the client is gone. */
static bool client_push(struct client *client, const struct answer *answer)
{
    while (client->answering) {
        ssize_t sent =
            answer->body != NULL ? send_memory(client, answer) : send_file(client, answer);

        if (sent <= 0) {
            return sent < 0 && errno == EAGAIN;
        }
        client->sent += (size_t)sent;
        if (client->sent == answer->length) {
            client->answering = false;
            client->sent = 0;
        }
    }
    return true;
}

/* Waits for edges, so a read that leaves nothing behind is the only one; false at the end. */
static bool client_step(struct client *client, uint32_t events, const struct answer *answer)
{
    char bytes[READ_SIZE];

    if ((events & EPOLLIN) != 0) {
        ssize_t got = recv(client->fd, bytes, sizeof(bytes), 0);

        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            return false;
        }
        client->answering = client->answering || got > 0;
    }
    return client_push(client, answer);
}

static void client_destroy(struct client *client)
{
    close(client->fd);
    free(client);
}

static void client_create(int loop, int fd)
{
    struct client *client = calloc(1, sizeof(*client));
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};

    if (client == NULL) {
        close(fd);
        return;
    }
    client->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &wanted) < 0) {
        client_destroy(client);
    }
}

static void accept_all(int loop, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    while (fd >= 0) {
        client_create(loop, fd);
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
}

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, SOMAXCONN) < 0) {
        return -errno;
    }
    return fd;
}

static void run(int loop, int listener, const struct answer *answer)
{
    struct epoll_event ready[READY_MAX];

    for (;;) {
        int count = epoll_wait(loop, ready, READY_MAX, -1);

        for (int i = 0; i < count; i++) {
            struct client *client = ready[i].data.ptr;

            if (client == NULL) {
                accept_all(loop, listener);
            } else if (!client_step(client, ready[i].events, answer)) {
                client_destroy(client);
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = NULL};
    struct answer answer;
    int error, listener, loop;

    if (argc != 3) {
        fprintf(stderr, "usage: limit PORT FILE\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN); /* sendfile has no MSG_NOSIGNAL */
    error = answer_init(&answer, argv[2]);
    if (error < 0) {
        fprintf(stderr, "limit: cannot read %s: %s\n", argv[2], strerror(-error));
        return 1;
    }
    listener = listen_on(atoi(argv[1]));
    if (listener < 0) {
        fprintf(stderr, "limit: cannot listen on port %s: %s\n", argv[1], strerror(-listener));
        return 69;
    }
    loop = epoll_create1(EPOLL_CLOEXEC);
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &wanted) < 0) {
        fprintf(stderr, "limit: no epoll: %s\n", strerror(errno));
        return 1;
    }
    run(loop, listener, &answer);
}
