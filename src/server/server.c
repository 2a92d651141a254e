/*
 * The server: options become a site, workers, sockets and a design that runs them.
 *
 * Knows the order in which things are made and unmade, and what to tell a person when one cannot
 * be; refuses to know how any of them works. The one surprising thing: stop and reopen_log may run
 * in a signal handler, so they touch nothing but what was made before run.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/fd.h"
#include "content/root.h"
#include "server/cpus.h"
#include "server/error.h"
#include "server/listener.h"
#include "server/options.h"
#include "server/suggest.h"
#include "stator/stator.h"

/* Descriptors that are neither clients nor cached files: standard ones, loops, listeners, the log.
 */
#define FDS_RESERVED 64

struct stator_server {
    struct stator_options *options;
    char *root;
    char design[128];
    struct stator_site *site;
    struct stator_log *log;
    struct stator_listeners listeners;
    int *sockets;
    struct stator_worker **workers;
    size_t worker_count;
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

void stator_arch_each(stator_arch_each_fn *each, void *context)
{
    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        each(stator_arch_at(i)->name, stator_arch_at(i)->summary, context);
    }
}

static int fail_memory(struct stator_error *error, const char *what)
{
    stator_error_begin(error, STATOR_ERROR_RUNTIME, ENOMEM);
    stator_error_what(error, "%s", what);
    stator_error_fix(error, "free some memory");
    return -ENOMEM;
}

/* --- what is served ------------------------------------------------------------------------- */

static int fail_root(struct stator_error *error, const char *path, int code)
{
    stator_error_begin(error, stator_error_kind_from(code), code);
    stator_error_what(error, "cannot serve %s", path);
    if (code == -ENOENT) {
        stator_error_why(error, "there is no such file or directory");
        stator_error_fix(error, "check the path; it is relative to the working directory");
    } else if (code == -EACCES || code == -EPERM) {
        stator_error_fix(error, "let this user read it, or run as one who may");
    } else {
        stator_error_fix(error, "give a directory or a regular file");
    }
    return code;
}

/* Splits an absolute path into its directory, opened, and a copy of its last name. */
static int open_parent(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    int fd = directory != NULL ? stator_root_open(directory) : -ENOMEM;

    free(directory);
    if (fd >= 0) {
        *name = strdup(slash + 1);
        if (*name == NULL) {
            stator_fd_close(&fd);
            return -ENOMEM;
        }
    }
    return fd;
}

static int open_root(struct stator_server *server, char **only, struct stator_error *error)
{
    const char *path = server->options->root;
    struct stat status;
    int fd;

    if (path == NULL) {
        stator_error_begin(error, STATOR_ERROR_USAGE, 0);
        stator_error_what(error, "there is nothing to serve");
        stator_error_why(error, "no directory or file was given");
        stator_error_fix(error, "name one, for example: stator .");
        return -EINVAL;
    }
    server->root = realpath(path, NULL);
    if (server->root == NULL || stat(server->root, &status) < 0) {
        return fail_root(error, path, -errno);
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) {
        fd = -ENOTDIR;
    } else if (S_ISREG(status.st_mode)) {
        fd = open_parent(server->root, only);
    } else {
        fd = stator_root_open(server->root);
    }
    return fd < 0 ? fail_root(error, path, fd) : fd;
}

static int open_site(struct stator_server *server, struct stator_error *error)
{
    const struct stator_options *options = server->options;
    char *only = NULL;
    int root = open_root(server, &only, error);

    if (root < 0) {
        return root;
    }
    server->site = stator_site_create(root, only, options->index);
    free(only);
    if (server->site == NULL) {
        return fail_memory(error, "cannot set the site up");
    }
    server->site->listing = options->listing;
    server->site->server_field = options->server_field;
    server->site->magic = (enum stator_magic_mode)options->magic;
    return 0;
}

static int open_log(struct stator_server *server, struct stator_error *error)
{
    const char *path = server->options->access_log;
    int code = stator_log_open(path, &server->log);

    if (code < 0) {
        stator_error_begin(error, stator_error_kind_from(code), code);
        stator_error_what(error, "cannot open the access log %s", path);
        stator_error_fix(error, "make its directory, let this user write there, or use "
                                "--access-log -");
    }
    return code;
}

/* --- the design ----------------------------------------------------------------------------- */

