/*
 * thread-request: a thread for each request, made for it and gone after it.
 *
 * Between two requests a connection has no thread: it waits in the dispatcher with all the others,
 * so an idle client costs no stack; in return every request pays for the making of a thread.
 * Schmidt, "Evaluating Architectures for Multithreaded Object Request Brokers", CACM 41(10), 1998:
 * thread-per-request.
 */
#include "arch/architectures/registry.h"
#include "arch/blocking/threaded_server.h"

enum { MAX_OPTION };

static const struct stator_arch_option arch_options[] = {
    [MAX_OPTION] = {.name = "most",
                    .min = 1,
                    .max = 4096,
                    .default_value = 64,
                    .help = "threads, and so requests, at a time; others wait for one to end"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    (void)processors;
    return 1 + (asked > 0 ? asked : (size_t)values[MAX_OPTION]);
}

static bool start_request(struct stator_arch *arch, struct stator_idle_conn *idle)
{
    return stator_threaded_server_start(arch, idle, true);
}

static void serve_request(struct stator_arch *arch, struct stator_worker *worker, void *task)
{
    stator_threaded_server_serve_last(arch, worker, task, true);
}

static int init(struct stator_arch *arch)
{
    /* A connection needs no thread, only one that asks does: there is always room for more. */
    static const struct stator_idle_set_host host = {.take = start_request};

    return stator_threaded_server_init(arch, &host, serve_request, stator_threaded_server_return);
}

static int run(struct stator_arch *arch)
{
    return stator_threaded_server_run(arch, NULL, 0);
}

const struct stator_arch_impl stator_arch_thread_request = {
    .name = "thread-request",
    .summary = "a thread per request, gone after it; idle connections have none",
    .source = "Schmidt, Evaluating Architectures for Multithreaded ORBs, CACM 41(10), 1998",
    .traits = STATOR_ARCH_TRAIT_MULTICORE,
    .options = arch_options,
    .size = sizeof(struct stator_threaded_server),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stator_threaded_server_stop,
    .finish = stator_threaded_server_finish,
};
