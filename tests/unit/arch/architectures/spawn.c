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
        const struct family *family = &families[i];
        struct house house;
        size_t before;

        if (!family_exists(family)) {
            continue;
        }
        house_open(&house);
        before = descriptors();
        family_run(&house, family, 3, 10000);
        for (int k = 0; k < 20; k++) {
            cr_expect(ask(&house), "%s:%s", family->name, family->knobs);
        }
        stator_arch_stop(house.arch);
        pthread_join(house.thread, NULL);
        cr_expect_not(has_children(), "%s:%s", family->name, family->knobs);
        cr_expect_eq(SUM_OF(&house, accepted), 20, "%s:%s", family->name, family->knobs);
        cr_expect_eq(SUM_OF(&house, requests), 20, "%s:%s", family->name, family->knobs);
        stator_arch_destroy(house.arch);
        cr_expect_eq(descriptors(), before, "%s:%s", family->name, family->knobs);
        for (size_t k = 1; k < house.worker_count; k++) {
            stator_worker_destroy(house.workers[k]);
        }
        free(house.made);
        close(house.listener);
        fixture_close(&house.fixture);
    }
}

/* A child must not keep open what is its parent's business, or nobody sees the other end close. */
Test(spawn, a_child_holds_nothing_of_its_parents, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *family = &families[i];
        struct house house;
        int ends[2];
        char byte;

        if (!family_exists(family)) {
            continue;
        }
        cr_assert_eq(pipe(ends), 0);
        house_open(&house);
        family_run(&house, family, 2, 10000);
        cr_expect(ask(&house), "%s:%s", family->name, family->knobs);
        close(ends[1]);
        cr_expect_eq(read(ends[0], &byte, 1), 0, "%s:%s", family->name, family->knobs);
        close(ends[0]);
        stator_arch_stop(house.arch);
        house_close(&house);
    }
}

Test(spawn, a_child_that_dies_is_replaced_and_its_client_counted, .timeout = 60)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *family = &families[i];
        struct house house;
        pid_t before[FAMILY_MAX], after[FAMILY_MAX];
        char got[4096];
        int fd;

        if (!family_exists(family) || strcmp(family->name, "fork") == 0) {
            continue;
        }
        house_open(&house);
        family_run(&house, family, 3, 10000);
        await_children(3, NULL, 0, before);
        fd = connect_to(&house);
        cr_expect(send_text(fd, get));
        cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
        for (size_t k = 0; k < 3; k++) {
            kill(before[k], SIGKILL);
        }
        cr_expect_leq(receive(fd, NULL, got, sizeof(got)), 0, "%s:%s", family->name, family->knobs);
        close(fd);
        await_children(3, before, 3, after);
        for (int k = 0; k < 10; k++) {
            cr_expect(ask(&house), "%s:%s", family->name, family->knobs);
        }
        stator_arch_stop(house.arch);
        house_close(&house); /* which compares what was accepted and what was closed */
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
        const struct family *family = &families[i];
        struct house house;
        pid_t before[FAMILY_MAX], after[FAMILY_MAX];

        if (!family_exists(family) || strcmp(family->name, "fork") == 0) {
            continue;
        }
        house_open(&house);
        house.worker_count = 2;
        cr_assert_eq(house_create(&house, stator_arch_find(stator_span_from(family->name)),
                                  family->knobs, 600000),
                     0);
        handled = house.arch;
        signal(SIGTERM, on_signal);
        cr_assert_eq(pthread_create(&house.thread, NULL, run_arch, &house), 0);
        await_children(2, NULL, 0, before);
        kill(before[0], SIGTERM);
        kill(before[1], SIGTERM);
        await_children(2, before, 2, after);
        cr_expect(ask(&house), "%s:%s", family->name, family->knobs);
        stator_arch_stop(house.arch);
        house_close(&house);
    }
}

/* A child that does not hear is killed: a stopped process hears nothing. */
Test(spawn, a_second_stop_ends_a_child_that_hangs, .timeout = 60)
{
    const struct family *family = &families[1];
    struct house house;
    pid_t children[FAMILY_MAX];

    house_open(&house);
    family_run(&house, family, 2, 600000);
    await_children(2, NULL, 0, children);
    kill(children[0], SIGSTOP);
    stator_arch_stop(house.arch);
    stator_arch_stop(house.arch);
    house_close(&house);
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
    struct house house;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    house_open(&house);
    house.worker_count = 2;
    cr_assert_eq(house_create(&house, stator_arch_find(STATOR_SPAN_OF("prefork")), "", 1000), 0);
    forbid_processes(&before);
    cr_expect_eq(stator_arch_run(house.arch), -EAGAIN);
    allow_processes(&before);
    house.result = 0;
    house_close_stopped(&house);
}

/* Who was accepted already waits in the parent's hands. */
Test(spawn, fork_goes_on_when_there_are_processes_again, .timeout = 60)
{
    const struct timespec a_moment = {.tv_nsec = 300000000};
    struct rlimit before;
    struct house house;
    char got[4096];
    int fd;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    house_open(&house);
    family_run(&house, &families[0], 2, 1000);
    cr_expect(ask(&house));
    forbid_processes(&before);
    fd = connect_to(&house);
    cr_expect(send_text(fd, get));
    nanosleep(&a_moment, NULL);
    cr_expect_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
    allow_processes(&before);
    cr_expect_gt(receive(fd, "0123456789", got, sizeof(got)), 0);
    close(fd);
    stator_arch_stop(house.arch);
    house_close(&house);
}

/* A worker that cannot be replaced is missing, no more, until it can. */
Test(spawn, goes_on_with_fewer, .timeout = 60)
{
    pid_t before[FAMILY_MAX], after[FAMILY_MAX];
    struct rlimit limit;
    struct house house;

    if (geteuid() != 0) {
        cr_skip_test("needs root to become somebody who may do less");
    }
    house_open(&house);
    family_run(&house, &families[1], 2, 1000);
    await_children(2, NULL, 0, before);
    forbid_processes(&limit);
    /* This thread alone becomes one again who may kill it: the parent's may not. */
    cr_assert_eq(syscall(SYS_setresuid, -1, 0, -1), 0);
    cr_assert_eq(kill(before[0], SIGKILL), 0);
    await_children(1, before, 1, after);
    cr_expect_eq(after[0], before[1]);
    cr_expect(ask(&house));
    allow_processes(&limit);
    await_children(2, before, 1, after);
    cr_expect(ask(&house));
    stator_arch_stop(house.arch);
    house_close(&house);
}
