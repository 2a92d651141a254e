/*
 * One design over loopback, in a thread of the test's own: for the tests of arch.
 *
 * The design gets the fixture's worker, and as many more as it asks for.
 */
#ifndef TEST_ARCH_HOUSE_H
#define TEST_ARCH_HOUSE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "arch/arch.h"
#include "unit/exchange/fixture.h"

struct arch_fixture {
    struct fixture fixture;
    struct sockaddr_in address;
    int listener;
    struct stator_arch *arch;
    struct stator_worker **workers; /* the fixture's one stands first; NULL: as many as needed */
    size_t worker_count;            /* 0: as the design says */
    struct stator_worker **made;    /* owned: `workers` where no test brought them */
    pthread_t thread;
    int result;
};

static inline void *run_arch(void *context)
{
    struct arch_fixture *arch_fixture = context;

    arch_fixture->result = stator_arch_run(arch_fixture->arch);
    return NULL;
}

/* Gets ready; the policy may be changed before `house_run`. */
static inline void arch_fixture_open(struct arch_fixture *arch_fixture)
{
    socklen_t length = sizeof(arch_fixture->address);

    signal(SIGPIPE, SIG_IGN);
    *arch_fixture = (struct arch_fixture){.address = {.sin_family = AF_INET}, .result = -1};
    fixture_open(&arch_fixture->fixture);
    fixture_write(&arch_fixture->fixture, "site/digits.txt", "0123456789", 10);
    fixture_pattern(&arch_fixture->fixture, "site/large.txt", 8 << 20);
    arch_fixture->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    arch_fixture->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(arch_fixture->listener, (struct sockaddr *)&arch_fixture->address,
                      sizeof(arch_fixture->address)),
                 0);
    cr_assert_eq(listen(arch_fixture->listener, 64), 0);
    cr_assert_eq(
        getsockname(arch_fixture->listener, (struct sockaddr *)&arch_fixture->address, &length), 0);
}

/* As many workers as the design asks for, all of the fixture's policy. */
static inline void arch_fixture_make_workers(struct arch_fixture *arch_fixture,
                                             const struct stator_arch_impl *impl,
                                             const long options[STATOR_ARCH_OPTIONS_MAX])
{
    const struct stator_cache_limits cache = STATOR_CACHE_LIMITS;

    size_t asked = arch_fixture->worker_count;

    arch_fixture->worker_count = asked > 0 ? asked : 1;
    if (impl->workers != NULL) {
        arch_fixture->worker_count = impl->workers(options, asked, 2);
    }
    arch_fixture->workers = arch_fixture->made =
        calloc(arch_fixture->worker_count, sizeof(*arch_fixture->made));
    cr_assert_not_null(arch_fixture->made);
    arch_fixture->workers[0] = arch_fixture->fixture.worker;
    for (size_t i = 1; i < arch_fixture->worker_count; i++) {
        cr_assert_eq(stator_worker_create(arch_fixture->fixture.site,
                                          &arch_fixture->fixture.worker->limits, &cache,
                                          arch_fixture->fixture.log, &arch_fixture->workers[i]),
                     0);
    }
}

static inline int arch_fixture_create(struct arch_fixture *arch_fixture,
                                      const struct stator_arch_impl *impl, const char *options,
                                      int64_t drain)
{
    struct stator_arch_setup setup = {
        .listeners = &arch_fixture->listener,
        .listener_count = 1,
        .drain = drain,
    };
    struct stator_arch_option_error error;
    long values[STATOR_ARCH_OPTIONS_MAX];

    cr_assert_eq(
        stator_arch_options_parse(impl->options, stator_span_from(options), values, &error), 0);
    if (arch_fixture->workers == NULL) {
        arch_fixture_make_workers(arch_fixture, impl, values);
    }
    setup.workers = arch_fixture->workers;
    setup.worker_count = arch_fixture->worker_count;
    return stator_arch_create(impl, &setup, values, &arch_fixture->arch);
}

static inline void arch_fixture_run(struct arch_fixture *arch_fixture,
                                    const struct stator_arch_impl *impl, const char *options,
                                    int64_t drain)
{
    cr_assert_eq(arch_fixture_create(arch_fixture, impl, options, drain), 0, "%s:%s", impl->name,
                 options);
    cr_assert_eq(pthread_create(&arch_fixture->thread, NULL, run_arch, arch_fixture), 0);
}

/* For a test that has joined the thread itself. */
static inline void arch_fixture_close_stopped(struct arch_fixture *arch_fixture)
{
    cr_expect_eq(arch_fixture->result, 0, "%s", arch_fixture->arch->impl->name);
    stator_arch_destroy(arch_fixture->arch);
    cr_expect_eq(stator_counter_read(&arch_fixture->fixture.worker->counters->accepted),
                 stator_counter_read(&arch_fixture->fixture.worker->counters->closed));
    for (size_t i = 1; i < arch_fixture->worker_count; i++) {
        cr_expect_eq(stator_counter_read(&arch_fixture->workers[i]->counters->accepted),
                     stator_counter_read(&arch_fixture->workers[i]->counters->closed));
        stator_worker_destroy(arch_fixture->workers[i]);
    }
    free(arch_fixture->made);
    close(arch_fixture->listener);
    fixture_close(&arch_fixture->fixture);
}

static inline void arch_fixture_close(struct arch_fixture *arch_fixture)
{
    pthread_join(arch_fixture->thread, NULL);
    arch_fixture_close_stopped(arch_fixture);
}

static inline int connect_to(const struct arch_fixture *arch_fixture)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(
        connect(fd, (const struct sockaddr *)&arch_fixture->address, sizeof(arch_fixture->address)),
        0);
    return fd;
}

/* Sends all; false where the other side has gone. */
static inline bool send_text(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Reads until `end` stands in it, or to the end; the length, or -1 for a reset. */
static inline ssize_t receive(int fd, const char *end, char *out, size_t size)
{
    size_t length = 0;

    out[0] = '\0';
    while (length + 1 < size && (end == NULL || strstr(out, end) == NULL)) {
        ssize_t count = recv(fd, out + length, size - 1 - length, 0);

        if (count <= 0) {
            return count < 0 ? -1 : (ssize_t)length;
        }
        length += (size_t)count;
        out[length] = '\0';
    }
    return (ssize_t)length;
}

static const char get[] __attribute__((unused)) = "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n";

/* Reads until `most` bytes came or no more do; returns how many. */
static inline size_t read_body(int fd, size_t max)
{
    char buffer[65536];
    size_t total = 0;

    while (total < max) {
        ssize_t count = recv(fd, buffer, sizeof(buffer), 0);

        if (count <= 0) {
            break;
        }
        total += (size_t)count;
    }
    return total;
}

#endif
