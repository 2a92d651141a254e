/* What spin does otherwise than other designs: it never waits, and counts what that costs. */
#include "arch/architectures/registry.h"
#include "unit/arch/arch_fixture.h"

static uint64_t idle_of(const struct arch_fixture *arch_fixture)
{
    return stator_counter_read(&arch_fixture->fixture.worker->counters->idle_wakes);
}

/* Waits, without a bound but the test's, for scans that find nothing. */
static void await_idle(const struct arch_fixture *arch_fixture, uint64_t more)
{
    uint64_t end = idle_of(arch_fixture) + more;

    while (idle_of(arch_fixture) < end) {
        usleep(1000);
    }
}

Test(spin, counts_scans_that_were_for_nothing, .timeout = 60)
{
    const struct stator_counters *counters;
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    arch_fixture_open(&arch_fixture);
    counters = arch_fixture.fixture.worker->counters;
    arch_fixture_run(&arch_fixture, stator_arch_find(STATOR_SPAN("spin")), "", 1000);
    await_idle(&arch_fixture, 1000);
    fd = connect_to(&arch_fixture);
    await_idle(&arch_fixture, 1000); /* a silent client is no work */
    for (int i = 0; i < 10; i++) {
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    }
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    pthread_join(arch_fixture.thread, NULL);
    cr_expect_geq(stator_counter_read(&counters->wakes) - idle_of(&arch_fixture), 11,
                  "a connection and ten requests were something");
    cr_expect_gt(stator_counter_read(&counters->busy_us), 0);
    cr_assert_eq(pthread_create(&arch_fixture.thread, NULL, run_arch, &arch_fixture), 0);
    arch_fixture_close(&arch_fixture);
}

/* A client whose socket is full is asked in every scan, which costs it nothing of its response. */
Test(spin, slow_readers_get_all_of_it, .timeout = 60)
{
    enum { SLOW = 4 };
    static char body[65536];
    struct arch_fixture arch_fixture;
    int slow[SLOW], small = 131072;
    char got[4096];

    arch_fixture_open(&arch_fixture);
    arch_fixture_run(&arch_fixture, stator_arch_find(STATOR_SPAN("spin")), "", 1000);
    for (int i = 0; i < SLOW; i++) {
        slow[i] = connect_to(&arch_fixture);
        setsockopt(slow[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
        cr_expect(
            send_text(slow[i], "GET /large.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    }
    await_idle(&arch_fixture, 100); /* nobody takes anything */
    for (int i = 0; i < SLOW; i++) {
        uint64_t offset = 0;
        ssize_t count;
        char *end;
        size_t head = 0;

        while (head == 0 || memmem(got, head, "\r\n\r\n", 4) == NULL) {
            cr_assert_eq(recv(slow[i], got + head++, 1, 0), 1);
            cr_assert_lt(head, sizeof(got));
        }
        while ((count = recv(slow[i], body, sizeof(body), 0)) > 0) {
            for (end = body; end < body + count; end++) {
                cr_assert_eq(*end, fixture_byte(offset++));
            }
        }
        cr_expect_eq(offset, 8u << 20);
        close(slow[i]);
    }
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}
