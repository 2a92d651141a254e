/*
 * Connections between two requests.
 *
 * Knows when a head is whole and when a silent client has had its time; refuses to know who serves,
 * and in which order. The one surprising thing: an unfinished head is stepped here, by the lobby's
 * own worker, so that what is wrong with it is answered as early as in any other design; the answer
 * is sent by whoever takes the guest, because a lobby never waits for one client.
 */
#include "arch/lobby.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

#include "arch/acceptor.h"
#include "arch/backend.h"
#include "arch/door.h"
#include "arch/turn.h"
#include "base/fd.h"

struct stator_lobby {
    struct stator_arch *arch;
    struct stator_worker *worker;
    const struct stator_lobby_host *host;
    struct event_base *base;
    struct stator_door *door;
    struct event *tick;
    struct event *again; /* offers what was refused once more, after a pause */
    struct event *stirred;
    int wake[2];

    struct stator_list watched; /* guests that have not asked yet */
    struct stator_list waiting; /* guests that have, and that nobody could take */
    struct stator_wheel wheel;
    size_t count; /* guests, those handed over among them */
    bool moved;   /* in this turn bytes or guests came or went */

    pthread_mutex_t lock;
    struct stator_list returned; /* under the lock */
};

static void arm(struct event *timer, int64_t ms)
{
    struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    if (!evtimer_pending(timer, NULL)) {
        evtimer_add(timer, &delay);
    }
}

static struct stator_guest *guest_at(struct stator_list *link)
{
    return STATOR_LIST_ENTRY(link, struct stator_guest, link);
}

/* Moves all links of `from` to `to`, which is made empty first. */
static void move_all(struct stator_list *from, struct stator_list *to)
{
    stator_list_init(to);
    while (!stator_list_is_empty(from)) {
        struct stator_list *link = from->next;

        stator_list_remove(link);
        stator_list_append(to, link);
    }
}

/* --- what became of a guest ---------------------------------------------------------------- */

/* Nothing of the lobby's refers to the guest any more. */
static void release(struct stator_guest *guest)
{
    stator_list_remove(&guest->link);
    stator_deadline_clear(&guest->lobby->wheel, &guest->deadline);
    event_del(&guest->readable);
}

static void dismiss(struct stator_guest *guest)
{
    struct stator_lobby *lobby = guest->lobby;

    release(guest);
    if (!guest->over) {
        stator_block_close(&guest->block);
    }
    lobby->count--;
    lobby->moved = true;
    stator_counter_add(&lobby->worker->counters->closed, 1);
    free(guest);
}

/* Hands over, in the order in which they asked, as many as are taken. */
static void offer_all(struct stator_lobby *lobby)
{
    while (!stator_list_is_empty(&lobby->waiting)) {
        struct stator_guest *guest = guest_at(lobby->waiting.next);

        stator_list_remove(&guest->link);
        if (!lobby->host->take(lobby->arch, guest)) {
            stator_list_push(&lobby->waiting, &guest->link);
            arm(lobby->again, STATOR_ACCEPT_PAUSE_MS);
            return;
        }
        lobby->moved = true;
    }
}

/* The guest has asked: it is no longer the lobby's to watch. */
static void offer(struct stator_guest *guest)
{
    release(guest);
    stator_list_append(&guest->lobby->waiting, &guest->link);
    offer_all(guest->lobby);
}

static void watch(struct stator_guest *guest)
{
    struct stator_lobby *lobby = guest->lobby;

    stator_list_remove(&guest->link);
    stator_list_append(&lobby->watched, &guest->link);
    stator_deadline_set(&lobby->wheel, &guest->deadline, guest->block.conn.deadline);
    if (event_add(&guest->readable, NULL) < 0) {
        guest->block.conn.reset = true;
        dismiss(guest);
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
        dismiss(guest);
    } else {
        offer(guest);
    }
}

/* Decides what becomes of a guest, from what it has sent so far. May end it. */
static void look_at(struct stator_guest *guest)
{
    struct stator_block *block = &guest->block;

    if (has_head(guest)) {
        offer(guest);
        return;
    }
    block->conn.single = true;
    block->want = stator_conn_step(&block->conn, &block->in, &block->out);
    if (!stator_output_is_empty(&block->out)) {
        keep_and_offer(guest);
    } else if (block->want == STATOR_WANT_READ) {
        watch(guest);
    } else {
        dismiss(guest);
    }
}

