/*
 * The parent of a design's children.
 *
 * Knows when one is made, replaced, told and killed; refuses to know how it is made and what it
 * serves. The one surprising thing: what the parent does with clients, if anything, ends with the
 * drain's first empty queue, and not before, for children that are gone cannot do it.
 */
#include "arch/processes/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/sockets/acceptor.h"
#include "base/fd.h"

/* How long to wait with the next try where the system gives no process. */
#define NO_PROCESS_MS 1000

/* So many children in a row that crash when they are young are no accident. */
#define CRASHES 3

/* How often a parent that stops looks for who was on the way. */
#define GLANCE_MS (STATOR_ACCEPT_GRACE_MS / 20)

int stator_spawn_init(struct stator_spawn *spawn, struct stator_arch *arch,
                      const struct stator_spawn_host *host, void *context)
{
    size_t count = arch->setup.worker_count;

    *spawn =
        (struct stator_spawn){.arch = arch, .host = host, .context = context, .wake = {-1, -1}};
    if (arch->setup.listener_count > STATOR_ARCH_LISTENERS_MAX) {
        return -E2BIG;
    }
    spawn->children = calloc(count, sizeof(*spawn->children));
    spawn->polled = calloc(1 + count + arch->setup.listener_count, sizeof(*spawn->polled));
    if (spawn->children == NULL || spawn->polled == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        spawn->children[i].channel = -1;
    }
    return stator_fd_wake_open(spawn->wake);
}

void stator_spawn_finish(struct stator_spawn *spawn)
{
    if (spawn->arch != NULL) {
        stator_fd_wake_close(spawn->wake);
        free(spawn->children);
        free(spawn->polled);
    }
}

void stator_spawn_stop(struct stator_spawn *spawn)
{
    if (spawn->arch->lifeline >= 0) {
        shutdown(spawn->arch->lifeline, SHUT_RD);
    } else {
        stator_fd_wake(spawn->wake);
    }
}

int stator_spawn_start(struct stator_spawn *spawn, size_t index)
{
    struct stator_child *child = &spawn->children[index];
    int error = stator_child_start(child, spawn->arch, index, &spawn->host->life, spawn->now);

    if (error < 0) {
        return error;
    }
    spawn->alive++;
    if (spawn->told) {
        stator_child_tell(child);
    }
    return 0;
}

static void note_exit(struct stator_spawn *spawn, size_t index)
{
    struct stator_child *child = &spawn->children[index];
    bool orderly =
        stator_child_reap(child, spawn->arch->setup.workers[index]->counters, spawn->now);

    spawn->alive--;
    child->replace_on_drain = !spawn->told || !orderly;
    if (child->crashes >= CRASHES && !spawn->told) {
        stator_arch_report_condition(spawn->arch, STATOR_ARCH_CONDITION_CRASHING, spawn->alive,
                                     spawn->now);
    }
    if (spawn->host->on_exit != NULL) {
        spawn->host->on_exit(spawn->context, index);
    }
}

static void listen_to(struct stator_spawn *spawn, size_t index)
{
    for (;;) {
        char message;
        ssize_t count = recv(spawn->children[index].channel, &message, 1, 0);

        if (count == 1) {
            spawn->host->on_message(spawn->context, index, message);
        } else if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            note_exit(spawn, index);
            return;
        } else if (errno != EINTR) {
            return;
        }
    }
}

/* --- children come and go ------------------------------------------------------------------- */

static void read_clock(struct stator_spawn *spawn)
{
    struct stator_clock clock;

    stator_clock_read(&clock);
    spawn->now = clock.monotonic;
}

/* True where there is to be another child: in a drain only for what the last one has left. */
static bool is_missing(const struct stator_spawn *spawn, size_t index, enum stator_arch_phase phase)
{
    const struct stator_child *child = &spawn->children[index];

    return spawn->host->respawns && child->pid == 0 &&
           (phase == STATOR_ARCH_PHASE_RUN ||
            (phase == STATOR_ARCH_PHASE_DRAIN && child->replace_on_drain));
}

