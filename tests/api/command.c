/*
 * The command as its user meets it: what it prints, how it ends, what signals do.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define BIG_SIZE (24L << 20)

static char root[64];
static char path[104]; /* a socket address may be no longer */
static char answer[1 << 16];
static char said[8192], complained[8192];

static const char *const archs[] = {"iterative",
                                    "spin",
                                    "fork:most=4",
                                    "prefork",
                                    "prefork:assign=mutex",
                                    "prefork:assign=pass",
                                    "thread:most=4",
                                    "pool:workers=4",
                                    "pool:unit=request,workers=4",
                                    "thread-request:most=4",
                                    "thread-object:map=path,objects=4",
                                    "select",
                                    "event",
                                    "event:backend=poll",
                                    "event:backend=select",
                                    "event-threads",
                                    "event-prefork",
                                    "amped:probe=none,helpers=2"};
#define ARCHS (sizeof(archs) / sizeof(archs[0]))

/* From here on a design has many clients at a time, and waits for them. */
#define WAITING 2

static const char *in_root(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", root, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_root(name), "w");

    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_site(void)
{
    strcpy(root, "/tmp/stator-command-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    chmod(root, 0755);
    write_file("index.html", "<p>hello</p>\n");
    write_file("big.bin", "");
    cr_assert_eq(truncate(in_root("big.bin"), BIG_SIZE), 0);
}

static void remove_site(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(command, .init = make_site, .fini = remove_site, .timeout = 120);

static struct criterion_test_params archs_from(size_t first)
{
    static size_t indices[ARCHS];

    for (size_t i = 0; i < ARCHS; i++) {
        indices[i] = i;
    }
    return cr_make_param_array(size_t, indices + first, ARCHS - first);
}

/* A test of its own for each design from `first` on, so that they run side by side. */
#define EACH_ARCH(name, first)                                                                     \
    ParameterizedTestParameters(command, name)                                                     \
    {                                                                                              \
        return archs_from(first);                                                                  \
    }                                                                                              \
    ParameterizedTest(const size_t *index, command, name)

static int run(const char *const *arguments)
{
    struct program_setup setup = {.arguments = arguments};

    return program_run(&setup, said, sizeof(said), complained, sizeof(complained));
}

static int lines_of(const char *text)
{
    int count = 0;

    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

/* Errors are three short lines: what, why, what to do. */
static void expect_error(const char *what)
{
    cr_expect_eq(lines_of(complained), 3, "three lines, not: %s", complained);
    cr_expect_not_null(strstr(complained, what), "'%s' in: %s", what, complained);
    cr_expect_str_empty(said);
}

static void nap(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* --- what it says ---------------------------------------------------------------------------- */

Test(command, help_is_one_screen_with_examples_first)
{
    int line = 0, examples = 0, usage = 0;

    cr_expect_eq(run(ARGUMENTS("--help")), 0);
    for (char *at = strtok(said, "\n"); at != NULL; at = strtok(NULL, "\n")) {
        line++;
        cr_expect_leq(strlen(at), 80, "wider than a terminal: %s", at);
        examples = examples == 0 && strstr(at, "stator ") != NULL ? line : examples;
        usage = usage == 0 && strstr(at, "--listen") != NULL ? line : usage;
    }
    cr_expect_leq(line, 50);
    cr_expect(examples > 0 && usage > 0 && examples < usage, "examples stand first");
}

Test(command, version_names_the_libraries)
{
    cr_expect_eq(run(ARGUMENTS("--version")), 0);
    cr_expect_not_null(strstr(said, "stator 0."));
    cr_expect_not_null(strstr(said, "libevent 2."));
    cr_expect_not_null(strstr(said, "libmagic 5"));
}

Test(command, arch_help_lists_every_architecture)
{
    cr_expect_eq(run(ARGUMENTS("--arch", "help")), 0);
    cr_expect_not_null(strstr(said, "iterative"));
    cr_expect_not_null(strstr(said, "event"));
    cr_expect_not_null(strstr(said, "event-threads"));
}

Test(command, arch_help_tells_values_defaults_and_meaning_of_options)
{
    cr_expect_eq(run(ARGUMENTS("--arch", "help")), 0);
    cr_expect_not_null(strstr(said, "\n  helpers=1..64 [4]\n"), "a number");
    cr_expect_not_null(strstr(said, "\n  probe=none|nowait [nowait]\n"), "a choice, not its first");
    cr_expect_not_null(strstr(said, "threads that wait for the disk"));
    for (char *at = strtok(said, "\n"); at != NULL; at = strtok(NULL, "\n")) {
        cr_expect_leq(strlen(at), 80, "wider than a terminal: %s", at);
    }
}

static const struct {
    const char *label;
    const char *arguments[8];
    int code;
    const char *what;
} wrong[] = {
    {"unknown flag", {"--lisen", ":0", "."}, 2, "--listen"},
    {"unknown short flag", {"-Z"}, 2, "Z"},
    {"value missing", {"--port"}, 2, "port"},
    {"value out of range", {"--port", "65536", "."}, 2, "65535"},
    {"value of the wrong type", {"--port=http", "."}, 2, "port"},
    {"word of no choice", {"--log-format=xml", "."}, 2, "json"},
    {"two paths", {".", "/tmp"}, 2, "/tmp"},
    {"no path and no terminal", {"-p0"}, 2, "serve"},
    {"unknown design", {"--arch=evnt", "-p0", "."}, 2, "event"},
    {"unknown knob", {"--arch=event:backnd=poll", "-p0", "."}, 2, "backend"},
    {"impossible knob", {"--arch=event:backend=poll2", "-p0", "."}, 2, "backend"},
    {"too many workers for the design", {"--arch=event", "--workers=2", "-p0", "."}, 2, "workers"},
    {"urgency without a path", {"--urgency=3", "-p0", "."}, 2, "urgency"},
    {"urgency out of range", {"--urgency=/a=0", "--urgency", "/b=8", "-p0", "."}, 2, "/b=8"},
    {"no such directory", {"-p0", "/no/such/directory"}, 1, "/no/such/directory"},
    {"a device", {"-p0", "/dev/null"}, 1, "/dev/null"},
    {"log in no directory", {"-p0", "--access-log=/no/such/log", "."}, 1, "/no/such/log"},
    {"address without a port", {"-l", "127.0.0.1", "."}, 2, "127.0.0.1"},
    {"address of another machine", {"-l", "192.0.2.1:0", "."}, 69, "192.0.2.1"},
    {"bare IPv6", {"-l", "::1:80x", "."}, 2, "::1"},
};

Test(command, errors_say_what_why_and_what_to_do)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        int code = run(wrong[i].arguments);

        cr_expect_eq(code, wrong[i].code, "%s: exit code %d, not %d: %s", wrong[i].label, code,
                     wrong[i].code, complained);
        expect_error(wrong[i].what);
    }
}

Test(command, a_port_in_use_is_69)
{
    struct program first;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", root)};
    char address[64];

    program_serve(&first, &setup);
    snprintf(address, sizeof(address), "127.0.0.1:%d", first.port);
    cr_expect_eq(run(ARGUMENTS("-l", address, root)), 69);
    expect_error(address);
    cr_expect_eq(program_stop(&first), 0);
}

Test(command, no_permission_is_77)
{
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", root), .nobody = true};

    if (geteuid() != 0) {
        cr_skip("needs root to become somebody who may do less");
    }
    chmod(root, 0700);
    cr_expect_eq(program_run(&setup, said, sizeof(said), complained, sizeof(complained)), 77);
    expect_error(root);
}

Test(command, one_plain_line_when_not_on_a_terminal)
{
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", root)};

    program_serve(&program, &setup);
    cr_expect_gt(program.port, 0);
    cr_expect_not_null(strstr(program.line, "stator 0."));
    cr_expect_not_null(strstr(program.line, root));
    cr_expect_not_null(strstr(program.line, "event-threads"));
    cr_expect_null(strchr(program.line, '\x1b'));
    kill(program.pid, SIGTERM);
    program_read_all(program.output, said, sizeof(said));
    cr_expect_str_empty(said);
    cr_expect_eq(program_wait(&program), 0);
}

static void greet(const char *const *environment, bool colours)
{
    struct program program;
    struct program_setup setup = {
        .arguments = ARGUMENTS("-p0", root), .environment = environment, .terminal = true};
    bool url = false, stop = false, escape = false;

    program_spawn(&program, &setup);
    while (!stop && program_read_line(&program)) {
        url = url || strstr(program.line, "http://127.0.0.1:") != NULL;
        stop = strstr(program.line, "^C") != NULL || strstr(program.line, "Ctrl") != NULL;
        escape = escape || strchr(program.line, '\x1b') != NULL;
    }
    cr_expect(url && stop, "a terminal is told where, and how to stop");
    cr_expect_eq(escape, colours);
    kill(program.pid, SIGTERM);
    cr_expect_eq(program_wait(&program), 0);
}

Test(command, greets_a_terminal_and_honours_no_color)
{
    greet(ARGUMENTS("TERM=xterm"), true);
    greet(ARGUMENTS("TERM=xterm", "NO_COLOR=1"), false);
    greet(ARGUMENTS("TERM=dumb"), false);
}

Test(command, options_come_from_the_environment_and_flags_win)
{
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0"),
                                  .environment = (const char *[]){"STATOR_PORT=1", NULL, NULL}};
    char variable[128];

    snprintf(variable, sizeof(variable), "STATOR_ROOT=%s", root);
    ((const char **)setup.environment)[1] = variable;
    program_serve(&program, &setup);
    cr_expect_gt(program.port, 1);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    cr_expect_eq(program_stop(&program), 0);
}

/* --- what it serves -------------------------------------------------------------------------- */

EACH_ARCH(every_architecture_serves_and_stops, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};

    program_serve(&program, &setup);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    cr_expect_not_null(strstr(answer, "<p>hello</p>"));
    kill(program.pid, ((const int[]){SIGTERM, SIGINT, SIGHUP})[*index % 3]);
    cr_expect_eq(program_wait(&program), 0, "%s", arch);
}

Test(command, a_single_file_is_served_at_its_name_and_at_the_top)
{
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", in_root("index.html"))};

    program_serve(&program, &setup);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    cr_expect_eq(client_get(program.port, "/index.html", answer, sizeof(answer)), 200);
    cr_expect_eq(client_get(program.port, "/big.bin", answer, sizeof(answer)), 404);
    cr_expect_eq(program_stop(&program), 0);
}

Test(command, a_unix_socket_is_made_and_removed)
{
    struct program program;
    char address[128];
    struct program_setup setup = {.arguments = ARGUMENTS("-l", address, root)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address, sizeof(address), "unix:%s", in_root("socket"));
    strcpy(name.sun_path, in_root("socket"));
    program_serve(&program, &setup);
    cr_expect_not_null(strstr(program.line, address));
    cr_assert_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    client_send(fd, "GET / HTTP/1.0\r\n\r\n");
    cr_expect_gt(client_receive(fd, answer, sizeof(answer)), 0);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 200", 12), 0);
    close(fd);
    cr_expect_eq(program_stop(&program), 0);
    cr_expect_neq(access(name.sun_path, F_OK), 0, "the socket's file is left behind");
}

Test(command, a_stale_unix_socket_is_replaced)
{
    struct program program;
    char address[128];
    struct program_setup setup = {.arguments = ARGUMENTS("-l", address, root)};

    snprintf(address, sizeof(address), "unix:%s", in_root("socket"));
    program_serve(&program, &setup);
    kill(program.pid, SIGKILL);
    cr_expect_eq(program_wait(&program), -SIGKILL);
    cr_expect_eq(access(in_root("socket"), F_OK), 0);
    program_serve(&program, &setup);
    cr_expect_eq(run(ARGUMENTS("-l", address, root)), 69, "a live one is not");
    cr_expect_eq(program_stop(&program), 0);
}

EACH_ARCH(a_file_renamed_over_is_seen_within_a_second, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};
    char other[104];

    write_file("page.txt", "old");
    program_serve(&program, &setup);
    cr_expect_eq(client_get(program.port, "/page.txt", answer, sizeof(answer)), 200);
    cr_expect_not_null(strstr(answer, "\r\n\r\nold"));
    write_file("page.new", "new");
    strcpy(other, in_root("page.new"));
    cr_assert_eq(rename(other, in_root("page.txt")), 0);
    nap(1050);
    cr_expect_eq(client_get(program.port, "/page.txt", answer, sizeof(answer)), 200);
    cr_expect_not_null(strstr(answer, "\r\n\r\nnew"), "%s: %s", arch, answer);
    cr_expect_eq(program_stop(&program), 0);
}

