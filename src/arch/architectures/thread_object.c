/*
 * thread-object: a thread and a queue for each object; requests for one object wait for each other.
 *
 * An object needs no lock, because nobody but its thread ever touches it; the price is that the
 * hottest object gets one thread and no more, and that one slow client of an object holds up all of
 * its others. Here an object is a path, or a share of all paths. Schmidt, "Evaluating Architectures
 * for Multithreaded Object Request Brokers", CACM 41(10), 1998: thread-per-object; Lavender and
 * Schmidt, "Active Object", PLoP 1995.
 */
#include <errno.h>
#include <stdlib.h>

#include "arch/architectures/registry.h"
#include "arch/blocking/classify.h"
#include "arch/blocking/threaded_server.h"
#include "base/hash.h"

struct objects {
    struct stator_threaded_server threaded;
    struct stator_run_queue *queues; /* the queue of each object */
    uint64_t *paths;                 /* MAP_PATH: hashes of the paths that they are */
    size_t count;
    size_t alive; /* of them, from the first on: those that have their thread */
    struct stator_hash_key key;
};

enum { MAP, OBJECTS };
enum { MAP_HASH, MAP_PATH };

static const char *const maps[] = {[MAP_HASH] = "hash", [MAP_PATH] = "path", NULL};

static const struct stator_arch_option arch_options[] = {
    [MAP] = {.name = "map",
             .choices = maps,
             .help = "an object is a share of all paths, or a path as long as there are objects "
                     "left; further paths share them"},
    [OBJECTS] = {.name = "objects",
                 .min = 1,
                 .max = 4096,
                 .default_value = 16,
                 .help = "objects, each with a thread and a queue once it is asked for"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    (void)processors;
    return 1 + (asked > 0 ? asked : (size_t)values[OBJECTS]);
}

/* Gives the next object its thread. */
static bool enliven(struct objects *self, uint64_t path)
{
    if (self->alive == self->count ||
        !stator_thread_pool_start(&self->threaded.threads, &self->queues[self->alive])) {
        return false;
    }
    self->paths[self->alive++] = path;
    return true;
}

/* The queue of the object that is that path, or that shares it; NULL where there is none at all. */
static struct stator_run_queue *find_line(struct objects *self, uint64_t path)
{
    bool maps_paths = self->threaded.arch.options[MAP] == MAP_PATH;

    for (size_t i = 0; maps_paths && i < self->alive; i++) {
        if (self->paths[i] == path) {
            return &self->queues[i];
        }
    }
    if (maps_paths && enliven(self, path)) {
        return &self->queues[self->alive - 1];
    }
    return self->alive > 0 ? &self->queues[path % self->alive] : NULL;
}

static bool call_object(struct stator_arch *arch, struct stator_idle_conn *idle)
{
    struct objects *self = (struct objects *)arch;
    struct stator_classified classified;
    struct stator_run_queue *queue;

    stator_classify(arch->setup.workers[0], idle->client.in, &classified);
    queue = find_line(self, stator_hash(&self->key, classified.path));
    if (queue == NULL) {
        stator_threaded_server_serve_here(arch, idle, true);
        return true;
    }
    return stator_run_queue_put(queue, idle, 0, 0);
}

static void live(struct stator_arch *arch, struct stator_worker *worker, void *task)
{
    stator_threaded_server_work(arch, worker, task, true);
}

static int init(struct stator_arch *arch)
{
    static const struct stator_idle_set_host host = {.take = call_object};
    struct objects *self = (struct objects *)arch;
    size_t count = arch->setup.worker_count;
    int error = stator_hash_key_draw(&self->key);

    if (error < 0) {
        return error;
    }
    self->queues = calloc(count, sizeof(*self->queues));
    self->paths = calloc(count, sizeof(*self->paths));
    if (self->queues == NULL || self->paths == NULL) {
        return -ENOMEM;
    }
    for (; self->count + 1 < count; self->count++) {
        /* The pool starts its workers in their order, so that one is the object's own; what bounds
         * a queue is the number of connections. */
        stator_run_queue_init(&self->queues[self->count], STATOR_RUN_QUEUE_DISCIPLINE_FIFO,
                              SIZE_MAX, &arch->setup.workers[self->count + 1]->counters->queued);
    }
    return stator_threaded_server_init(arch, &host, live, NULL);
}

/* Shares have their threads from the start on, paths when they are asked for. */
static int run(struct stator_arch *arch)
{
    struct objects *self = (struct objects *)arch;

    while (arch->options[MAP] == MAP_HASH && enliven(self, 0)) {
    }
    if (arch->options[MAP] == MAP_HASH && self->alive == 0) {
        return -EAGAIN;
    }
    return stator_threaded_server_run(arch, self->queues, self->count);
}

static void finish(struct stator_arch *arch)
{
    struct objects *self = (struct objects *)arch;

    stator_threaded_server_finish(arch);
    for (size_t i = 0; i < self->count; i++) {
        stator_run_queue_finish(&self->queues[i]);
    }
    free(self->queues);
    free(self->paths);
}

const struct stator_arch_impl stator_arch_thread_object = {
    .name = "thread-object",
    .summary = "a thread and a queue per object: a path, or a share of the paths",
    .source = "Lavender, Schmidt, Active Object, PLoP 1995; Schmidt, CACM 41(10), 1998",
    .traits = STATOR_ARCH_TRAIT_MULTICORE,
    .options = arch_options,
    .size = sizeof(struct objects),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stator_threaded_server_stop,
    .finish = finish,
};
