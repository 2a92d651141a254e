/* Servers under test: started, asked, metered, and gone without a trace. */
#include "lab/run/sut.h"

#include <criterion/criterion.h>
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

#include "arch/architectures/registry.h"
#include "lab/run/process.h"

/* The program under test's, from the environment; and a directory with one file. */
static struct {
    char root[64];
    struct stator_sut_spec spec;
} bench;

static void open_bench(void)
{
    char path[96];
    int fd;

    strcpy(bench.root, "/tmp/stator-contest-XXXXXX");
    cr_assert_not_null(mkdtemp(bench.root));
    snprintf(path, sizeof(path), "%s/f.txt", bench.root);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    cr_assert_eq(write(fd, "hello", 5), 5);
    close(fd);
    bench.spec = (struct stator_sut_spec){
        .arch = "event", .root = bench.root, .program = getenv("STATOR_LAB")};
    cr_assert_not_null(bench.spec.program);
}

static void close_bench(void)
{
    char path[96];

    snprintf(path, sizeof(path), "%s/f.txt", bench.root);
    unlink(path);
    rmdir(bench.root);
}

static struct stator_sut start(const char *arch)
{
    struct stator_sut sut;
    char why[200];

    bench.spec.arch = arch;
    cr_assert_eq(stator_sut_start(&bench.spec, &sut, why), 0, "%s: %s", arch, why);
    return sut;
}

/* Asks for the file `count` times over one connection. */
static void ask(const struct stator_sut *sut, int count)
{
    static const char request[] = "GET /f.txt HTTP/1.1\r\nHost: h\r\n\r\n";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char answer[2048];

    cr_assert_eq(connect(fd, (const struct sockaddr *)&sut->address, sizeof(sut->address)), 0);
    for (int i = 0; i < count; i++) {
        ssize_t length;

        cr_assert_eq(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL), sizeof(request) - 1);
        length = recv(fd, answer, sizeof(answer) - 1, 0);
        cr_assert_gt(length, 0);
        answer[length] = '\0';
        cr_assert_str_eq(answer + length - 5, "hello", "%s", answer);
    }
    close(fd);
}

static uint64_t requests_of(const struct stator_sut *sut)
{
    uint64_t requests[64] = {0}, sum = 0;
    unsigned workers = stator_sut_workers(sut, requests, 64);

    cr_expect_geq(workers, 1);
    for (unsigned i = 0; i < workers && i < 64; i++) {
        sum += requests[i];
    }
    return sum;
}

/* A request counts a moment after its response was read. */
static void await_requests(const struct stator_sut *sut, uint64_t expected)
{
    struct timespec moment = {.tv_nsec = 1000000};

    for (int i = 0; i < 1000 && requests_of(sut) < expected; i++) {
        nanosleep(&moment, NULL);
    }
    cr_expect_eq(requests_of(sut), expected);
}

TestSuite(sut, .init = open_bench, .fini = close_bench, .timeout = 120);

Test(sut, serves_and_ends)
{
    struct stator_sut sut = start("event");
    pid_t pid = sut.pid;

    ask(&sut, 10);
    await_requests(&sut, 11); /* one was asked to see that it answers */
    cr_expect_gt(sut.start_us, 0);
    cr_expect(stator_sut_stop(&sut));
    cr_expect_lt(kill(pid, 0), 0);
    cr_expect(stator_sut_stop(&sut));
}

static const char *const archs[] = {
    "iterative",      "spin",          "select",         "event",
    "amped",          "thread",        "pool:workers=4", "pool:unit=request",
    "thread-request", "thread-object", "event-threads",  "fork",
    "prefork",        "event-prefork",
};

/* Not every version has every design. */
static bool is_known(const char *arch)
{
    return stator_arch_find((struct stator_span){arch, strcspn(arch, ":")}) != NULL;
}

/* Each fourth misses; the devices are asked once a request, whoever waits for them. */
Test(sut, emulates_devices_under_every_architecture)
{
    for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
        struct stator_sut sut;
        struct stator_device_use use;

        if (!is_known(archs[i])) {
            continue;
        }

        bench.spec.devices = (struct stator_device_spec){.cpu_service = 200000,
                                                         .cpu_cores = 1,
                                                         .cache_service = 50000,
                                                         .disk_service = 800000,
                                                         .disk_channels = 1,
                                                         .miss_share = 0.25};
        sut = start(archs[i]);
        ask(&sut, 20);
        use = stator_sut_devices(&sut);
        cr_expect_eq(use.requests, 20, "%s: %d requests", archs[i], (int)use.requests);
        cr_expect_eq(use.misses, 5, "%s: %d misses", archs[i], (int)use.misses);
        cr_expect_eq(use.cpu, 20 * 250000, "%s: %d ns", archs[i], (int)use.cpu);
        cr_expect_eq(use.disk, 5 * 800000, "%s: %d ns", archs[i], (int)use.disk);
        cr_expect(stator_sut_stop(&sut), "%s", archs[i]);
    }
}

