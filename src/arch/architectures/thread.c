/*
 * thread: a thread for each connection, made when it comes and gone with it.
 *
 * The code of a thread is as simple as that of a server for one client, and a slow client holds up
 * nobody but itself; what it costs is a thread each, be the client ever so idle. Stevens, "UNIX
 * Network Programming" vol. 1, 3rd ed., 26.4 and 30.10. At the bound the calling thread stops
 * accepting, and clients wait in the kernel's queue until a thread ends; where the system gives not
 * one, it serves them itself.
 */
#include "arch/architectures/registry.h"
#include "arch/blocking/threaded_server.h"

enum { MAX_OPTION };

static const struct stator_arch_option arch_options[] = {
    [MAX_OPTION] = {.name = "most",
                    .min = 1,
                    .max = 4096,
                    .default_value = 64,
                    .help =
                        "threads, and so clients, at a time; each has a worker of its own, made "
                        "beforehand, of about 200 KiB"},
    {.name = NULL},
};

static size_t count_workers(const long values[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                            size_t processors)
{
    (void)processors;
    return 1 + (asked > 0 ? asked : (size_t)values[MAX_OPTION]);
}

static bool has_room(struct stator_arch *arch)
{
    struct stator_thread_pool *threads = &((struct stator_threaded_server *)arch)->threads;

    return stator_thread_pool_busy(threads) < threads->count;
}

static bool take(struct stator_arch *arch, struct stator_idle_conn *idle)
{
    return stator_threaded_server_start(arch, idle, false);
}

static void serve_client(struct stator_arch *arch, struct stator_worker *worker, void *task)
{
    stator_threaded_server_serve_last(arch, worker, task, false);
}

static int init(struct stator_arch *arch)
{
    static const struct stator_idle_set_host host = {
        .has_room = has_room, .take = take, .at_once = true};

    return stator_threaded_server_init(arch, &host, serve_client, stator_threaded_server_return);
}

static int run(struct stator_arch *arch)
{
    return stator_threaded_server_run(arch, NULL, 0);
}

const struct stator_arch_impl stator_arch_thread = {
    .name = "thread",
    .summary = "a thread per connection, made on demand",
    .source = "Stevens, UNIX Network Programming vol. 1, 3rd ed., ch. 26 and 30",
    .traits = STATOR_ARCH_TRAIT_MULTICORE | STATOR_ARCH_TRAIT_ON_DEMAND,
    .options = arch_options,
    .size = sizeof(struct stator_threaded_server),
    .workers = count_workers,
    .init = init,
    .run = run,
    .stop = stator_threaded_server_stop,
    .finish = stator_threaded_server_finish,
};
