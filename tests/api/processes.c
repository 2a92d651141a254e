/*
 * Designs of many processes as an operator meets them: workers that are killed, a parent that is,
 * signals to one or to all; and the log of every design, which its workers share.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../children.h"
#include "program.h"

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define BIG_SIZE     (24L << 20)
#define CHILDREN_MAX 64
#define CLIENTS      8
#define REQUESTS     200

static char root[64], path[104];
static char answer[1 << 16];

static const struct {
    const char *arch, *workers;
    size_t children;  /* while nobody is served */
    int clients_each; /* that can be lost with one of them */
} cases[] = {
    {"fork", "--workers=16", 0, 1},
    {"prefork", "--workers=12", 12, 1},
    {"prefork:assign=mutex", "--workers=12", 12, 1},
    {"prefork:assign=pass", "--workers=12", 12, 1},
    {"prefork:assign=reuseport", "--workers=12", 12, 1},
    {"event-prefork", "--workers=3", 3, CLIENTS},
    {"event-prefork:assign=reuseport", "--workers=3", 3, CLIENTS},
    /* From here on there is one process; but one log is written by many threads, or one. */
    {"iterative", "--workers=auto", 0, 0},
    {"thread", "--workers=12", 0, 0},
    {"pool", "--workers=12", 0, 0},
    {"pool:unit=request", "--workers=4", 0, 0},
    {"thread-request", "--workers=4", 0, 0},
    {"thread-object", "--workers=4", 0, 0},
    {"spin", "--workers=auto", 0, 0},
    {"select", "--workers=auto", 0, 0},
    {"event", "--workers=auto", 0, 0},
    {"event-threads", "--workers=3", 0, 0},
    {"amped", "--workers=auto", 0, 0},
};
#define ALL   (sizeof(cases) / sizeof(cases[0]))
#define ARCHS 7 /* those with processes */

static const char *in_root(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", root, name);
    return path;
}

static void make_site(void)
{
    FILE *file;

    strcpy(root, "/tmp/stator-processes-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    file = fopen(in_root("index.html"), "w");
    cr_assert_not_null(file);
    fputs("<p>hello</p>\n", file);
    fclose(file);
    file = fopen(in_root("big.bin"), "w");
    cr_assert_not_null(file);
    fclose(file);
    cr_assert_eq(truncate(in_root("big.bin"), BIG_SIZE), 0);
}

static void remove_site(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(processes, .init = make_site, .fini = remove_site, .timeout = 240);

static void nap(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* Whether the design can run here; the POSIX calls alone have no sockets to share an address. */
static bool start(struct program *program, size_t index, const char *option)
{
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", option, cases[index].workers,
                                                         "--arch", cases[index].arch, root)};

    program_spawn(program, &setup);
    if (!program_read_line(program)) {
        program_read_all(program->errors, answer, sizeof(answer));
        cr_expect_not_null(strstr(answer, "reuseport"), "%s: %s", cases[index].arch, answer);
        program_wait(program);
        return false;
    }
    program->port = atoi(strstr(program->line, "http://127.0.0.1:") + strlen("http://127.0.0.1:"));
    return true;
}

/* Waits for as many children as there should be. */
static size_t await_children(const struct program *program, size_t wanted, pid_t *out)
{
    size_t count = 0;

    for (int waited = 0; waited < PATIENCE_MS; waited += 5) {
        count = children_of(program->pid, out, CHILDREN_MAX);
        if (count == wanted) {
            break;
        }
        nap(5);
    }
    return count;
}

/* --- killed under load ----------------------------------------------------------------------- */

struct load {
    int port;
    int lost; /* connections that ended before they should */
    int done; /* requests that were answered, be it the second time */
};

/* One request on a connection that stays; false where the connection is lost. */
static bool ask(int fd)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    char got[1024];
    size_t length = 0;

    if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0) {
        return false;
    }
    got[0] = '\0';
    while (strstr(got, "<p>hello</p>\n") == NULL && length + 1 < sizeof(got)) {
        ssize_t count = recv(fd, got + length, sizeof(got) - 1 - length, 0);

        if (count <= 0) {
            return false;
        }
        length += (size_t)count;
        got[length] = '\0';
    }
    return strncmp(got, "HTTP/1.1 200", 12) == 0;
}

