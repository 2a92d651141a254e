/* What all designs share, and what is asked of each of them over real sockets. */
#include "arch/architectures/registry.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <poll.h>

#include "base/fd.h"
#include "unit/arch/arch_fixture.h"

/* --- phases, with a design that does nothing ---------------------------------------------------
 */

struct stub {
    struct stator_arch arch;
    long marked;
};

static int inits, stops, finishes, init_result;

static int stub_init(struct stator_arch *arch)
{
    inits++;
    cr_expect_eq(((struct stub *)arch)->marked, 0, "it starts zeroed");
    ((struct stub *)arch)->marked = 1;
    return init_result;
}

static int stub_run(struct stator_arch *arch)
{
    return arch->options[0] == 5 ? -ENETDOWN : 0;
}

static void stub_stop(struct stator_arch *arch)
{
    (void)arch;
    stops++;
}

static void stub_finish(struct stator_arch *arch)
{
    cr_expect_eq(((struct stub *)arch)->marked, 1);
    finishes++;
}

static const struct stator_arch_impl stub = {
    .name = "stub",
    .size = sizeof(struct stub),
    .init = stub_init,
    .run = stub_run,
    .stop = stub_stop,
    .finish = stub_finish,
};

static struct stator_arch *create_stub(int64_t drain)
{
    const struct stator_arch_setup setup = {.drain = drain};
    const long options[STATOR_ARCH_OPTIONS_MAX] = {5, 6};
    struct stator_arch *arch = NULL;

    cr_assert_eq(stator_arch_create(&stub, &setup, options, &arch), 0);
    return arch;
}

/* --- troubles: told of when they begin, not each time that they are met ----------------------- */

struct told {
    int times[STATOR_ARCH_CONDITION_COUNT];
    size_t count;
};

static void on_message(void *context, enum stator_arch_condition condition, size_t count)
{
    struct told *told = context;

    told->times[condition]++;
    told->count = count;
}

Test(arch, a_condition_is_told_of_once_until_it_was_over)
{
    struct told told = {{0}, 0};
    const struct stator_arch_setup setup = {.on_condition = on_message, .context = &told};
    const long options[STATOR_ARCH_OPTIONS_MAX] = {0};
    struct stator_arch *arch = NULL;
    int64_t now = 5000;

    cr_assert_eq(stator_arch_create(&stub, &setup, options, &arch), 0);
    stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, 3, now);
    cr_expect_eq(told.count, 3);
    for (int i = 0; i < 10; i++) {
        stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, 4,
                                     now += STATOR_ARCH_QUIET_MS);
    }
    cr_expect_eq(told.times[STATOR_ARCH_CONDITION_SHORTAGE], 1, "it has never been over");
    cr_expect_eq(told.times[STATOR_ARCH_CONDITION_CRASHING], 0);
    stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_CRASHING, 2, now);
    cr_expect_eq(told.times[STATOR_ARCH_CONDITION_CRASHING], 1, "one does not hide the other");
    stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, 5,
                                 now + STATOR_ARCH_QUIET_MS + 1);
    cr_expect_eq(told.times[STATOR_ARCH_CONDITION_SHORTAGE], 2);
    cr_expect_eq(told.count, 5);
    stator_arch_destroy(arch);
}

Test(arch, a_condition_may_have_nobody_to_tell)
{
    struct stator_arch *arch = create_stub(1000);

    stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_CRASHING, 0, 1);
    cr_expect_eq(arch->met[STATOR_ARCH_CONDITION_CRASHING], 1);
    stator_arch_destroy(arch);
}

Test(arch, is_created_run_and_destroyed)
{
    struct stator_arch *arch = create_stub(1000);

    cr_expect_eq(inits, 1);
    cr_expect_eq(arch->options[1], 6);
    cr_expect_eq(arch->setup.drain, 1000);
    cr_expect_eq(stator_arch_run(arch), -ENETDOWN);
    stator_arch_destroy(arch);
    cr_expect_eq(finishes, 1);
    stator_arch_destroy(NULL);
}

Test(arch, a_failed_creation_is_finished)
{
    const struct stator_arch_setup setup = {.drain = 1};
    const long options[STATOR_ARCH_OPTIONS_MAX] = {0};
    struct stator_arch *arch = NULL;

    init_result = -ENOSPC;
    cr_expect_eq(stator_arch_create(&stub, &setup, options, &arch), -ENOSPC);
    cr_expect_null(arch);
    cr_expect_eq(finishes, 1);
}

