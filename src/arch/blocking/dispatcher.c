/*
 * The dispatcher's thread: its events, and the connections that other threads return.
 *
 * Refused connections are offered again before returned ones are examined: they have waited longer.
 */
#include "arch/blocking/dispatcher.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

#include "arch/activity.h"
#include "arch/blocking/accept_gate.h"
#include "arch/event/backend.h"
#include "arch/event/timer.h"
#include "base/fd.h"

struct stator_dispatcher {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct event_base *base;
    struct stator_accept_gate *gate;
    struct event *tick;
    struct event *stirred;
    int wake[2];
    bool drains; /* its worker may know before */

    struct stator_idle_set idle_set;

    pthread_mutex_t lock;
    struct stator_list returned; /* under the lock */
};

/* --- what it does between two waits --------------------------------------------------------- */

/* Their next requests may have come with the last ones. */
static void take_back_all(struct stator_dispatcher *dispatcher)
{
    struct stator_list back;

    pthread_mutex_lock(&dispatcher->lock);
    stator_list_move(&dispatcher->returned, &back);
    pthread_mutex_unlock(&dispatcher->lock);
    while (!stator_list_is_empty(&back)) {
        struct stator_list *link = back.next;

        stator_list_remove(link);
        stator_idle_set_return(STATOR_LIST_ENTRY(link, struct stator_idle_conn, link));
    }
}

/* Who has asked already is served; who is idle is let go. */
static void begin_drain(struct stator_dispatcher *dispatcher)
{
    dispatcher->drains = dispatcher->worker->draining = true;
    stator_accept_gate_close(
        dispatcher->gate); /* who was in the queue already is not turned away */
    stator_idle_set_drain(&dispatcher->idle_set);
}

