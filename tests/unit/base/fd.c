/* Descriptors: the same promises whether the Linux calls or their POSIX twins stand below. */
#include "base/fd.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool is_nonblocking(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static bool is_close_on_exec(int fd)
{
    return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static bool is_readable(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, 0) == 1;
}

/* From here on no descriptor can be opened in this process. */
static void use_up_descriptors(void)
{
    int next = dup(STDERR_FILENO);
    cr_assert_geq(next, 0);
    close(next);
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(fd, close_forgets_the_number)
{
    int fd = dup(STDERR_FILENO), copy = fd;
    stator_fd_close(&fd);
    cr_expect_eq(fd, -1);
    cr_expect_not(is_open(copy));
    stator_fd_close(&fd);
    cr_expect_eq(fd, -1);
}

Test(fd, nonblocking_is_set_and_cleared)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    static const bool steps[] = {true, true, false, false, true};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        cr_expect_eq(stator_fd_set_nonblocking(ends[0], steps[i]), 0);
        cr_expect_eq(is_nonblocking(ends[0]), steps[i], "step %zu", i);
    }
    close(ends[0]);
    close(ends[1]);
    cr_expect_eq(stator_fd_set_nonblocking(ends[0], true), -EBADF);
}

Test(fd, limit_is_the_soft_one)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 77;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(stator_fd_limit(), 77);
}

struct pair {
    int listener, client;
    struct sockaddr_in address; /* the client's */
};

static struct sockaddr_in name_of(int fd)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    return address;
}

static struct pair listening_pair(void)
{
    struct pair pair = {.listener = socket(AF_INET, SOCK_STREAM, 0),
                        .client = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(bind(pair.listener, (struct sockaddr *)&any, sizeof(any)), 0);
    cr_assert_eq(listen(pair.listener, 5), 0);
    return pair;
}

static void connect_to(struct pair *pair)
{
    struct sockaddr_in address = name_of(pair->listener);
    cr_assert_eq(connect(pair->client, (struct sockaddr *)&address, sizeof(address)), 0);
    pair->address = name_of(pair->client);
}

static struct pair connect_pair(void)
{
    struct pair pair = listening_pair();
    connect_to(&pair);
    return pair;
}

Test(fd, accept_sets_flags_whatever_the_listener_has)
{
    static const struct {
        const char *label;
        bool listener, accepted;
    } rows[] = {
        {"both blocking", false, false},
        {"accepted non-blocking", false, true},
        {"listener non-blocking", true, false},
        {"both non-blocking", true, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pair pair = connect_pair();
        cr_assert_eq(stator_fd_set_nonblocking(pair.listener, rows[i].listener), 0);
        struct sockaddr_in from = {0};
        socklen_t length = sizeof(from);
        int fd =
            stator_fd_accept(pair.listener, rows[i].accepted, (struct sockaddr *)&from, &length);
        cr_assert_geq(fd, 0, "%s", rows[i].label);
        cr_expect_eq(is_nonblocking(fd), rows[i].accepted, "%s", rows[i].label);
        cr_expect(is_close_on_exec(fd), "%s", rows[i].label);
        cr_expect_eq(length, sizeof(from), "%s", rows[i].label);
        cr_expect_eq(from.sin_port, pair.address.sin_port, "%s", rows[i].label);
        close(fd);
        close(pair.client);
        close(pair.listener);
    }
}

Test(fd, accept_says_why_not)
{
    struct pair pair = connect_pair();
    cr_assert_eq(stator_fd_set_nonblocking(pair.listener, true), 0);
    int fd = stator_fd_accept(pair.listener, true, NULL, NULL);
    cr_expect_geq(fd, 0);
    cr_expect_eq(stator_fd_accept(pair.listener, true, NULL, NULL), -EAGAIN);
    close(fd);
    close(pair.client);
    close(pair.listener);
    cr_expect_eq(stator_fd_accept(pair.listener, true, NULL, NULL), -EBADF);
}

/* Whether it waits in the queue at once is the system's choice; that it comes is promised. */
Test(fd, deferred_clients_are_accepted_all_the_same)
{
    static const struct {
        const char *label;
        const char *sent;
    } rows[] = {
        {"one that speaks", "x"},
        {"one that is silent", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pair pair = listening_pair();
        stator_fd_defer_accept(pair.listener, 1);
        connect_to(&pair);
        cr_assert_eq(send(pair.client, rows[i].sent, strlen(rows[i].sent), 0),
                     (ssize_t)strlen(rows[i].sent));
        struct pollfd poller = {.fd = pair.listener, .events = POLLIN};
        cr_expect_eq(poll(&poller, 1, 30000), 1, "%s", rows[i].label);
        int fd = stator_fd_accept(pair.listener, true, NULL, NULL);
        cr_expect_geq(fd, 0, "%s", rows[i].label);
        close(fd);
        close(pair.client);
        close(pair.listener);
    }
}

Test(fd, wake_makes_readable_and_never_blocks)
{
    int wake[2] = {-7, -7};
    cr_assert_eq(stator_fd_wake_open(wake), 0);
    cr_expect(is_close_on_exec(wake[0]) && is_close_on_exec(wake[1]));
    cr_expect(is_nonblocking(wake[0]) && is_nonblocking(wake[1]));
    cr_expect_not(is_readable(wake[0]));
    errno = ENOTTY;
    for (int i = 0; i < 100000; i++) {
        stator_fd_wake(wake);
    }
    cr_expect_eq(errno, ENOTTY, "a signal handler must leave errno alone");
    cr_expect(is_readable(wake[0]));
    stator_fd_wake_clear(wake);
    cr_expect_not(is_readable(wake[0]));
    stator_fd_wake_clear(wake);
    stator_fd_wake(wake);
    cr_expect(is_readable(wake[0]));
    stator_fd_wake_close(wake);
}

Test(fd, wake_close_closes_both_ends_once)
{
    int wake[2];
    cr_assert_eq(stator_fd_wake_open(wake), 0);
    int copies[2] = {wake[0], wake[1]};
    stator_fd_wake_close(wake);
    cr_expect(wake[0] == -1 && wake[1] == -1);
    cr_expect(!is_open(copies[0]) && !is_open(copies[1]));
    int next = dup(STDERR_FILENO);
    stator_fd_wake_close(wake);
    cr_expect(is_open(next));
    close(next);
}

Test(fd, wake_open_leaves_out_alone_when_it_fails)
{
    int wake[2] = {-7, -7};
    use_up_descriptors();
    cr_expect_eq(stator_fd_wake_open(wake), -EMFILE);
    cr_expect(wake[0] == -7 && wake[1] == -7);
}

/* In a process of its own, for the test's needs its descriptors; the exit code says if it is so. */
static int close_all_but_some(void)
{
    int keep[4], fds[40], wrong = 0;
    for (int i = 0; i < 40; i++) {
        fds[i] = dup(STDERR_FILENO);
    }
    keep[0] = fds[30]; /* in any order, and a standard one among them */
    keep[1] = fds[3];
    keep[2] = STDERR_FILENO;
    keep[3] = fds[4];
    stator_fd_close_others(keep, 4);
    for (int i = 0; i < 40; i++) {
        wrong += is_open(fds[i]) != (i == 30 || i == 3 || i == 4);
    }
    return wrong + !is_open(STDIN_FILENO) + !is_open(STDOUT_FILENO) + !is_open(STDERR_FILENO);
}

Test(fd, closes_all_but_what_is_kept)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(close_all_but_some());
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect_eq(status, 0, "%d are not as they should be", WEXITSTATUS(status));
}
