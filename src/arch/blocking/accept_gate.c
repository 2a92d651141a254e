/*
 * Who is let in.
 *
 * Knows when to accept and when to pause; refuses to know what becomes of a connection. The one
 * surprising thing: a closed door does not wait for its listeners at all, for a queue that nobody
 * takes from would wake the thread over and over.
 */
#include "arch/blocking/accept_gate.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/activity.h"
#include "arch/event/timer.h"
#include "arch/sockets/accept_grace.h"
#include "arch/sockets/acceptor.h"

struct stator_door {
    struct stator_arch *arch;
    struct stator_worker *worker;
    const struct stator_door_host *host;
    void *context;
    struct event **accepts; /* one a listener */
    struct event *resume;   /* after a pause */
    bool accepting;
    bool paused; /* no connection can be taken just now: descriptors or memory have run out */
    bool shut;
    struct stator_linger linger;
};

void stator_door_look(struct stator_door *door)
{
    bool accepting = !door->shut && !door->paused && door->host->is_open(door->context);

    for (size_t i = 0; accepting != door->accepting && i < door->arch->setup.listener_count; i++) {
        if (accepting) {
            event_add(door->accepts[i], NULL);
        } else {
            event_del(door->accepts[i]);
        }
    }
    door->accepting = accepting;
}

/* Returns: -errno as stator_acceptor_next, or 0 where nobody more is to be let in. */
static int let_in(struct stator_door *door, int listener, int most)
{
    for (int i = 0; i < most && (door->shut || door->host->is_open(door->context)); i++) {
        char peer[STATOR_PEER_MAX];
        int fd = stator_acceptor_next(listener, false, peer);

        if (fd < 0) {
            return fd;
        }
        stator_linger_note(&door->linger, door->worker->clock.monotonic);
        door->host->enter(door->context, fd, peer);
    }
    return 0;
}

static void on_accept(evutil_socket_t listener, short what, void *context)
{
    struct stator_door *door = context;
    int error;

    (void)what;
    stator_turn_begin(door->worker);
    error = let_in(door, listener, STATOR_ACCEPT_BATCH);
    if (error < 0 && error != -EAGAIN) {
        door->paused = true;
        stator_timer_arm(door->resume, STATOR_ACCEPT_PAUSE_MS);
    }
    stator_door_look(door);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct stator_door *door = context;

    (void)fd;
    (void)what;
    stator_turn_begin(door->worker);
    door->paused = false;
    stator_door_look(door);
}

static void let_in_queued(struct stator_door *door)
{
    for (size_t i = 0; i < door->arch->setup.listener_count; i++) {
        let_in(door, door->arch->setup.listeners[i], SOMAXCONN);
    }
}

void stator_door_shut(struct stator_door *door)
{
    door->shut = true;
    stator_door_look(door);
    stator_linger_begin(&door->linger, &door->arch->setup, door->worker->clock.monotonic);
    let_in_queued(door);
}

bool stator_door_lingers(struct stator_door *door)
{
    if (!stator_linger_lasts(&door->linger, door->worker->clock.monotonic)) {
        return false;
    }
    let_in_queued(door);
    return true;
}

static int create_events(struct stator_door *door, struct event_base *base)
{
    const struct stator_arch_setup *setup = &door->arch->setup;

    door->resume = evtimer_new(base, on_resume, door);
    door->accepts = calloc(setup->listener_count + 1, sizeof(struct event *));
    if (door->resume == NULL || door->accepts == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < setup->listener_count; i++) {
        door->accepts[i] =
            event_new(base, setup->listeners[i], EV_READ | EV_PERSIST, on_accept, door);
        if (door->accepts[i] == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

int stator_door_create(struct event_base *base, struct stator_arch *arch,
                       struct stator_worker *worker, const struct stator_door_host *host,
                       void *context, struct stator_door **out)
{
    struct stator_door *door = calloc(1, sizeof(*door));

    if (door == NULL) {
        return -ENOMEM;
    }
    *door = (struct stator_door){.arch = arch, .worker = worker, .host = host, .context = context};
    if (create_events(door, base) < 0) {
        stator_door_destroy(door);
        return -ENOMEM;
    }
    *out = door;
    return 0;
}

void stator_door_destroy(struct stator_door *door)
{
    if (door == NULL) {
        return;
    }
    for (size_t i = 0; door->accepts != NULL && i < door->arch->setup.listener_count; i++) {
        if (door->accepts[i] != NULL) {
            event_free(door->accepts[i]);
        }
    }
    if (door->resume != NULL) {
        event_free(door->resume);
    }
    free(door->accepts);
    free(door);
}
