/* A server as a whole, by the public header: what it tells while it runs, and when it ends. */
#include "stator/stator.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stator_server *server;
static pthread_t thread;

/* Of the notices that came; the server has one worker, and has ended when they are looked at. */
static int notice_count;
static struct stator_error notices[8];

static void on_notice(const struct stator_error *notice, void *context)
{
    (void)context;
    notices[notice_count++ % 8] = *notice;
}

static void *run(void *context)
{
    (void)context;
    stator_server_run(server, NULL);
    return NULL;
}

static void set(struct stator_options *options, const char *key, const char *value)
{
    cr_assert_eq(stator_options_set(options, key, value, NULL), 0, "%s=%s", key, value);
}

static void start_arch(const char *arch, const char *log)
{
    struct stator_options *options = stator_options_create();
    struct stator_error error = {0};
    cr_assert_not_null(options);
    set(options, "root", "/dev");
    set(options, "port", "0");
    set(options, "arch", arch);
    set(options, "magic", "off");
    set(options, "access-log", log);
    server = stator_server_create(options, &error);
    stator_options_destroy(options);
    cr_assert_not_null(server, "%s: %s", error.what, error.why);
    stator_server_watch(server, on_notice, NULL);
    cr_assert_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

static void start(const char *log)
{
    start_arch("event", log);
}

/* Waits for the end; returns how many log lines were lost. */
static uint64_t stop(void)
{
    struct stator_server_counts counts;
    stator_server_stop(server);
    pthread_join(thread, NULL);
    stator_server_count(server, &counts);
    stator_server_destroy(server);
    return counts.lost_lines;
}

/* Asks for what is not there, `count` times, and waits for each answer; `agent` goes to the log. */
static void ask(int count, const char *agent)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char request[8192], answer[65536];
    int client = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(strrchr(stator_server_url(server, 0), ':') + 1));
    cr_assert_eq(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    int length = snprintf(request, sizeof(request),
                          "HEAD /none HTTP/1.1\r\nHost: h\r\nUser-Agent: %s\r\n\r\n", agent);
    for (int i = 0; i < count; i++) {
        cr_assert_eq(send(client, request, (size_t)length, MSG_NOSIGNAL), length);
        cr_assert_gt(recv(client, answer, sizeof(answer), 0), 0);
    }
    close(client);
}

static void need_full_device(void)
{
    if (access("/dev/full", W_OK) != 0) {
        cr_skip_test("this system has no /dev/full");
    }
    signal(SIGPIPE, SIG_IGN);
}

Test(server, tells_at_its_end_how_many_log_lines_were_lost, .timeout = 30)
{
    need_full_device();
    start("/dev/full");
    ask(20, "a");
    cr_expect_eq(stop(), 20);
    cr_expect_eq(notice_count, 1);
    cr_expect_str_eq(notices[0].what, "lost 20 lines of the access log /dev/full");
    cr_expect_str_eq(notices[0].why, "no space left on device");
}

/* Lines wait for room up to a bound, so there must be many, or long ones. */
Test(server, tells_when_log_lines_begin_to_be_lost, .timeout = 60)
{
    static char agent[6001];
    need_full_device();
    memset(agent, 'a', sizeof(agent) - 1);
    start("/dev/full");
    ask(400, agent);
    cr_expect_eq(stop(), 400);
    cr_assert_eq(notice_count, 2);
    cr_expect_str_eq(notices[0].what, "losing lines of the access log /dev/full");
    cr_expect_str_eq(notices[1].what, "lost 400 lines of the access log /dev/full");
}

Test(server, tells_nothing_of_a_log_that_takes_all, .timeout = 30)
{
    signal(SIGPIPE, SIG_IGN);
    start("/dev/null");
    ask(20, "a");
    cr_expect_eq(stop(), 0);
    cr_expect_eq(notice_count, 0);
}

struct names {
    char at[32][32];
    size_t count;
};

static void note_name(const char *name, const char *summary, const char *arch_options,
                      void *context)
{
    struct names *names = context;
    (void)summary;
    (void)arch_options;
    cr_assert_lt(names->count, 32u);
    snprintf(names->at[names->count++], sizeof(names->at[0]), "%s", name);
}

