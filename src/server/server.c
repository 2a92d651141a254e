/*
 * The server: options become a site, workers, sockets and a design that runs them.
 *
 * Knows the order in which things are made and unmade, and what to tell a person when one cannot
 * be; refuses to know how any of them works. The one surprising thing: stop and reopen_log may run
 * in a signal handler, so they touch nothing but what was made before run.
 */
#include <errno.h>
#include <event2/event.h>
#include <magic.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "base/fd.h"
#include "server/access_log.h"
#include "server/arch_choice.h"
#include "server/cpus.h"
#include "server/error.h"
#include "server/listener.h"
#include "server/notice.h"
#include "server/options.h"
#include "server/server_internal.h"
#include "server/site_options.h"
#include "stator/stator.h"

/* Descriptors that are neither clients nor cached files: standard ones, loops, listeners, the log.
 */
#define FDS_RESERVED 64

/* What a server needs to answer anybody: in all, and for each worker. */
#define FDS_MIN    16
#define FDS_WORKER 8

/* What the process that has children needs for each: a line, and a client on its way. */
#define FDS_CHILD 2

struct stator_server {
    struct stator_options *options;
    char *root;
    char arch_label[128];
    struct stator_site *site;
    struct stator_access_log log;
    struct stator_listeners listeners;
    int *sockets;
    struct stator_worker **workers;
    size_t worker_count;
    size_t sharing; /* how many of them one process has, and its descriptors with it */
    struct stator_arch *arch;
};

const char *stator_version(void)
{
    return STATOR_VERSION;
}

void stator_version_describe(char *out, size_t size)
{
    snprintf(out, size,
             "stator %s\nsystem calls: %s\nlibevent %s (built with %s)\nlibmagic %d.%02d\n",
             STATOR_VERSION, STATOR_TWIN, event_get_version(), LIBEVENT_VERSION,
             magic_version() / 100, magic_version() % 100);
}

/* --- workers, sockets, design --------------------------------------------------------------- */

static struct stator_conn_limits make_limits(const struct stator_server *server, size_t files)
{
    const struct stator_options *options = server->options;
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    size_t limit = stator_fd_limit();
    size_t reserved = FDS_RESERVED + files * server->sharing;
    size_t max = limit > reserved + 16 ? limit - reserved : 16;
    size_t among = server->sharing;

    if (options->max_connections > 0) {
        max = options->max_connections;
        among = server->worker_count;
    }
    limits.max_connections = (max + among - 1) / among;
    limits.header_timeout = options->header_timeout;
    limits.idle_timeout = options->idle_timeout;
    limits.min_rate = options->min_rate;
    limits.body_max = options->body_limit;
    limits.format = (enum stator_log_format)options->log_format;
    limits.colour = options->colour;
    return limits;
}

/* A quarter of the descriptors may go to cached files. */
static struct stator_cache_limits make_cache_limits(const struct stator_server *server)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    size_t share = stator_fd_limit() / 4 / server->sharing;

    limits.bytes = server->options->cache_size;
    if (share < limits.files) {
        limits.files = share > 0 ? share : 1;
    }
    return limits;
}

static int create_workers(struct stator_server *server, struct stator_error *error)
{
    struct stator_cache_limits cache = make_cache_limits(server);
    struct stator_conn_limits limits = make_limits(server, cache.files);

    server->workers = calloc(server->worker_count, sizeof(struct stator_worker *));
    if (server->workers == NULL) {
        return stator_error_memory(error, "cannot make workers");
    }
    for (size_t i = 0; i < server->worker_count; i++) {
        int code = stator_worker_create(server->site, &limits, &cache, server->log.sink,
                                        &server->workers[i]);

        if (code < 0) {
            stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, code);
            stator_error_what(error, "cannot make worker %zu of %zu", i + 1, server->worker_count);
            stator_error_fix(error, "use fewer --workers, or --magic=off where libmagic's "
                                    "database is missing");
            return code;
        }
    }
    return 0;
}

/* Few descriptors are a limit to live with; too few to accept anybody are a mistake. */
static int check_descriptors(const struct stator_server *server, struct stator_error *error)
{
    size_t children = server->worker_count - server->sharing;
    size_t needed = FDS_MIN + FDS_WORKER * server->sharing + FDS_CHILD * children;

    if (stator_fd_limit() >= needed) {
        return 0;
    }
    stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, EMFILE);
    stator_error_what(error, "cannot serve with %zu open files", stator_fd_limit());
    stator_error_why(error, "%zu workers need at least %zu", server->worker_count, needed);
    stator_error_fix(error, "raise the limit with ulimit -n, or use fewer --workers");
    return -EMFILE;
}