/* Makes those that are missing and due. Returns: -errno of the last that could not be made. */
static int fill(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    int error = 0;

    for (size_t i = 0; i < spawn->arch->setup.worker_count && error == 0; i++) {
        struct stator_child *child = &spawn->children[i];

        if (is_missing(spawn, i, phase) && child->due <= spawn->now) {
            error = stator_spawn_start(spawn, i);
            child->due = error < 0 ? spawn->now + NO_PROCESS_MS : 0;
        }
    }
    return error;
}

static bool is_complete(const struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    for (size_t i = 0; i < spawn->arch->setup.worker_count; i++) {
        if (is_missing(spawn, i, phase)) {
            return false;
        }
    }
    return true;
}

/* For each child that there is. */
static void tell(struct stator_spawn *spawn)
{
    for (size_t i = 0; i < spawn->arch->setup.worker_count; i++) {
        if (spawn->children[i].pid != 0) {
            stator_child_tell(&spawn->children[i]);
        }
    }
    spawn->told = true;
}

/* They had their time. By pid, which is nobody else's before it was waited for. */
static void kill_all(struct stator_spawn *spawn)
{
    for (size_t i = 0; i < spawn->arch->setup.worker_count; i++) {
        if (spawn->children[i].pid != 0) {
            kill(spawn->children[i].pid, SIGKILL);
        }
    }
}

/* Has the design accept who waits. Returns: 0 where there may be more, or -errno. */
static int accept_waiting(struct stator_spawn *spawn, size_t listener)
{
    int error = 0;

    for (int i = 0; i < STATOR_ACCEPT_BATCH && spawn->host->accepts(spawn->context) && error == 0;
         i++) {
        error = spawn->host->accept(spawn->context, listener);
        if (error == 0) {
            stator_accept_grace_note(&spawn->grace, spawn->now);
        }
    }
    if (error < 0 && error != -EAGAIN) {
        spawn->resume_at = spawn->now + STATOR_ACCEPT_PAUSE_MS;
    }
    return error;
}

/* The same for all listeners while the design drains, until nobody waits or is on the way. */
static void accept_last(struct stator_spawn *spawn)
{
    bool empty = spawn->now >= spawn->resume_at;

    for (size_t i = 0; empty && i < spawn->arch->setup.listener_count; i++) {
        empty = accept_waiting(spawn, i) == -EAGAIN;
    }
    spawn->emptied = spawn->emptied || empty;
}

/* True while the parent itself has to do with clients. */
static bool is_accepting(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    if (phase == STATOR_ARCH_PHASE_RUN) {
        return spawn->host->accepts != NULL;
    }
    return spawn->host->parent_accepts_on_drain && phase == STATOR_ARCH_PHASE_DRAIN &&
           (!spawn->emptied || stator_accept_grace_lasts(&spawn->grace, spawn->now));
}

/* --- the parent's loop ---------------------------------------------------------------------- */

/* The earlier of two moments; 0 is none. */
static int64_t earlier(int64_t one, int64_t other)
{
    return one == 0 || (other != 0 && other < one) ? other : one;
}

/* How long the parent may sleep, in ms; -1 for ever. */
static int patience(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    int64_t until = spawn->resume_at > spawn->now ? spawn->resume_at : 0;

    for (size_t i = 0; i < spawn->arch->setup.worker_count; i++) {
        until = is_missing(spawn, i, phase) ? earlier(until, spawn->children[i].due) : until;
    }
    if (phase == STATOR_ARCH_PHASE_STOP) {
        until = earlier(until, spawn->kill_at);
    } else if (phase == STATOR_ARCH_PHASE_DRAIN) {
        if (is_accepting(spawn, phase) && spawn->host->accepts(spawn->context)) {
            return GLANCE_MS;
        }
        until = earlier(until, atomic_load(&spawn->arch->drain_until));
    }
    if (until == 0) {
        return -1;
    }
    return until > spawn->now ? (int)(until - spawn->now < 60000 ? until - spawn->now : 60000) : 0;
}

