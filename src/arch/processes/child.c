/*
 * A child process of a design: how it begins, and how it ends.
 *
 * Knows fork and the line to the parent; refuses to know why there is a child and what it serves.
 * The one surprising thing: a child closes everything that it does not need by name, for its parent
 * may be a program with files, pipes and other servers of its own, which must not be held open
 * here.
 */
#include "arch/processes/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/processes/respawn.h"
#include "base/fd.h"

static void close_strangers(const struct stator_arch *arch, int extra)
{
    const struct stator_arch_setup *setup = &arch->setup;
    int keep[STATOR_ARCH_LISTENERS_MAX + STATOR_WORKER_FDS + 2];
    size_t count = stator_worker_fds(setup->workers[0], keep);

    for (size_t i = 0; i < setup->listener_count; i++) {
        keep[count++] = setup->listeners[i];
    }
    keep[count++] = arch->lifeline;
    if (extra >= 0) {
        keep[count++] = extra;
    }
    stator_fd_close_others(keep, count);
}

/* The whole life. Signals are blocked until whoever handles them can stop this process alone. */
__attribute__((noreturn)) static void live(struct stator_arch *arch, size_t index,
                                           const struct stator_child_life *life, int channel,
                                           const sigset_t *mask)
{
    int extra = -1;

    arch->lifeline = channel;
    arch->setup.workers += index;
    arch->setup.worker_count = 1;
    if (life->choose_listeners != NULL) {
        extra = life->choose_listeners(arch, index);
    }
    close_strangers(arch, extra);
    pthread_sigmask(SIG_SETMASK, mask, NULL);
    life->serve(arch);
    stator_log_batch_finish(&arch->setup.workers[0]->log);
    _exit(EXIT_SUCCESS); /* what else the parent would do at its end is not this one's business */
}

static int open_channel(int out[2])
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) {
        return -errno;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(pair[i], F_SETFD, FD_CLOEXEC);
        out[i] = pair[i];
    }
    return stator_fd_set_nonblocking(out[0], true);
}

int stator_child_start(struct stator_child *child, struct stator_arch *arch, size_t index,
                       const struct stator_child_life *life, int64_t now)
{
    sigset_t all, before;
    int channel[2];
    int error = open_channel(channel);

    if (error < 0) {
        return error;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    pid_t pid = fork();

    if (pid == 0) {
        live(arch, index, life, channel[1], &before);
    }
    error = pid < 0 ? -errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    stator_fd_close(&channel[1]);
    if (error < 0) {
        stator_fd_close(&channel[0]);
        return error;
    }
    child->pid = pid;
    child->channel = channel[0];
    child->born = now;
    return 0;
}

void stator_child_tell(struct stator_child *child)
{
    shutdown(child->channel, SHUT_WR);
}

bool stator_child_reap(struct stator_child *child, struct stator_counters *counters, int64_t now)
{
    uint64_t open;
    bool orderly;
    int status = 0;

    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    orderly = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
    open = stator_counter_read(&counters->accepted) - stator_counter_read(&counters->closed);
    stator_fd_close(&child->channel);
    child->pid = 0;
    child->due = now + stator_respawn_delay(now - child->born, &child->deaths);
    child->crashes = orderly || child->deaths == 0 ? 0 : child->crashes + 1;
    stator_counter_add(&counters->closed, open);
    atomic_store_explicit(&counters->queued, 0, memory_order_relaxed);
    return orderly;
}