static int open_listeners(struct stator_server *server, struct stator_error *error)
{
    const struct stator_options *options = server->options;
    int code = 0;

    for (size_t i = 0; i < options->listen.count && code == 0; i++) {
        code = stator_listeners_open(&server->listeners, options->listen.at[i], error);
    }
    if (code == 0 && (options->listen.count == 0 || options->given[STATOR_OPTION_port])) {
        char address[32];

        snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned)options->port);
        code = stator_listeners_open(&server->listeners, address, error);
    }
    if (code < 0) {
        return code;
    }
    server->sockets = calloc(server->listeners.count, sizeof(int));
    if (server->sockets == NULL) {
        return stator_error_memory(error, "cannot keep the listeners");
    }
    for (size_t i = 0; i < server->listeners.count; i++) {
        server->sockets[i] = server->listeners.at[i].fd;
    }
    return 0;
}

/* The same are told of it as of the log. */
static void on_condition(void *context, enum stator_arch_condition condition, size_t count)
{
    const struct stator_server *server = context;
    struct stator_error notice;

    if (server->log.on_notice != NULL) {
        stator_notice_explain(condition, server->options->arch, server->arch->impl, count, &notice);
        server->log.on_notice(&notice, server->log.context);
    }
}

static int create_arch(struct stator_server *server, const struct stator_arch_impl *impl,
                       const long arch_options[STATOR_ARCH_OPTIONS_MAX], struct stator_error *error)
{
    struct stator_arch_setup setup = {
        .listeners = server->sockets,
        .listener_count = server->listeners.count,
        .workers = server->workers,
        .worker_count = server->worker_count,
        .drain = server->options->drain,
        .on_condition = on_condition,
        .context = server,
    };
    int code = stator_arch_create(impl, &setup, arch_options, &server->arch);

    if (code < 0) {
        stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, code);
        stator_error_what(error, "the design %s cannot run here", server->options->arch);
        stator_error_fix(error, "choose another with --arch; `stator --arch help` lists them");
    }
    return code;
}

static int fail_workers(struct stator_error *error, const char *name, uint64_t asked)
{
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "the design %s cannot have %u workers", name, (unsigned)asked);
    stator_error_why(error, "it runs in one thread");
    stator_error_fix(error, "leave --workers out, or choose another --arch");
    return -EINVAL;
}

static int check_connections(const struct stator_server *server,
                             const struct stator_arch_impl *impl, struct stator_error *error)
{
    size_t asked = server->options->max_connections;

    if (impl->clients_max == 0 || asked <= impl->clients_max * server->worker_count) {
        return 0;
    }
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "%s: at most %zu connections, %s", impl->name,
                      impl->clients_max * server->worker_count, impl->clients_why);
    stator_error_why(error, "%zu are asked for", asked);
    stator_error_fix(error, "ask for fewer --max-connections, or choose another --arch");
    return -EINVAL;
}

static int choose_workers(struct stator_server *server, const struct stator_arch_impl *impl,
                          const long arch_options[STATOR_ARCH_OPTIONS_MAX],
                          struct stator_error *error)
{
    size_t asked = (size_t)server->options->workers, processors = stator_cpus_available();

    if (impl->workers != NULL) {
        server->worker_count = impl->workers(arch_options, asked, processors);
    } else if (impl->traits & STATOR_ARCH_TRAIT_MULTICORE) {
        server->worker_count = asked > 0 ? asked : processors;
    } else if (asked > 1) {
        return fail_workers(error, impl->name, asked);
    } else {
        server->worker_count = 1;
    }
    server->sharing = impl->traits & STATOR_ARCH_TRAIT_ISOLATED ? 1 : server->worker_count;
    snprintf(server->arch_label, sizeof(server->arch_label), "%.80s, %zu worker%s",
             server->options->arch, server->worker_count, server->worker_count == 1 ? "" : "s");
    return 0;
}

static int assemble(struct stator_server *server, struct stator_error *error)
{
    const struct stator_arch_impl *impl = NULL;
    long arch_options[STATOR_ARCH_OPTIONS_MAX];
    int code = stator_arch_choice_parse(server->options->arch, &impl, arch_options, error);

    if (code == 0) {
        code = choose_workers(server, impl, arch_options, error);
    }
    if (code == 0) {
        code = check_connections(server, impl, error);
    }
    if (code == 0) {
        code = stator_site_options_open(server->options, &server->root, &server->site, error);
    }
    if (code == 0) {
        code = check_descriptors(server, error);
    }
    if (code == 0) {
        code = stator_access_log_open(&server->log, server->options->access_log, error);
    }
    if (code == 0) {
        code = create_workers(server, error);
    }
    if (code == 0) {
        code = open_listeners(server, error);
    }
    return code < 0 ? code : create_arch(server, impl, arch_options, error);
}

