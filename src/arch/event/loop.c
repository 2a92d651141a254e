/*
 * One event loop: accepts, ticks, drains.
 *
 * Knows libevent's base and when to stop; refuses to know what happens on a connection. The one
 * surprising thing: an idle loop has no timer at all; the tick runs only while there are clients or
 * log lines to look after.
 */
#include "arch/event/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/activity.h"
#include "arch/event/backend.h"
#include "arch/event/balance.h"
#include "arch/event/event_driver.h"
#include "arch/event/timer.h"
#include "arch/sockets/accept_grace.h"
#include "arch/sockets/acceptor.h"
#include "base/fd.h"

/* The highest descriptor that select(2) can wait for is FD_SETSIZE - 1; libevent aborts past it. */
#define SELECT_FDS 1024

struct stator_loop {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct event_base *base;
    struct stator_event_driver driver;
    struct stator_balance balance;
    struct event **accepts; /* one a listener */
    struct event *tick;
    struct event *resume; /* accepting again after a pause */
    struct event *stirred;
    struct event *told; /* in a child: by its parent, or by its end; else NULL */
    int wake[2];
    bool paused;
    struct stator_accept_grace grace;
    uint64_t moves; /* of its clients, when the last turn ended */
};

/* True while a drain goes on accepting. */
static bool is_lingering(const struct stator_loop *loop)
{
    return stator_accept_grace_lasts(&loop->grace, loop->worker->clock.monotonic);
}

/* The tick runs while there is something that time can change. */
static void keep_ticking(struct stator_loop *loop)
{
    if (loop->driver.clients.count > 0 || is_lingering(loop) ||
        stator_log_batch_waits(&loop->worker->log)) {
        stator_timer_arm(loop->tick, STATOR_DEADLINE_TICK_MS);
    }
}

static void pause_accepting(struct stator_loop *loop)
{
    for (size_t i = 0; i < loop->arch->setup.listener_count; i++) {
        event_del(loop->accepts[i]);
    }
    loop->paused = true;
    stator_timer_arm(loop->resume, STATOR_ACCEPT_PAUSE_MS);
}

/* Takes at most `most` connections. Fails: -errno as stator_acceptor_next. */
static int take(struct stator_loop *loop, int listener, int max)
{
    for (int i = 0; i < max; i++) {
        struct stator_accepted accepted;
        int error = stator_client_set_accept(&loop->driver.clients, listener, true, &accepted);

        if (error < 0) {
            return error;
        }
        stator_accept_grace_note(&loop->grace, loop->worker->clock.monotonic);
        loop->driver.clients.moves++; /* though the client may go to another loop */
        if (!stator_balance_hand_on(&loop->balance, &accepted)) {
            stator_event_driver_add(&loop->driver, accepted.fd, accepted.peer);
        }
    }
    return 0;
}

/* Takes what other loops handed on. */
static void take_handed(struct stator_loop *loop)
{
    struct stator_accepted accepted;
    bool took = false;

    while (stator_balance_take(&loop->balance, &accepted)) {
        stator_event_driver_add(&loop->driver, accepted.fd, accepted.peer);
        took = true;
    }
    if (took && loop->worker->draining) {
        stator_event_driver_drain(&loop->driver); /* the new ones too */
    }
}

static void on_accept(evutil_socket_t listener, short what, void *context)
{
    struct stator_loop *loop = context;
    int error;

    (void)what;
    stator_activity_begin(loop->worker);
    error = take(loop, listener, STATOR_ACCEPT_BATCH);
    if (error < 0 && error != -EAGAIN) {
        pause_accepting(loop);
    }
    keep_ticking(loop);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct stator_loop *loop = context;

    (void)fd;
    (void)what;
    stator_activity_begin(loop->worker);
    loop->paused = false;
    if (loop->worker->draining) {
        return;
    }
    for (size_t i = 0; i < loop->arch->setup.listener_count; i++) {
        event_add(loop->accepts[i], NULL);
    }
}

static void take_queued(struct stator_loop *loop)
{
    for (size_t i = 0; i < loop->arch->setup.listener_count; i++) {
        take(loop, loop->arch->setup.listeners[i], SOMAXCONN);
    }
    stator_event_driver_drain(&loop->driver);
}

/* Who is in the queue already, or will be there in a moment, is not turned away. */
static void begin_drain(struct stator_loop *loop)
{
    const struct stator_arch_setup *setup = &loop->arch->setup;

    loop->worker->draining = true;
    stator_accept_grace_begin(&loop->grace, setup, loop->worker->clock.monotonic);
    for (size_t i = 0; i < setup->listener_count; i++) {
        event_del(loop->accepts[i]);
    }
    take_queued(loop);
}

/* Nobody is left, and nobody can come any more. */
static bool is_drained(struct stator_loop *loop)
{
    return !is_lingering(loop) && loop->driver.clients.count == 0 &&
           stator_conn_queue_close(&loop->balance.queue);
}