Test(sut, says_why_a_server_cannot_be)
{
    static const struct {
        const char *arch, *option, *why;
        int error;
    } rows[] = {
        {"select", "--max-connections=5000", "FD_SETSIZE", -EINVAL},
        {"evnt", NULL, "evnt", -EINVAL},
        {"event", "--nonsense=1", "nonsense", -EINVAL},
        {"event", "--root=/does/not/exist", "/does/not/exist", -ENOENT},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *options[] = {rows[i].option, NULL};
        struct stator_sut sut;
        char why[200];

        bench.spec.arch = rows[i].arch;
        bench.spec.options = options;
        cr_expect_eq(stator_sut_start(&bench.spec, &sut, why), rows[i].error, "%zu: %s", i, why);
        cr_expect_not_null(strstr(why, rows[i].why), "%zu: %s", i, why);
        cr_expect_lt(waitpid(-1, NULL, WNOHANG), 0, "something is left");
    }
    bench.spec.options = NULL;
    bench.spec.program = "/does/not/exist";

    struct stator_sut sut;
    char why[200];

    cr_expect_lt(stator_sut_start(&bench.spec, &sut, why), 0);
    cr_expect_not_null(strstr(why, "did not start"), "%s", why);
}

static void await_nobody(pid_t pid)
{
    struct timespec moment = {.tv_nsec = 10000000};
    bool gone = false;

    for (int i = 0; i < 1000 && !gone; i++) {
        waitpid(pid, NULL, WNOHANG);
        gone = kill(-pid, 0) < 0;
        nanosleep(&moment, NULL);
    }
    cr_expect(gone, "it goes on though nobody is there");
}

/* Its starter is killed, and can do nothing any more. */
Test(sut, ends_when_its_starter_was_killed)
{
    int ends[2];
    pid_t starter, server = 0;

    cr_assert_eq(pipe(ends), 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1UL);
    starter = fork();
    if (starter == 0) {
        struct stator_sut sut = start("pool");

        if (write(ends[1], &sut.pid, sizeof(pid_t)) == sizeof(pid_t)) {
            pause();
        }
        _exit(1);
    }
    cr_assert_eq(read(ends[0], &server, sizeof(server)), sizeof(server));
    cr_expect_eq(kill(server, 0), 0);
    kill(starter, SIGKILL);
    waitpid(starter, NULL, 0);
    await_nobody(server);
}

/* Its first process is killed, and cannot see to the others. */
Test(sut, leaves_no_children_behind)
{
    struct stator_sut sut;
    struct stator_meter meter;
    pid_t pid;

    if (!is_known("prefork")) {
        close_bench(); /* a test that is skipped has no end */
        cr_skip_test("there is no design of processes");
    }
    sut = start("prefork");
    pid = sut.pid;
    ask(&sut, 1);
    cr_assert_eq(stator_sut_meter(&sut, &meter), 0);
    cr_expect_gt(meter.processes, 1);
    kill(pid, SIGKILL);
    cr_expect_not(stator_sut_stop(&sut));
    cr_expect_lt(kill(-pid, 0), 0);
    cr_expect_lt(waitpid(-1, NULL, WNOHANG), 0, "something is left");
}

/* It hangs: it is ended by force, which is said. */
Test(sut, is_ended_by_force_where_it_does_not_end)
{
    struct stator_sut sut = start("event-threads");
    pid_t pid = sut.pid;

    kill(pid, SIGSTOP);
    cr_expect_not(stator_sut_stop(&sut));
    cr_expect_lt(kill(pid, 0), 0);
}

Test(sut, runs_where_it_may)
{
    struct stator_sut sut;
    cpu_set_t one, found;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    bench.spec.cpus = &one;
    sut = start("event");
    cr_assert_eq(sched_getaffinity(sut.pid, sizeof(found), &found), 0);
    cr_expect(CPU_EQUAL(&one, &found));
    cr_expect(stator_sut_stop(&sut));
}

/* A thread for every request: they have ended when it is read, and count nevertheless. */
Test(sut, is_metered_with_what_has_ended)
{
    struct stator_sut sut = start("thread-request");
    struct stator_meter before, after;

    cr_assert_eq(stator_sut_meter(&sut, &before), 0);
    ask(&sut, 200);
    cr_assert_eq(stator_sut_meter(&sut, &after), 0);
    cr_expect_geq(after.switches, before.switches + 200);
    cr_expect_gt(after.cpu_us, before.cpu_us);
    cr_expect_eq(after.processes, 1);
    cr_expect_gt(after.pss, 100000);
    cr_expect_geq(after.kernel, 16384);
    cr_expect(stator_sut_stop(&sut));
}
