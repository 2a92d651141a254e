/*
 * One round of a loop.
 *
 * Knows limits, time and phases; refuses to know how the loop finds out whose turn it is. The one
 * surprising thing: a design that blocks has time limits on its sockets all the same, because
 * "readable" and "writable" are promises about a moment that has passed (select(2), "Bugs").
 */
#include "arch/event/round.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "arch/activity.h"
#include "arch/sockets/acceptor.h"

/* How long one call on one blocking socket may hold everybody up. */
#define BLOCK_MS 100

void stator_round_init(struct stator_round *round, struct stator_arch *arch, size_t piece)
{
    round->arch = arch;
    round->worker = arch->setup.workers[0];
    round->resume = 0;
    round->grace = (struct stator_accept_grace){0, 0};
    stator_worker_wake(round->worker);
    stator_client_set_init(&round->clients, round->worker);
    round->clients.piece = piece;
}

/* Ends the client unless it `goes_on`. */
static void close_finished(struct stator_client *client, bool goes_on)
{
    if (!goes_on) {
        stator_client_finish(client);
        free(client);
    }
}

void stator_round_finish(struct stator_round *round)
{
    struct stator_client *client;

    while (round->arch != NULL && (client = stator_client_set_first(&round->clients)) != NULL) {
        close_finished(client, false);
    }
    if (round->arch != NULL) {
        stator_worker_wake(round->worker);
        stator_log_batch_flush(&round->worker->log, round->worker->clock.monotonic, true);
    }
}

bool stator_round_accepts(const struct stator_round *round)
{
    return !round->worker->draining && round->worker->clock.monotonic >= round->resume;
}

/* Takes at most `most` connections. Fails: -errno as stator_client_set_accept. */
static int take(struct stator_round *round, int listener, int max)
{
    bool blocking = round->clients.piece > 0;

    for (int i = 0; i < max; i++) {
        struct stator_accepted accepted;
        struct stator_client *client;
        int error = stator_client_set_accept(&round->clients, listener, !blocking, &accepted);

        if (error < 0) {
            return error;
        }
        stator_accept_grace_note(&round->grace, round->worker->clock.monotonic);
        if (blocking) {
            stator_acceptor_limit(accepted.fd, BLOCK_MS);
        }
        client = malloc(sizeof(*client));
        if (client == NULL) {
            stator_acceptor_close(accepted.fd, true);
            return -ENOMEM;
        }
        stator_client_init(client, &round->clients, accepted.fd, accepted.peer);
    }
    return 0;
}

void stator_round_accept(struct stator_round *round, int listener)
{
    int error = take(round, listener, STATOR_ACCEPT_BATCH);

    if (error < 0 && error != -EAGAIN) {
        round->resume = round->worker->clock.monotonic + STATOR_ACCEPT_PAUSE_MS;
    }
}

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct stator_client *client = stator_client_of(deadline);

    (void)context;
    close_finished(client, stator_client_expire(client));
}

void stator_round_serve_each(struct stator_round *round, stator_round_serve_one_fn *serve_one,
                             void *context)
{
    struct stator_client *client, *next;

    for (client = stator_client_set_first(&round->clients); client != NULL; client = next) {
        next = stator_client_after(client);
        close_finished(client, serve_one(client, context));
    }
}

static bool drain(struct stator_client *client, void *context)
{
    (void)context;
    return stator_client_drain(client);
}

/* Who is in a queue already is not turned away; who is idle has no more to say. */
static void take_queued(struct stator_round *round)
{
    const struct stator_arch_setup *setup = &round->arch->setup;

    for (size_t i = 0; i < setup->listener_count; i++) {
        take(round, setup->listeners[i], SOMAXCONN);
    }
    stator_round_serve_each(round, drain, NULL);
}

static bool check_deadlines(struct stator_round *round)
{
    struct stator_worker *worker = round->worker;
    int64_t now = worker->clock.monotonic;
    enum stator_arch_phase phase = stator_arch_phase(round->arch, now);

    stator_timing_wheel_advance(&round->clients.wheel, now, on_expired, round);
    stator_log_batch_flush(&worker->log, now, false);
    if (phase == STATOR_ARCH_PHASE_DRAIN && !worker->draining) {
        worker->draining = true;
        stator_accept_grace_begin(&round->grace, &round->arch->setup, now);
        take_queued(round);
    } else if (phase == STATOR_ARCH_PHASE_DRAIN && stator_accept_grace_lasts(&round->grace, now)) {
        take_queued(round);
    }
    return phase == STATOR_ARCH_PHASE_RUN ||
           (phase == STATOR_ARCH_PHASE_DRAIN &&
            (round->clients.count > 0 || stator_accept_grace_lasts(&round->grace, now)));
}

int64_t stator_round_patience(const struct stator_round *round)
{
    int64_t now = round->worker->clock.monotonic;

    if (round->resume > now) {
        return round->resume - now;
    }
    return round->clients.count > 0 || stator_accept_grace_lasts(&round->grace, now) ||
                   stator_log_batch_waits(&round->worker->log)
               ? STATOR_DEADLINE_TICK_MS
               : -1;
}

void stator_round_run(struct stator_round *round, stator_round_wait_fn *wait,
                      stator_round_serve_fn *serve)
{
    bool goes_on = true;

    while (goes_on) {
        bool ready = wait == NULL || wait(round->arch);
        uint64_t before = round->clients.moves;

        stator_activity_begin(round->worker);
        if (ready) {
            serve(round->arch);
        }
        goes_on = check_deadlines(round);
        stator_activity_end(round->worker, round->clients.moves == before);
    }
    stator_round_finish(round);
}
