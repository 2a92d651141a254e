/*
 * The thread of a lobby.
 *
 * Knows when its thread wakes, and who comes back to it from which thread; refuses to know what
 * becomes of a guest, which is guests.c's. The one surprising thing: guests that were refused are
 * offered again before those who are back are looked at, for they have waited longer.
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

struct stator_lobby {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct event_base *base;
    struct stator_door *door;
    struct event *tick;
    struct event *stirred;
    int wake[2];
    bool drains; /* its worker may know before */

    struct stator_guests guests;

    pthread_mutex_t lock;
    struct stator_list returned; /* under the lock */
};

/* --- what it does between two waits --------------------------------------------------------- */

/* Their next requests may have come with the last ones. */
static void take_back_all(struct stator_lobby *lobby)
{
    struct stator_list back;

    pthread_mutex_lock(&lobby->lock);
    stator_list_move(&lobby->returned, &back);
    pthread_mutex_unlock(&lobby->lock);
    while (!stator_list_is_empty(&back)) {
        struct stator_list *link = back.next;

        stator_list_remove(link);
        stator_guests_take_back(STATOR_LIST_ENTRY(link, struct stator_guest, link));
    }
}

/* Who has asked already is served; who is idle is let go. */
static void begin_drain(struct stator_lobby *lobby)
{
    lobby->drains = lobby->worker->draining = true;
    stator_door_shut(lobby->door); /* who was in the queue already is not turned away */
    stator_guests_drain(&lobby->guests);
}

/* Does what the design's phase asks for. */
static void obey(struct stator_lobby *lobby)
{
    enum stator_arch_phase phase = stator_arch_phase(lobby->arch, lobby->worker->clock.monotonic);
    bool lingers;

    if (phase == STATOR_ARCH_DRAIN && !lobby->drains) {
        begin_drain(lobby);
    }
    lingers = phase == STATOR_ARCH_DRAIN && stator_door_lingers(lobby->door);
    if (lingers) {
        stator_timer_arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    } else if (phase == STATOR_ARCH_STOP ||
               (phase == STATOR_ARCH_DRAIN && lobby->guests.count == 0)) {
        event_base_loopbreak(lobby->base);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct stator_lobby *lobby = context;

    (void)fd;
    (void)what;
    stator_turn_begin(lobby->worker);
    stator_guests_expire(&lobby->guests);
    stator_log_batch_flush(&lobby->worker->log, lobby->worker->clock.monotonic, false);
    obey(lobby);
    if (lobby->guests.count > 0) {
        stator_timer_arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    }
}

static void on_stirred(evutil_socket_t fd, short what, void *context)
{
    struct stator_lobby *lobby = context;

    (void)fd;
    (void)what;
    stator_fd_wake_clear(lobby->wake);
    stator_turn_begin(lobby->worker);
    stator_guests_offer(&lobby->guests);
    take_back_all(lobby);
    obey(lobby);
}

int stator_lobby_run(struct stator_lobby *lobby)
{
    int result;

    do {
        stator_door_look(lobby->door);
        stator_turn_end(lobby->worker, !lobby->guests.moved);
        lobby->guests.moved = false;
        result = event_base_loop(lobby->base, EVLOOP_ONCE);
    } while (result == 0 && !event_base_got_break(lobby->base));
    stator_turn_end(lobby->worker, !lobby->guests.moved);
    return result < 0 ? -EIO : 0;
}

void stator_lobby_clear(struct stator_lobby *lobby)
{
    stator_worker_wake(lobby->worker);
    while (!stator_list_is_empty(&lobby->returned)) {
        /* No thread is left that could serve what it asks. */
        stator_guests_dismiss(STATOR_LIST_ENTRY(lobby->returned.next, struct stator_guest, link));
    }
    stator_guests_clear(&lobby->guests);
    stator_log_batch_flush(&lobby->worker->log, lobby->worker->clock.monotonic, true);
}

void stator_lobby_return(struct stator_guest *guest)
{
    struct stator_lobby *lobby = STATOR_LIST_ENTRY(guest->guests, struct stator_lobby, guests);

    pthread_mutex_lock(&lobby->lock);
    stator_list_append(&lobby->returned, &guest->link);
    pthread_mutex_unlock(&lobby->lock);
    stator_fd_wake(lobby->wake);
}

void stator_lobby_wake(struct stator_lobby *lobby)
{
    stator_fd_wake(lobby->wake);
}

/* --- life ---------------------------------------------------------------------------------- */

static bool has_room(void *context)
{
    return stator_guests_has_room(&((struct stator_lobby *)context)->guests);
}

static void enter(void *context, int fd, const char *peer)
{
    struct stator_lobby *lobby = context;

    stator_timer_arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    stator_guests_enter(&lobby->guests, fd, peer);
}

static const struct stator_door_host door_host = {.is_open = has_room, .enter = enter};

static int create_events(struct stator_lobby *lobby)
{
    lobby->tick = evtimer_new(lobby->base, on_tick, lobby);
    lobby->stirred =
        event_new(lobby->base, lobby->wake[0], EV_READ | EV_PERSIST, on_stirred, lobby);
    if (lobby->tick == NULL || lobby->stirred == NULL || event_add(lobby->stirred, NULL) < 0) {
        return -ENOMEM;
    }
    return stator_door_create(lobby->base, lobby->arch, lobby->worker, &door_host, lobby,
                              &lobby->door);
}

int stator_lobby_create(struct stator_arch *arch, struct stator_worker *worker,
                        const struct stator_guests_host *host, struct stator_lobby **out)
{
    struct stator_lobby *lobby = calloc(1, sizeof(*lobby));
    int error = -ENOMEM;

    if (lobby == NULL) {
        return -ENOMEM;
    }
    *lobby = (struct stator_lobby){.arch = arch, .worker = worker, .wake = {-1, -1}};
    pthread_mutex_init(&lobby->lock, NULL);
    stator_list_init(&lobby->returned);
    lobby->base = stator_backend_open(NULL);
    if (lobby->base == NULL) {
        goto fail;
    }
    error = stator_guests_init(&lobby->guests, arch, worker, host, lobby->base);
    if (error < 0) {
        goto fail;
    }
    error = stator_fd_wake_open(lobby->wake);
    if (error < 0) {
        goto fail;
    }
    error = create_events(lobby);
    if (error < 0) {
        goto fail;
    }
    *out = lobby;
    return 0;
fail:
    stator_lobby_destroy(lobby);
    return error;
}

static void destroy_event(struct event *event)
{
    if (event != NULL) {
        event_free(event);
    }
}

void stator_lobby_destroy(struct stator_lobby *lobby)
{
    if (lobby == NULL) {
        return;
    }
    stator_door_destroy(lobby->door);
    destroy_event(lobby->tick);
    stator_guests_finish(&lobby->guests);
    destroy_event(lobby->stirred);
    if (lobby->base != NULL) {
        event_base_free(lobby->base);
    }
    stator_fd_wake_close(lobby->wake);
    pthread_mutex_destroy(&lobby->lock);
    free(lobby);
}