Test(arch, phases)
{
    struct stator_arch *arch = create_stub(1000);

    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_RUN);
    stator_arch_stop(arch);
    cr_expect_eq(stops, 1);
    cr_expect_eq(stator_arch_phase(arch, 6000), STATOR_ARCH_PHASE_DRAIN, "the drain begins here");
    cr_expect_eq(atomic_load(&arch->drain_until), 7000);
    cr_expect_eq(stator_arch_phase(arch, 6500), STATOR_ARCH_PHASE_DRAIN);
    cr_expect_eq(stator_arch_phase(arch, 6999), STATOR_ARCH_PHASE_DRAIN, "nobody prolongs it");
    cr_expect_eq(stator_arch_phase(arch, 7000), STATOR_ARCH_PHASE_STOP);
    cr_expect_eq(stator_arch_phase(arch, 99999), STATOR_ARCH_PHASE_STOP);
    stator_arch_destroy(arch);
}

Test(arch, a_second_stop_is_at_once)
{
    struct stator_arch *arch = create_stub(1000);

    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_DRAIN);
    stator_arch_stop(arch);
    cr_expect_eq(stops, 2);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_STOP);
    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_STOP);
    stator_arch_destroy(arch);
}

/* What a child hears over its line, which is not its own and so has no owner to tell it. */
Test(arch, the_end_of_a_lifeline_is_one_stop)
{
    struct stator_arch *arch = create_stub(1000);
    int channel[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, channel), 0);
    arch->lifeline = channel[0];
    arch->owner = getpid() + 1; /* this is a child */
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_RUN);
    cr_assert_eq(send(channel[1], "word", 4, 0), 4);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_RUN, "it is not read here");
    cr_assert_eq(send(channel[0], "unread", 6, 0), 6);
    close(channel[1]);
    cr_assert_eq(recv(channel[0], (char[4]){0}, 4, MSG_WAITALL), 4);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_DRAIN,
                 "though the end is a reset");
    cr_expect_eq(stator_arch_phase(arch, 5500), STATOR_ARCH_PHASE_DRAIN, "and no second order");
    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5500), STATOR_ARCH_PHASE_STOP);
    cr_expect_eq(atomic_load(arch->stops), 0, "the others were not told");
    close(channel[0]);
    stator_arch_destroy(arch);
}

/* ^C reaches parent and child; each ^C is one order all the same. */
Test(arch, a_child_that_is_told_twice_counts_once)
{
    struct stator_arch *arch = create_stub(1000);
    pid_t parent = arch->owner;

    stator_arch_stop(arch);
    arch->owner = parent + 1;
    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_DRAIN);
    arch->owner = parent;
    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_STOP);
    stator_arch_destroy(arch);
}

Test(arch, no_time_to_drain)
{
    struct stator_arch *arch = create_stub(0);

    stator_arch_stop(arch);
    cr_expect_eq(stator_arch_phase(arch, 5000), STATOR_ARCH_PHASE_STOP);
    stator_arch_destroy(arch);
}

Test(arch, registry)
{
    size_t count = 0;

    for (const struct stator_arch_impl *impl; (impl = stator_arch_at(count)) != NULL; count++) {
        cr_expect_eq(stator_arch_find(stator_span_from(impl->name)), impl, "%s", impl->name);
        cr_expect_not_null(impl->summary, "%s", impl->name);
        cr_expect_not_null(impl->source, "%s", impl->name);
        cr_expect_geq(impl->size, sizeof(struct stator_arch), "%s", impl->name);
    }
    cr_expect_geq(count, 3);
    cr_expect_null(stator_arch_at(count + 1));
    cr_expect_null(stator_arch_find(STATOR_SPAN("")));
    cr_expect_null(stator_arch_find(STATOR_SPAN("even")));
    cr_expect_null(stator_arch_find(STATOR_SPAN("Event")));
}

/* --- every design over loopback -----------------------------------------------------------------
 */

/* A test of its own for each design, so that they run side by side. */
static struct criterion_test_params all_archs(void)
{
    static size_t indices[64];
    size_t count = 0;

    for (; stator_arch_at(count) != NULL; count++) {
        cr_assert_lt(count, sizeof(indices) / sizeof(indices[0]));
        indices[count] = count;
    }
    return cr_make_param_array(size_t, indices, count);
}

#define EACH_ARCH(name)                                                                            \
    ParameterizedTestParameters(arch, name)                                                        \
    {                                                                                              \
        return all_archs();                                                                        \
    }                                                                                              \
    ParameterizedTest(const size_t *index, arch, name, .timeout = 60)

