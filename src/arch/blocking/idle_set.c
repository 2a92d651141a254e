/*
 * Connections between two requests.
 *
 * Knows when a head is whole and when a silent client has had its time; refuses to know who serves,
 * and in which order. The one surprising thing: an unfinished head is stepped here, by the lobby's
 * own worker, so that what is wrong with it is answered as early as in any other design; the answer
 * is sent by whoever takes the guest, because a lobby never waits for one client.
 */
#include "arch/blocking/idle_set.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "arch/activity.h"
#include "arch/event/timer.h"
#include "arch/sockets/acceptor.h"
#include "arch/sockets/send.h"

static struct stator_guest *guest_at(struct stator_list *link)
{
    return STATOR_LIST_ENTRY(link, struct stator_guest, link);
}

/* --- what became of a guest ---------------------------------------------------------------- */

/* Nothing of the lobby's refers to the guest any more. */
static void release(struct stator_guest *guest)
{
    stator_list_remove(&guest->link);
    stator_deadline_clear(&guest->guests->wheel, &guest->deadline);
    event_del(&guest->readable);
}

void stator_guests_dismiss(struct stator_guest *guest)
{
    struct stator_guests *guests = guest->guests;

    release(guest);
    if (!guest->over) {
        stator_block_close(&guest->block);
    }
    guests->count--;
    guests->moved = true;
    stator_counter_add(&guests->worker->counters->closed, 1);
    free(guest);
}

void stator_guests_offer(struct stator_guests *guests)
{
    while (!stator_list_is_empty(&guests->waiting)) {
        struct stator_guest *guest = guest_at(guests->waiting.next);

        stator_list_remove(&guest->link);
        if (!guests->host->take(guests->arch, guest)) {
            stator_list_push(&guests->waiting, &guest->link);
            stator_timer_arm(guests->again, STATOR_ACCEPT_PAUSE_MS);
            return;
        }
        guests->moved = true;
    }
}

/* The guest has asked: it is no longer the lobby's to watch. */
static void offer(struct stator_guest *guest)
{
    release(guest);
    stator_list_append(&guest->guests->waiting, &guest->link);
    stator_guests_offer(guest->guests);
}

static void watch(struct stator_guest *guest)
{
    struct stator_guests *guests = guest->guests;

    stator_list_remove(&guest->link);
    stator_list_append(&guests->watched, &guest->link);
    stator_deadline_set(&guests->wheel, &guest->deadline, guest->block.conn.deadline);
    if (event_add(&guest->readable, NULL) < 0) {
        guest->block.conn.reset = true;
        stator_guests_dismiss(guest);
    }
}

/* True where an empty line has come: all of a head is there, or what the parser will refuse. */
static bool has_head(struct stator_guest *guest)
{
    struct stator_span in = guest->block.in;
    size_t from = guest->searched;

    guest->searched = in.length;
    for (size_t i = from < 3 ? 0 : from - 3; i + 1 < in.length; i++) {
        const char *at = in.at + i;

        if (at[0] == '\n' &&
            (at[1] == '\n' || (i + 2 < in.length && at[1] == '\r' && at[2] == '\n'))) {
            return true;
        }
    }
    return false;
}

/* Puts away what the lobby's worker wrote, for another one to send. */
static void keep_and_offer(struct stator_guest *guest)
{
    struct stator_block *block = &guest->block;

    if (stator_conn_stall(&block->conn, &block->in, &block->out) < 0) {
        block->conn.reset = true;
        stator_guests_dismiss(guest);
    } else {
        offer(guest);
    }
}

/* Decides what becomes of a guest, from what it has sent so far. May end it. */
static void look_at(struct stator_guest *guest)
{
    struct stator_block *block = &guest->block;

    if (block->conn.state != STATOR_CONN_LINGER && has_head(guest)) {
        offer(guest);
        return;
    }
    block->conn.single = true;
    block->want = stator_conn_step(&block->conn, &block->in, &block->out);
    if (!stator_output_is_empty(&block->out)) {
        keep_and_offer(guest);
        return;
    }
    stator_block_end_sending(block);
    if (block->want == STATOR_WANT_READ || block->want == STATOR_WANT_LINGER) {
        watch(guest);
    } else {
        stator_guests_dismiss(guest);
    }
}