static int fail_arch(struct stator_error *error, const char *name)
{
    struct stator_suggest suggest = {.word = name};

    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        stator_suggest_offer(&suggest, stator_arch_at(i)->name);
    }
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "there is no server design '%s'", name);
    stator_error_why(error,
                     suggest.nearest != NULL ? "the nearest one is '%s'" : "the name is not known",
                     suggest.nearest);
    stator_error_fix(error, "`stator --arch help` lists them");
    return -EINVAL;
}

static int fail_knob(struct stator_error *error, const struct stator_arch_impl *impl,
                     const struct stator_knob_error *wrong)
{
    char name[64];
    struct stator_suggest suggest = {.word = name};
    const struct stator_knob *knob = wrong->knob;

    snprintf(name, sizeof(name), "%.*s", (int)wrong->name.length, wrong->name.at);
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    if (wrong->fault == STATOR_KNOB_UNKNOWN) {
        stator_error_what(error, "the design %s has no knob '%s'", impl->name, name);
        for (knob = impl->knobs; knob != NULL && knob->name != NULL; knob++) {
            stator_suggest_offer(&suggest, knob->name);
        }
        if (suggest.nearest == NULL && impl->knobs != NULL) {
            suggest.nearest = impl->knobs[0].name;
        }
        stator_error_why(error, suggest.nearest != NULL ? "it has '%s'" : "it has none",
                         suggest.nearest);
    } else if (knob->choices != NULL) {
        stator_error_what(error, "%s:%s cannot be '%.*s'", impl->name, name,
                          (int)wrong->value.length, wrong->value.at);
        stator_error_why(error, "%s: one of several names", knob->help);
    } else {
        stator_error_what(error, "%s:%s cannot be '%.*s'", impl->name, name,
                          (int)wrong->value.length, wrong->value.at);
        stator_error_why(error, "it is a number from %ld to %ld", knob->least, knob->most);
    }
    stator_error_fix(error, "`stator --arch help` shows every design with its knobs");
    return -EINVAL;
}

/* Finds the design in "name:knob=value,..." and reads its knobs. */
static int choose_arch(const struct stator_server *server, long knobs[STATOR_KNOBS_MAX],
                       const struct stator_arch_impl **out, struct stator_error *error)
{
    struct stator_span text = stator_span_from(server->options->arch);
    size_t colon = stator_span_find(text, ':');
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_first(text, colon));
    struct stator_knob_error wrong;

    if (impl == NULL) {
        char name[64];

        snprintf(name, sizeof(name), "%.*s", (int)colon, text.at);
        return fail_arch(error, name);
    }
    text = stator_span_skip(text, colon < text.length ? colon + 1 : colon);
    if (stator_knobs_parse(impl->knobs, text, knobs, &wrong) < 0) {
        return fail_knob(error, impl, &wrong);
    }
    *out = impl;
    return 0;
}

static struct stator_policy make_policy(const struct stator_server *server, size_t files)
{
    const struct stator_options *options = server->options;
    struct stator_policy policy = STATOR_POLICY;
    size_t limit = stator_fd_limit();
    size_t reserved = FDS_RESERVED + files * server->worker_count;
    size_t most = options->max_connections;

    if (most == 0) {
        most = limit > reserved + 16 ? limit - reserved : 16;
    }
    policy.max_connections = (most + server->worker_count - 1) / server->worker_count;
    policy.header_timeout = options->header_timeout;
    policy.idle_timeout = options->idle_timeout;
    policy.min_rate = options->min_rate;
    policy.body_max = options->body_limit;
    policy.format = (enum stator_log_format)options->log_format;
    policy.colour = options->colour;
    return policy;
}

/* A quarter of the descriptors may go to cached files. */
static struct stator_cache_limits make_cache_limits(const struct stator_server *server)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    size_t share = stator_fd_limit() / 4 / server->worker_count;

    limits.bytes = server->options->cache_size;
    if (share < limits.files) {
        limits.files = share > 0 ? share : 1;
    }
    return limits;
}

static int create_workers(struct stator_server *server, struct stator_error *error)
{
    struct stator_cache_limits cache = make_cache_limits(server);
    struct stator_policy policy = make_policy(server, cache.files);

    server->workers = calloc(server->worker_count, sizeof(struct stator_worker *));
    if (server->workers == NULL) {
        return fail_memory(error, "cannot make workers");
    }
    for (size_t i = 0; i < server->worker_count; i++) {
        int code =
            stator_worker_create(server->site, &policy, &cache, server->log, &server->workers[i]);

        if (code < 0) {
            stator_error_begin(error, STATOR_ERROR_RUNTIME, code);
            stator_error_what(error, "cannot make worker %zu of %zu", i + 1, server->worker_count);
            stator_error_fix(error, "use fewer --workers, or --magic=off where libmagic's "
                                    "database is missing");
            return code;
        }
    }
    return 0;
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
        return fail_memory(error, "cannot keep the listeners");
    }
    for (size_t i = 0; i < server->listeners.count; i++) {
        server->sockets[i] = server->listeners.at[i].fd;
    }
    return 0;
}

