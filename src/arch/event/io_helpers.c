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

struct stator_io_job {
    struct stator_list link;
    struct stator_client *client; /* the loop's alone; NULL once it has gone */
    struct stator_entry *entry;   /* whose bytes are wanted; NULL: look `path` up */
    struct stator_emulation_point
        emulation; /* of an emulated disk; the client's, before and after */
    uint64_t offset;
    size_t length; /* of the stretch, or of the path */
    char path[];
};

struct stator_io_helpers {
    struct stator_worker *worker; /* what of it is used by helpers never changes */
    stator_probe_fn *probe;
    stator_io_helpers_wake_fn *wake;
    void *context;
    uint64_t taken; /* the loop's alone */
    size_t helpers;
    pthread_t threads[STATOR_IO_HELPERS_MAX];

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t asked;
    struct stator_list todo, done;
    size_t waiting; /* on `todo` */
    bool closed;
};

int stator_io_helpers_create(struct stator_worker *worker, stator_probe_fn *probe,
                             stator_io_helpers_wake_fn *wake, void *context,
                             struct stator_io_helpers **out)
{
    struct stator_io_helpers *io_helpers = calloc(1, sizeof(*io_helpers));

    if (io_helpers == NULL) {
        return -ENOMEM;
    }
    io_helpers->worker = worker;
    io_helpers->probe = probe;
    io_helpers->wake = wake;
    io_helpers->context = context;
    pthread_mutex_init(&io_helpers->lock, NULL);
    pthread_cond_init(&io_helpers->asked, NULL);
    stator_list_init(&io_helpers->todo);
    stator_list_init(&io_helpers->done);
    *out = io_helpers;
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
        if (entry->kind == STATOR_ENTRY_KIND_FILE && entry->fd >= 0) {
            read_stretch(entry, 0,
                         entry->version.size < BEGINNING ? entry->version.size : BEGINNING);
        }
        stator_entry_unref(entry);
    }
}

/* A helper that was busy until `*free` could not ask the disk before. */
static void wait_for_disk(const struct stator_emulation *emulation,
                          struct stator_emulation_point *point, int64_t *free)
{
    if (point->misses) {
        point->misses = false;
        point->until =
            emulation->fetch(emulation->context, point->until > *free ? point->until : *free);
        *free = point->until;
    }
}

static void run_job(const struct stator_io_helpers *io_helpers, struct stator_io_job *job,
                    int64_t *free)
{
    wait_for_disk(io_helpers->worker->emulation, &job->emulation, free);
    if (job->entry != NULL) {
        read_stretch(job->entry, job->offset, job->length);
    } else {
        look_up(io_helpers->worker->site, (struct stator_span){job->path, job->length});
    }
}

static struct stator_io_job *first_of(struct stator_list *list)
{
    struct stator_list *link = list->next;

    if (stator_list_is_empty(list)) {
        return NULL;
    }
    stator_list_remove(link);
    return STATOR_LIST_ENTRY(link, struct stator_io_job, link);
}

/* Waits for something to do. NULL when there will be no more. */
static struct stator_io_job *next_job(struct stator_io_helpers *io_helpers)
{
    struct stator_io_job *job = NULL;

    pthread_mutex_lock(&io_helpers->lock);
    while (!io_helpers->closed && stator_list_is_empty(&io_helpers->todo)) {
        pthread_cond_wait(&io_helpers->asked, &io_helpers->lock);
    }
    if (!io_helpers->closed) {
        job = first_of(&io_helpers->todo);
        io_helpers->waiting--;
    }
    pthread_mutex_unlock(&io_helpers->lock);
    return job;
}

static void *help(void *context)
{
    struct stator_io_helpers *io_helpers = context;
    struct stator_io_job *job;
    int64_t free = 0; /* in emulated time */

    while ((job = next_job(io_helpers)) != NULL) {
        bool first;

        run_job(io_helpers, job, &free);
        pthread_mutex_lock(&io_helpers->lock);
        first = stator_list_is_empty(&io_helpers->done);
        stator_list_append(&io_helpers->done, &job->link);
        pthread_mutex_unlock(&io_helpers->lock);
        if (first) {
            io_helpers->wake(io_helpers->context); /* it takes all that are done by then */
        }
    }
    return NULL;
}