/* Takes what came. */
static void receive(struct stator_guest *guest)
{
    int error = stator_block_receive(&guest->block);

    guest->lobby->moved = guest->lobby->moved || error != -EAGAIN;
    if (error < 0 && error != -EAGAIN) {
        dismiss(guest);
    } else {
        look_at(guest);
    }
}

/* --- what the lobby's thread does between two waits ---------------------------------------- */

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct stator_guest *guest = context;

    (void)fd;
    (void)what;
    stator_turn_begin(guest->lobby->worker);
    receive(guest);
}

/* One more comes in while somebody can serve it, and nobody waits for that already. */
static bool is_open(void *context)
{
    struct stator_lobby *lobby = context;
    size_t most = lobby->worker->policy.max_connections * lobby->arch->setup.worker_count;

    return lobby->count < most && stator_list_is_empty(&lobby->waiting) &&
           (lobby->host->has_room == NULL || lobby->host->has_room(lobby->arch));
}

static void welcome(void *context, int fd, const char *peer)
{
    struct stator_lobby *lobby = context;
    struct stator_guest *guest = malloc(sizeof(*guest)); /* mostly input that is never touched */

    if (guest == NULL) {
        stator_acceptor_close(fd, true);
        return;
    }
    guest->lobby = lobby;
    guest->searched = 0;
    guest->over = false;
    stator_list_init(&guest->link);
    stator_deadline_init(&guest->deadline);
    stator_block_open(&guest->block, fd, peer);
    event_assign(&guest->readable, lobby->base, fd, EV_READ, on_readable, guest);
    lobby->count++;
    lobby->moved = true;
    stator_counter_add(&lobby->worker->counters->accepted, 1);
    arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    if (lobby->host->at_once) {
        offer(guest);
    } else {
        stator_block_adopt(&guest->block, lobby->worker);
        receive(guest); /* the request is often there already */
    }
}

/* --- time, returns, and the end ------------------------------------------------------------ */

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct stator_guest *guest = STATOR_LIST_ENTRY(deadline, struct stator_guest, deadline);
    struct stator_block *block = &guest->block;

    (void)context;
    block->want = stator_conn_expire(&block->conn, block->want, &block->out);
    if (!stator_output_is_empty(&block->out)) {
        keep_and_offer(guest);
    } else if (block->want == STATOR_WANT_CLOSE) {
        dismiss(guest);
    } else {
        stator_deadline_set(&guest->lobby->wheel, deadline, block->conn.deadline);
    }
}

/* A guest is back. Its next request may have come with the last one. */
static void take_back(struct stator_guest *guest)
{
    if (guest->over) {
        dismiss(guest);
        return;
    }
    stator_block_adopt(&guest->block, guest->lobby->worker);
    /* Within a head the parser has seen all that is there: only what is new can end it. */
    guest->searched = guest->block.conn.state == STATOR_CONN_HEAD ? guest->block.in.length : 0;
    look_at(guest);
}

static void take_back_all(struct stator_lobby *lobby)
{
    struct stator_list back;

    pthread_mutex_lock(&lobby->lock);
    move_all(&lobby->returned, &back);
    pthread_mutex_unlock(&lobby->lock);
    while (!stator_list_is_empty(&back)) {
        struct stator_guest *guest = guest_at(back.next);

        stator_list_remove(&guest->link);
        lobby->moved = true;
        take_back(guest);
    }
}

/* Who has asked already is served; who is idle is let go. */
static void begin_drain(struct stator_lobby *lobby)
{
    struct stator_list before;

    lobby->worker->draining = true;
    stator_door_shut(lobby->door); /* who was in the queue already is not turned away */
    move_all(&lobby->watched, &before);
    while (!stator_list_is_empty(&before)) {
        struct stator_guest *guest = guest_at(before.next);

        stator_conn_drain(&guest->block.conn, &guest->block.out);
        receive(guest);
    }
}

