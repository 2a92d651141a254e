/*
 * Helpers and what they are sent for.
 *
 * Knows that a look or a read leaves things in memory for the next one; refuses to know what a
 * client does with them. The one surprising thing: nothing is handed back but the word that it is
 * done, and when an emulated disk was. What a helper found is thrown away and found again by the
 * loop, from memory then, so helpers and loop share nothing but the queue, immutable entries and
 * the site.
 */
#include "arch/event/io_helpers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "arch/event/client.h"

/* What a helper reads at a time. */
#define WINDOW (64u * 1024)

/* As much of a new file as may be asked for before its body is: libmagic's share. */
#define BEGINNING 4096

struct stator_errand {
    struct stator_list link;
    struct stator_client *client; /* the loop's alone; NULL once it has gone */
    struct stator_entry *entry;   /* whose bytes are wanted; NULL: look `path` up */
    struct stator_visit visit;    /* of an emulated disk; the client's, before and after */
    uint64_t offset;
    size_t length; /* of the stretch, or of the path */
    char path[];
};

struct stator_errands {
    struct stator_worker *worker; /* what of it is used by helpers never changes */
    stator_probe_fn *probe;
    stator_errands_wake_fn *wake;
    void *context;
    uint64_t taken; /* the loop's alone */
    size_t helpers;
    pthread_t threads[STATOR_ERRAND_HELPERS];

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t asked;
    struct stator_list todo, done;
    size_t waiting; /* on `todo` */
    bool closed;
};

int stator_errands_create(struct stator_worker *worker, stator_probe_fn *probe,
                          stator_errands_wake_fn *wake, void *context, struct stator_errands **out)
{
    struct stator_errands *errands = calloc(1, sizeof(*errands));

    if (errands == NULL) {
        return -ENOMEM;
    }
    errands->worker = worker;
    errands->probe = probe;
    errands->wake = wake;
    errands->context = context;
    pthread_mutex_init(&errands->lock, NULL);
    pthread_cond_init(&errands->asked, NULL);
    stator_list_init(&errands->todo);
    stator_list_init(&errands->done);
    *out = errands;
    return 0;
}

/* --- the helpers' side ---------------------------------------------------------------------- */

static void read_stretch(const struct stator_entry *entry, uint64_t offset, size_t length)
{
    char window[WINDOW];

    while (length > 0) {
        size_t step = length < WINDOW ? length : WINDOW;

        if (stator_entry_read(entry, offset, step, window) < 0) {
            return; /* the loop will meet the same, and knows what to do */
        }
        offset += step;
        length -= step;
    }
}

static void look_up(const struct stator_site *site, struct stator_span path)
{
    struct stator_clock clock;
    struct stator_entry *entry;

    stator_clock_read(&clock);
    if (stator_entry_create(site, NULL, &clock, path, &entry) == 0) {
        if (entry->kind == STATOR_ENTRY_FILE && entry->fd >= 0) {
            read_stretch(entry, 0, entry->stamp.size < BEGINNING ? entry->stamp.size : BEGINNING);
        }
        stator_entry_unref(entry);
    }
}

/* A helper that was busy until `*free` could not ask the disk before. */
static void visit_disk(const struct stator_stage *stage, struct stator_visit *visit, int64_t *free)
{
    if (visit->misses) {
        visit->misses = false;
        visit->until = stage->fetch(stage->context, visit->until > *free ? visit->until : *free);
        *free = visit->until;
    }
}

static void run_errand(const struct stator_errands *errands, struct stator_errand *errand,
                       int64_t *free)
{
    visit_disk(errands->worker->stage, &errand->visit, free);
    if (errand->entry != NULL) {
        read_stretch(errand->entry, errand->offset, errand->length);
    } else {
        look_up(errands->worker->site, (struct stator_span){errand->path, errand->length});
    }
}

static struct stator_errand *first_of(struct stator_list *list)
{
    struct stator_list *link = list->next;

    if (stator_list_is_empty(list)) {
        return NULL;
    }
    stator_list_remove(link);
    return STATOR_LIST_ENTRY(link, struct stator_errand, link);
}

/* Waits for something to do. NULL when there will be no more. */
static struct stator_errand *next_errand(struct stator_errands *errands)
{
    struct stator_errand *errand = NULL;

    pthread_mutex_lock(&errands->lock);
    while (!errands->closed && stator_list_is_empty(&errands->todo)) {
        pthread_cond_wait(&errands->asked, &errands->lock);
    }
    if (!errands->closed) {
        errand = first_of(&errands->todo);
        errands->waiting--;
    }
    pthread_mutex_unlock(&errands->lock);
    return errand;
}

static void *help(void *context)
{
    struct stator_errands *errands = context;
    struct stator_errand *errand;
    int64_t free = 0; /* in emulated time */

    while ((errand = next_errand(errands)) != NULL) {
        bool first;

        run_errand(errands, errand, &free);
        pthread_mutex_lock(&errands->lock);
        first = stator_list_is_empty(&errands->done);
        stator_list_append(&errands->done, &errand->link);
        pthread_mutex_unlock(&errands->lock);
        if (first) {
            errands->wake(errands->context); /* it takes all that are done by then */
        }
    }
    return NULL;
}

