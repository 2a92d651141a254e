/*
 * Clients under libevent.
 *
 * Knows events; refuses to know what a client does with them. No bufferevent is in the way: it
 * costs an ioctl a read, two epoll_ctl and a wake-up a delayed response, and a kilobyte an idle
 * client. When it went (and heads were prepared with the entry, in the same change) a 1 KiB request
 * fell from 1.42 to 1.22 times a bare epoll loop's processor time. The one surprising thing: a
 * client is served before it is ever watched, for its first request is often there already.
 */
#include "arch/event/event_driver.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "arch/activity.h"
#include "arch/event/io_helpers.h"
#include "arch/sockets/acceptor.h"

/* A client and the events that are waited for on its account. */
struct watched {
    struct stator_client client;
    struct stator_event_driver *driver;
    struct event readable;
    struct event *writable; /* made when the socket takes no more for the first time */
    unsigned waits;         /* which of them are waited for: enum stator_client_wait */
};

static struct watched *watched_of(struct stator_client *client)
{
    return STATOR_LIST_ENTRY(client, struct watched, client);
}

static void watched_destroy(struct watched *watched)
{
    event_del(&watched->readable);
    if (watched->writable != NULL) {
        event_free(watched->writable);
    }
    stator_client_finish(&watched->client);
    free(watched);
}

/* --- what is waited for --------------------------------------------------------------------- */

static void on_writable(evutil_socket_t fd, short what, void *context);

static bool watch_reading(struct watched *watched, bool reads)
{
    return (reads ? event_add(&watched->readable, NULL) : event_del(&watched->readable)) == 0;
}

static bool watch_writing(struct watched *watched, bool writes)
{
    struct stator_event_driver *driver = watched->driver;

    if (watched->writable == NULL) {
        watched->writable = event_new(driver->base, watched->client.fd,
                                      (short)(EV_WRITE | driver->edge), on_writable, watched);
    }
    if (watched->writable == NULL) {
        return false;
    }
    return (writes ? event_add(watched->writable, NULL) : event_del(watched->writable)) == 0;
}

/* Waits for what the client waits for now. Fails: false, memory is out. */
static bool watch(struct watched *watched, unsigned waits)
{
    unsigned changed = waits ^ watched->waits;

    watched->waits = waits;
    return (!(changed & STATOR_CLIENT_WAIT_READS) ||
            watch_reading(watched, (waits & STATOR_CLIENT_WAIT_READS) != 0)) &&
           (!(changed & STATOR_CLIENT_WAIT_WRITES) ||
            watch_writing(watched, (waits & STATOR_CLIENT_WAIT_WRITES) != 0));
}

/* Something was done with the client: it goes on, or is at its end. */
static inline void apply_wants(struct watched *watched, bool goes_on)
{
    unsigned waits = stator_client_waits(&watched->client);

    if (goes_on && waits == watched->waits) {
        return;
    }
    if (goes_on && watch(watched, waits)) {
        return;
    }
    watched->client.conn.reset = watched->client.conn.reset || goes_on;
    watched_destroy(watched);
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct watched *watched = context;

    (void)fd;
    stator_activity_begin(watched->driver->clients.worker);
    apply_wants(watched, stator_client_readable(&watched->client, (what & EV_CLOSED) != 0));
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    struct watched *watched = context;

    (void)fd;
    (void)what;
    watched->waits &= ~(unsigned)STATOR_CLIENT_WAIT_WRITES; /* it is told once */
    stator_activity_begin(watched->driver->clients.worker);
    apply_wants(watched, stator_client_writable(&watched->client));
}

static void on_expired(struct stator_deadline *deadline, void *context)
{
    struct stator_client *client = stator_client_of(deadline);

    (void)context;
    apply_wants(watched_of(client), stator_client_expire(client));
}

/* --- all of them ---------------------------------------------------------------------------- */

void stator_event_driver_init(struct stator_event_driver *driver, struct event_base *base,
                              struct stator_worker *worker)
{
    /* The end of a stream must be told apart from its bytes, or one edge would hide the other. */
    const int needed = EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE;

    driver->base = base;
    driver->edge = base != NULL && (event_base_get_features(base) & needed) == needed ? EV_ET : 0;
    stator_client_set_init(&driver->clients, worker);
    driver->clients.edge_triggered = driver->edge != 0;
}

void stator_event_driver_finish(struct stator_event_driver *driver)
{
    struct stator_client *client;

    while ((client = stator_client_set_first(&driver->clients)) != NULL) {
        watched_destroy(watched_of(client));
    }
}

void stator_event_driver_add(struct stator_event_driver *driver, int fd, const char *peer)
{
    struct watched *watched = calloc(1, sizeof(*watched));

    if (watched == NULL) {
        stator_acceptor_close(fd, true);
        return;
    }
    watched->driver = driver;
    stator_client_init(&watched->client, &driver->clients, fd, peer);
    event_assign(&watched->readable, driver->base, fd,
                 (short)(EV_READ | EV_PERSIST | driver->edge | (driver->edge ? EV_CLOSED : 0)),
                 on_readable, watched);
    apply_wants(watched, stator_client_readable(&watched->client, false));
}

void stator_event_driver_tick(struct stator_event_driver *driver)
{
    struct stator_client_set *clients = &driver->clients;

    stator_timing_wheel_advance(&clients->wheel, clients->worker->clock.monotonic, on_expired,
                                NULL);
}

void stator_event_driver_collect(struct stator_event_driver *driver)
{
    struct stator_io_helpers *io_helpers = driver->clients.io_helpers;
    struct stator_client *client;

    while (io_helpers != NULL && (client = stator_io_helpers_take(io_helpers)) != NULL) {
        apply_wants(watched_of(client), stator_client_fetched(client));
    }
}

void stator_event_driver_drain(struct stator_event_driver *driver)
{
    struct stator_client *next;

    for (struct stator_client *client = stator_client_set_first(&driver->clients); client != NULL;
         client = next) {
        next = stator_client_after(client);
        apply_wants(watched_of(client), stator_client_drain(client));
    }
}
