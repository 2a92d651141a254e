/* Helpers: who is sent, for what, and what becomes of it; alone, then under a loop. */
#include "arch/event/io_helpers.h"

#include <errno.h>
#include <poll.h>

#include "arch/event/client.h"
#include "arch/event/loop.h"
#include "base/fd.h"
#include "unit/arch/arch_fixture.h"

/* --- alone ---------------------------------------------------------------------------------- */

struct office {
    struct fixture fixture;
    struct stator_io_helpers *io_helpers;
    struct stator_client client; /* only what errands look at */
    pthread_mutex_t gate;        /* whoever holds it holds up the helper that comes back */
    int wake[2];
};

static void ring(void *context)
{
    struct office *office = context;

    stator_fd_wake(office->wake);
    pthread_mutex_lock(&office->gate);
    pthread_mutex_unlock(&office->gate);
}

static void office_open(struct office *office, stator_probe_fn *probe, size_t helpers)
{
    memset(office, 0, sizeof(*office));
    fixture_open(&office->fixture);
    fixture_pattern(&office->fixture, "site/large.txt", 1 << 20);
    pthread_mutex_init(&office->gate, NULL);
    cr_assert_eq(stator_fd_wake_open(office->wake), 0);
    cr_assert_eq(
        stator_io_helpers_create(office->fixture.worker, probe, ring, office, &office->io_helpers),
        0);
    cr_expect_eq(stator_io_helpers_start(office->io_helpers, helpers), helpers);
    office->client.conn.response.entry = fixture_entry(&office->fixture, "/large.txt");
}

static void office_close(struct office *office)
{
    stator_io_helpers_destroy(office->io_helpers);
    stator_entry_unref(office->client.conn.response.entry);
    cr_expect_eq(stator_counter_read(&office->fixture.worker->counters->queued), 0);
    stator_fd_wake_close(office->wake);
    fixture_close(&office->fixture);
}

static void await_ring(const struct office *office)
{
    struct pollfd poller = {.fd = office->wake[0], .events = POLLIN};

    cr_assert_eq(poll(&poller, 1, 10000), 1);
    stator_fd_wake_clear(office->wake);
}

static struct stator_io_job *look(struct office *office)
{
    return stator_io_helpers_look_up(office->io_helpers, &office->client,
                                     STATOR_SPAN("/large.txt"));
}

static struct stator_io_job *fetch(struct office *office, uint64_t offset, size_t length)
{
    return stator_io_helpers_read(office->io_helpers, &office->client, offset, length);
}

Test(job, comes_back_with_its_client, .timeout = 30)
{
    struct office office;

    office_open(&office, NULL, 1);
    cr_expect_null(stator_io_helpers_take(office.io_helpers));
    cr_expect_not_null(look(&office));
    cr_expect_eq(stator_counter_read(&office.fixture.worker->counters->queued), 1);
    await_ring(&office);
    cr_expect_eq(stator_io_helpers_take(office.io_helpers), &office.client);
    cr_expect_null(stator_io_helpers_take(office.io_helpers));
    cr_expect_not_null(fetch(&office, 1000, 70000));
    await_ring(&office);
    cr_expect_eq(stator_io_helpers_take(office.io_helpers), &office.client);
    cr_expect_eq(stator_io_helpers_done(office.io_helpers), 2);
    office_close(&office);
}

/* The loop meets the same errors, and says what is to be said of them. */
Test(job, what_cannot_be_read_is_done_too, .timeout = 30)
{
    struct office office;

    office_open(&office, NULL, 1);
    cr_expect_not_null(fetch(&office, 1 << 20, 1000));
    await_ring(&office);
    cr_expect_eq(stator_io_helpers_take(office.io_helpers), &office.client);
    cr_expect_not_null(
        stator_io_helpers_look_up(office.io_helpers, &office.client, STATOR_SPAN("/nothing/here")));
    await_ring(&office);
    cr_expect_eq(stator_io_helpers_take(office.io_helpers), &office.client);
    office_close(&office);
}

Test(job, a_client_that_went_away_is_not_brought_back, .timeout = 30)
{
    struct office office;
    struct stator_io_job *job;

    office_open(&office, NULL, 1);
    job = fetch(&office, 0, 1000);
    cr_assert_not_null(job);
    stator_io_job_abandon(job);
    stator_io_job_abandon(NULL);
    await_ring(&office);
    cr_expect_null(stator_io_helpers_take(office.io_helpers));
    cr_expect_eq(stator_io_helpers_done(office.io_helpers), 1);
    office_close(&office);
}