static void *make_load(void *context)
{
    struct load *load = context;
    int fd = client_connect(load->port);

    for (int i = 0; i < REQUESTS; i++) {
        while (!ask(fd)) {
            load->lost++;
            close(fd);
            fd = client_connect(load->port);
        }
        load->done++;
        nap(1);
    }
    close(fd);
    return NULL;
}

Test(processes, a_killed_worker_costs_its_own_clients_alone)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        struct load loads[CLIENTS];
        pthread_t threads[CLIENTS];
        pid_t children[CHILDREN_MAX];
        int killed = 0, lost = 0;

        if (!start(&program, i, "--access-log=off")) {
            continue;
        }
        for (size_t k = 0; k < CLIENTS; k++) {
            loads[k] = (struct load){.port = program.port};
            cr_assert_eq(pthread_create(&threads[k], NULL, make_load, &loads[k]), 0);
        }
        for (int k = 0; k < 4; k++) {
            size_t count = 0;

            nap(k == 0 ? 0 : 40);
            for (int waited = 0; count == 0 && waited < 100; waited++) {
                nap(1); /* a child of fork is there while its client is */
                count = children_of(program.pid, children, CHILDREN_MAX);
            }
            if (count > 0) {
                killed += kill(children[(size_t)k % count], SIGKILL) == 0;
            }
        }
        for (size_t k = 0; k < CLIENTS; k++) {
            pthread_join(threads[k], NULL);
            cr_expect_eq(loads[k].done, REQUESTS, "%s", cases[i].arch);
            lost += loads[k].lost;
        }
        cr_expect_gt(killed, 0, "%s", cases[i].arch);
        cr_expect_leq(lost, killed * cases[i].clients_each, "%s: %d killed", cases[i].arch, killed);
        cr_expect_eq(await_children(&program, cases[i].children, children), cases[i].children, "%s",
                     cases[i].arch);
        cr_expect_eq(program_stop(&program), 0, "%s", cases[i].arch);
    }
}

/* Who waits in the queue is served by the one that comes after. */
Test(processes, who_waits_is_not_lost_with_a_worker)
{
    static const char *const archs[] = {"fork:most=1", "prefork", "prefork:assign=mutex",
                                        "prefork:assign=pass", "event-prefork"};

    for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
        struct program program;
        struct program_setup setup = {
            .arguments = ARGUMENTS("-p0", "--workers=1", "--arch", archs[i], root)};
        pid_t children[CHILDREN_MAX];
        int busy, waiting[5];

        program_serve(&program, &setup);
        busy = client_connect(program.port);
        client_send(busy, "GET /big.bin HTTP/1.1\r\nHost: h\r\n\r\n");
        cr_assert_eq(client_receive(busy, answer, 1000), 1000);
        cr_assert_eq(await_children(&program, 1, children), 1);
        kill(children[0], SIGSTOP); /* an event loop would take them at once */
        for (size_t k = 0; k < 5; k++) {
            waiting[k] = client_connect(program.port);
            client_send(waiting[k], "GET / HTTP/1.0\r\n\r\n");
        }
        kill(children[0], SIGKILL);
        for (size_t k = 0; k < 5; k++) {
            long length = client_receive(waiting[k], answer, sizeof(answer) - 1);

            cr_expect_gt(length, 0, "%s: client %d", archs[i], (int)k);
            cr_expect_eq(strncmp(answer, "HTTP/1.1 200", 12), 0, "%s", archs[i]);
            close(waiting[k]);
        }
        close(busy);
        cr_expect_eq(program_stop(&program), 0, "%s", archs[i]);
    }
}

/* The same with many workers, all of which die at once; some had taken clients, and some had not.
 */
Test(processes, who_waits_is_not_lost_with_all_workers)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        pid_t children[CHILDREN_MAX];
        int waiting[10];

        if (cases[i].children == 0 || !start(&program, i, "--access-log=off")) {
            continue;
        }
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
        cr_assert_eq(await_children(&program, cases[i].children, children), cases[i].children);
        for (size_t k = 0; k < cases[i].children; k++) {
            kill(children[k], SIGSTOP);
        }
        for (size_t k = 0; k < 10; k++) {
            waiting[k] = client_connect(program.port);
            client_send(waiting[k], "GET / HTTP/1.0\r\n\r\n");
        }
        nap(50);
        for (size_t k = 0; k < cases[i].children; k++) {
            kill(children[k], SIGKILL);
        }
        for (size_t k = 0; k < 10; k++) {
            cr_expect_gt(client_receive(waiting[k], answer, sizeof(answer) - 1), 0, "%s: client %d",
                         cases[i].arch, (int)k);
            cr_expect_eq(strncmp(answer, "HTTP/1.1 200", 12), 0, "%s", cases[i].arch);
            close(waiting[k]);
        }
        cr_expect_eq(program_stop(&program), 0, "%s", cases[i].arch);
    }
}

