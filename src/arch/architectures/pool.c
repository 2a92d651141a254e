/*
 * pool: threads made beforehand, and one queue that feeds them.
 *
 * The number of threads is fixed, so load shows as a queue, and who waits in it is a matter of
 * policy: its discipline. What is queued is a connection, which keeps its thread while it lives, or
 * a request, so that idle clients keep none. Classes come from the site's rules for paths or
 * the request field Priority (RFC 9218), sizes from the file that is asked for. Goetz, "Java
 * Concurrency in Practice", 2006, ch. 8; for disciplines Silberschatz, Galvin, Gagne, "Operating
 * System Concepts", ch. 5; for smallest file first Harchol-Balter et al., "Size-based scheduling to
 * improve web performance", ACM TOCS 21(2), 2003.
 */
#include <errno.h>

#include "arch/architectures/registry.h"
#include "arch/blocking/classify.h"
#include "arch/blocking/threaded_server.h"

struct pool {
    struct stator_threaded_server threaded;
    struct stator_run_queue queue;
};

enum { UNIT, WORKERS, QUEUES, DISCIPLINE, CAP };
enum { UNIT_CONNECTION, UNIT_REQUEST };

static const char *const units[] = {"connection", "request", NULL};
static const char *const disciplines[] = {[STATOR_RUN_QUEUE_DISCIPLINE_FIFO] = "fifo",
                                          [STATOR_RUN_QUEUE_DISCIPLINE_STRICT] = "strict",
                                          [STATOR_RUN_QUEUE_DISCIPLINE_AGING] = "aging",
                                          [STATOR_RUN_QUEUE_DISCIPLINE_SFF] = "sff",
                                          NULL};

/* Threads for each processor where nobody says: most of them will be waiting for their clients. */
#define THREADS_PER_PROCESSOR 8

static const struct stator_arch_option arch_options[] = {
    [UNIT] = {.name = "unit", .choices = units, .help = "what a thread takes from the queue"},
    [WORKERS] = {.name = "workers",
                 .min = 0,
                 .max = 4096,
                 .help = "threads; 0: as --workers says, or 8 for each processor"},
    [QUEUES] = {.name = "queues",
                .min = 1,
                .max = STATOR_URGENCIES,
                .default_value = 1,
                .help = "classes, made of the urgency 0..7 that --urgency or Priority says"},
    [DISCIPLINE] = {.name = "discipline",
                    .choices = disciplines,
                    .help = "whose turn it is: first come, higher class, the same but waiting "
                            "raises, or smallest file first"},
    [CAP] = {.name = "cap",
             .min = 1,
             .max = 1000000,
             .default_value = 1024,
             .help = "length of the queue; where it is full, nobody is accepted"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    if (values[WORKERS] > 0) {
        return 1 + (size_t)values[WORKERS];
    }
    return 1 + (asked > 0 ? asked : THREADS_PER_PROCESSOR * processors);
}

static bool has_room(struct stator_arch *arch)
{
    return !stator_run_queue_is_full(&((struct pool *)arch)->queue);
}

/* With one queue and no sizes there is nothing to be known of a request. */
static bool tells_apart(const struct stator_arch *arch)
{
    return arch->options[DISCIPLINE] == STATOR_RUN_QUEUE_DISCIPLINE_SFF ||
           (arch->options[DISCIPLINE] != STATOR_RUN_QUEUE_DISCIPLINE_FIFO &&
            arch->options[QUEUES] > 1);
}

static bool enqueue(struct stator_arch *arch, struct stator_idle_conn *idle)
{
    struct stator_run_queue *queue = &((struct pool *)arch)->queue;
    struct stator_worker *worker = arch->setup.workers[0];
    struct stator_classified classified = {.urgency = 0};
    uint64_t size = 0;

    if (tells_apart(arch)) {
        stator_classify(worker, idle->client.in, &classified);
    }
    if (arch->options[DISCIPLINE] == STATOR_RUN_QUEUE_DISCIPLINE_SFF) {
        size = stator_classify_size(worker, classified.path);
    }
    return stator_run_queue_put(
        queue, idle, classified.urgency * (unsigned)arch->options[QUEUES] / STATOR_URGENCIES, size);
}

static void work(struct stator_arch *arch, struct stator_worker *worker, void *task)
{
    stator_threaded_server_work(arch, worker, task, arch->options[UNIT] == UNIT_REQUEST);
}

static int init(struct stator_arch *arch)
{
    static const struct stator_idle_set_host first_comes = {
        .has_room = has_room, .take = enqueue, .at_once = true};
    static const struct stator_idle_set_host asks = {.has_room = has_room, .take = enqueue};
    bool at_once = arch->options[UNIT] == UNIT_CONNECTION && !tells_apart(arch);

    stator_run_queue_init(&((struct pool *)arch)->queue,
                          (enum stator_run_queue_discipline)arch->options[DISCIPLINE],
                          (size_t)arch->options[CAP], &arch->setup.workers[0]->counters->queued);
    return stator_threaded_server_init(arch, at_once ? &first_comes : &asks, work, NULL);
}

/* A pool of fewer threads than were asked for is still one; without any there is none. */
static int run(struct stator_arch *arch)
{
    struct pool *self = (struct pool *)arch;
    size_t hired = 0;

    while (stator_thread_pool_start(&self->threaded.threads, &self->queue)) {
        hired++;
    }
    return hired > 0 ? stator_threaded_server_run(arch, &self->queue, 1) : -EAGAIN;
}

static void finish(struct stator_arch *arch)
{
    stator_threaded_server_finish(arch);
    stator_run_queue_finish(&((struct pool *)arch)->queue);
}

const struct stator_arch_impl stator_arch_pool = {
    .name = "pool",
    .summary = "a fixed number of threads, fed by a queue of connections or requests",
    .source = "Goetz, Java Concurrency in Practice, ch. 8; Harchol-Balter et al., TOCS 2003",
    .traits = STATOR_ARCH_TRAIT_MULTICORE,
    .options = arch_options,
    .size = sizeof(struct pool),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stator_threaded_server_stop,
    .finish = finish,
};