/* --- the public API -------------------------------------------------------------------------- */

struct stator_server *stator_server_create(const struct stator_options *options,
                                           struct stator_error *error)
{
    struct stator_server *server = calloc(1, sizeof(*server));

    if (server != NULL) {
        server->options = stator_options_copy(options);
    }
    if (server == NULL || server->options == NULL) {
        stator_error_memory(error, "cannot set the server up");
        goto fail;
    }
    if (assemble(server, error) < 0) {
        goto fail;
    }
    return server;
fail:
    stator_server_destroy(server);
    return NULL;
}

void stator_server_destroy(struct stator_server *server)
{
    if (server == NULL) {
        return;
    }
    stator_arch_destroy(server->arch);
    stator_listeners_close(&server->listeners);
    free(server->sockets);
    for (size_t i = 0; server->workers != NULL && i < server->worker_count; i++) {
        stator_worker_destroy(server->workers[i]);
    }
    free(server->workers);
    stator_access_log_close(&server->log);
    stator_site_unref(server->site);
    stator_options_destroy(server->options);
    free(server->root);
    free(server);
}

int stator_server_run(struct stator_server *server, struct stator_error *error)
{
    int code = stator_arch_run(server->arch);

    stator_access_log_finish(&server->log, server->workers, server->worker_count);
    if (code < 0) {
        stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, code);
        stator_error_what(error, "the design %s stopped", server->options->arch);
        stator_error_fix(error, "look at the limits of this process, such as ulimit -u");
    }
    return code;
}

void stator_server_watch(struct stator_server *server, stator_notice_fn *on_notice, void *context)
{
    server->log.on_notice = on_notice;
    server->log.context = context;
}

void stator_server_stop(struct stator_server *server)
{
    stator_arch_stop(server->arch);
}

void stator_server_reopen_log(struct stator_server *server)
{
    stator_log_reopen(server->log.sink);
}

const char *stator_server_url(const struct stator_server *server, size_t index)
{
    return index < server->listeners.count ? server->listeners.at[index].url : NULL;
}

const char *stator_server_root(const struct stator_server *server)
{
    return server->root;
}

const char *stator_server_arch(const struct stator_server *server)
{
    return server->arch_label;
}

bool stator_server_count_worker(const struct stator_server *server, size_t index,
                                struct stator_worker_counts *out)
{
    const struct stator_counters *counters;

    if (index >= server->worker_count) {
        return false;
    }
    counters = server->workers[index]->counters;
    *out = (struct stator_worker_counts){
        .accepted = stator_counter_read(&counters->accepted),
        .closed = stator_counter_read(&counters->closed),
        .requests = stator_counter_read(&counters->requests),
        .errors = stator_counter_read(&counters->errors),
        .aborted = stator_counter_read(&counters->aborted),
        .body_bytes = stator_counter_read(&counters->body_bytes),
        .wakes = stator_counter_read(&counters->wakes),
        .idle_wakes = stator_counter_read(&counters->idle_wakes),
        .busy_us = stator_counter_read(&counters->busy_us),
        .queued = stator_counter_read(&counters->queued),
    };
    return true;
}

void stator_server_count(const struct stator_server *server, struct stator_server_counts *out)
{
    struct stator_worker_counts worker;

    *out = (struct stator_server_counts){.lost_lines = stator_log_lost(server->log.sink)};
    for (size_t i = 0; stator_server_count_worker(server, i, &worker); i++) {
        out->accepted += worker.accepted;
        out->closed += worker.closed;
        out->requests += worker.requests;
        out->errors += worker.errors;
        out->aborted += worker.aborted;
        out->body_bytes += worker.body_bytes;
    }
}

/* --- for laboratories ------------------------------------------------------------------------ */

size_t stator_server_workers(const struct stator_server *server)
{
    return server->worker_count;
}

const struct stator_worker *stator_server_worker(const struct stator_server *server, size_t index)
{
    return server->workers[index];
}

int stator_server_listener(const struct stator_server *server, size_t index)
{
    return index < server->listeners.count ? server->listeners.at[index].fd : -1;
}

void stator_server_emulate(struct stator_server *server, const struct stator_emulation *emulation)
{
    for (size_t i = 0; i < server->worker_count; i++) {
        server->workers[i]->emulation = emulation;
    }
}