/* Sleeps until a child says something or dies, somebody comes, or it is time. */
static void await(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    const struct stator_arch_setup *setup = &spawn->arch->setup;
    bool accepts = phase == STATOR_ARCH_PHASE_RUN && is_accepting(spawn, phase) &&
                   spawn->now >= spawn->resume_at && spawn->host->accepts(spawn->context);
    size_t listeners = accepts ? setup->listener_count : 0;
    size_t count = 0;

    spawn->polled[count++] = (struct pollfd){.fd = spawn->wake[0], .events = POLLIN};
    for (size_t i = 0; i < setup->worker_count; i++) {
        spawn->polled[count++] =
            (struct pollfd){.fd = spawn->children[i].channel, .events = POLLIN};
    }
    for (size_t i = 0; i < listeners; i++) {
        spawn->polled[count++] = (struct pollfd){.fd = setup->listeners[i], .events = POLLIN};
    }
    if (poll(spawn->polled, count, patience(spawn, phase)) <= 0) {
        return;
    }
    read_clock(spawn);
    stator_fd_wake_clear(spawn->wake);
    for (size_t i = 0; i < setup->worker_count; i++) {
        if (spawn->polled[1 + i].revents != 0) {
            listen_to(spawn, i);
        }
    }
    for (size_t i = 0; i < listeners; i++) {
        if (spawn->polled[1 + setup->worker_count + i].revents != 0) {
            accept_waiting(spawn, i);
        }
    }
}

/* Does what the phase asks for, once each. */
static void apply_phase(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    bool has_pending = spawn->host->has_pending != NULL && spawn->host->has_pending(spawn->context);

    if (fill(spawn, phase) < 0) {
        stator_arch_report_condition(spawn->arch, STATOR_ARCH_CONDITION_SHORTAGE, spawn->alive,
                                     spawn->now);
    }
    if (phase == STATOR_ARCH_PHASE_RUN) {
        if (has_pending && !spawn->host->respawns && spawn->now >= spawn->resume_at) {
            accept_waiting(spawn, 0);
        }
        return;
    }
    /* What is on its way to a child must be there before the line is shut. */
    if (!spawn->told &&
        (!has_pending || spawn->host->parent_accepts_on_drain || phase == STATOR_ARCH_PHASE_STOP)) {
        tell(spawn);
        stator_accept_grace_begin(&spawn->grace, &spawn->arch->setup, spawn->now);
    }
    if (is_accepting(spawn, phase)) {
        accept_last(spawn);
    }
    if (phase == STATOR_ARCH_PHASE_STOP) {
        if (spawn->kill_at == 0) {
            spawn->kill_at = spawn->now + STATOR_SPAWN_PATIENCE_MS;
        } else if (spawn->now >= spawn->kill_at) {
            kill_all(spawn);
            spawn->kill_at = spawn->now + STATOR_SPAWN_PATIENCE_MS;
        }
    }
}

static bool is_over(struct stator_spawn *spawn, enum stator_arch_phase phase)
{
    return spawn->told && spawn->alive == 0 && !is_accepting(spawn, phase) &&
           is_complete(spawn, phase);
}

int stator_spawn_run(struct stator_spawn *spawn)
{
    read_clock(spawn);
    spawn->told = spawn->emptied = false;
    spawn->kill_at = 0;
    if (spawn->host->respawns) {
        int error = fill(spawn, STATOR_ARCH_PHASE_RUN);

        if (spawn->alive == 0) {
            return error;
        }
    }
    for (;;) {
        enum stator_arch_phase phase = stator_arch_phase(spawn->arch, spawn->now);

        apply_phase(spawn, phase);
        if (is_over(spawn, phase)) {
            return 0;
        }
        await(spawn, phase);
        read_clock(spawn);
    }
}
