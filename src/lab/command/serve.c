/*
 * `stator-lab serve`: a server under test; started by the laboratory, not by people.
 *
 * Knows the control socket: what it says is answered in a signal handler, so that no thread is
 * there that stator itself had not. The one surprising thing: when the starter is gone, however it
 * went, the socket says so; then this process stops, and if that takes too long, ends itself and
 * all that it made.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/command/command.h"
#include "lab/load/socket.h"
#include "lab/run/control.h"
#include "server/server_internal.h"

/* Seconds from one order to stop to the next, harder one. */
#define PATIENCE 2

/* Written before the handlers are there, read by them. */
static struct {
    struct stator_server *server;
    struct stator_device *devices; /* NULL: none */
    struct stator_control_report *report;
    int control;
    volatile sig_atomic_t orders;
} running;

/* --- in signal handlers ---------------------------------------------------------------------- */

static void write_report(void)
{
    struct stator_control_report *report = running.report;
    struct rusage own = {0}, children = {0};
    size_t size = sizeof(*report) + report->workers * sizeof(report->requests[0]);

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    report->switches = (uint64_t)(own.ru_nvcsw + children.ru_nvcsw);
    report->preemptions = (uint64_t)(own.ru_nivcsw + children.ru_nivcsw);
    if (running.devices != NULL) {
        report->devices = stator_device_use(running.devices);
    }
    for (uint32_t i = 0; i < report->workers; i++) {
        report->requests[i] =
            stator_counter_read(&stator_server_worker(running.server, i)->counters->requests);
    }
    send(running.control, report, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* First in order, then at once, then by force: the group is this process's own. */
static void stop(void)
{
    int orders = running.orders++;

    if (orders < 2) {
        stator_server_stop(running.server);
        alarm(PATIENCE);
    } else if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    } else {
        _exit(1);
    }
}

static void on_stop(int number)
{
    int saved = errno;

    (void)number;
    stop();
    errno = saved;
}

static void on_control(int number)
{
    int saved = errno;
    char order;
    ssize_t count;

    (void)number;
    while ((count = recv(running.control, &order, 1, MSG_DONTWAIT)) > 0) {
        if (order == STATOR_CONTROL_ASK) {
            write_report();
        }
    }
    if (count == 0 && running.orders == 0) {
        stop();
    }
    errno = saved;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    /* One at a time. */
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* What was said before anybody listened is heard now. */
static int listen_to_control(void)
{
    int flags = fcntl(running.control, F_GETFL);

    handle(SIGIO, on_control, SA_RESTART);
    handle(SIGTERM, on_stop, 0);
    handle(SIGALRM, on_stop, 0);
    signal(SIGINT, SIG_IGN);
    if (flags < 0 || fcntl(running.control, F_SETOWN, getpid()) < 0 ||
        fcntl(running.control, F_SETFL, flags | O_ASYNC | O_NONBLOCK) < 0) {
        return -errno;
    }
    raise(SIGIO);
    return 0;
}

/* From here on the server may go away. A starter that loses patience has SIGKILL. */
static void finish_signals(void)
{
    signal(SIGIO, SIG_IGN);
    signal(SIGALRM, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    alarm(0);
}

/* --- the server ------------------------------------------------------------------------------ */

/* "--listing=true" */
static int set_word(struct stator_options *options, const char *word, struct stator_error *error)
{
    const char *key = strncmp(word, "--", 2) == 0 ? word + 2 : word;
    const char *value = strchr(key, '=');
    char name[64];

    if (value == NULL || value - key >= (ptrdiff_t)sizeof(name)) {
        snprintf(error->what, sizeof(error->what), "'%.100s' is not an option and its value", word);
        return -EINVAL;
    }
    snprintf(name, sizeof(name), "%.*s", (int)(value - key), key);
    return stator_options_set(options, name, value + 1, error);
}

static struct stator_server *create_server(char *words[], struct stator_error *error)
{
    struct stator_options *options = stator_options_create();
    struct stator_server *server = NULL;
    int result = options != NULL ? 0 : -ENOMEM;

    for (size_t i = 0; result == 0 && words[i] != NULL; i++) {
        result = set_word(options, words[i], error);
    }
    if (result == 0) {
        server = stator_server_create(options, error);
    }
    stator_options_destroy(options);
    return server;
}

/* Makes what handlers need. Fails: -errno. */
static int prepare(const struct stator_device_spec *spec)
{
    size_t workers = stator_server_workers(running.server);
    int error;

    workers = workers < STATOR_CONTROL_WORKERS ? workers : STATOR_CONTROL_WORKERS;
    running.report = calloc(1, sizeof(*running.report) + workers * sizeof(uint64_t));
    if (running.report == NULL) {
        return -ENOMEM;
    }
    running.report->workers = (uint32_t)workers;
    for (size_t i = 0; stator_server_listener(running.server, i) >= 0; i++) {
        stator_load_socket_unpace(stator_server_listener(running.server, i));
    }
    if (stator_device_is_needed(spec)) {
        error = stator_device_create(spec, &running.devices);
        if (error < 0) {
            return error;
        }
        stator_server_emulate(running.server, stator_device_emulation(running.devices));
        prctl(PR_SET_TIMERSLACK, 1UL); /* sleepers wake when they should; threads inherit it */
    }
    return listen_to_control();
}

static int say_hello(int code, const struct stator_error *error)
{
    struct stator_control_hello hello = {.error = code};

    if (code == 0) {
        const char *colon = strrchr(stator_server_url(running.server, 0), ':');

        hello.port = (uint16_t)strtoul(colon + 1, NULL, 10);
    } else {
        bool more = error->why[0] != '\0';

        snprintf(hello.why, sizeof(hello.why), "%s%s%s%s", error->what, more ? " (" : "",
                 error->why, more ? ")" : "");
    }
    return send(running.control, &hello, sizeof(hello), MSG_NOSIGNAL) < 0 ? STATOR_LAB_EXIT_FAILED
           : code == 0                                                    ? STATOR_LAB_EXIT_OK
                                                                          : STATOR_LAB_EXIT_FAILED;
}

/* -EINVAL: what is asked for is not possible; else the system could not do it. */
static int code_of(const struct stator_error *error)
{
    if (error->kind == STATOR_ERROR_KIND_USAGE) {
        return -EINVAL;
    }
    return error->code == 0 ? -EIO : error->code > 0 ? -error->code : error->code;
}

static int serve(char *words[], const struct stator_device_spec *spec)
{
    struct stator_error error = {.kind = STATOR_ERROR_KIND_USAGE};
    int result;

    running.server = create_server(words, &error);
    if (running.server == NULL) {
        return say_hello(code_of(&error), &error);
    }
    result = prepare(spec);
    if (result < 0) {
        snprintf(error.what, sizeof(error.what), "cannot emulate devices: %s", strerror(-result));
    }
    result = say_hello(result, &error);
    if (result == STATOR_LAB_EXIT_OK && stator_server_run(running.server, &error) < 0) {
        result = stator_command_fail(STATOR_LAB_EXIT_FAILED, error.what, error.why, error.fix);
    }
    finish_signals();
    stator_server_destroy(running.server);
    stator_device_destroy(running.devices);
    free(running.report);
    return result;
}

int stator_command_serve(int argc, char *argv[])
{
    struct stator_device_spec spec;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        printf("usage: stator-lab serve CONTROL DEVICES [--OPTION=VALUE]...\n\n"
               "A server under test. The laboratory starts it, with a socket to control it by.\n");
        return STATOR_LAB_EXIT_OK;
    }
    if (argc < 3 || !stator_device_parse(argv[2], &spec)) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE,
                                   "serve is started by the laboratory alone", NULL,
                                   "to serve files, use stator");
    }
    running.control = (int)strtol(argv[1], NULL, 10);
    fcntl(running.control, F_SETFD, FD_CLOEXEC);
    return serve(argv + 3, &spec);
}