size_t stator_errands_start(struct stator_errands *errands, size_t helpers)
{
    sigset_t all, before;

    errands->closed = false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (errands->helpers < helpers && errands->helpers < STATOR_ERRAND_HELPERS &&
           pthread_create(&errands->threads[errands->helpers], NULL, help, errands) == 0) {
        errands->helpers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errands->helpers;
}

void stator_errands_stop(struct stator_errands *errands)
{
    pthread_mutex_lock(&errands->lock);
    errands->closed = true;
    pthread_cond_broadcast(&errands->asked);
    pthread_mutex_unlock(&errands->lock);
    while (errands->helpers > 0) {
        pthread_join(errands->threads[--errands->helpers], NULL);
    }
}

/* --- the loop's side ------------------------------------------------------------------------ */

/* Makes an errand that nobody was sent on yet. NULL where nobody could be, or memory is out. */
static struct stator_errand *create_errand(const struct stator_errands *errands,
                                           struct stator_client *client, size_t room)
{
    struct stator_errand *errand = errands->helpers > 0 ? malloc(sizeof(*errand) + room) : NULL;

    if (errand != NULL) {
        *errand = (struct stator_errand){.client = client};
    }
    return errand;
}

static void destroy_errand(struct stator_errand *errand)
{
    stator_entry_unref(errand->entry);
    free(errand);
}

static struct stator_errand *send_out(struct stator_errands *errands, struct stator_errand *errand)
{
    bool has_room;

    pthread_mutex_lock(&errands->lock);
    has_room = errands->waiting < STATOR_ERRAND_QUEUE;
    if (has_room) {
        stator_list_append(&errands->todo, &errand->link);
        errands->waiting++;
        pthread_cond_signal(&errands->asked);
    }
    pthread_mutex_unlock(&errands->lock);
    if (!has_room) {
        destroy_errand(errand);
        return NULL;
    }
    stator_counter_add(&errands->worker->counters->queued, 1);
    return errand;
}

struct stator_errand *stator_errands_look(struct stator_errands *errands,
                                          struct stator_client *client, struct stator_span path)
{
    struct stator_errand *errand = create_errand(errands, client, path.length);

    if (errand == NULL) {
        return NULL;
    }
    memcpy(errand->path, path.at, path.length);
    errand->length = path.length;
    errand->visit = client->conn.visit;
    return send_out(errands, errand);
}

struct stator_errand *stator_errands_read(struct stator_errands *errands,
                                          struct stator_client *client, uint64_t offset,
                                          size_t length)
{
    struct stator_entry *entry = client->conn.response.entry;
    struct stator_errand *errand;

    if (errands->probe != NULL && errands->probe(entry->fd, offset, length)) {
        return NULL;
    }
    errand = create_errand(errands, client, 0);
    if (errand == NULL) {
        return NULL;
    }
    errand->entry = stator_entry_ref(entry);
    errand->offset = offset;
    errand->length = length;
    return send_out(errands, errand);
}

void stator_errand_abandon(struct stator_errand *errand)
{
    if (errand != NULL) {
        errand->client = NULL;
    }
}

/* Where the client is in emulated time now, if that was what the errand was for. */
static void take_visit(struct stator_client *client, const struct stator_errand *errand)
{
    if (client != NULL && errand->entry == NULL) {
        client->conn.visit = errand->visit;
    }
}

struct stator_client *stator_errands_take(struct stator_errands *errands)
{
    struct stator_client *client = NULL;
    struct stator_errand *errand = NULL;

    do {
        pthread_mutex_lock(&errands->lock);
        errand = first_of(&errands->done);
        pthread_mutex_unlock(&errands->lock);
        if (errand != NULL) {
            client = errand->client;
            take_visit(client, errand);
            destroy_errand(errand);
            errands->taken++;
            stator_counter_add(&errands->worker->counters->queued, UINT64_MAX); /* one less */
        }
    } while (errand != NULL && client == NULL);
    return client;
}

uint64_t stator_errands_done(const struct stator_errands *errands)
{
    return errands->taken;
}

static void forget(struct stator_errands *errands, struct stator_list *list)
{
    struct stator_errand *errand;

    while ((errand = first_of(list)) != NULL) {
        destroy_errand(errand);
        stator_counter_add(&errands->worker->counters->queued, UINT64_MAX);
    }
}

void stator_errands_destroy(struct stator_errands *errands)
{
    if (errands == NULL) {
        return;
    }
    stator_errands_stop(errands);
    forget(errands, &errands->todo);
    forget(errands, &errands->done);
    pthread_cond_destroy(&errands->asked);
    pthread_mutex_destroy(&errands->lock);
    free(errands);
}