/* While a design stops, too: what one had taken is lost with it, not what waited for it. */
Test(processes, who_waits_is_not_lost_with_all_workers_in_a_drain)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        pid_t children[CHILDREN_MAX];
        int waiting[10];

        if (cases[i].children == 0 || !start(&program, i, "--drain=1h")) {
            continue;
        }
        cr_assert_eq(await_children(&program, cases[i].children, children), cases[i].children);
        for (size_t k = 0; k < cases[i].children; k++) {
            kill(children[k], SIGSTOP);
        }
        for (size_t k = 0; k < 10; k++) {
            waiting[k] = client_connect(program.port);
            client_send(waiting[k], "GET / HTTP/1.0\r\n\r\n");
        }
        kill(program.pid, SIGTERM);
        nap(100);
        for (size_t k = 0; k < cases[i].children; k++) {
            kill(children[k], SIGKILL);
        }
        for (size_t k = 0; k < 10; k++) {
            long length = client_receive(waiting[k], answer, sizeof(answer) - 1);

            cr_expect_gt(length, 0, "%s: client %d", cases[i].arch, (int)k);
            cr_expect_eq(strncmp(answer, "HTTP/1.1 200", 12), 0, "%s", cases[i].arch);
            close(waiting[k]);
        }
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

/* Kills every child that there is, over and over, until the parent says something. */
static void kill_until_told(const struct program *program)
{
    struct pollfd told = {.fd = program->errors, .events = POLLIN};

    for (int i = 0; i < PATIENCE_MS / 20 && poll(&told, 1, 20) == 0; i++) {
        pid_t children[CHILDREN_MAX];
        size_t count = children_of(program->pid, children, CHILDREN_MAX);

        for (size_t k = 0; k < count; k++) {
            kill(children[k], SIGKILL);
        }
    }
}

/* One that dies is nothing to tell of; when they keep dying, that is told once. */
Test(processes, workers_that_keep_dying_are_told_of_once)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        pid_t children[CHILDREN_MAX];
        size_t lines = 0;

        if (cases[i].children == 0 || !start(&program, i, "--access-log=off")) {
            continue;
        }
        cr_assert_eq(await_children(&program, cases[i].children, children), cases[i].children);
        kill_until_told(&program);
        for (int k = 0; k < 5; k++) {
            size_t count = children_of(program.pid, children, CHILDREN_MAX);

            for (size_t n = 0; n < count; n++) {
                kill(children[n], SIGKILL);
            }
            nap(20);
        }
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s",
                     cases[i].arch);
        kill(program.pid, SIGTERM);
        program_read_all(program.errors, answer, sizeof(answer));
        for (const char *at = answer; (at = strchr(at, '\n')) != NULL; at++) {
            lines++;
        }
        cr_expect_eq(lines, 3, "%s: %s", cases[i].arch, answer);
        cr_expect_not_null(strstr(answer, "keep dying"), "%s: %s", cases[i].arch, answer);
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

Test(processes, a_worker_that_dies_alone_is_not_told_of)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        pid_t children[CHILDREN_MAX];

        if (cases[i].children == 0 || !start(&program, i, "--access-log=off")) {
            continue;
        }
        cr_assert_eq(await_children(&program, cases[i].children, children), cases[i].children);
        kill(children[0], SIGKILL);
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
        kill(program.pid, SIGTERM);
        program_read_all(program.errors, answer, sizeof(answer));
        cr_expect_str_empty(answer, "%s: %s", cases[i].arch, answer);
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

/* --- signals -----------------------------------------------------------------------------------
 */

/* Without their parent children end by themselves, but not before they have served whom they had.
 */
