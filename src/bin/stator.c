/*
 * The program: argv and environment to options, options to a server, signals to its two orders.
 *
 * Knows the process: signals, exit codes, terminals; refuses to know anything of HTTP, for which it
 * has only <stator/stator.h>. The one surprising thing: handlers are there before the first line is
 * printed, because whoever waits for that line may stop the server as soon as it reads it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/console.h"

/* The exit code of a failure: 1 and 2 as everywhere, else EX_UNAVAILABLE and EX_NOPERM of sysexits.
 */
static int exit_code(enum stator_error_kind kind)
{
    switch (kind) {
    case STATOR_ERROR_KIND_USAGE:
        return 2;
    case STATOR_ERROR_KIND_BIND:
        return 69;
    case STATOR_ERROR_KIND_PERMISSION:
        return 77;
    default:
        return 1;
    }
}

/* Written before the handlers are installed, read by them. */
static struct stator_server *volatile running;
static volatile sig_atomic_t announces; /* a person should be told what the next ^C does */
static pid_t speaker; /* who tells: a design's children get the same ^C, and these handlers */

/* Stops first: a terminal that takes nothing must not keep the order from the server. */
static void on_stop(int number)
{
    static const char announcement[] = "\nstopping; press ^C again to stop at once\n";
    struct pollfd terminal = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int saved = errno;
    bool announce = number == SIGINT && announces && getpid() == speaker;
    announces = 0;
    stator_server_stop(running);
    if (announce && poll(&terminal, 1, 0) == 1 && terminal.revents == POLLOUT) {
        ssize_t written = write(STDOUT_FILENO, announcement, sizeof(announcement) - 1);
        (void)written;
    }
    errno = saved;
}

static void on_reopen(int number)
{
    int saved = errno;
    (void)number;
    stator_server_reopen_log(running);
    errno = saved;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* A terminal that is gone is a stop too, unless nohup(1) has said otherwise. */
static void handle_hang_up(void)
{
    struct sigaction old;
    if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
        handle(SIGHUP, on_stop, 0);
    }
}

static void start_signals(struct stator_server *server, bool announce)
{
    running = server;
    announces = announce;
    speaker = getpid();
    /* No SA_RESTART: a call that waits must come back, for the design to see that it shall stop. */
    handle(SIGTERM, on_stop, 0);
    handle(SIGINT, on_stop, 0);
    handle_hang_up();
    handle(SIGUSR1, on_reopen, SA_RESTART);
}

/* From here on the server may go away. A person who has no patience may still kill what is left. */
static void finish_signals(void)
{
    handle(SIGUSR1, SIG_IGN, 0);
    handle(SIGTERM, SIG_DFL, 0);
    handle(SIGINT, SIG_DFL, 0);
}

/* A descriptor below 3 that is closed would be given to a socket, and then printed to. */
static void hold_standard_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

/* Without a PATH the working directory is served, but only where a person can see that it is. */
static int assume_root(struct stator_arguments *arguments, struct stator_error *error)
{
    if (stator_arguments_find(arguments, "root") != NULL ||
        (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))) {
        return stator_arguments_assume(arguments, "root", ".", error);
    }
    *error = (struct stator_error){
        .kind = STATOR_ERROR_KIND_USAGE,
        .what = "no PATH to serve",
        .why = "without a terminal the working directory is not served unasked",
        .fix = "name one: stator PATH, or stator . for the working directory",
    };
    return -EINVAL;
}

/* On a terminal each request is shown, in a form for people, unless something else was asked for.
 */
static int assume_log(struct stator_arguments *arguments, struct stator_error *error)
{
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
    bool quiet = stator_arguments_is_on(arguments, "quiet");
    int result = stator_arguments_assume(arguments, "access-log", quiet ? "off" : "-", error);
    if (result != 0 || strcmp(stator_arguments_find(arguments, "access-log"), "-") != 0) {
        return result;
    }
    result = stator_arguments_assume(arguments, "log-format", "pretty", error);
    if (result == 0 && stator_console_has_colour(STDOUT_FILENO)) {
        result = stator_arguments_assume(arguments, "colour", "true", error);
    }
    return result;
}

static int set_options(struct stator_arguments *arguments, struct stator_options *options,
                       struct stator_error *error)
{
    int result = assume_root(arguments, error);
    result = result == 0 ? assume_log(arguments, error) : result;
    return result == 0 ? stator_arguments_apply(arguments, options, error) : result;
}

/* Makes a server of the arguments. Fails: NULL. */
static struct stator_server *create_server(struct stator_arguments *arguments,
                                           struct stator_error *error)
{
    struct stator_options *options = stator_options_create();
    if (options == NULL) {
        *error = (struct stator_error){
            .kind = STATOR_ERROR_KIND_RUNTIME,
            .code = ENOMEM,
            .what = "cannot start",
            .why = "out of memory",
            .fix = "free some memory and try again",
        };
        return NULL;
    }
    struct stator_server *server = NULL;
    if (set_options(arguments, options, error) == 0) {
        server = stator_server_create(options, error);
    }
    stator_options_destroy(options);
    return server;
}

/* Serves until a signal says otherwise. Fails: false. */
static bool serve(struct stator_arguments *arguments, struct stator_error *error)
{
    struct stator_server *server = create_server(arguments, error);
    if (server == NULL) {
        return false;
    }
    stator_server_watch(server, stator_console_notice, NULL);
    start_signals(server, isatty(STDOUT_FILENO) && !stator_arguments_is_on(arguments, "quiet"));
    stator_console_start(server, arguments);
    int result = stator_server_run(server, error);
    finish_signals();
    stator_console_end(server, arguments);
    stator_server_destroy(server);
    return result == 0;
}

/* Right after a text was printed: what standard output thought of it. */
static bool say(bool said, struct stator_error *error)
{
    if (!said) {
        *error = (struct stator_error){
            .kind = STATOR_ERROR_KIND_RUNTIME,
            .code = errno,
            .what = "cannot write to standard output",
            .fix = "look where standard output leads, and whether there is room",
        };
        snprintf(error->why, sizeof(error->why), "%s", strerror(error->code));
    }
    return said;
}

static bool fulfil(struct stator_arguments *arguments, struct stator_error *error)
{
    switch (arguments->wish) {
    case STATOR_WISH_HELP:
        return say(stator_console_help(), error);
    case STATOR_WISH_VERSION:
        return say(stator_console_version(), error);
    case STATOR_WISH_ARCHS:
        return say(stator_console_archs(), error);
    case STATOR_WISH_SERVE:
        break;
    }
    return serve(arguments, error);
}

int main(int argc, char *argv[])
{
    struct stator_arguments arguments = {0};
    struct stator_error error = {0};
    (void)argc;
    hold_standard_descriptors();
    handle(SIGPIPE, SIG_IGN, 0);
    handle(SIGXFSZ, SIG_IGN, 0); /* a log at its limit is a full one, no reason to die */
    bool done = stator_arguments_parse(argv, environ, &arguments, &error) == 0 &&
                fulfil(&arguments, &error);
    stator_arguments_finish(&arguments);
    if (!done) {
        stator_console_error(&error);
        return exit_code(error.kind);
    }
    return 0;
}