/* Asks for the big file and takes just the first bytes of it. */
static int begin_download(int port)
{
    int fd = client_connect(port);

    client_send(fd, "GET /big.bin HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_assert_eq(client_receive(fd, answer, 1000), 1000);
    cr_assert_eq(strncmp(answer, "HTTP/1.1 200", 12), 0);
    return fd;
}

/* Takes the rest; returns how many bytes came after those, -1 where it ended in a reset. */
static long take_rest(int fd)
{
    long total = 0, count;

    while ((count = client_receive(fd, answer, sizeof(answer))) > 0) {
        total += count;
    }
    close(fd);
    return count < 0 ? -1 : total;
}

EACH_ARCH(a_file_that_shrinks_cuts_the_connection_and_nothing_else, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};
    int fd;

    cr_assert_eq(truncate(in_root("big.bin"), BIG_SIZE), 0);
    program_serve(&program, &setup);
    fd = begin_download(program.port);
    cr_assert_eq(truncate(in_root("big.bin"), 10), 0);
    cr_expect_lt(take_rest(fd), BIG_SIZE - 1000, "%s", arch);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    cr_expect_eq(program_stop(&program), 0);
}

EACH_ARCH(a_fifo_holds_nobody_up, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};

    cr_assert_eq(mkfifo(in_root("fifo"), 0644), 0);
    program_serve(&program, &setup);
    cr_expect_eq(client_get(program.port, "/fifo", answer, sizeof(answer)), 404);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    cr_expect_eq(program_stop(&program), 0);
}