static bool always(int file, uint64_t offset, size_t length)
{
    (void)file;
    (void)offset;
    (void)length;
    return true;
}

Test(job, nobody_goes_for_what_is_there)
{
    struct office office;

    office_open(&office, always, 1);
    cr_expect_null(fetch(&office, 0, 1000));
    cr_expect_not_null(look(&office), "what a path leads to cannot be asked for");
    office_close(&office);
}

Test(job, nobody_goes_where_nobody_is)
{
    struct office office;

    office_open(&office, NULL, 0);
    cr_expect_null(fetch(&office, 0, 1000));
    cr_expect_null(look(&office));
    office_close(&office);
}

Test(job, the_queue_has_a_bound, .timeout = 30)
{
    struct office office;

    office_open(&office, NULL, 1);
    pthread_mutex_lock(&office.gate);
    cr_expect_not_null(look(&office));
    await_ring(&office); /* the one helper stands at the door */
    for (int i = 0; i < STATOR_IO_HELPERS_QUEUE_MAX; i++) {
        cr_expect_not_null(fetch(&office, 0, 10), "%d", i);
    }
    cr_expect_null(fetch(&office, 0, 10));
    cr_expect_null(look(&office));
    pthread_mutex_unlock(&office.gate);
    office_close(&office); /* with whatever is left */
}

Test(job, a_probe_that_can_tell_is_exact)
{
    struct fixture fixture;
    struct stator_entry *entry;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/large.txt", 1 << 20);
    entry = fixture_entry(&fixture, "/large.txt");
    if (stator_probe_nowait(entry->fd, 0, 1)) {
        cr_expect(stator_probe_nowait(entry->fd, 0, STATOR_IO_JOB_LENGTH_MAX));
        cr_expect(stator_probe_nowait(entry->fd, 12345, 54321));
    }
    cr_expect_not(stator_probe_nowait(entry->fd, (1 << 20) - 10, 11), "there is no such byte");
    cr_expect_not(stator_probe_nowait(-1, 0, 1));
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

/* --- under a loop ---------------------------------------------------------------------------- */

/* amped with a probe and a door of the test's. */
struct forgetful {
    struct stator_arch arch;
    struct stator_loop *loop;
    struct stator_io_helpers *io_helpers;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint probes;

/* Says of two stretches out of three that they are not there. */
static bool forget(int file, uint64_t offset, size_t length)
{
    (void)file;
    (void)offset;
    (void)length;
    return atomic_fetch_add(&probes, 1) % 3 == 0;
}

static void ring_loop(void *context)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    stator_loop_wake(context);
}

static int forgetful_init(struct stator_arch *arch)
{
    struct forgetful *self = (struct forgetful *)arch;

    cr_assert_eq(stator_loop_create(arch, arch->setup.workers[0], NULL, &self->loop), 0);
    cr_assert_eq(stator_io_helpers_create(arch->setup.workers[0], forget, ring_loop, self->loop,
                                          &self->io_helpers),
                 0);
    stator_loop_delegate(self->loop, self->io_helpers);
    return 0;
}

static int forgetful_run(struct stator_arch *arch)
{
    struct forgetful *self = (struct forgetful *)arch;
    size_t helpers = stator_io_helpers_start(self->io_helpers, 3);
    int result = stator_loop_run(self->loop);

    stator_io_helpers_stop(self->io_helpers);
    return helpers == 3 ? result : -EAGAIN;
}

static void forgetful_stop(struct stator_arch *arch)
{
    stator_loop_wake(((struct forgetful *)arch)->loop);
}

static void forgetful_finish(struct stator_arch *arch)
{
    struct forgetful *self = (struct forgetful *)arch;

    stator_loop_destroy(self->loop);
    stator_io_helpers_destroy(self->io_helpers);
}

static const struct stator_arch_impl forgetful = {
    .name = "forgetful",
    .size = sizeof(struct forgetful),
    .init = forgetful_init,
    .run = forgetful_run,
    .stop = forgetful_stop,
    .finish = forgetful_finish,
};

/* Everything from the empty line on; `*length` becomes its length. */
static const char *body_of(const char *response, size_t *length)
{
    const char *end = memmem(response, *length, "\r\n\r\n", 4);

    cr_assert_not_null(end);
    *length -= (size_t)(end + 4 - response);
    return end + 4;
}

/* Asks once, on a connection of its own, and checks each byte of the answer. */
static void expect_stretch(const struct arch_fixture *arch_fixture, uint64_t first, uint64_t last)
{
    char *got = malloc(9 << 20), request[256];
    size_t length = 0;
    const char *body;
    ssize_t count;
    int fd = connect_to(arch_fixture);

    cr_assert_not_null(got);
    snprintf(request, sizeof(request),
             "GET /large.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
             "Range: bytes=%llu-%llu\r\n\r\n",
             (unsigned long long)first, (unsigned long long)last);
    cr_expect(send_text(fd, request));
    while ((count = recv(fd, got + length, (9u << 20) - length, 0)) > 0) {
        length += (size_t)count;
    }
    cr_expect_eq(count, 0);
    body = body_of(got, &length);
    cr_assert_eq(length, last - first + 1);
    for (size_t i = 0; i < length; i++) {
        cr_assert_eq(body[i], fixture_byte(first + i), "at %zu", i);
    }
    close(fd);
    free(got);
}

Test(job, a_loop_s_responses_are_the_same_whoever_fetches_them, .timeout = 60)
{
    static const uint64_t stretches[][2] = {
        {0, (8 << 20) - 1},
        {0, 0},
        {STATOR_IO_JOB_LENGTH_MAX - 1, STATOR_IO_JOB_LENGTH_MAX},
        {777, (3 << 20) + 5},
        {(8 << 20) - 1, (8 << 20) - 1},
        {0, (8 << 20) - 1},
    };
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, &forgetful, "", 1000);
    for (size_t i = 0; i < sizeof(stretches) / sizeof(stretches[0]); i++) {
        expect_stretch(&arch_fixture, stretches[i][0], stretches[i][1]);
    }
    fd = connect_to(&arch_fixture);
    for (int i = 0; i < 3; i++) { /* pipelined, and a path that nobody knows yet among them */
        cr_expect(send_text(fd, "GET /digits.txt HTTP/1.1\r\nHost: h\r\n\r\n"
                                "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n"
                                "GET /digits.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=3-4\r\n\r\n"));
        cr_expect_gt(receive(fd, "\r\n\r\n34", got, sizeof(got)), 0);
        cr_expect_not_null(strstr(got, "\r\n\r\n0123456789HTTP/1.1 404 "), "%s", got);
    }
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    pthread_join(arch_fixture.thread, NULL);
    cr_expect_gt(stator_io_helpers_done(((struct forgetful *)arch_fixture.arch)->io_helpers), 20);
    cr_assert_eq(pthread_create(&arch_fixture.thread, NULL, run_arch, &arch_fixture), 0);
    arch_fixture_close(&arch_fixture);
}

