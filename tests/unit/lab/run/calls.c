/* System calls of threads, and of those that they make, counted from outside. */
#include "lab/run/calls.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 1000

/* What each of the child's threads of control does when it is told. */
static void call_often(void)
{
    for (int i = 0; i < CALLS; i++) {
        syscall(SYS_getppid);
    }
}

static int ends[2][2]; /* to the child, and from it */

static void *call_when_told(void *context)
{
    char byte;

    if (read(ends[0][0], &byte, 1) == 1) {
        call_often();
    }
    return context;
}

static void *call_at_once(void *context)
{
    call_often();
    return context;
}

/* Two threads that are there before anybody counts, one made later, and a process. */
static void work(void)
{
    pthread_t before, after;
    pid_t child;
    char byte;

    pthread_create(&before, NULL, call_when_told, NULL);
    if (write(ends[1][1], "r", 1) != 1) {
        _exit(1);
    }
    pthread_join(before, NULL);
    call_often();
    pthread_create(&after, NULL, call_at_once, NULL);
    pthread_join(after, NULL);
    child = fork();
    if (child == 0) {
        call_often();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (write(ends[1][1], "d", 1) != 1 || read(ends[0][0], &byte, 1) != 1) {
        _exit(1);
    }
    _exit(0);
}

static pid_t start_child(void)
{
    pid_t child;
    char byte;

    cr_assert_eq(pipe(ends[0]), 0);
    cr_assert_eq(pipe(ends[1]), 0);
    child = fork();
    if (child == 0) {
        work();
    }
    cr_assert_eq(read(ends[1][0], &byte, 1), 1);
    return child;
}

/* The child's word, when it has done all of it. */
static void let_work(void)
{
    char byte;

    cr_assert_eq(write(ends[0][1], "g", 1), 1);
    cr_assert_eq(read(ends[1][0], &byte, 1), 1);
}

/* The trace events, in sight of this test alone, where the system allows that. */
static void show_events(void)
{
    if (stator_calls_try() < 0 && unshare(CLONE_NEWNS) == 0 &&
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        mount("none", "/sys/kernel/tracing", "tracefs", 0, NULL);
    }
}

TestSuite(calls, .init = show_events, .timeout = 60);

/* Four times over, and little else: or not at all, where the system does not tell. */
Test(calls, those_of_the_whole_tree_count)
{
    struct stator_calls calls = {NULL, 7};
    pid_t child = start_child();
    int error = stator_calls_open(child, &calls);

    cr_expect_eq(error == 0, stator_calls_try() == 0);
    if (error == 0) {
        uint64_t before = stator_calls_read(&calls), made;

        cr_expect_eq(calls.count, 2, "a counter for each thread that was there");
        let_work();
        made = stator_calls_read(&calls) - before;
        cr_expect_geq(made, 4 * CALLS);
        cr_expect_lt(made, 4 * CALLS + 400);
        stator_calls_close(&calls);
        stator_calls_close(&calls);
    } else {
        cr_expect(error == -ENOENT || error == -EACCES || error == -EPERM || error == -ENOSYS, "%d",
                  error);
        cr_expect_eq(calls.count, 7, "untouched");
        let_work();
    }
    cr_expect_eq(write(ends[0][1], "e", 1), 1);
    cr_expect_eq(waitpid(child, NULL, 0), child);
}

Test(calls, nobody_makes_none)
{
    struct stator_calls calls;
    pid_t child = fork();

    if (child == 0) {
        _exit(0);
    }
    waitpid(child, NULL, 0);
    cr_expect_lt(stator_calls_open(child, &calls), 0);
}