/* --- how it ends ----------------------------------------------------------------------------- */

EACH_ARCH(a_stop_lets_responses_finish, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};
    const char *head_end;
    long head;
    int fd;

    program_serve(&program, &setup);
    fd = begin_download(program.port);
    answer[1000] = '\0';
    head_end = strstr(answer, "\r\n\r\n");
    cr_assert_not_null(head_end);
    head = head_end + 4 - answer;
    kill(program.pid, SIGTERM);
    nap(300);
    cr_expect_eq(take_rest(fd), BIG_SIZE - (1000 - head), "%s", arch);
    cr_expect_eq(program_wait(&program), 0, "%s", arch);
}

EACH_ARCH(a_second_stop_ends_at_once, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};
    int fd;

    program_serve(&program, &setup);
    fd = begin_download(program.port);
    kill(program.pid, SIGTERM);
    nap(300);
    kill(program.pid, SIGTERM);
    cr_expect_eq(program_wait(&program), 0, "%s", arch);
    cr_expect_lt(take_rest(fd), BIG_SIZE - 1000, "%s", arch);
}

EACH_ARCH(a_stop_does_not_wait_for_idle_clients, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments =
                                      ARGUMENTS("-p0", "--drain=1h", "--arch", arch, root)};
    int fd;

    program_serve(&program, &setup);
    fd = client_connect(program.port);
    client_send(fd, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_gt(client_receive(fd, answer, 100), 0);
    cr_expect_eq(program_stop(&program), 0, "%s", arch);
    close(fd);
}