EACH_ARCH(every_architecture_serves_and_stops)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 10000);
    for (int k = 0; k < 3; k++) {
        fd = connect_to(&arch_fixture);
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s", impl->name);
        cr_expect(send_text(fd, "HEAD /large.txt HTTP/1.1\r\nHost: h\r\n"
                                "Connection: close\r\n\r\n"));
        cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s", impl->name);
        cr_expect_not_null(strstr(got, "Content-Length: 8388608\r\n"), "%s", impl->name);
        close(fd);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(arch, every_backend_of_the_event_architecture, .timeout = 60)
{
    static const struct {
        const char *options;
        bool maybe_absent;
    } rows[] = {
        {"", false},
        {"backend=auto", false},
        {"backend=select", false},
        {"backend=poll", false},
        {"backend=epoll", true},
        {"backend=kqueue", true},
    };
    const struct stator_arch_impl *impl = stator_arch_find(STATOR_SPAN("event"));

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arch_fixture arch_fixture;
        char got[4096];
        int fd, result;

        arch_fixture_open(&arch_fixture);
        result = arch_fixture_create(&arch_fixture, impl, rows[i].options, 1000);
        if (result == -ENOTSUP && rows[i].maybe_absent) {
            free(arch_fixture.made);
            close(arch_fixture.listener);
            fixture_close(&arch_fixture.fixture);
            continue;
        }
        cr_assert_eq(result, 0, "%s: %d", rows[i].options, result);
        cr_assert_eq(pthread_create(&arch_fixture.thread, NULL, run_arch, &arch_fixture), 0);
        fd = connect_to(&arch_fixture);
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s", rows[i].options);
        close(fd);
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

/* Clients that come in one burst and stay are not left with the loop that woke first. */
Test(arch, event_threads_evens_out_its_clients, .timeout = 60)
{
    enum { CLIENTS = 60 };
    const struct stator_cache_limits cache = STATOR_CACHE_LIMITS;
    struct stator_worker *workers[2];
    struct arch_fixture arch_fixture;
    char got[4096];
    int fds[CLIENTS];

    arch_fixture_open(&arch_fixture);
    workers[0] = arch_fixture.fixture.worker;
    cr_assert_eq(stator_worker_create(arch_fixture.fixture.site,
                                      &arch_fixture.fixture.worker->limits, &cache,
                                      arch_fixture.fixture.log, &workers[1]),
                 0);
    arch_fixture.workers = workers;
    arch_fixture.worker_count = 2;
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(&arch_fixture); /* they wait in the kernel's queue */
    }
    arch_fixture_run(&arch_fixture, stator_arch_find(STATOR_SPAN("event-threads")), "", 1000);
    for (int i = 0; i < CLIENTS; i++) {
        cr_expect(send_text(fds[i], get));
        cr_expect_gt(receive(fds[i], "0123456789", got, sizeof(got)), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        uint64_t count = stator_counter_read(&workers[i]->counters->accepted);

        cr_expect_geq(count, CLIENTS / 3, "worker %zu has %d", i, (int)count);
    }
    for (int i = 0; i < CLIENTS; i++) {
        close(fds[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

EACH_ARCH(a_drain_lets_responses_finish)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 30000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"));
    cr_expect_gt(read_body(fd, 1), 0);
    stator_arch_stop(arch_fixture.arch);
    cr_expect_geq(read_body(fd, SIZE_MAX), (8u << 20) - 65536, "%s", impl->name);
    close(fd);
    arch_fixture_close(&arch_fixture);
}

/*
 * RFC 9112 9.6: the kernel holds the end of a last answer; what the client sends does not undo it.
 * The answer is the last because the client said so, or because the design is to stop meanwhile.
 */
static void send_late(const struct stator_arch_impl *impl, const char *first, bool stop,
                      const char *late)
{
    const struct timespec a_moment = {.tv_nsec = 50000000};
    const size_t max = (8u << 20) - (1u << 20);
    struct arch_fixture arch_fixture;
    size_t got;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 65536;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 10000);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    cr_assert_eq(
        connect(fd, (struct sockaddr *)&arch_fixture.address, sizeof(arch_fixture.address)), 0);
    cr_expect(send_text(fd, first));
    got = read_body(fd, max);
    nanosleep(&a_moment, NULL);
    if (stop) {
        stator_arch_stop(arch_fixture.arch);
        nanosleep(&a_moment, NULL);
    }
    cr_expect(send_text(fd, late));
    got += read_body(fd, SIZE_MAX);
    cr_expect_geq(got, 8u << 20, "%s: %zu bytes", impl->name, got);
    close(fd);
    if (!stop) {
        stator_arch_stop(arch_fixture.arch);
    }
    arch_fixture_close(&arch_fixture);
}

EACH_ARCH(late_bytes_do_not_cost_a_last_answer)
{
    send_late(stator_arch_at(*index), "GET /large.txt HTTP/1.0\r\n\r\n", false, "\r\n");
}

EACH_ARCH(a_late_request_does_not_cost_a_drain_the_last_answer)
{
    send_late(stator_arch_at(*index), "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n", true, get);
}

/* Who has connected is served, though the kernel shows nobody before the request is there. */
EACH_ARCH(a_drain_waits_for_a_request_on_its_way)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    const struct timespec a_moment = {.tv_nsec = 20000000};
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    stator_fd_defer_accept(arch_fixture.listener, 1);
    arch_fixture_run(&arch_fixture, impl, "", 10000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "GET /digits.txt HTTP/1.0\r\n\r\n"));
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s", impl->name);
    close(fd);
    fd = connect_to(&arch_fixture);
    stator_arch_stop(arch_fixture.arch);
    nanosleep(&a_moment, NULL);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s", impl->name);
    cr_expect_not_null(strstr(got, "0123456789"), "%s", impl->name);
    close(fd);
    arch_fixture_close(&arch_fixture);
}

/* Comes again and again, until nobody takes it any more. */
static void *keep_coming(void *context)
{
    const struct arch_fixture *arch_fixture = context;
    char got[4096];
    bool served = true;

    while (served) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        served = connect(fd, (const struct sockaddr *)&arch_fixture->address,
                         sizeof(arch_fixture->address)) == 0 &&
                 send_text(fd, get) && receive(fd, "0123456789", got, sizeof(got)) > 0;
        close(fd);
    }
    return NULL;
}

/* A drain takes who is on the way, but not whoever comes as long as it lasts. */
EACH_ARCH(a_drain_ends_though_clients_keep_coming)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    const struct timespec a_moment = {.tv_nsec = 200000000};
    struct arch_fixture arch_fixture;
    pthread_t clients[4];

    if (!(impl->traits & STATOR_ARCH_TRAIT_MULTIPLEXED)) {
        return; /* it serves its queue, one by one, for as long as the drain may take */
    }
    arch_fixture_open(&arch_fixture);
    stator_fd_defer_accept(arch_fixture.listener, 1);
    arch_fixture_run(&arch_fixture, impl, "", 600000);
    for (size_t k = 0; k < 4; k++) {
        cr_assert_eq(pthread_create(&clients[k], NULL, keep_coming, &arch_fixture), 0);
    }
    nanosleep(&a_moment, NULL);
    stator_arch_stop(arch_fixture.arch);
    pthread_join(arch_fixture.thread, NULL);
    cr_expect_eq(arch_fixture.result, 0, "%s", impl->name);
    shutdown(arch_fixture.listener, SHUT_RDWR); /* who waits in the queue is told */
    for (size_t k = 0; k < 4; k++) {
        pthread_join(clients[k], NULL);
    }
    arch_fixture_close_stopped(&arch_fixture);
}

