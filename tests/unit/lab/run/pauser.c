/* Who is stalled stands still and goes on, whatever becomes of who stalls. */
#include "lab/run/pauser.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/run/process.h"

/* A process in a group of its own that only waits. */
static pid_t start_sleeper(void)
{
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        for (;;) {
            pause();
        }
    }
    setpgid(child, child);
    return child;
}

/* Waits until it is in that state, 'T' or another one. True if it ever was. */
static bool await_state(pid_t pid, bool stopped)
{
    struct timespec moment = {.tv_nsec = 1000000};
    struct stator_process process = {0};

    for (int i = 0; i < 20000; i++) {
        if (stator_process_read(pid, &process) == 0 && (process.state == 'T') == stopped) {
            return true;
        }
        nanosleep(&moment, NULL);
    }
    return false;
}

static void end(pid_t sleeper)
{
    kill(sleeper, SIGKILL);
    cr_expect_eq(waitpid(sleeper, NULL, 0), sleeper);
    cr_expect_lt(waitpid(-1, NULL, WNOHANG), 0, "something is left");
}

TestSuite(pauser, .timeout = 60);

Test(pauser, stops_and_continues_in_turn)
{
    struct stator_pauser pauser = {0, 0};
    pid_t sleeper = start_sleeper();

    stator_pauser_end(&pauser); /* nothing is stalled */
    cr_assert_eq(stator_pauser_start(sleeper, 0.02, 0.05, &pauser), 0);
    for (int i = 0; i < 3; i++) {
        cr_expect(await_state(sleeper, true));
        cr_expect(await_state(sleeper, false));
    }
    stator_pauser_end(&pauser);
    stator_pauser_end(&pauser);
    end(sleeper);
}

/* A stop that would last for ever ends with it. */
Test(pauser, what_is_ended_goes_on)
{
    struct stator_pauser pauser;
    pid_t sleeper = start_sleeper();

    cr_assert_eq(stator_pauser_start(sleeper, 1000, 1000.01, &pauser), 0);
    cr_expect(await_state(sleeper, true));
    stator_pauser_end(&pauser);
    cr_expect(await_state(sleeper, false));
    end(sleeper);
}

/* Who stalls is killed in the midst of it: the group goes on, and nobody stops it again. */
Test(pauser, goes_on_though_the_caller_was_killed)
{
    pid_t sleeper = start_sleeper(), caller;

    prctl(PR_SET_CHILD_SUBREAPER, 1UL);
    caller = fork();
    if (caller == 0) {
        struct stator_pauser pauser;

        stator_pauser_start(sleeper, 0.1, 0.2, &pauser);
        pause();
    }
    cr_expect(await_state(sleeper, true));
    kill(caller, SIGKILL);
    cr_expect_eq(waitpid(caller, NULL, 0), caller);
    cr_expect_gt(waitpid(-1, NULL, 0), 0, "who did it has ended");
    cr_expect(await_state(sleeper, false));
    end(sleeper);
}