/* --- the access log -------------------------------------------------------------------------- */

static int log_lines(const char *name)
{
    FILE *file = fopen(in_root(name), "r");
    int count = 0;

    while (file != NULL && fgets(said, sizeof(said), file) != NULL) {
        cr_expect_not_null(strstr(said, "\"GET / HTTP/1.1\" 200 13"), "torn line: %s", said);
        count++;
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

EACH_ARCH(the_log_has_a_line_for_every_response, 0)
{
    const char *arch = archs[*index];
    struct program program;
    char log[104];
    struct program_setup setup = {.arguments =
                                      ARGUMENTS("-p0", "--access-log", log, "--arch", arch, root)};

    strcpy(log, in_root("log"));
    unlink(log);
    program_serve(&program, &setup);
    for (int n = 0; n < 50; n++) {
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    }
    cr_expect_eq(program_stop(&program), 0);
    cr_expect_eq(log_lines("log"), 50, "%s", arch);
}

Test(command, sigusr1_reopens_the_log)
{
    struct program program;
    char log[104], old[104];
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--access-log", log, root)};

    strcpy(log, in_root("log"));
    strcpy(old, in_root("log.1"));
    program_serve(&program, &setup);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    nap(700);
    cr_assert_eq(rename(log, old), 0);
    kill(program.pid, SIGUSR1);
    for (int waited = 0; access(log, F_OK) != 0 && waited < PATIENCE_MS; waited += 10) {
        nap(10);
    }
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
    cr_expect_eq(program_stop(&program), 0);
    cr_expect_eq(log_lines("log.1"), 1);
    cr_expect_eq(log_lines("log"), 1);
}

Test(command, a_full_disk_loses_lines_and_nothing_else)
{
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--access-log=/dev/full", root)};

    program_serve(&program, &setup);
    for (int n = 0; n < 20; n++) {
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
        nap(n == 10 ? 600 : 0);
    }
    kill(program.pid, SIGTERM);
    program_read_all(program.errors, answer, sizeof(answer));
    cr_expect_not_null(strstr(answer, "lost 20 lines of the access log /dev/full\n"), "%s", answer);
    cr_expect_eq(program_wait(&program), 0);
}

/* A limit on the size of files is a full disk too, and its signal no reason to die. */
Test(command, a_log_at_its_limit_loses_lines_and_nothing_else)
{
    struct program program;
    char log[300], option[320];

    snprintf(log, sizeof(log), "%s/limited.log", root);
    snprintf(option, sizeof(option), "--access-log=%s", log);

    struct program_setup setup = {.arguments = ARGUMENTS("-p0", option, root), .file_size = 1000};

    program_serve(&program, &setup);
    for (int n = 0; n < 60; n++) {
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200);
        nap(n % 20 == 0 ? 300 : 0);
    }
    kill(program.pid, SIGTERM);
    program_read_all(program.errors, answer, sizeof(answer));
    cr_expect_not_null(strstr(answer, "of the access log"), "%s", answer);
    cr_expect_eq(program_wait(&program), 0);
    unlink(log);
}

/* --- when descriptors run out ---------------------------------------------------------------- */

/* User and system time of a process so far, in ticks. */
static long cpu_ticks(pid_t pid)
{
    char name[64], text[1024];
    long user = 0, system = 0;
    FILE *file;

    snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
    file = fopen(name, "r");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(text, sizeof(text), file));
    fclose(file);
    cr_assert_eq(sscanf(strrchr(text, ')') + 2,
                        "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system),
                 2);
    return user + system;
}

EACH_ARCH(running_out_of_descriptors_pauses_and_recovers, WAITING)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {
        .arguments = ARGUMENTS("-p0", "--max-connections=1000", "--arch", arch, root),
        .descriptors = 64};
    int clients[100];
    long before;

    program_serve(&program, &setup);
    for (size_t n = 0; n < 100; n++) {
        clients[n] = client_connect(program.port);
    }
    nap(300);
    before = cpu_ticks(program.pid);
    nap(1000);
    /* A loop that spins takes all the time it can get; one that pauses takes next to none. */
    cr_expect_lt(cpu_ticks(program.pid) - before, sysconf(_SC_CLK_TCK) / 4, "%s spins", arch);
    for (size_t n = 0; n < 100; n++) {
        close(clients[n]);
    }
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    cr_expect_eq(program_stop(&program), 0);
}