size_t stator_io_helpers_start(struct stator_io_helpers *io_helpers, size_t helpers)
{
    sigset_t all, before;

    io_helpers->closed = false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (io_helpers->helpers < helpers && io_helpers->helpers < STATOR_IO_HELPERS_MAX &&
           pthread_create(&io_helpers->threads[io_helpers->helpers], NULL, help, io_helpers) == 0) {
        io_helpers->helpers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return io_helpers->helpers;
}

void stator_io_helpers_stop(struct stator_io_helpers *io_helpers)
{
    pthread_mutex_lock(&io_helpers->lock);
    io_helpers->closed = true;
    pthread_cond_broadcast(&io_helpers->asked);
    pthread_mutex_unlock(&io_helpers->lock);
    while (io_helpers->helpers > 0) {
        pthread_join(io_helpers->threads[--io_helpers->helpers], NULL);
    }
}

/* --- the loop's side ------------------------------------------------------------------------ */

/* Makes a job that is not queued yet. NULL if the queue is full or memory is out. */
static struct stator_io_job *create_job(const struct stator_io_helpers *io_helpers,
                                        struct stator_client *client, size_t room)
{
    struct stator_io_job *job = io_helpers->helpers > 0 ? malloc(sizeof(*job) + room) : NULL;

    if (job != NULL) {
        *job = (struct stator_io_job){.client = client};
    }
    return job;
}

static void destroy_job(struct stator_io_job *job)
{
    stator_entry_unref(job->entry);
    free(job);
}

static struct stator_io_job *send_out(struct stator_io_helpers *io_helpers,
                                      struct stator_io_job *job)
{
    bool has_room;

    pthread_mutex_lock(&io_helpers->lock);
    has_room = io_helpers->waiting < STATOR_IO_HELPERS_QUEUE_MAX;
    if (has_room) {
        stator_list_append(&io_helpers->todo, &job->link);
        io_helpers->waiting++;
        pthread_cond_signal(&io_helpers->asked);
    }
    pthread_mutex_unlock(&io_helpers->lock);
    if (!has_room) {
        destroy_job(job);
        return NULL;
    }
    stator_counter_add(&io_helpers->worker->counters->queued, 1);
    return job;
}

struct stator_io_job *stator_io_helpers_look_up(struct stator_io_helpers *io_helpers,
                                                struct stator_client *client,
                                                struct stator_span path)
{
    struct stator_io_job *job = create_job(io_helpers, client, path.length);

    if (job == NULL) {
        return NULL;
    }
    memcpy(job->path, path.at, path.length);
    job->length = path.length;
    job->emulation = client->conn.emulation;
    return send_out(io_helpers, job);
}

struct stator_io_job *stator_io_helpers_read(struct stator_io_helpers *io_helpers,
                                             struct stator_client *client, uint64_t offset,
                                             size_t length)
{
    struct stator_entry *entry = client->conn.response.entry;
    struct stator_io_job *job;

    if (io_helpers->probe != NULL && io_helpers->probe(entry->fd, offset, length)) {
        return NULL;
    }
    job = create_job(io_helpers, client, 0);
    if (job == NULL) {
        return NULL;
    }
    job->entry = stator_entry_ref(entry);
    job->offset = offset;
    job->length = length;
    return send_out(io_helpers, job);
}

void stator_io_job_abandon(struct stator_io_job *job)
{
    if (job != NULL) {
        job->client = NULL;
    }
}

/* Takes over the client's place in emulated time, if the job was for that. */
static void take_emulation_point(struct stator_client *client, const struct stator_io_job *job)
{
    if (client != NULL && job->entry == NULL) {
        client->conn.emulation = job->emulation;
    }
}

struct stator_client *stator_io_helpers_take(struct stator_io_helpers *io_helpers)
{
    struct stator_client *client = NULL;
    struct stator_io_job *job = NULL;

    do {
        pthread_mutex_lock(&io_helpers->lock);
        job = first_of(&io_helpers->done);
        pthread_mutex_unlock(&io_helpers->lock);
        if (job != NULL) {
            client = job->client;
            take_emulation_point(client, job);
            destroy_job(job);
            io_helpers->taken++;
            stator_counter_add(&io_helpers->worker->counters->queued, UINT64_MAX); /* one less */
        }
    } while (job != NULL && client == NULL);
    return client;
}

uint64_t stator_io_helpers_done(const struct stator_io_helpers *io_helpers)
{
    return io_helpers->taken;
}

static void forget(struct stator_io_helpers *io_helpers, struct stator_list *list)
{
    struct stator_io_job *job;

    while ((job = first_of(list)) != NULL) {
        destroy_job(job);
        stator_counter_add(&io_helpers->worker->counters->queued, UINT64_MAX);
    }
}

void stator_io_helpers_destroy(struct stator_io_helpers *io_helpers)
{
    if (io_helpers == NULL) {
        return;
    }
    stator_io_helpers_stop(io_helpers);
    forget(io_helpers, &io_helpers->todo);
    forget(io_helpers, &io_helpers->done);
    pthread_cond_destroy(&io_helpers->asked);
    pthread_mutex_destroy(&io_helpers->lock);
    free(io_helpers);
}
