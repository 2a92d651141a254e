/*
 * What a request costs, counted where counting is exact: system calls and allocations of the thread
 * that serves. The C library's functions are replaced here by ones that count and go on to the
 * kernel.
 */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "stator/stator.h"

enum call { ACCEPT, RECEIVE, SEND, SENDFILE, WAIT, WRITE, END, UNREAD, OTHER, ALLOCATE, CALLS };

static _Thread_local bool counted; /* only the thread that serves is */
static atomic_long calls[CALLS];

static void count(enum call call)
{
    if (counted) {
        atomic_fetch_add(&calls[call], 1);
    }
}

/* --- the C library's functions, counted ------------------------------------------------------ */

#pragma GCC visibility push(default) /* so that libevent's calls come here too */

int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
    int fd = (int)syscall(SYS_accept4, listener, address, length, flags);

    if (fd >= 0) { /* that none waits any more is said once a wake-up */
        count(ACCEPT);
    }
    return fd;
}

ssize_t recv(int fd, void *buffer, size_t length, int flags)
{
    count(RECEIVE);
    return syscall(SYS_recvfrom, fd, buffer, length, flags, NULL, NULL);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    count(SEND);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t length)
{
    count(SENDFILE);
    return syscall(SYS_sendfile, out, in, offset, length);
}

int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout)
{
    count(WAIT);
    return (int)syscall(SYS_epoll_wait, epfd, events, max, timeout);
}

ssize_t write(int fd, const void *buffer, size_t length)
{
    count(WRITE);
    return syscall(SYS_write, fd, buffer, length);
}

ssize_t read(int fd, void *buffer, size_t length)
{
    count(OTHER);
    return syscall(SYS_read, fd, buffer, length);
}

ssize_t readv(int fd, const struct iovec *pieces, int max)
{
    count(OTHER);
    return syscall(SYS_readv, fd, pieces, max);
}

ssize_t writev(int fd, const struct iovec *pieces, int max)
{
    count(OTHER);
    return syscall(SYS_writev, fd, pieces, max);
}

ssize_t send(int fd, const void *buffer, size_t length, int flags)
{
    count(SEND);
    return syscall(SYS_sendto, fd, buffer, length, flags, NULL, 0);
}

int shutdown(int fd, int how)
{
    count(END);
    return (int)syscall(SYS_shutdown, fd, how);
}

int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
    count(OTHER);
    return (int)syscall(SYS_epoll_ctl, epfd, operation, fd, event);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    count(request == FIONREAD ? UNREAD : OTHER);
    return (int)syscall(SYS_ioctl, fd, request, argument);
}

int fstat(int fd, struct stat *status)
{
    count(OTHER);
    return (int)syscall(SYS_newfstatat, fd, "", status, 0x1000 /* AT_EMPTY_PATH */);
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    count(ALLOCATE);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    count(ALLOCATE);
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
    count(ALLOCATE);
    return __libc_realloc(old, size);
}

#pragma GCC visibility pop

/* --- a server and a client ------------------------------------------------------------------- */

static char root[64];
static struct stator_server *server;
static struct sockaddr_in address;
static pthread_t thread;
static int client;

static void *serve(void *context)
{
    (void)context;
    counted = true;
    stator_server_run(server, NULL);
    return NULL;
}

static void make_file(const char *name, size_t size)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", root, name);

    FILE *file = fopen(path, "w");

    cr_assert_not_null(file);
    for (size_t i = 0; i < size; i++) {
        putc('x', file);
    }
    fclose(file);
}