/* --- when threads or processes cannot be made --------------------------------------------- */

/* What looks for leaks at the end would need a thread, too. */
static const char *const without_leaks[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};

/* It has ended by SIGTERM, with `told` in the only notice that it has given, or with none. */
static void expect_notice(struct program *program, const char *arch, const char *told)
{
    kill(program->pid, SIGTERM);
    program_read_all(program->errors, complained, sizeof(complained));
    cr_expect_eq(lines_of(complained), told != NULL ? 3 : 0, "%s: %s", arch, complained);
    if (told != NULL) {
        cr_expect_not_null(strstr(complained, told), "%s: %s", arch, complained);
        cr_expect_not_null(strstr(complained, "ulimit -u"), "%s: %s", arch, complained);
    }
    cr_expect_eq(program_wait(program), 0, "%s", arch);
}

/* More clients than threads ask for more than they take. What they hold up goes on without them. */
static void play_few_threads(const char *arch, const char *workers, size_t threads)
{
    static const char *const paths[] = {"/", "/a", "/b", "/c", "/d", "/"};
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, workers, root),
                                  .environment = without_leaks,
                                  .threads = threads};
    int clients[6];

    program_serve(&program, &setup);
    for (size_t n = 0; n < 6; n++) {
        clients[n] = client_connect(program.port);
        client_send(clients[n], "GET /big.bin HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    nap(300);
    for (size_t n = 0; n < 6; n++) {
        close(clients[n]);
    }
    for (size_t n = 0; n < sizeof(paths) / sizeof(paths[0]); n++) {
        int status = client_get(program.port, paths[n], answer, sizeof(answer));

        cr_expect_eq(status, paths[n][1] == '\0' ? 200 : 404, "%s: %s: %d", arch, paths[n], status);
    }
    expect_notice(&program, arch, "gets no more than");
}

/* The POSIX calls alone have no sockets that share an address. */
static bool has_reuseport(void)
{
    run(ARGUMENTS("--version"));
    return strstr(said, "system calls: Linux") != NULL;
}

Test(command, fewer_threads_or_processes_than_asked_for_still_serve)
{
    static const char *const rows[] = {"thread:most=8",
                                       "pool:workers=8",
                                       "pool:unit=request,workers=8",
                                       "thread-request:most=8",
                                       "thread-object:map=path,objects=8",
                                       "amped:probe=none,helpers=8"};

    if (geteuid() != 0) {
        cr_skip("needs root to become a user that has no threads");
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        play_few_threads(rows[i], "--workers=auto", 4);
    }
    play_few_threads("fork:most=8", "--workers=auto", 4);
    play_few_threads("prefork", "--workers=8", 4);
    if (has_reuseport()) {
        play_few_threads("prefork:assign=reuseport", "--workers=8", 4);
        play_few_threads("event-prefork:assign=reuseport", "--workers=8", 4);
    }
    play_few_threads("event-prefork", "--workers=8", 4);
    play_few_threads("event-threads", "--workers=8", 4);
    play_few_threads("event-threads", "--workers=8", 1);
    play_few_threads("amped:probe=none,helpers=8", "--workers=auto", 1);
}

/* Threads that are made on demand: without any, the thread that would make them serves. */
Test(command, no_thread_at_all_still_serves_and_stops)
{
    static const char *const rows[] = {"thread:most=8", "thread-request:most=8",
                                       "thread-object:map=path,objects=8"};

    if (geteuid() != 0) {
        cr_skip("needs root to become a user that has no threads");
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct program program;
        struct program_setup setup = {
            .arguments =
                ARGUMENTS("-p0", "--drain=1h", "--idle-timeout=1h", "--arch", rows[i], root),
            .environment = without_leaks,
            .threads = 1};
        int idle;

        program_serve(&program, &setup);
        for (int n = 0; n < 3; n++) {
            idle = client_connect(program.port);
            client_send(idle, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
            cr_expect_gt(client_receive(idle, answer, 100), 0, "%s", rows[i]);
            cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", rows[i]);
            close(idle);
        }
        idle = client_connect(program.port);
        client_send(idle, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        cr_expect_gt(client_receive(idle, answer, 100), 0, "%s", rows[i]);
        expect_notice(&program, rows[i], "gets no more than 0 threads");
        close(idle);
    }
}

Test(command, a_pool_without_a_thread_says_so)
{
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch=pool:workers=8", root),
                                  .environment = without_leaks,
                                  .threads = 1};

    if (geteuid() != 0) {
        cr_skip("needs root to become a user that has no threads");
    }
    cr_expect_eq(program_run(&setup, said, sizeof(said), complained, sizeof(complained)), 1);
    cr_expect_eq(lines_of(complained), 3, "%s", complained);
    cr_expect_not_null(strstr(complained, "ulimit -u"), "%s", complained);
}

/* --- when descriptors are too many for select(2) --------------------------------------------- */

/* Raises what this process may have. False where that is not enough for a crowd. */
static bool may_crowd(size_t count)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_max < count + 64) {
        return false;
    }
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

Test(command, what_select_cannot_wait_for_is_not_accepted)
{
    enum { CROWD = 1100 };
    static const char *const rows[][2] = {{"select", "--max-connections=auto"},
                                          {"event:backend=select", "--max-connections=2000"}};
    static int clients[CROWD];

    if (!may_crowd(CROWD)) {
        cr_skip("needs more descriptors");
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct program program;
        struct program_setup setup = {.arguments =
                                          ARGUMENTS("-p0", "--arch", rows[i][0], rows[i][1], root),
                                      .descriptors = 4096};

        program_serve(&program, &setup);
        for (size_t n = 0; n < CROWD; n++) {
            clients[n] = client_connect(program.port);
        }
        client_send(clients[0], "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        cr_expect_gt(client_receive(clients[0], answer, 12), 0, "%s", rows[i][0]);
        cr_expect_eq(strncmp(answer, "HTTP/1.1 200", 12), 0, "%s", rows[i][0]);
        for (size_t n = 0; n < CROWD; n++) {
            close(clients[n]);
        }
        cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", rows[i][0]);
        cr_expect_eq(program_stop(&program), 0, "%s", rows[i][0]);
    }
}

/* --- clients that do not take what they asked for --------------------------------------------- */

/* Asks for the big file again and again, until nothing more can be sent. */
static int ask_without_reading(int port)
{
    static const char request[] = "GET /big.bin HTTP/1.1\r\nHost: h\r\n\r\n";
    int fd = client_connect(port);

    for (int i = 0; i < 100000; i++) {
        if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) <= 0) {
            break;
        }
    }
    return fd;
}

