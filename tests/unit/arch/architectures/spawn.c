/* What all designs with children promise of them: none too few, and none left over. */
#include "arch/processes/spawn.h"
#include "arch/architectures/registry.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include "unit/arch/process_fixture.h"

static bool has_children(void)
{
    return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

Test(spawn, leaves_no_process_and_no_descriptor, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        size_t before;

        if (!process_fixture_exists(process_fixture)) {
            continue;
        }
        arch_fixture_open(&arch_fixture);
        before = descriptors();
        process_fixture_run(&arch_fixture, process_fixture, 3, 10000);
        for (int k = 0; k < 20; k++) {
            cr_expect(ask(&arch_fixture), "%s:%s", process_fixture->name, process_fixture->options);
        }
        stator_arch_stop(arch_fixture.arch);
        pthread_join(arch_fixture.thread, NULL);
        cr_expect_not(has_children(), "%s:%s", process_fixture->name, process_fixture->options);
        cr_expect_eq(SUM_OF(&arch_fixture, accepted), 20, "%s:%s", process_fixture->name,
                     process_fixture->options);
        cr_expect_eq(SUM_OF(&arch_fixture, requests), 20, "%s:%s", process_fixture->name,
                     process_fixture->options);
        stator_arch_destroy(arch_fixture.arch);
        cr_expect_eq(descriptors(), before, "%s:%s", process_fixture->name,
                     process_fixture->options);
        for (size_t k = 1; k < arch_fixture.worker_count; k++) {
            stator_worker_destroy(arch_fixture.workers[k]);
        }
        free(arch_fixture.made);
        close(arch_fixture.listener);
        fixture_close(&arch_fixture.fixture);
    }
}

/* A child must not keep open what is its parent's business, or nobody sees the other end close. */
Test(spawn, a_child_holds_nothing_of_its_parents, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        int ends[2];
        char byte;

        if (!process_fixture_exists(process_fixture)) {
            continue;
        }
        cr_assert_eq(pipe(ends), 0);
        arch_fixture_open(&arch_fixture);
        process_fixture_run(&arch_fixture, process_fixture, 2, 10000);
        cr_expect(ask(&arch_fixture), "%s:%s", process_fixture->name, process_fixture->options);
        close(ends[1]);
        cr_expect_eq(read(ends[0], &byte, 1), 0, "%s:%s", process_fixture->name,
                     process_fixture->options);
        close(ends[0]);
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

Test(spawn, a_child_that_dies_is_replaced_and_its_client_counted, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        pid_t before[PROCESS_FIXTURE_MAX], after[PROCESS_FIXTURE_MAX];
        char got[4096];
        int fd;

        if (!process_fixture_exists(process_fixture) ||
            strcmp(process_fixture->name, "fork") == 0) {
            continue;
        }
        arch_fixture_open(&arch_fixture);
        process_fixture_run(&arch_fixture, process_fixture, 3, 10000);
        await_children(3, NULL, 0, before);
        fd = connect_to(&arch_fixture);
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
        for (size_t k = 0; k < 3; k++) {
            kill(before[k], SIGKILL);
        }
        cr_expect_leq(receive(fd, NULL, got, sizeof(got)), 0, "%s:%s", process_fixture->name,
                      process_fixture->options);
        close(fd);
        await_children(3, before, 3, after);
        for (int k = 0; k < 10; k++) {
            cr_expect(ask(&arch_fixture), "%s:%s", process_fixture->name, process_fixture->options);
        }
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(
            &arch_fixture); /* which compares what was accepted and what was closed */
    }
}

/* SIGTERM and its like, in a program that hands them to the design. */
static struct stator_arch *handled;

static void on_signal(int number)
{
    (void)number;
    stator_arch_stop(handled);
}