/* Takes what came. */
static void receive(struct stator_guest *guest)
{
    int error = stator_block_receive(&guest->block);

    guest->guests->moved = guest->guests->moved || error != -EAGAIN;
    if (error < 0 && error != -EAGAIN) {
        stator_guests_dismiss(guest);
    } else {
        look_at(guest);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct stator_guest *guest = context;

    (void)fd;
    (void)what;
    stator_turn_begin(guest->guests->worker);
    receive(guest);
}

/* --- coming, and coming back ---------------------------------------------------------------- */

bool stator_guests_has_room(const struct stator_guests *guests)
{
    size_t most = guests->worker->policy.max_connections * guests->arch->setup.worker_count;

    return guests->count < most && stator_list_is_empty(&guests->waiting) &&
           (guests->host->has_room == NULL || guests->host->has_room(guests->arch));
}

void stator_guests_enter(struct stator_guests *guests, int fd, const char *peer)
{
    struct stator_guest *guest = malloc(sizeof(*guest)); /* mostly input that is never touched */

    if (guest == NULL) {
        stator_acceptor_close(fd, true);
        return;
    }
    guest->guests = guests;
    guest->searched = 0;
    guest->over = false;
    stator_list_init(&guest->link);
    stator_deadline_init(&guest->deadline);
    stator_block_open(&guest->block, fd, peer);
    event_assign(&guest->readable, guests->base, fd, EV_READ, on_readable, guest);
    guests->count++;
    guests->moved = true;
    stator_counter_add(&guests->worker->counters->accepted, 1);
    if (guests->host->at_once) {
        offer(guest);
    } else {
        stator_block_adopt(&guest->block, guests->worker);
        receive(guest); /* the request is often there already */
    }
}

void stator_guests_take_back(struct stator_guest *guest)
{
    guest->guests->moved = true;
    if (guest->over) {
        stator_guests_dismiss(guest);
        return;
    }
    stator_block_adopt(&guest->block, guest->guests->worker);
    /* Within a head the parser has seen all that is there: only what is new can end it. */
    guest->searched = guest->block.conn.state == STATOR_CONN_HEAD ? guest->block.in.length : 0;
    look_at(guest);
}

/* --- time, and the end ----------------------------------------------------------------------- */

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct stator_guest *guest = STATOR_LIST_ENTRY(deadline, struct stator_guest, deadline);
    struct stator_block *block = &guest->block;

    (void)context;
    block->out.queued = stator_transfer_queued(block->fd, 0);
    block->want = stator_conn_expire(&block->conn, block->want, &block->out);
    if (!stator_output_is_empty(&block->out)) {
        keep_and_offer(guest);
    } else if (block->want == STATOR_WANT_CLOSE) {
        stator_guests_dismiss(guest);
    } else {
        stator_deadline_set(&guest->guests->wheel, deadline, block->conn.deadline);
    }
}

void stator_guests_expire(struct stator_guests *guests)
{
    stator_wheel_turn(&guests->wheel, guests->worker->clock.monotonic, on_expired, NULL);
}

void stator_guests_drain(struct stator_guests *guests)
{
    struct stator_list before;

    stator_list_move(&guests->watched, &before);
    while (!stator_list_is_empty(&before)) {
        struct stator_guest *guest = guest_at(before.next);

        stator_conn_drain(&guest->block.conn, &guest->block.out);
        receive(guest);
    }
}

static void dismiss_all(struct stator_list *list)
{
    while (!stator_list_is_empty(list)) {
        stator_guests_dismiss(guest_at(list->next));
    }
}

void stator_guests_clear(struct stator_guests *guests)
{
    dismiss_all(&guests->watched);
    dismiss_all(&guests->waiting);
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
    struct stator_guests *guests = context;

    (void)fd;
    (void)what;
    stator_turn_begin(guests->worker);
    stator_guests_offer(guests);
}

int stator_guests_init(struct stator_guests *guests, struct stator_arch *arch,
                       struct stator_worker *worker, const struct stator_guests_host *host,
                       struct event_base *base)
{
    *guests = (struct stator_guests){.arch = arch, .worker = worker, .host = host, .base = base};
    stator_list_init(&guests->watched);
    stator_list_init(&guests->waiting);
    stator_wheel_init(&guests->wheel, worker->clock.monotonic);
    guests->again = evtimer_new(base, on_again, guests);
    return guests->again != NULL ? 0 : -ENOMEM;
}

void stator_guests_finish(struct stator_guests *guests)
{
    if (guests->again != NULL) {
        event_free(guests->again);
        guests->again = NULL;
    }
}