EACH_ARCH(a_second_stop_cuts_responses)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 600000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"));
    cr_expect_gt(read_body(fd, 1), 0);
    stator_arch_stop(arch_fixture.arch);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture); /* without a further byte being read */
    close(fd);
}

/* A client that always has another request must not keep a design from stopping. */
EACH_ARCH(a_busy_client_does_not_prevent_a_stop)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    struct stator_clock clock;
    char got[4096];
    int64_t end;
    bool open = true;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 500);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    stator_arch_stop(arch_fixture.arch);
    stator_clock_read(&clock);
    end = clock.monotonic + 8000;
    while (open && clock.monotonic < end) {
        open = send_text(fd, get) && receive(fd, "0123456789", got, sizeof(got)) > 0 &&
               strstr(got, "Connection: close") == NULL;
        stator_clock_read(&clock);
    }
    cr_expect_not(open, "%s: still served, long after it was to stop", impl->name);
    close(fd);
    arch_fixture_close(&arch_fixture);
}

/* The deadline of a head is absolute: a byte now and then does not move it. */
EACH_ARCH(a_dripping_client_is_timed_out)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    char got[4096];
    bool answered = false;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture.fixture.worker->limits.header_timeout = 500;
    arch_fixture_run(&arch_fixture, impl, "", 100);
    fd = connect_to(&arch_fixture);
    send_text(fd, "GET /");
    for (int k = 0; k < 160 && !answered; k++) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};

        answered = poll(&poller, 1, 50) == 1 || !send_text(fd, "a");
    }
    cr_expect(answered, "%s: still waiting for the head, long after its deadline", impl->name);
    if (answered) {
        receive(fd, NULL, got, sizeof(got));
        cr_expect_not_null(strstr(got, "HTTP/1.1 408 "), "%s: %s", impl->name, got);
    }
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(arch, nobody_is_accepted_beyond_the_worker_s_bound, .timeout = 60)
{
    const struct stator_arch_impl *impl = stator_arch_find(STATOR_SPAN("event"));
    struct arch_fixture arch_fixture;
    char got[4096];
    int first, second;

    arch_fixture_open(&arch_fixture);
    arch_fixture.fixture.worker->limits.max_connections = 1;
    arch_fixture_run(&arch_fixture, impl, "", 1000);
    first = connect_to(&arch_fixture);
    cr_expect(send_text(first, get));
    cr_expect_gt(receive(first, "0123456789", got, sizeof(got)), 0);
    second = connect_to(&arch_fixture);
    cr_expect(send_text(second, get));
    cr_expect_eq(stator_counter_read(&arch_fixture.fixture.worker->counters->accepted), 1);
    close(first);
    cr_expect_gt(receive(second, "0123456789", got, sizeof(got)), 0, "it recovers");
    close(second);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

EACH_ARCH(pipelined_requests_are_all_answered)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    const int requests = 1000;
    struct arch_fixture arch_fixture;
    static char got[1 << 20];
    int fd, answers = 0;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 1000);
    fd = connect_to(&arch_fixture);
    for (int k = 0; k < requests; k++) {
        cr_assert(send_text(fd, get));
    }
    shutdown(fd, SHUT_WR);
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s", impl->name);
    for (const char *at = got; (at = strstr(at, "\r\n\r\n0123456789")) != NULL; at++) {
        answers++;
    }
    cr_expect_eq(answers, requests, "%s: %d", impl->name, answers);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* RFC 9112 9.6: a connection that is closed on bytes that nobody read is reset, and the reset
 * destroys the answer that was on its way. */