static int create_arch(struct stator_server *server, const struct stator_arch_impl *impl,
                       const long knobs[STATOR_KNOBS_MAX], struct stator_error *error)
{
    struct stator_arch_setup setup = {
        .listeners = server->sockets,
        .listener_count = server->listeners.count,
        .workers = server->workers,
        .worker_count = server->worker_count,
        .drain = server->options->drain,
    };
    int code = stator_arch_create(impl, &setup, knobs, &server->arch);

    if (code < 0) {
        stator_error_begin(error, STATOR_ERROR_RUNTIME, code);
        stator_error_what(error, "the design %s cannot run here", server->options->arch);
        stator_error_fix(error, "choose another with --arch; `stator --arch help` lists them");
    }
    return code;
}

static int choose_workers(struct stator_server *server, const struct stator_arch_impl *impl,
                          struct stator_error *error)
{
    uint64_t asked = server->options->workers;

    if (!(impl->traits & STATOR_ARCH_MULTICORE)) {
        if (asked > 1) {
            stator_error_begin(error, STATOR_ERROR_USAGE, 0);
            stator_error_what(error, "the design %s cannot have %u workers", impl->name,
                              (unsigned)asked);
            stator_error_why(error, "it runs in one thread");
            stator_error_fix(error, "leave --workers out, or choose another --arch");
            return -EINVAL;
        }
        asked = 1;
    }
    server->worker_count = asked > 0 ? (size_t)asked : stator_cpus_available();
    snprintf(server->design, sizeof(server->design), "%.80s, %zu worker%s", server->options->arch,
             server->worker_count, server->worker_count == 1 ? "" : "s");
    return 0;
}

static int assemble(struct stator_server *server, struct stator_error *error)
{
    const struct stator_arch_impl *impl = NULL;
    long knobs[STATOR_KNOBS_MAX];
    int code = choose_arch(server, knobs, &impl, error);

    if (code == 0) {
        code = choose_workers(server, impl, error);
    }
    if (code == 0) {
        code = open_site(server, error);
    }
    if (code == 0) {
        code = open_log(server, error);
    }
    if (code == 0) {
        code = create_workers(server, error);
    }
    if (code == 0) {
        code = open_listeners(server, error);
    }
    return code < 0 ? code : create_arch(server, impl, knobs, error);
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
        fail_memory(error, "cannot set the server up");
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
    stator_log_destroy(server->log);
    stator_site_unref(server->site);
    stator_options_destroy(server->options);
    free(server->root);
    free(server);
}

int stator_server_run(struct stator_server *server, struct stator_error *error)
{
    int code = stator_arch_run(server->arch);

    if (code < 0) {
        stator_error_begin(error, STATOR_ERROR_RUNTIME, code);
        stator_error_what(error, "the design %s stopped", server->options->arch);
        stator_error_fix(error, "look at the limits of this process, such as ulimit -u");
    }
    return code;
}

void stator_server_stop(struct stator_server *server)
{
    stator_arch_stop(server->arch);
}

void stator_server_reopen_log(struct stator_server *server)
{
    stator_log_reopen(server->log);
}

const char *stator_server_url(const struct stator_server *server, size_t index)
{
    return index < server->listeners.count ? server->listeners.at[index].url : NULL;
}

const char *stator_server_root(const struct stator_server *server)
{
    return server->root;
}

const char *stator_server_design(const struct stator_server *server)
{
    return server->design;
}

void stator_server_count(const struct stator_server *server, struct stator_server_counts *out)
{
    *out = (struct stator_server_counts){0};
    for (size_t i = 0; i < server->worker_count; i++) {
        const struct stator_counters *counters = &server->workers[i]->counters;

        out->accepted += stator_counter_read(&counters->accepted);
        out->closed += stator_counter_read(&counters->closed);
        out->requests += stator_counter_read(&counters->requests);
        out->errors += stator_counter_read(&counters->errors);
        out->aborted += stator_counter_read(&counters->aborted);
        out->body_bytes += stator_counter_read(&counters->body_bytes);
    }
}
