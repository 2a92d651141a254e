/*
 * Starts and ends servers under test.
 *
 * Knows how a process is made, asked and ended for certain; refuses to know what it serves. The one
 * surprising thing: it is a process group of its own, and this process takes its orphans over, so
 * that nothing of it can be left without being found.
 */
#include "lab/run/sut.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "lab/load/clock.h"
#include "lab/run/control.h"

#define MS         INT64_C(1000000)
#define START_MS   10000
#define STOP_MS    5000
#define ORPHANS_MS 500
#define LOOK_MS    2

/* The most words of a command line: the program's, ours and the options. */
#define WORDS_MAX 64

struct command {
    const char *words[WORDS_MAX];
    size_t count;
    char control[16], devices[STATOR_DEVICE_WORD], arch[200], root[4096];
};

static int refuse(char why[200], int code, const char *what)
{
    snprintf(why, 200, "%s: %s", what, strerror(-code));
    return code;
}

/* --- the child -------------------------------------------------------------------------------- */

static bool add_word(struct command *command, const char *word)
{
    if (command->count + 1 >= WORDS_MAX) {
        return false;
    }
    command->words[command->count++] = word;
    command->words[command->count] = NULL;
    return true;
}

/* What is said later counts. Fails: -E2BIG. */
static int write_command(const struct stator_sut_spec *spec, int control, struct command *out)
{
    const char *first[] = {"stator-lab",
                           "serve",
                           out->control,
                           out->devices,
                           "--listen=127.0.0.1:0",
                           out->root,
                           "--access-log=off",
                           "--drain=0",
                           out->arch};
    bool fits = true;

    out->count = 0;
    snprintf(out->control, sizeof(out->control), "%d", control);
    snprintf(out->arch, sizeof(out->arch), "--arch=%s", spec->arch);
    snprintf(out->root, sizeof(out->root), "--root=%s", spec->root);
    stator_device_write(&spec->devices, out->devices);
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        fits = fits && add_word(out, first[i]);
    }
    for (size_t i = 0; spec->options != NULL && spec->options[i] != NULL; i++) {
        fits = fits && add_word(out, spec->options[i]);
    }
    return fits ? 0 : -E2BIG;
}

/* In the child: becomes the server, when the parent says so. Only async-signal-safe calls. */
static void become(const struct stator_sut_spec *spec, const struct command *command, int control)
{
    sigset_t none;
    char go;
    int null;

    setpgid(0, 0);
    if (spec->cpus != NULL && sched_setaffinity(0, sizeof(*spec->cpus), spec->cpus) < 0) {
        _exit(127);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        fcntl(control, F_SETFD, 0) < 0 || recv(control, &go, 1, 0) != 1) {
        _exit(127);
    }
    if (null > STDERR_FILENO) {
        close(null);
    }
    execv(spec->program != NULL ? spec->program : "/proc/self/exe", (char *const *)command->words);
    _exit(127);
}

