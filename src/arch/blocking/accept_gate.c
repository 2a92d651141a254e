/*
 * Starts and pauses accepting.
 *
 * A closed gate removes its listeners from the event_base: a queue that nothing accepts from would
 * wake the thread over and over.
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

struct stator_accept_gate {
    struct stator_arch *arch;
    struct stator_worker *worker;
    const struct stator_accept_gate_host *host;
    void *context;
    struct event **accepts; /* one a listener */
    struct event *resume;   /* after a pause */
    bool accepting;
    bool paused; /* no connection can be taken just now: descriptors or memory have run out */
    bool write_closed;
    struct stator_accept_grace grace;
};

void stator_accept_gate_update(struct stator_accept_gate *gate)
{
    bool accepting = !gate->write_closed && !gate->paused && gate->host->is_open(gate->context);

    for (size_t i = 0; accepting != gate->accepting && i < gate->arch->setup.listener_count; i++) {
        if (accepting) {
            event_add(gate->accepts[i], NULL);
        } else {
            event_del(gate->accepts[i]);
        }
    }
    gate->accepting = accepting;
}

/* Returns: -errno as stator_acceptor_next, or 0 where nobody more is to be let in. */
static int let_in(struct stator_accept_gate *gate, int listener, int max)
{
    for (int i = 0; i < max && (gate->write_closed || gate->host->is_open(gate->context)); i++) {
        char peer[STATOR_PEER_MAX];
        int fd = stator_acceptor_next(listener, false, peer);

        if (fd < 0) {
            return fd;
        }
        stator_accept_grace_note(&gate->grace, gate->worker->clock.monotonic);
        gate->host->enter(gate->context, fd, peer);
    }
    return 0;
}

static void on_accept(evutil_socket_t listener, short what, void *context)
{
    struct stator_accept_gate *gate = context;
    int error;

    (void)what;
    stator_activity_begin(gate->worker);
    error = let_in(gate, listener, STATOR_ACCEPT_BATCH);
    if (error < 0 && error != -EAGAIN) {
        gate->paused = true;
        stator_timer_arm(gate->resume, STATOR_ACCEPT_PAUSE_MS);
    }
    stator_accept_gate_update(gate);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct stator_accept_gate *gate = context;

    (void)fd;
    (void)what;
    stator_activity_begin(gate->worker);
    gate->paused = false;
    stator_accept_gate_update(gate);
}

static void let_in_queued(struct stator_accept_gate *gate)
{
    for (size_t i = 0; i < gate->arch->setup.listener_count; i++) {
        let_in(gate, gate->arch->setup.listeners[i], SOMAXCONN);
    }
}

void stator_accept_gate_close(struct stator_accept_gate *gate)
{
    gate->write_closed = true;
    stator_accept_gate_update(gate);
    stator_accept_grace_begin(&gate->grace, &gate->arch->setup, gate->worker->clock.monotonic);
    let_in_queued(gate);
}

bool stator_accept_gate_in_grace(struct stator_accept_gate *gate)
{
    if (!stator_accept_grace_lasts(&gate->grace, gate->worker->clock.monotonic)) {
        return false;
    }
    let_in_queued(gate);
    return true;
}

static int create_events(struct stator_accept_gate *gate, struct event_base *base)
{
    const struct stator_arch_setup *setup = &gate->arch->setup;

    gate->resume = evtimer_new(base, on_resume, gate);
    gate->accepts = calloc(setup->listener_count + 1, sizeof(struct event *));
    if (gate->resume == NULL || gate->accepts == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < setup->listener_count; i++) {
        gate->accepts[i] =
            event_new(base, setup->listeners[i], EV_READ | EV_PERSIST, on_accept, gate);
        if (gate->accepts[i] == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

int stator_accept_gate_create(struct event_base *base, struct stator_arch *arch,
                              struct stator_worker *worker,
                              const struct stator_accept_gate_host *host, void *context,
                              struct stator_accept_gate **out)
{
    struct stator_accept_gate *gate = calloc(1, sizeof(*gate));

    if (gate == NULL) {
        return -ENOMEM;
    }
    *gate = (struct stator_accept_gate){
        .arch = arch, .worker = worker, .host = host, .context = context};
    if (create_events(gate, base) < 0) {
        stator_accept_gate_destroy(gate);
        return -ENOMEM;
    }
    *out = gate;
    return 0;
}

void stator_accept_gate_destroy(struct stator_accept_gate *gate)
{
    if (gate == NULL) {
        return;
    }
    for (size_t i = 0; gate->accepts != NULL && i < gate->arch->setup.listener_count; i++) {
        if (gate->accepts[i] != NULL) {
            event_free(gate->accepts[i]);
        }
    }
    if (gate->resume != NULL) {
        event_free(gate->resume);
    }
    free(gate->accepts);
    free(gate);
}