Test(processes, children_do_not_outlive_their_parent)
{
    /* Orphans are given to this process, which can so wait for them. */
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        pid_t children[CHILDREN_MAX];
        size_t count;
        long total = 1000;
        int fd;

        if (!start(&program, i, "--drain=1h")) {
            continue;
        }
        fd = client_connect(program.port);
        client_send(fd, "GET /big.bin HTTP/1.0\r\n\r\n");
        cr_assert_eq(client_receive(fd, answer, 1000), 1000);
        count = cases[i].children > 0 ? cases[i].children : 1;
        cr_expect_eq(await_children(&program, count, children), count);
        kill(program.pid, SIGKILL);
        cr_expect_eq(program_wait(&program), -SIGKILL);
        for (long got; (got = client_receive(fd, answer, sizeof(answer))) > 0;) {
            total += got;
        }
        close(fd);
        cr_expect_gt(total, BIG_SIZE, "%s", cases[i].arch);
        for (size_t k = 0; k < count; k++) {
            int status = -1;
            int waited = 0;

            while (waitpid(children[k], &status, WNOHANG) == 0 && waited < PATIENCE_MS) {
                nap(10);
                waited += 10;
            }
            cr_expect_eq(status, 0, "%s: %d", cases[i].arch, status);
        }
    }
}

/* Until it has said all that it says at first: several lines, where a person reads. */
static void serve_on_terminal(struct program *program, const struct program_setup *setup)
{
    program_serve(program, setup);
    while (strstr(program->line, "^C") == NULL && program_read_line(program)) {
        const char *url = strstr(program->line, "http://127.0.0.1:");

        program->port = url != NULL ? atoi(url + strlen("http://127.0.0.1:")) : program->port;
    }
}