/* Does what the design's phase asks for. */
static void apply_phase(struct stator_dispatcher *dispatcher)
{
    enum stator_arch_phase phase =
        stator_arch_phase(dispatcher->arch, dispatcher->worker->clock.monotonic);
    bool in_grace;

    if (phase == STATOR_ARCH_PHASE_DRAIN && !dispatcher->drains) {
        begin_drain(dispatcher);
    }
    in_grace = phase == STATOR_ARCH_PHASE_DRAIN && stator_accept_gate_in_grace(dispatcher->gate);
    if (in_grace) {
        stator_timer_arm(dispatcher->tick, STATOR_DEADLINE_TICK_MS);
    } else if (phase == STATOR_ARCH_PHASE_STOP ||
               (phase == STATOR_ARCH_PHASE_DRAIN && dispatcher->idle_set.count == 0)) {
        event_base_loopbreak(dispatcher->base);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct stator_dispatcher *dispatcher = context;

    (void)fd;
    (void)what;
    stator_activity_begin(dispatcher->worker);
    stator_idle_set_expire(&dispatcher->idle_set);
    stator_log_batch_flush(&dispatcher->worker->log, dispatcher->worker->clock.monotonic, false);
    apply_phase(dispatcher);
    if (dispatcher->idle_set.count > 0) {
        stator_timer_arm(dispatcher->tick, STATOR_DEADLINE_TICK_MS);
    }
}

static void on_stirred(evutil_socket_t fd, short what, void *context)
{
    struct stator_dispatcher *dispatcher = context;

    (void)fd;
    (void)what;
    stator_fd_wake_clear(dispatcher->wake);
    stator_activity_begin(dispatcher->worker);
    stator_idle_set_offer(&dispatcher->idle_set);
    take_back_all(dispatcher);
    apply_phase(dispatcher);
}

int stator_dispatcher_run(struct stator_dispatcher *dispatcher)
{
    int result;

    do {
        stator_accept_gate_update(dispatcher->gate);
        stator_activity_end(dispatcher->worker, !dispatcher->idle_set.moved);
        dispatcher->idle_set.moved = false;
        result = event_base_loop(dispatcher->base, EVLOOP_ONCE);
    } while (result == 0 && !event_base_got_break(dispatcher->base));
    stator_activity_end(dispatcher->worker, !dispatcher->idle_set.moved);
    return result < 0 ? -EIO : 0;
}

void stator_dispatcher_clear(struct stator_dispatcher *dispatcher)
{
    stator_worker_wake(dispatcher->worker);
    while (!stator_list_is_empty(&dispatcher->returned)) {
        /* No thread is left that could serve what it asks. */
        stator_idle_set_remove(
            STATOR_LIST_ENTRY(dispatcher->returned.next, struct stator_idle_conn, link));
    }
    stator_idle_set_clear(&dispatcher->idle_set);
    stator_log_batch_flush(&dispatcher->worker->log, dispatcher->worker->clock.monotonic, true);
}

void stator_dispatcher_return(struct stator_idle_conn *idle)
{
    struct stator_dispatcher *dispatcher =
        STATOR_LIST_ENTRY(idle->idle_set, struct stator_dispatcher, idle_set);

    pthread_mutex_lock(&dispatcher->lock);
    stator_list_append(&dispatcher->returned, &idle->link);
    pthread_mutex_unlock(&dispatcher->lock);
    stator_fd_wake(dispatcher->wake);
}

void stator_dispatcher_wake(struct stator_dispatcher *dispatcher)
{
    stator_fd_wake(dispatcher->wake);
}

/* --- life ---------------------------------------------------------------------------------- */

static bool has_room(void *context)
{
    return stator_idle_set_has_room(&((struct stator_dispatcher *)context)->idle_set);
}

static void enter(void *context, int fd, const char *peer)
{
    struct stator_dispatcher *dispatcher = context;

    stator_timer_arm(dispatcher->tick, STATOR_DEADLINE_TICK_MS);
    stator_idle_set_add(&dispatcher->idle_set, fd, peer);
}

static const struct stator_accept_gate_host gate_host = {.is_open = has_room, .enter = enter};

static int create_events(struct stator_dispatcher *dispatcher)
{
    dispatcher->tick = evtimer_new(dispatcher->base, on_tick, dispatcher);
    dispatcher->stirred = event_new(dispatcher->base, dispatcher->wake[0], EV_READ | EV_PERSIST,
                                    on_stirred, dispatcher);
    if (dispatcher->tick == NULL || dispatcher->stirred == NULL ||
        event_add(dispatcher->stirred, NULL) < 0) {
        return -ENOMEM;
    }
    return stator_accept_gate_create(dispatcher->base, dispatcher->arch, dispatcher->worker,
                                     &gate_host, dispatcher, &dispatcher->gate);
}

int stator_dispatcher_create(struct stator_arch *arch, struct stator_worker *worker,
                             const struct stator_idle_set_host *host,
                             struct stator_dispatcher **out)
{
    struct stator_dispatcher *dispatcher = calloc(1, sizeof(*dispatcher));
    int error = -ENOMEM;

    if (dispatcher == NULL) {
        return -ENOMEM;
    }
    *dispatcher = (struct stator_dispatcher){.arch = arch, .worker = worker, .wake = {-1, -1}};
    pthread_mutex_init(&dispatcher->lock, NULL);
    stator_list_init(&dispatcher->returned);
    dispatcher->base = stator_backend_open(NULL);
    if (dispatcher->base == NULL) {
        goto fail;
    }
    error = stator_idle_set_init(&dispatcher->idle_set, arch, worker, host, dispatcher->base);
    if (error < 0) {
        goto fail;
    }
    error = stator_fd_wake_open(dispatcher->wake);
    if (error < 0) {
        goto fail;
    }
    error = create_events(dispatcher);
    if (error < 0) {
        goto fail;
    }
    *out = dispatcher;
    return 0;
fail:
    stator_dispatcher_destroy(dispatcher);
    return error;
}

static void destroy_event(struct event *event)
{
    if (event != NULL) {
        event_free(event);
    }
}

void stator_dispatcher_destroy(struct stator_dispatcher *dispatcher)
{
    if (dispatcher == NULL) {
        return;
    }
    stator_accept_gate_destroy(dispatcher->gate);
    destroy_event(dispatcher->tick);
    stator_idle_set_finish(&dispatcher->idle_set);
    destroy_event(dispatcher->stirred);
    if (dispatcher->base != NULL) {
        event_base_free(dispatcher->base);
    }
    stator_fd_wake_close(dispatcher->wake);
    pthread_mutex_destroy(&dispatcher->lock);
    free(dispatcher);
}