static int launch(const struct stator_sut_spec *spec, struct stator_sut *sut)
{
    struct command command;
    int ends[2], error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        return -errno;
    }
    sut->control = ends[0];
    error = write_command(spec, ends[1], &command);
    sut->pid = error == 0 ? fork() : -1;
    if (sut->pid == 0) {
        close(ends[0]);
        become(spec, &command, ends[1]);
    }
    if (error == 0 && sut->pid < 0) {
        error = -errno;
    }
    close(ends[1]);
    if (error < 0) {
        sut->pid = 0;
        return error;
    }
    setpgid(sut->pid, sut->pid); /* whoever of both comes first */
    return send(sut->control, "g", 1, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

/* --- its first words ---------------------------------------------------------------------------
 */

static int hear_hello(struct stator_sut *sut, int64_t deadline, char why[200])
{
    struct stator_control_hello hello;
    ssize_t count = stator_control_receive(sut->control, &hello, sizeof(hello), deadline);

    if (count != sizeof(hello)) {
        return refuse(why, count < 0 ? (int)count : -ECONNRESET, "the server did not start");
    }
    if (hello.error < 0) {
        snprintf(why, 200, "%.199s", hello.why);
        return hello.error;
    }
    sut->address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(hello.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return 0;
}

/* A request that touches no file and no device; its answer, to the end of the connection. */
static int await_response(const struct stator_sut *sut, int64_t deadline)
{
    static const char request[] = "OPTIONS * HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
    const struct sockaddr *address = (const struct sockaddr *)&sut->address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char start[5] = "", bytes[1024];
    size_t length = 0;
    ssize_t count = -1;

    if (fd >= 0 && connect(fd, address, sizeof(sut->address)) == 0 &&
        send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) == sizeof(request) - 1) {
        while ((count = stator_control_receive(fd, bytes, sizeof(bytes), deadline)) > 0) {
            if (length < 4) {
                size_t step = (size_t)count < 4 - length ? (size_t)count : 4 - length;

                memcpy(start + length, bytes, step);
                length += step;
            }
        }
    } else {
        count = -errno;
    }
    stator_fd_close(&fd);
    return count < 0 ? (int)count : strcmp(start, "HTTP") == 0 ? 0 : -EPROTO;
}

/* What failed here is not what the server says of itself. */
static int own(int error)
{
    switch (error) {
    case -EINVAL:
    case -ENOTSUP:
    case -EMFILE:
    case -ENFILE:
        return -EIO;
    default:
        return error;
    }
}

int stator_sut_start(const struct stator_sut_spec *spec, struct stator_sut *out, char why[200])
{
    struct stator_sut sut = {.control = -1};
    int64_t begun = stator_load_now();
    int64_t deadline = begun + START_MS * MS;
    int error;

    why[0] = '\0';
    prctl(PR_SET_CHILD_SUBREAPER, 1UL);
    error = launch(spec, &sut);
    if (error < 0) {
        refuse(why, error, "a server could not be started");
        error = own(error);
        goto fail;
    }
    error = hear_hello(&sut, deadline, why);
    if (error < 0) {
        goto fail;
    }
    error = await_response(&sut, deadline);
    if (error < 0) {
        refuse(why, error, "the server did not answer");
        error = own(error);
        goto fail;
    }
    sut.start_us = (stator_load_now() - begun) / 1000;
    *out = sut;
    return 0;
fail:
    stator_sut_stop(&sut);
    return error;
}

/* --- its end -----------------------------------------------------------------------------------
 */

static void pause_a_moment(void)
{
    struct timespec moment = {.tv_nsec = LOOK_MS * MS};

    nanosleep(&moment, NULL);
}

/* Waits for the first process. True where it ended; `*status` says how. */
static bool await_end(pid_t pid, int ms, int *status)
{
    int64_t deadline = stator_load_now() + ms * MS;
    pid_t ended;

    while ((ended = waitpid(pid, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (stator_load_now() > deadline) {
            return false;
        }
        pause_a_moment();
    }
    return true;
}

/* Reaps orphans that have ended. True where nobody is left in the group. */
static bool await_orphans(pid_t group, int ms)
{
    int64_t deadline = stator_load_now() + ms * MS;

    for (;;) {
        while (waitpid(-group, NULL, WNOHANG) > 0) {
        }
        if (kill(-group, 0) < 0) {
            return true;
        }
        if (stator_load_now() > deadline) {
            return false;
        }
        pause_a_moment();
    }
}

bool stator_sut_stop(struct stator_sut *sut)
{
    pid_t pid = sut->pid;
    int status = 0;
    bool orderly = true;

    stator_fd_close(&sut->control);
    if (pid > 0) {
        orderly = await_end(pid, STOP_MS, &status);
        if (!orderly) {
            kill(-pid, SIGKILL);
            await_end(pid, STOP_MS, &status);
        }
        orderly = orderly && await_orphans(pid, ORPHANS_MS);
        if (!orderly) {
            kill(-pid, SIGKILL);
            await_orphans(pid, STOP_MS);
        }
    }
    *sut = (struct stator_sut){.control = -1, .address = sut->address};
    return orderly && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