/* Does what the design's phase asks for. */
static void apply_phase(struct stator_loop *loop)
{
    enum stator_arch_phase phase = stator_arch_phase(loop->arch, loop->worker->clock.monotonic);

    if (phase == STATOR_ARCH_PHASE_DRAIN && !loop->worker->draining) {
        begin_drain(loop);
    } else if (phase == STATOR_ARCH_PHASE_DRAIN && is_lingering(loop)) {
        take_queued(loop);
    }
    if (phase == STATOR_ARCH_PHASE_STOP || (phase == STATOR_ARCH_PHASE_DRAIN && is_drained(loop))) {
        event_base_loopbreak(loop->base);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct stator_loop *loop = context;

    (void)fd;
    (void)what;
    stator_activity_begin(loop->worker);
    stator_event_driver_tick(&loop->driver);
    stator_log_batch_flush(&loop->worker->log, loop->worker->clock.monotonic, false);
    apply_phase(loop);
    keep_ticking(loop);
}

static void on_stirred(evutil_socket_t fd, short what, void *context)
{
    struct stator_loop *loop = context;

    (void)fd;
    (void)what;
    stator_fd_wake_clear(loop->wake);
    stator_activity_begin(loop->worker);
    take_handed(loop);
    stator_event_driver_collect(&loop->driver);
    apply_phase(loop);
    keep_ticking(loop);
}

static void on_told(evutil_socket_t fd, short what, void *context)
{
    struct stator_loop *loop = context;

    (void)fd;
    (void)what;
    stator_activity_begin(loop->worker);
    apply_phase(loop);
    keep_ticking(loop);
}

static int create_accepts(struct stator_loop *loop)
{
    size_t count = loop->arch->setup.listener_count;

    loop->accepts = calloc(count + 1, sizeof(struct event *));
    if (loop->accepts == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        loop->accepts[i] = event_new(loop->base, loop->arch->setup.listeners[i],
                                     EV_READ | EV_PERSIST, on_accept, loop);
        if (loop->accepts[i] == NULL || event_add(loop->accepts[i], NULL) < 0) {
            return -ENOMEM;
        }
    }
    return 0;
}

static int create_events(struct stator_loop *loop)
{
    loop->tick = evtimer_new(loop->base, on_tick, loop);
    loop->resume = evtimer_new(loop->base, on_resume, loop);
    loop->stirred = event_new(loop->base, loop->wake[0], EV_READ | EV_PERSIST, on_stirred, loop);
    if (loop->tick == NULL || loop->resume == NULL || loop->stirred == NULL ||
        event_add(loop->stirred, NULL) < 0) {
        return -ENOMEM;
    }
    if (loop->arch->lifeline >= 0) {
        loop->told = event_new(loop->base, loop->arch->lifeline, EV_READ, on_told, loop);
        if (loop->told == NULL || event_add(loop->told, NULL) < 0) {
            return -ENOMEM;
        }
    }
    return create_accepts(loop);
}

static void wake_for_handed(struct stator_balance *balance)
{
    stator_loop_wake(STATOR_LIST_ENTRY(balance, struct stator_loop, balance));
}

int stator_loop_create(struct stator_arch *arch, struct stator_worker *worker, const char *backend,
                       struct stator_loop **out)
{
    struct stator_loop *loop = calloc(1, sizeof(*loop));
    int error = -ENOTSUP;

    if (loop == NULL) {
        return -ENOMEM;
    }
    *loop = (struct stator_loop){.arch = arch, .worker = worker, .wake = {-1, -1}};
    loop->base = stator_backend_open(backend);
    stator_event_driver_init(&loop->driver, loop->base, worker);
    if (loop->base == NULL) {
        goto fail;
    }
    error = stator_balance_init(&loop->balance, worker->counters, worker->limits.max_connections,
                                wake_for_handed);
    if (error < 0) {
        goto fail;
    }
    loop->driver.clients.fd_limit =
        strcmp(event_base_get_method(loop->base), "select") == 0 ? SELECT_FDS : 0;
    error = stator_fd_wake_open(loop->wake);
    if (error < 0) {
        goto fail;
    }
    error = create_events(loop);
    if (error < 0) {
        goto fail;
    }
    *out = loop;
    return 0;
fail:
    stator_loop_destroy(loop);
    return error;
}

static void destroy_event(struct event *event)
{
    if (event != NULL) {
        event_free(event);
    }
}

void stator_loop_destroy(struct stator_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    stator_event_driver_finish(&loop->driver);
    stator_balance_finish(&loop->balance);
    for (size_t i = 0; loop->accepts != NULL && i < loop->arch->setup.listener_count; i++) {
        destroy_event(loop->accepts[i]);
    }
    free(loop->accepts);
    destroy_event(loop->tick);
    destroy_event(loop->resume);
    destroy_event(loop->stirred);
    destroy_event(loop->told);
    if (loop->base != NULL) {
        event_base_free(loop->base);
    }
    stator_fd_wake_close(loop->wake);
    free(loop);
}

void stator_loop_retire(struct stator_loop *loop)
{
    stator_conn_queue_shut(&loop->balance.queue);
}

static void end_activity(struct stator_loop *loop)
{
    uint64_t moves = loop->driver.clients.moves;

    stator_activity_end(loop->worker, moves == loop->moves);
    loop->moves = moves;
}

/* libevent does not tell of its waits: a turn begins with the first callback after one. */
int stator_loop_run(struct stator_loop *loop)
{
    int result;

    do {
        result = event_base_loop(loop->base, EVLOOP_ONCE);
        end_activity(loop);
    } while (result == 0 && !event_base_got_break(loop->base));
    stator_loop_retire(loop);
    stator_event_driver_finish(&loop->driver);
    stator_worker_wake(loop->worker);
    stator_log_batch_flush(&loop->worker->log, loop->worker->clock.monotonic, true);
    return result < 0 ? -EIO : 0;
}

void stator_loop_delegate(struct stator_loop *loop, struct stator_io_helpers *io_helpers)
{
    loop->driver.clients.io_helpers = io_helpers;
    loop->worker->defers = true;
}

void stator_loop_wake(struct stator_loop *loop)
{
    stator_fd_wake(loop->wake);
}

struct stator_balance *stator_loop_balance(struct stator_loop *loop)
{
    return &loop->balance;
}