EACH_ARCH(a_client_that_never_reads_costs_no_processor, WAITING)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {.arguments = ARGUMENTS("-p0", "--arch", arch, root)};
    int clients[3]; /* fewer than any design has workers, which they may hold up */
    long before;

    program_serve(&program, &setup);
    for (size_t n = 0; n < 3; n++) {
        clients[n] = ask_without_reading(program.port);
    }
    nap(500);
    before = cpu_ticks(program.pid);
    nap(1000);
    cr_expect_lt(cpu_ticks(program.pid) - before, sysconf(_SC_CLK_TCK) / 4, "%s spins", arch);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    for (size_t n = 0; n < 3; n++) {
        close(clients[n]);
    }
    cr_expect_eq(program_stop(&program), 0);
}

EACH_ARCH(a_client_that_asks_nothing_keeps_nobody_waiting, 0)
{
    const char *arch = archs[*index];
    struct program program;
    struct program_setup setup = {
        .arguments =
            ARGUMENTS("-p0", "--header-timeout=1h", "--idle-timeout=1h", "--arch", arch, root)};
    int silent, idle;

    program_serve(&program, &setup);
    silent = client_connect(program.port);
    nap(100);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    idle = client_connect(program.port);
    client_send(idle, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_gt(client_receive(idle, answer, 100), 0);
    cr_expect_eq(client_get(program.port, "/", answer, sizeof(answer)), 200, "%s", arch);
    close(silent);
    close(idle);
    cr_expect_eq(program_stop(&program), 0);
}
