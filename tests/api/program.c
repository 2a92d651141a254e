/*
 * Starting, watching and ending a program, and talking to it.
 *
 * Knows processes and sockets; refuses to know what is tested. The path of the program comes from
 * the environment variable STATOR_PROGRAM.
 */
#include "program.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32

/* In the child: becomes what `setup` says and runs the program. Never returns. */
static void become(const struct program_setup *setup)
{
    static const char *const nothing[] = {NULL};
    const char *path = getenv("STATOR_PROGRAM");
    const char *argv[ARGUMENTS_MAX + 2] = {"stator"};
    const char *const *environment = setup->environment != NULL ? setup->environment : nothing;

    for (size_t i = 0; setup->arguments[i] != NULL && i < ARGUMENTS_MAX; i++) {
        argv[i + 1] = setup->arguments[i];
    }
    if (setup->directory != NULL && chdir(setup->directory) < 0) {
        _exit(120);
    }
    if (setup->descriptors > 0) {
        struct rlimit limit = {setup->descriptors, setup->descriptors};

        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (setup->file_size > 0) {
        struct rlimit limit = {setup->file_size, setup->file_size};

        setrlimit(RLIMIT_FSIZE, &limit);
    }
    if (setup->threads > 0) {
        struct rlimit limit = {setup->threads, setup->threads};
        uid_t user = 100000 + (uid_t)getpid(); /* the limit is on all that a user has */

        if (setrlimit(RLIMIT_NPROC, &limit) < 0 || setgroups(0, NULL) < 0 || setgid(65534) < 0 ||
            setuid(user) < 0) {
            _exit(121);
        }
    }
    if (setup->nobody && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)) {
        _exit(121);
    }
    /* The tests themselves may run under nohup(1), which the program would honour. */
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    execve(path, (char *const *)argv, (char *const *)environment);
    _exit(122);
}

static void spawn_on_pipes(struct program *program, const struct program_setup *setup)
{
    int output[2], errors[2];

    cr_assert_eq(pipe2(output, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(errors, O_CLOEXEC), 0);
    program->pid = fork();
    cr_assert_geq(program->pid, 0);
    if (program->pid == 0) {
        int null = open("/dev/null", O_RDONLY);

        dup2(null, 0);
        dup2(output[1], 1);
        dup2(errors[1], 2);
        become(setup);
    }
    close(output[1]);
    close(errors[1]);
    program->output = output[0];
    program->errors = errors[0];
}

void program_spawn(struct program *program, const struct program_setup *setup)
{
    *program = (struct program){.pid = -1, .output = -1, .errors = -1};
    cr_assert_not_null(getenv("STATOR_PROGRAM"), "STATOR_PROGRAM names the program to test");
    if (!setup->terminal) {
        spawn_on_pipes(program, setup);
        return;
    }
    program->pid = forkpty(&program->output, NULL, NULL, NULL);
    cr_assert_geq(program->pid, 0);
    if (program->pid == 0) {
        become(setup);
    }
}

static bool wait_readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int ready;

    do {
        ready = poll(&one, 1, PATIENCE_MS);
    } while (ready < 0 && errno == EINTR);
    cr_assert_eq(ready, 1, "nothing came within %d ms", PATIENCE_MS);
    return true;
}

bool program_read_line(struct program *program)
{
    size_t length = 0;

    while (length < sizeof(program->line) - 1 && wait_readable(program->output)) {
        char byte;

        if (read(program->output, &byte, 1) != 1) {
            program->line[length] = '\0';
            return length > 0;
        }
        if (byte == '\n') {
            break;
        }
        if (byte != '\r') {
            program->line[length++] = byte;
        }
    }
    program->line[length] = '\0';
    return true;
}

void program_read_all(int fd, char *out, size_t size)
{
    size_t length = 0;

    while (length < size - 1 && wait_readable(fd)) {
        ssize_t count = read(fd, out + length, size - 1 - length);

        if (count <= 0) {
            break;
        }
        length += (size_t)count;
    }
    out[length] = '\0';
}

void program_serve(struct program *program, const struct program_setup *setup)
{
    const char *url;

    program_spawn(program, setup);
    if (!program_read_line(program)) {
        char errors[2048];

        program_read_all(program->errors, errors, sizeof(errors));
        cr_assert_fail("the server did not start: %s", errors);
    }
    url = strstr(program->line, "http://127.0.0.1:");
    program->port = url != NULL ? atoi(url + strlen("http://127.0.0.1:")) : 0;
}

int program_wait(struct program *program)
{
    int status = 0;

    for (int waited = 0; waitpid(program->pid, &status, WNOHANG) == 0; waited += 10) {
        struct timespec nap = {0, 10000000};

        if (waited >= PATIENCE_MS) {
            kill(program->pid, SIGKILL);
            waitpid(program->pid, &status, 0);
            cr_assert_fail("the program did not end within %d ms", PATIENCE_MS);
        }
        nanosleep(&nap, NULL);
    }
    close(program->output);
    if (program->errors >= 0) {
        close(program->errors);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int program_stop(struct program *program)
{
    kill(program->pid, SIGTERM);
    return program_wait(program);
}

int program_run(const struct program_setup *setup, char *output, size_t output_size, char *errors,
                size_t errors_size)
{
    struct program program;

    program_spawn(&program, setup);
    program_read_all(program.output, output, output_size);
    if (program.errors >= 0) {
        program_read_all(program.errors, errors, errors_size);
    }
    return program_wait(&program);
}

int client_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0, "connect: %s",
                 strerror(errno));
    return fd;
}

void client_send(int fd, const char *text)
{
    size_t length = strlen(text);

    cr_assert_eq(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
}

long client_receive(int fd, char *out, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t count = recv(fd, out + length, size - length, 0);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            cr_assert_neq(errno, EAGAIN, "the server said nothing within %d ms", PATIENCE_MS);
            return -1;
        }
        if (count == 0) {
            break;
        }
        length += (size_t)count;
    }
    return (long)length;
}

int client_get(int port, const char *target, char *out, size_t size)
{
    char request[1024];
    int fd = client_connect(port);
    long length;

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
             target);
    client_send(fd, request);
    length = client_receive(fd, out, size - 1);
    close(fd);
    if (length < 12) {
        return -1;
    }
    out[length] = '\0';
    return atoi(out + strlen("HTTP/1.1 "));
}