/* Does what the design's phase asks for. */
static void obey(struct stator_lobby *lobby)
{
    enum stator_arch_phase phase = stator_arch_phase(lobby->arch, lobby->worker->clock.monotonic);
    bool lingers;

    if (phase == STATOR_ARCH_DRAIN && !lobby->worker->draining) {
        begin_drain(lobby);
    }
    lingers = phase == STATOR_ARCH_DRAIN && stator_door_lingers(lobby->door);
    if (lingers) {
        arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    } else if (phase == STATOR_ARCH_STOP || (phase == STATOR_ARCH_DRAIN && lobby->count == 0)) {
        event_base_loopbreak(lobby->base);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct stator_lobby *lobby = context;

    (void)fd;
    (void)what;
    stator_turn_begin(lobby->worker);
    stator_wheel_turn(&lobby->wheel, lobby->worker->clock.monotonic, on_expired, NULL);
    stator_log_batch_flush(&lobby->worker->log, lobby->worker->clock.monotonic, false);
    obey(lobby);
    if (lobby->count > 0) {
        arm(lobby->tick, STATOR_DEADLINE_TICK_MS);
    }
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
    struct stator_lobby *lobby = context;

    (void)fd;
    (void)what;
    stator_turn_begin(lobby->worker);
    offer_all(lobby);
}

static void on_stirred(evutil_socket_t fd, short what, void *context)
{
    struct stator_lobby *lobby = context;

    (void)fd;
    (void)what;
    stator_fd_wake_clear(lobby->wake);
    stator_turn_begin(lobby->worker);
    offer_all(lobby); /* before those who are back: they waited longer */
    take_back_all(lobby);
    obey(lobby);
}

static void dismiss_all(struct stator_list *list)
{
    while (!stator_list_is_empty(list)) {
        dismiss(guest_at(list->next));
    }
}

int stator_lobby_run(struct stator_lobby *lobby)
{
    int result;

    do {
        stator_door_look(lobby->door);
        stator_turn_end(lobby->worker, !lobby->moved);
        lobby->moved = false;
        result = event_base_loop(lobby->base, EVLOOP_ONCE);
    } while (result == 0 && !event_base_got_break(lobby->base));
    stator_turn_end(lobby->worker, !lobby->moved);
    return result < 0 ? -EIO : 0;
}

void stator_lobby_clear(struct stator_lobby *lobby)
{
    stator_worker_wake(lobby->worker);
    dismiss_all(&lobby->returned); /* no thread is left that could serve what they ask */
    dismiss_all(&lobby->watched);
    dismiss_all(&lobby->waiting);
    stator_log_batch_flush(&lobby->worker->log, lobby->worker->clock.monotonic, true);
}

void stator_lobby_return(struct stator_guest *guest)
{
    struct stator_lobby *lobby = guest->lobby;

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

static const struct stator_door_host door_host = {.is_open = is_open, .enter = welcome};

static int create_events(struct stator_lobby *lobby)
{
    lobby->tick = evtimer_new(lobby->base, on_tick, lobby);
    lobby->again = evtimer_new(lobby->base, on_again, lobby);
    lobby->stirred =
        event_new(lobby->base, lobby->wake[0], EV_READ | EV_PERSIST, on_stirred, lobby);
    if (lobby->tick == NULL || lobby->again == NULL || lobby->stirred == NULL ||
        event_add(lobby->stirred, NULL) < 0) {
        return -ENOMEM;
    }
    return stator_door_create(lobby->base, lobby->arch, lobby->worker, &door_host, lobby,
                              &lobby->door);
}

int stator_lobby_create(struct stator_arch *arch, struct stator_worker *worker,
                        const struct stator_lobby_host *host, struct stator_lobby **out)
{
    struct stator_lobby *lobby = calloc(1, sizeof(*lobby));
    int error = -ENOMEM;

    if (lobby == NULL) {
        return -ENOMEM;
    }
    *lobby = (struct stator_lobby){.arch = arch, .worker = worker, .host = host, .wake = {-1, -1}};
    pthread_mutex_init(&lobby->lock, NULL);
    stator_list_init(&lobby->watched);
    stator_list_init(&lobby->waiting);
    stator_list_init(&lobby->returned);
    stator_wheel_init(&lobby->wheel, worker->clock.monotonic);
    lobby->base = stator_backend_open(NULL);
    if (lobby->base == NULL) {
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
    destroy_event(lobby->again);
    destroy_event(lobby->stirred);
    if (lobby->base != NULL) {
        event_base_free(lobby->base);
    }
    stator_fd_wake_close(lobby->wake);
    pthread_mutex_destroy(&lobby->lock);
    free(lobby);
}
