/*
 * Runs a dispatcher and a thread pool together, and ends them in order: the dispatcher, the queues
 * between them, the threads.
 *
 * Where the system gives no thread at all, the dispatcher's thread serves the connections itself,
 * one by one. A thread writes its log lines before a long wait, because no other thread may touch
 * them meanwhile.
 */
#include "arch/blocking/threaded_server.h"

#include <errno.h>

#include "arch/activity.h"

static struct stator_threaded_server *threaded_of(struct stator_arch *arch)
{
    return (struct stator_threaded_server *)arch;
}

int stator_threaded_server_init(struct stator_arch *arch, const struct stator_idle_set_host *host,
                                stator_thread_pool_work_fn *work, stator_thread_pool_done_fn *done)
{
    struct stator_threaded_server *self = threaded_of(arch);
    struct stator_worker **workers = arch->setup.workers;
    int error;

    if (arch->setup.worker_count < 2) {
        return -EINVAL;
    }
    error = stator_thread_pool_init(&self->threads, arch, workers + 1, arch->setup.worker_count - 1,
                                    work, done);
    return error < 0 ? error : stator_dispatcher_create(arch, workers[0], host, &self->dispatcher);
}

void stator_threaded_server_finish(struct stator_arch *arch)
{
    stator_dispatcher_destroy(threaded_of(arch)->dispatcher);
    stator_thread_pool_finish(&threaded_of(arch)->threads);
}

/* Takes out of a line that no thread came to. */
static void clear_line(struct stator_run_queue *queue)
{
    struct stator_run_queue_item taken;

    while (stator_run_queue_take(queue, 0, &taken) == STATOR_RUN_QUEUE_RESULT_ITEM) {
        stator_dispatcher_return(taken.item);
    }
}

int stator_threaded_server_run(struct stator_arch *arch, struct stator_run_queue *queues,
                               size_t count)
{
    struct stator_threaded_server *self = threaded_of(arch);
    int error = stator_dispatcher_run(self->dispatcher);

    for (size_t i = 0; i < count; i++) {
        stator_run_queue_close(&queues[i]);
    }
    stator_thread_pool_join(&self->threads);
    for (size_t i = 0; i < count; i++) {
        clear_line(&queues[i]);
    }
    stator_dispatcher_clear(self->dispatcher);
    return error;
}

void stator_threaded_server_stop(struct stator_arch *arch)
{
    stator_thread_pool_wake(&threaded_of(arch)->threads);
    stator_dispatcher_wake(threaded_of(arch)->dispatcher);
}

/* The dispatcher's worker has other connections to watch: an idle client yields to a new one. */
void stator_threaded_server_serve(struct stator_arch *arch, struct stator_worker *worker,
                                  struct stator_idle_conn *idle, bool one)
{
    const struct stator_blocking_env env = {.arch = arch,
                                            .worker = worker,
                                            .wake = threaded_of(arch)->threads.halt[0],
                                            .yields = worker == arch->setup.workers[0]};

    stator_activity_begin(worker);
    if (one) {
        idle->over = !stator_blocking_conn_serve_one(&idle->client, &env);
    } else {
        stator_blocking_conn_serve(&idle->client, &env);
        idle->over = true;
    }
    if (idle->over) {
        stator_blocking_conn_close(&idle->client);
    }
    stator_activity_end(worker, false);
}

void stator_threaded_server_serve_last(struct stator_arch *arch, struct stator_worker *worker,
                                       struct stator_idle_conn *idle, bool one)
{
    stator_threaded_server_serve(arch, worker, idle, one);
    stator_worker_wake(worker);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
}

void stator_threaded_server_serve_here(struct stator_arch *arch, struct stator_idle_conn *idle,
                                       bool one)
{
    struct stator_worker *worker = arch->setup.workers[0];

    stator_arch_report_condition(arch, STATOR_ARCH_CONDITION_SHORTAGE, 0, worker->clock.monotonic);
    stator_threaded_server_serve(arch, worker, idle, one);
    stator_activity_begin(worker); /* the dispatcher's activity, which has not ended */
    stator_dispatcher_return(idle);
}

bool stator_threaded_server_start(struct stator_arch *arch, struct stator_idle_conn *idle, bool one)
{
    struct stator_thread_pool *threads = &threaded_of(arch)->threads;

    if (stator_thread_pool_start(threads, idle)) {
        return true;
    }
    if (stator_thread_pool_busy(threads) > 0) {
        return false;
    }
    stator_threaded_server_serve_here(arch, idle, one);
    return true;
}

void stator_threaded_server_return(struct stator_arch *arch, void *idle)
{
    (void)arch;
    stator_dispatcher_return(idle);
}

/* How long the next wait may be, in ms: for ever, unless log lines grow old meanwhile. */
static int64_t patience(struct stator_worker *worker)
{
    stator_worker_wake(worker);
    stator_log_batch_flush(&worker->log, worker->clock.monotonic, false);
    return stator_log_batch_waits(&worker->log) ? STATOR_LOG_DELAY_MS : -1;
}

void stator_threaded_server_work(struct stator_arch *arch, struct stator_worker *worker,
                                 struct stator_run_queue *queue, bool one)
{
    for (;;) {
        struct stator_run_queue_item taken;

        switch (stator_run_queue_take(queue, patience(worker), &taken)) {
        case STATOR_RUN_QUEUE_RESULT_ITEM:
            if (taken.made_room) {
                stator_dispatcher_wake(threaded_of(arch)->dispatcher);
            }
            stator_threaded_server_serve(arch, worker, taken.item, one);
            stator_dispatcher_return(taken.item);
            break;
        case STATOR_RUN_QUEUE_RESULT_TIMEOUT:
            stator_activity_begin(worker);
            stator_activity_end(worker, true);
            break;
        case STATOR_RUN_QUEUE_RESULT_CLOSED:
            stator_log_batch_flush(&worker->log, worker->clock.monotonic, true);
            return;
        }
    }
}