/* ^C reaches them all, and is one order, not one more for each. */
Test(processes, an_interrupt_from_the_terminal_is_one_stop)
{
    for (size_t i = 0; i < ARCHS; i++) {
        struct program program;
        struct program_setup setup = {.arguments =
                                          ARGUMENTS("-p0", "--access-log=off", cases[i].workers,
                                                    "--arch", cases[i].arch, root),
                                      .terminal = true};
        long total = 1000;
        int fd, said = 0;

        if (strstr(cases[i].arch, "reuseport") != NULL) {
            continue; /* which may not run here, and says so on the same terminal */
        }
        serve_on_terminal(&program, &setup);
        fd = client_connect(program.port);
        client_send(fd, "GET /big.bin HTTP/1.0\r\n\r\n");
        cr_assert_eq(client_receive(fd, answer, 1000), 1000);
        cr_assert_eq(write(program.output, "\x03", 1), 1);
        nap(300);
        for (long got; (got = client_receive(fd, answer, sizeof(answer))) > 0;) {
            total += got;
        }
        close(fd);
        cr_expect_gt(total, BIG_SIZE, "%s", cases[i].arch);
        program_read_all(program.output, answer, sizeof(answer));
        for (const char *at = answer; (at = strstr(at, "press ^C again")) != NULL; at++) {
            said++;
        }
        cr_expect_eq(said, 1, "%s: %s", cases[i].arch, answer);
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

/* --- one log --------------------------------------------------------------------------------- */

struct log_load {
    int port;
    int count;
};

static void *ask_anew(void *context)
{
    const struct log_load *load = context;

    for (int i = 0; i < load->count; i++) {
        int fd = client_connect(load->port);

        for (int k = 0; k < 4; k++) {
            cr_expect(ask(fd));
        }
        close(fd);
    }
    return NULL;
}

static void ask_for_lines(const struct program *program, int count)
{
    struct log_load load = {program->port, count};
    pthread_t threads[CLIENTS];

    for (size_t k = 0; k < CLIENTS; k++) {
        cr_assert_eq(pthread_create(&threads[k], NULL, ask_anew, &load), 0);
    }
    for (size_t k = 0; k < CLIENTS; k++) {
        pthread_join(threads[k], NULL);
    }
}

/* Whole lines, each with one request; -1 where one is not. */
static int whole_lines(FILE *file)
{
    char line[4096];
    int count = 0;

    while (fgets(line, sizeof(line), file) != NULL) {
        const char *request = strstr(line, "\"GET / HTTP/1.1\" 200 13");

        if (strncmp(line, "127.0.0.1 - - [", 15) != 0 || request == NULL ||
            strchr(line, '\n') == NULL || strstr(request + 5, "GET") != NULL) {
            cr_expect_fail("a torn line: %s", line);
            return -1;
        }
        count++;
    }
    return count;
}

static int lines_in(const char *name)
{
    FILE *file = fopen(in_root(name), "r");
    int count;

    cr_assert_not_null(file, "%s", name);
    count = whole_lines(file);
    fclose(file);
    return count;
}

Test(processes, a_file_has_every_line)
{
    for (size_t i = 0; i < ALL; i++) {
        struct program program;
        char option[160];

        snprintf(option, sizeof(option), "--access-log=%s", in_root("log"));
        unlink(in_root("log"));
        if (!start(&program, i, option)) {
            continue;
        }
        ask_for_lines(&program, 10);
        cr_expect_eq(program_stop(&program), 0, "%s", cases[i].arch);
        cr_expect_eq(lines_in("log"), CLIENTS * 10 * 4, "%s", cases[i].arch);
    }
}

/* A pipe takes what its reader takes, and from one process at a time. */
Test(processes, a_pipe_has_every_line)
{
    for (size_t i = 0; i < ALL; i++) {
        struct program program;
        FILE *reader;

        if (!start(&program, i, "--access-log=-")) {
            continue;
        }
        ask_for_lines(&program, 10);
        kill(program.pid, SIGTERM);
        reader = fdopen(dup(program.output), "r");
        cr_assert_not_null(reader);
        cr_expect_eq(whole_lines(reader), CLIENTS * 10 * 4, "%s", cases[i].arch);
        fclose(reader);
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

/* Reads what a terminal shows, to its end; a terminal ends with an error. */
static void *watch_terminal(void *context)
{
    const struct program *program = context;
    size_t length = 0;
    ssize_t count;

    do {
        count = read(program->output, answer + length, sizeof(answer) - 1 - length);
        length += count > 0 ? (size_t)count : 0;
    } while (count > 0 || (count < 0 && errno == EINTR));
    answer[length] = '\0';
    return NULL;
}

/* A terminal takes lines in pieces, and shows each whole before the next begins. */
Test(processes, a_terminal_has_every_line)
{
    for (size_t i = 0; i < ALL; i++) {
        struct program program;
        struct program_setup setup = {
            .arguments = ARGUMENTS("-p0", "--access-log=-", "--log-format=combined",
                                   cases[i].workers, "--arch", cases[i].arch, root),
            .terminal = true};
        pthread_t watcher;
        FILE *text;

        if (strstr(cases[i].arch, "reuseport") != NULL) {
            continue;
        }
        serve_on_terminal(&program, &setup);
        cr_assert_eq(pthread_create(&watcher, NULL, watch_terminal, &program), 0);
        ask_for_lines(&program, 5);
        kill(program.pid, SIGTERM);
        pthread_join(watcher, NULL);
        cr_assert_gt(strlen(answer), 0);
        text = fmemopen(answer, strlen(answer), "r");
        cr_expect_eq(whole_lines(text), CLIENTS * 5 * 4, "%s", cases[i].arch);
        fclose(text);
        cr_expect_eq(program_wait(&program), 0, "%s", cases[i].arch);
    }
}

/* One signal to the parent, and every process writes to the new file. */
Test(processes, a_log_that_is_opened_again_is_so_for_all)
{
    for (size_t i = 0; i < ALL; i++) {
        struct program program;
        char option[160], old[104];

        snprintf(option, sizeof(option), "--access-log=%s", in_root("log"));
        strcpy(old, in_root("log.1"));
        unlink(in_root("log"));
        if (!start(&program, i, option)) {
            continue;
        }
        ask_for_lines(&program, 5);
        for (int waited = 0; lines_in("log") < CLIENTS * 5 * 4 && waited < PATIENCE_MS;
             waited += 10) {
            nap(10); /* lines wait for a quarter of a second */
        }
        cr_assert_eq(rename(in_root("log"), old), 0);
        kill(program.pid, SIGUSR1);
        for (int waited = 0; access(in_root("log"), F_OK) != 0 && waited < PATIENCE_MS;
             waited += 10) {
            nap(10);
        }
        ask_for_lines(&program, 5);
        cr_expect_eq(program_stop(&program), 0, "%s", cases[i].arch);
        cr_expect_eq(lines_in("log.1"), CLIENTS * 5 * 4, "%s", cases[i].arch);
        cr_expect_eq(lines_in("log"), CLIENTS * 5 * 4, "%s", cases[i].arch);
    }
}