Test(spawn, a_child_that_is_told_alone_ends_and_is_replaced, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct process_fixture *process_fixture = &families[i];
        struct arch_fixture arch_fixture;
        pid_t before[PROCESS_FIXTURE_MAX], after[PROCESS_FIXTURE_MAX];

        if (!process_fixture_exists(process_fixture) ||
            strcmp(process_fixture->name, "fork") == 0) {
            continue;
        }
        arch_fixture_open(&arch_fixture);
        arch_fixture.worker_count = 2;
        cr_assert_eq(arch_fixture_create(&arch_fixture,
                                         stator_arch_find(stator_span_from(process_fixture->name)),
                                         process_fixture->options, 600000),
                     0);
        handled = arch_fixture.arch;
        signal(SIGTERM, on_signal);
        cr_assert_eq(pthread_create(&arch_fixture.thread, NULL, run_arch, &arch_fixture), 0);
        await_children(2, NULL, 0, before);
        kill(before[0], SIGTERM);
        kill(before[1], SIGTERM);
        await_children(2, before, 2, after);
        cr_expect(ask(&arch_fixture), "%s:%s", process_fixture->name, process_fixture->options);
        stator_arch_stop(arch_fixture.arch);
        arch_fixture_close(&arch_fixture);
    }
}

/* A child that does not hear is killed: a stopped process hears nothing. */
Test(spawn, a_second_stop_ends_a_child_that_hangs, .timeout = 60)
{
    const struct process_fixture *process_fixture = &families[1];
    struct arch_fixture arch_fixture;
    pid_t children[PROCESS_FIXTURE_MAX];

    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, process_fixture, 2, 600000);
    await_children(2, NULL, 0, children);
    kill(children[0], SIGSTOP);
    stator_arch_stop(arch_fixture.arch);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
    cr_expect_not(has_children());
}

/* Until it is undone no process can be made: as somebody who may not exceed limits. */
static void forbid_processes(struct rlimit *before)
{
    struct rlimit none;

    cr_assert_eq(getrlimit(RLIMIT_NPROC, before), 0);
    none = (struct rlimit){0, before->rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &none), 0);
    cr_assert_eq(setresuid(65534, 65534, 0), 0);
}

static void allow_processes(const struct rlimit *before)
{
    cr_assert_eq(setresuid(0, 0, 0), 0);
    cr_assert_eq(setrlimit(RLIMIT_NPROC, before), 0);
}

Test(spawn, no_process_at_all_is_an_error, .timeout = 60)
{
    struct rlimit before;
    struct arch_fixture arch_fixture;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    arch_fixture_open(&arch_fixture);
    arch_fixture.worker_count = 2;
    cr_assert_eq(
        arch_fixture_create(&arch_fixture, stator_arch_find(STATOR_SPAN("prefork")), "", 1000), 0);
    forbid_processes(&before);
    cr_expect_eq(stator_arch_run(arch_fixture.arch), -EAGAIN);
    allow_processes(&before);
    arch_fixture.result = 0;
    arch_fixture_close_stopped(&arch_fixture);
}

/* Who was accepted already waits in the parent's hands. */
Test(spawn, fork_goes_on_when_there_are_processes_again, .timeout = 60)
{
    const struct timespec a_moment = {.tv_nsec = 300000000};
    struct rlimit before;
    struct arch_fixture arch_fixture;
    char got[4096];
    int fd;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &families[0], 2, 1000);
    cr_expect(ask(&arch_fixture));
    forbid_processes(&before);
    fd = connect_to(&arch_fixture);
    cr_expect(send_text(fd, get));
    nanosleep(&a_moment, NULL);
    cr_expect_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
    allow_processes(&before);
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    close(fd);
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}

/* A worker that cannot be replaced is missing, no more, until it can. */
Test(spawn, goes_on_with_fewer, .timeout = 60)
{
    pid_t before[PROCESS_FIXTURE_MAX], after[PROCESS_FIXTURE_MAX];
    struct rlimit limit;
    struct arch_fixture arch_fixture;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    arch_fixture_open(&arch_fixture);
    process_fixture_run(&arch_fixture, &families[1], 2, 1000);
    await_children(2, NULL, 0, before);
    forbid_processes(&limit);
    /* This thread alone becomes one again who may kill it: the parent's may not. */
    cr_assert_eq(syscall(SYS_setresuid, -1, 0, -1), 0);
    cr_assert_eq(kill(before[0], SIGKILL), 0);
    await_children(1, before, 1, after);
    cr_expect_eq(after[0], before[1]);
    cr_expect(ask(&arch_fixture));
    allow_processes(&limit);
    await_children(2, before, 1, after);
    cr_expect(ask(&arch_fixture));
    stator_arch_stop(arch_fixture.arch);
    arch_fixture_close(&arch_fixture);
}
