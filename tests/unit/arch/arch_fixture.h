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

struct house {
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
    struct house *house = context;

    house->result = stator_arch_run(house->arch);
    return NULL;
}

/* Gets ready; the policy may be changed before `house_run`. */
static inline void house_open(struct house *house)
{
    socklen_t length = sizeof(house->address);

    signal(SIGPIPE, SIG_IGN);
    *house = (struct house){.address = {.sin_family = AF_INET}, .result = -1};
    fixture_open(&house->fixture);
    fixture_write(&house->fixture, "site/digits.txt", "0123456789", 10);
    fixture_pattern(&house->fixture, "site/large.txt", 8 << 20);
    house->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    house->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(house->listener, (struct sockaddr *)&house->address, sizeof(house->address)),
                 0);
    cr_assert_eq(listen(house->listener, 64), 0);
    cr_assert_eq(getsockname(house->listener, (struct sockaddr *)&house->address, &length), 0);
}

/* As many workers as the design asks for, all of the fixture's policy. */
static inline void house_make_workers(struct house *house, const struct stator_arch_impl *impl,
                                      const long knobs[STATOR_KNOBS_MAX])
{
    const struct stator_cache_limits cache = STATOR_CACHE_LIMITS;

    size_t asked = house->worker_count;

    house->worker_count = asked > 0 ? asked : 1;
    if (impl->workers != NULL) {
        house->worker_count = impl->workers(knobs, asked, 2);
    }
    house->workers = house->made = calloc(house->worker_count, sizeof(*house->made));
    cr_assert_not_null(house->made);
    house->workers[0] = house->fixture.worker;
    for (size_t i = 1; i < house->worker_count; i++) {
        cr_assert_eq(stator_worker_create(house->fixture.site, &house->fixture.worker->policy,
                                          &cache, house->fixture.log, &house->workers[i]),
                     0);
    }
}

static inline int house_create(struct house *house, const struct stator_arch_impl *impl,
                               const char *knobs, int64_t drain)
{
    struct stator_arch_setup setup = {
        .listeners = &house->listener,
        .listener_count = 1,
        .drain = drain,
    };
    struct stator_knob_error error;
    long values[STATOR_KNOBS_MAX];

    cr_assert_eq(stator_knobs_parse(impl->knobs, stator_span_from(knobs), values, &error), 0);
    if (house->workers == NULL) {
        house_make_workers(house, impl, values);
    }
    setup.workers = house->workers;
    setup.worker_count = house->worker_count;
    return stator_arch_create(impl, &setup, values, &house->arch);
}

static inline void house_run(struct house *house, const struct stator_arch_impl *impl,
                             const char *knobs, int64_t drain)
{
    cr_assert_eq(house_create(house, impl, knobs, drain), 0, "%s:%s", impl->name, knobs);
    cr_assert_eq(pthread_create(&house->thread, NULL, run_arch, house), 0);
}

/* For a test that has joined the thread itself. */
static inline void house_close_stopped(struct house *house)
{
    cr_expect_eq(house->result, 0, "%s", house->arch->impl->name);
    stator_arch_destroy(house->arch);
    cr_expect_eq(stator_counter_read(&house->fixture.worker->counters->accepted),
                 stator_counter_read(&house->fixture.worker->counters->closed));
    for (size_t i = 1; i < house->worker_count; i++) {
        cr_expect_eq(stator_counter_read(&house->workers[i]->counters->accepted),
                     stator_counter_read(&house->workers[i]->counters->closed));
        stator_worker_destroy(house->workers[i]);
    }
    free(house->made);
    close(house->listener);
    fixture_close(&house->fixture);
}

static inline void house_close(struct house *house)
{
    pthread_join(house->thread, NULL);
    house_close_stopped(house);
}

static inline int connect_to(const struct house *house)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (const struct sockaddr *)&house->address, sizeof(house->address)), 0);
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
static inline size_t read_body(int fd, size_t most)
{
    char buffer[65536];
    size_t total = 0;

    while (total < most) {
        ssize_t count = recv(fd, buffer, sizeof(buffer), 0);

        if (count <= 0) {
            break;
        }
        total += (size_t)count;
    }
    return total;
}

#endif