static void connect_client(void)
{
    client = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void start(void)
{
    struct stator_options *options = stator_options_create();
    struct timespec tick = {0, 100000000};
    char log[128];

    strcpy(root, "/tmp/stator-calls-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    make_file("small.txt", 1024);
    make_file("large.bin", 100 * 1024);
    nanosleep(&tick, NULL); /* until their validators are strong */
    snprintf(log, sizeof(log), "%s/.log", root);
    cr_assert_eq(stator_options_set(options, "root", root, NULL), 0);
    cr_assert_eq(stator_options_set(options, "port", "0", NULL), 0);
    cr_assert_eq(stator_options_set(options, "arch", "event", NULL), 0);
    cr_assert_eq(stator_options_set(options, "access-log", log, NULL), 0);
    server = stator_server_create(options, NULL);
    stator_options_destroy(options);
    cr_assert_not_null(server);
    cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(strrchr(stator_server_url(server, 0), ':') + 1));
    connect_client();
}

static void stop(void)
{
    char command[128];

    close(client);
    stator_server_stop(server);
    pthread_join(thread, NULL);
    stator_server_destroy(server);
    snprintf(command, sizeof(command), "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(calls, .init = start, .fini = stop, .timeout = 60);

/* Asks `batch` times at once and takes all answers, each with `body` bytes after its head. */
static void ask(const char *request, size_t batch, size_t body)
{
    static char text[16384], bytes[65536];
    size_t length = 0, heads = 0, line = 0, left = 0;

    for (size_t i = 0; i < batch; i++) {
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s", request);
    }
    cr_assert_eq(send(client, text, length, 0), (ssize_t)length);
    while (heads < batch || left > 0) {
        ssize_t have = recv(client, bytes, sizeof(bytes), 0);

        cr_assert_gt(have, 0);
        for (ssize_t i = 0; i < have; i++) {
            if (left > 0) {
                left--;
            } else if (bytes[i] == '\n') {
                heads += line == 0;
                left = line == 0 ? body : 0;
                line = 0;
            } else {
                line += bytes[i] != '\r';
            }
        }
    }
}

static void snapshot(long out[CALLS])
{
    for (size_t i = 0; i < CALLS; i++) {
        out[i] = atomic_load(&calls[i]);
    }
}

/* Asks on a connection of its own. */
static void ask_anew(const char *request, size_t batch, size_t body)
{
    close(client);
    connect_client();
    ask(request, batch, body);
}

typedef void ask_fn(const char *request, size_t batch, size_t body);

/* What `rounds` of that cost once all is warm. */
static void measure_by(ask_fn *way, const char *request, size_t batch, size_t body, int rounds,
                       long out[CALLS])
{
    long before[CALLS];

    for (int i = 0; i < 50; i++) {
        way(request, batch, body);
    }
    snapshot(before);
    cr_assert(before[OTHER] > 0 && before[ALLOCATE] > 0, "the beginning is counted");
    for (int i = 0; i < rounds; i++) {
        way(request, batch, body);
    }
    snapshot(out);
    for (size_t i = 0; i < CALLS; i++) {
        out[i] -= before[i];
    }
}

static void measure(const char *request, size_t batch, size_t body, int rounds, long out[CALLS])
{
    measure_by(ask, request, batch, body, rounds, out);
}

#define GET(name) "GET /" name " HTTP/1.1\r\nHost: h\r\n\r\n"

/* A second after the file was looked at it is looked at again, and the log is written some times a
 * second: a few calls are let pass. */
#define FEW 40

Test(calls, a_small_cached_file_costs_one_receive_and_one_send)
{
    long cost[CALLS];

    measure(GET("small.txt"), 1, 1024, 1000, cost);
    cr_expect_eq(cost[RECEIVE], 1000, "%ld", cost[RECEIVE]);
    cr_expect_eq(cost[SEND], 1000, "%ld", cost[SEND]);
    cr_expect_leq(cost[WAIT], 1000 + FEW, "%ld", cost[WAIT]);
    cr_expect_eq(cost[SENDFILE], 0);
    cr_expect_eq(cost[END] + cost[UNREAD], 0, "%ld, %ld", cost[END], cost[UNREAD]);
    cr_expect_leq(cost[WRITE], FEW, "%ld", cost[WRITE]);
    cr_expect_leq(cost[OTHER], FEW, "%ld", cost[OTHER]);
    cr_expect_leq(cost[ALLOCATE], FEW, "%ld allocations", cost[ALLOCATE]);
}

Test(calls, not_modified_costs_the_same)
{
    long cost[CALLS];

    measure("GET /small.txt HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n", 1, 0, 1000, cost);
    cr_expect_eq(cost[RECEIVE], 1000, "%ld", cost[RECEIVE]);
    cr_expect_eq(cost[SEND], 1000, "%ld", cost[SEND]);
    cr_expect_leq(cost[OTHER], FEW, "%ld", cost[OTHER]);
    cr_expect_leq(cost[ALLOCATE], FEW, "%ld allocations", cost[ALLOCATE]);
}

/* How long the body of the answer is; the whole answer comes at once. */
static size_t body_of(const char *request)
{
    static const char end[] = "\r\n\r\n";
    char answer[4096];
    ssize_t length;
    char *body;

    cr_assert_eq(send(client, request, strlen(request), 0), (ssize_t)strlen(request));
    length = recv(client, answer, sizeof(answer), 0);
    cr_assert_gt(length, 0);
    body = memmem(answer, (size_t)length, end, strlen(end));
    cr_assert_not_null(body);
    return (size_t)(answer + length - body) - strlen(end);
}

Test(calls, no_common_answer_allocates)
{
    static const char *const requests[] = {
        "GET /small.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=10-19\r\n\r\n",
        "GET /small.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=9999-\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: h\r\nAccept: text/plain\r\n\r\n",
        "POST /small.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        long cost[CALLS];

        measure(requests[i], 1, body_of(requests[i]), 200, cost);
        cr_expect_eq(cost[SEND], 200, "%s: %ld", requests[i], cost[SEND]);
        cr_expect_leq(cost[ALLOCATE], FEW, "%s: %ld allocations", requests[i], cost[ALLOCATE]);
    }
}

Test(calls, a_batch_of_pipelined_requests_costs_one_receive_and_one_send)
{
    long cost[CALLS];

    measure("HEAD /small.txt HTTP/1.1\r\nHost: h\r\n\r\n", 64, 0, 100, cost);
    cr_expect_eq(cost[RECEIVE], 100, "%ld", cost[RECEIVE]);
    cr_expect_eq(cost[SEND], 100, "%ld", cost[SEND]);
    cr_expect_leq(cost[WAIT], 100 + FEW, "%ld", cost[WAIT]);
    cr_expect_leq(cost[ALLOCATE], FEW, "%ld allocations", cost[ALLOCATE]);
}

Test(calls, a_large_file_goes_without_passing_through_us)
{
    long cost[CALLS];

    measure(GET("large.bin"), 1, 100 * 1024, 200, cost);
    cr_expect_eq(cost[RECEIVE], 200, "%ld", cost[RECEIVE]);
    cr_expect_eq(cost[SEND], 200, "%ld", cost[SEND]);
    cr_expect_geq(cost[SENDFILE], 200, "%ld", cost[SENDFILE]);
    cr_expect_leq(cost[ALLOCATE], FEW + 200, "%ld allocations", cost[ALLOCATE]);
}

/* The kernel wakes us when the request is there, so that the client is never waited for. */
Test(calls, a_connection_for_one_request_is_never_watched)
{
    long cost[CALLS];

    measure_by(ask_anew, "GET /small.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 1, 1024,
               1000, cost);
    cr_expect_eq(cost[ACCEPT], 1000, "%ld", cost[ACCEPT]);
    cr_expect_eq(cost[RECEIVE], 1000, "%ld", cost[RECEIVE]);
    cr_expect_eq(cost[SEND], 1000, "%ld", cost[SEND]);
    cr_expect_leq(cost[WAIT], 1000 + FEW, "%ld", cost[WAIT]);
    cr_expect_eq(cost[END], 1000, "%ld", cost[END]);
    cr_expect_geq(cost[UNREAD], 1000 - 1, "%ld", cost[UNREAD]);
    cr_expect_leq(cost[UNREAD], 1000 + 1, "%ld; the client has its answer before", cost[UNREAD]);
    cr_expect_leq(cost[OTHER], FEW, "%ld", cost[OTHER]);
    cr_expect_leq(cost[ALLOCATE], 1000 + FEW, "%ld allocations", cost[ALLOCATE]);
}
