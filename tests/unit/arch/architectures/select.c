/* What select does otherwise than other designs: numbers that have a bound, and sockets that block.
 */
#include <errno.h>
#include <sys/select.h>

#include "arch/architectures/registry.h"
#include "unit/arch/arch_fixture.h"

static const struct stator_arch_impl *impl_named(void)
{
    return stator_arch_find(STATOR_SPAN("select"));
}

Test(select, has_no_more_clients_than_a_set_has_room, .timeout = 60)
{
    struct arch_fixture arch_fixture;

    arch_fixture_open(&arch_fixture);
    arch_fixture.fixture.worker->limits.max_connections = 100000;
    cr_assert_eq(arch_fixture_create(&arch_fixture, impl_named(), "", 1000), 0);
    cr_expect_lt(arch_fixture.fixture.worker->limits.max_connections, FD_SETSIZE);
    cr_expect_eq(arch_fixture.fixture.worker->limits.max_connections, impl_named()->clients_max);
    stator_arch_destroy(arch_fixture.arch);

    arch_fixture.fixture.worker->limits.max_connections = 7;
    cr_assert_eq(arch_fixture_create(&arch_fixture, impl_named(), "", 1000), 0);
    cr_expect_eq(arch_fixture.fixture.worker->limits.max_connections, 7);
    cr_assert_eq(pthread_create(&arch_fixture.thread, NULL, run_arch, &arch_fixture), 0);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

Test(select, refuses_a_listener_that_it_cannot_wait_for)
{
    struct arch_fixture arch_fixture;
    int low;

    arch_fixture_open(&arch_fixture);
    low = arch_fixture.listener;
    arch_fixture.listener = fcntl(low, F_DUPFD_CLOEXEC, FD_SETSIZE);
    if (arch_fixture.listener >= FD_SETSIZE) {
        cr_expect_eq(arch_fixture_create(&arch_fixture, impl_named(), "", 1000), -ENOTSUP);
        close(arch_fixture.listener);
    }
    close(low);
    free(arch_fixture.made);
    fixture_close(&arch_fixture.fixture);
}

/* The descriptors of cached files may stand where a client's would: they give way. */
Test(select, cached_files_do_not_keep_clients_out, .timeout = 60)
{
    static int taken[FD_SETSIZE];
    struct arch_fixture arch_fixture;
    char got[4096];
    size_t count = 0;
    int fd, other, last;

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named(), "", 1000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "HEAD /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"));
    cr_expect_gt(receive(fd, "\r\n\r\n", got, sizeof(got)), 0);
    while ((last = dup(STDERR_FILENO)) >= 0 && last < FD_SETSIZE) {
        taken[count++] = last;
    }
    if (last >= FD_SETSIZE) {
        other = connect_to(&arch_fixture); /* its own end is beyond too, which does no harm */
        cr_expect(send_text(other, get));
        cr_expect_gt(receive(other, "0123456789", got, sizeof(got)), 0);
        close(other);
        close(last);
    }
    while (count > 0) {
        close(taken[--count]);
    }
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* A blocking send to a client that takes nothing would hold up everybody. */
Test(select, slow_readers_hold_nobody_up, .timeout = 60)
{
    enum { SLOW = 8 };
    struct arch_fixture arch_fixture;
    int slow[SLOW], small = 131072;
    char got[4096];

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, impl_named(), "", 1000);
    for (int i = 0; i < SLOW; i++) {
        slow[i] = connect_to(&arch_fixture);
        setsockopt(slow[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        cr_expect(send_text(slow[i], "GET /large.txt HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    for (int i = 0; i < 100; i++) {
        int fd = connect_to(&arch_fixture);

        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
        close(fd);
    }
    for (int i = 0; i < SLOW; i++) {
        cr_expect_geq(read_body(slow[i], 8 << 20), 8u << 20);
        close(slow[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* TCP's urgent byte makes a socket exceptional until somebody takes it. */
Test(select, an_urgent_byte_is_taken_and_forgotten, .timeout = 60)
{
    const struct stator_counters *counters;
    struct arch_fixture arch_fixture;
    char got[4096];
    uint64_t before;
    int fd;

    arch_fixture_open(&arch_fixture);
    counters = arch_fixture.fixture.worker->counters;
    arch_fixture_run(&arch_fixture, impl_named(), "", 1000);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, "GET /digits.txt HTT"));
    cr_expect_eq(send(fd, "!", 1, MSG_OOB), 1);
    cr_expect(send_text(fd, "P/1.1\r\nHost: h\r\n\r\n"));
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    cr_expect_eq(strncmp(got, "HTTP/1.1 200 ", 13), 0, "%s", got);
    before = stator_counter_read(&counters->wakes);
    for (int i = 0; i < 10; i++) {
        usleep(20000);
    }
    cr_expect_lt(stator_counter_read(&counters->wakes) - before, 50, "it spins");
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}