/* The deadline of a head holds while the answer to it is waited for. */
Test(job, a_client_does_not_wait_for_ever, .timeout = 60)
{
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture.fixture.worker->limits.header_timeout = 300;
    arch_fixture_run(&arch_fixture, &forgetful, "", 1000);
    pthread_mutex_lock(&gate);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0);
    cr_expect_not_null(strstr(got, "HTTP/1.1 408 "), "%s", got);
    close(fd);
    pthread_mutex_unlock(&gate); /* now the helper comes back, to nobody */
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

static void await_queued(const struct arch_fixture *arch_fixture, uint64_t count)
{
    while (stator_counter_read(&arch_fixture->fixture.worker->counters->queued) < count) {
        usleep(1000);
    }
}

Test(job, a_stop_at_once_leaves_no_io_job_behind, .timeout = 60)
{
    enum { CLIENTS = 20 };
    struct arch_fixture arch_fixture;
    int fds[CLIENTS];

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, &forgetful, "", 600000);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(&arch_fixture);
        cr_expect(send_text(fds[i], "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    await_queued(&arch_fixture, CLIENTS);
    for (int i = 0; i < CLIENTS / 2; i++) {
        close(fds[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    stator_arch_stop(arch_fixture.arch);
    pthread_mutex_unlock(&gate);
    arch_fixture_close(&arch_fixture);
    for (int i = CLIENTS / 2; i < CLIENTS; i++) {
        close(fds[i]);
    }
}

Test(job, a_drain_waits_for_io_jobs, .timeout = 60)
{
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, &forgetful, "", 600000);
    pthread_mutex_lock(&gate);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    await_queued(&arch_fixture, 1);
    stator_arch_stop(arch_fixture.arch);
    pthread_mutex_unlock(&gate);
    cr_expect_gt(receive(fd, NULL, got, sizeof(got)), 0);
    cr_expect_not_null(strstr(got, "0123456789"), "%s", got);
    close(fd);
    arch_fixture_close(&arch_fixture);
}