/* The counts of all workers together; each one's are looked at for themselves. */
static struct stator_worker_counts count_workers(const char *arch)
{
    struct stator_worker_counts sum = {0}, one;
    for (size_t i = 0; stator_server_count_worker(server, i, &one); i++) {
        cr_expect_leq(one.idle_wakes, one.wakes, "%s: worker %zu", arch, i);
        cr_expect_eq(one.queued, 0u, "%s: worker %zu", arch, i);
        cr_expect_eq(one.accepted, one.closed, "%s: worker %zu", arch, i);
        sum.accepted += one.accepted;
        sum.requests += one.requests;
        sum.errors += one.errors;
        sum.wakes += one.wakes;
        sum.busy_us += one.busy_us;
    }
    return sum;
}

Test(server, counts_what_the_workers_of_each_architecture_did, .timeout = 120)
{
    struct names names = {0};
    signal(SIGPIPE, SIG_IGN);
    stator_arch_each(note_name, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *arch = names.at[i];
        start_arch(arch, "off");
        ask(7, "a");
        ask(4, "a");
        stator_server_stop(server);
        pthread_join(thread, NULL);

        struct stator_worker_counts sum = count_workers(arch);
        cr_expect_eq(sum.requests, 11u, "%s: %lu", arch, (unsigned long)sum.requests);
        cr_expect_eq(sum.errors, 11u, "%s", arch);
        cr_expect_eq(sum.accepted, 2u, "%s: %lu", arch, (unsigned long)sum.accepted);
        cr_expect_gt(sum.wakes, 0u, "%s", arch);
        cr_expect_gt(sum.busy_us, 0u, "%s", arch);
        stator_server_destroy(server);
    }
}

/* A design that cannot have as many clients as it is to have says so before it starts. */
Test(server, select_has_a_bound)
{
    struct stator_options *options = stator_options_create();
    struct stator_error error = {0};

    cr_assert_not_null(options);
    set(options, "root", "/dev");
    set(options, "port", "0");
    set(options, "arch", "select");
    set(options, "magic", "off");
    set(options, "max-connections", "5000");
    cr_expect_null(stator_server_create(options, &error));
    cr_expect_str_eq(error.what, "select: at most 1000 connections, FD_SETSIZE");
    set(options, "max-connections", "1000");
    server = stator_server_create(options, &error);
    cr_expect_not_null(server, "%s: %s", error.what, error.why);
    stator_server_destroy(server);
    stator_options_destroy(options);
}

/* What help says of a knob can be typed: its default, and each choice there is. */
static void try_values(const struct stator_arch_option_info *arch_option, void *context)
{
    struct stator_options *options = stator_options_create();
    char values[128], spelling[192];
    struct stator_error error = {0};
    bool default_value = false;

    cr_assert(strlen(arch_option->values) < sizeof(values) && arch_option->help[0] != '\0', "%s",
              arch_option->name);
    strcpy(values, strstr(arch_option->values, "..") != NULL ? arch_option->default_value
                                                             : arch_option->values);
    for (char *value = strtok(values, "|"); value != NULL; value = strtok(NULL, "|")) {
        default_value = default_value || strcmp(value, arch_option->default_value) == 0;
        snprintf(spelling, sizeof(spelling), "%s:%s=%s", (const char *)context, arch_option->name,
                 value);
        set(options, "arch", spelling);
        set(options, "root", "/no/such/directory");
        cr_expect_null(stator_server_create(options, &error), "%s", spelling);
        cr_expect_eq(error.kind, STATOR_ERROR_KIND_RUNTIME, "%s: %s", spelling, error.what);
    }
    cr_expect(default_value, "%s=%s is one of %s", arch_option->name, arch_option->default_value,
              arch_option->values);
    stator_options_destroy(options);
}

static void try_arch_options(const char *name, const char *summary, const char *arch_options,
                             void *context)
{
    (void)summary;
    (void)arch_options;
    (void)context;
    stator_arch_option_each(name, try_values, (void *)name);
}

static void fail_arch_option(const struct stator_arch_option_info *arch_option, void *context)
{
    (void)context;
    cr_expect_fail("there is no %s", arch_option->name);
}

Test(server, options_are_told_as_they_can_be_typed)
{
    stator_arch_each(try_arch_options, NULL);
    stator_arch_option_each("spin", fail_arch_option, NULL);
    stator_arch_option_each("evnt", fail_arch_option, NULL);
}