EACH_ARCH(an_early_error_reaches_a_client_that_goes_on_sending)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    struct arch_fixture arch_fixture;
    static char body[200000], got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 1000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n"));
    memset(body, 'b', sizeof(body) - 1);
    cr_expect(send_text(fd, body), "%s", impl->name);
    shutdown(fd, SHUT_WR);
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0, "%s: reset", impl->name);
    cr_expect_not_null(strstr(got, "Connection: close"), "%s", impl->name);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

EACH_ARCH(clients_that_vanish_harm_nobody)
{
    const struct stator_arch_impl *impl = stator_arch_at(*index);
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    static const char *const last_words[] = {
        "", "GET /", "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /digits.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"};
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, "", 1000);
    for (size_t k = 0; k < 2 * sizeof(last_words) / sizeof(last_words[0]); k++) {
        fd = connect_to(&arch_fixture);
        send_text(fd, last_words[k / 2]);
        if (k % 2 == 0) {
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
        }
        close(fd);
    }
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s", impl->name);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* select(2) cannot wait for a descriptor of 1024 or more; libevent ends the process over one. */
static void refuses_high_numbers(const char *name, const char *options)
{
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_from(name));
    struct arch_fixture arch_fixture;
    char got[4096];
    static int taken[1100];
    size_t count = 0;
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl, options, 1000);
    while (count < 1100 && (taken[count] = dup(STDERR_FILENO)) >= 0 && taken[count] < 1024) {
        count++;
    }
    if (count < 1100 && taken[count] >= 1024) {
        fd = connect_to(&arch_fixture);
        send_text(fd, get);
        cr_expect_leq(receive(fd, "0123456789", got, sizeof(got)), 0, "%s", name);
        close(fd);
        close(taken[count]);
    }
    while (count > 0) {
        close(taken[--count]);
    }
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0, "%s: it recovers", name);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(arch, select_refuses_what_it_cannot_wait_for, .timeout = 60)
{
    refuses_high_numbers("event", "backend=select");
    refuses_high_numbers("select", "");
}
