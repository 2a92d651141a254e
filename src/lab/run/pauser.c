/*
 * Stops and continues a process group.
 *
 * Knows two signals and two moments; refuses to know who is stopped. The one surprising thing: it
 * is a process of its own, because the caller may be killed while the group is stopped, and a
 * stopped process cannot notice that its starter has gone.
 */
#include "lab/run/pauser.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/load/clock.h"

/* Until then, however often a signal comes. */
static void sleep_until(int64_t due)
{
    struct timespec time = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

/* In the child: as long as its parent is there and the group is. */
static void pauser(pid_t parent, pid_t group, int64_t stopped, int64_t every)
{
    int64_t due = stator_load_now();
    bool goes_on = true;

    setpgid(0, 0);                          /* ^C is the parent's */
    close_range(STDERR_FILENO + 1, ~0U, 0); /* what the parent closes must be closed */
    while (goes_on) {
        due += every;
        sleep_until(due - stopped);
        if (getppid() != parent) {
            break;
        }
        goes_on = kill(-group, SIGSTOP) == 0;
        sleep_until(due);
        kill(-group, SIGCONT);
    }
    _exit(0);
}

int stator_pauser_start(pid_t group, double seconds, double every, struct stator_pauser *out)
{
    pid_t parent = getpid(), child = fork();

    if (child < 0) {
        return -errno;
    }
    if (child == 0) {
        pauser(parent, group, stator_load_ns(seconds), stator_load_ns(every));
    }
    *out = (struct stator_pauser){.pid = child, .group = group};
    return 0;
}

void stator_pauser_end(struct stator_pauser *pauser)
{
    if (pauser->pid <= 0) {
        return;
    }
    kill(pauser->pid, SIGKILL);
    while (waitpid(pauser->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    kill(-pauser->group, SIGCONT);
    *pauser = (struct stator_pauser){0, 0};
}
