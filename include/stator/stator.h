/*
 * stator: a static-file HTTP server as a library.
 *
 *     struct stator_error error;
 *     struct stator_options *options = stator_options_create();
 *     stator_options_set(options, "root", "/srv/www", &error);
 *     stator_options_set(options, "listen", "127.0.0.1:8080", &error);
 *     struct stator_server *server = stator_server_create(options, &error);
 *     stator_server_run(server, &error);
 *     stator_server_destroy(server);
 *     stator_options_destroy(options);
 *
 * The library prints nothing, installs no signal handlers, and never ends the process. SIGPIPE must
 * be ignored or blocked by the program while a server runs; so must SIGXFSZ where the size of files
 * is limited and there is an access log.
 */
#ifndef STATOR_STATOR_H
#define STATOR_STATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is built so that nothing else can be seen of it. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* What kind of failure it was; a program can turn it into its exit code. */
enum stator_error_kind {
    STATOR_ERROR_KIND_NONE,
    STATOR_ERROR_KIND_USAGE,      /* an option is unknown or its value is not possible */
    STATOR_ERROR_KIND_RUNTIME,    /* the system failed */
    STATOR_ERROR_KIND_BIND,       /* an address cannot be listened on */
    STATOR_ERROR_KIND_PERMISSION, /* the operating system forbids it */
};

/* An error as a person needs it: three short parts, each NUL-terminated, none ending in a period.
 */
struct stator_error {
    enum stator_error_kind kind;
    int code;       /* errno where the system said no, else 0 */
    char what[192]; /* what did not work: "cannot listen on 127.0.0.1:80" */
    char why[192];  /* why: "permission denied" */
    char fix[192];  /* what to do: "use a port of 1024 or more, or run with CAP_NET_BIND_SERVICE" */
};

/* "0.1.0". Lives: forever. */
const char *stator_version(void);

/* Writes version, build features and library versions, one line each, into `out` (NUL-terminated,
 * cut at `size`). */
void stator_version_describe(char *out, size_t size);

struct stator_options;

/* All options at their defaults. Owns: the caller destroys it. Fails: NULL when memory is out. */
struct stator_options *stator_options_create(void);
void stator_options_destroy(struct stator_options *options);

/*
 * Sets one option by its key, as `stator --help` names it without the dashes ("listen", "arch"); a
 * value of the wrong type or out of range is refused and the option keeps its old one. Repeatable
 * options ("listen") are added to. Threads: the owner's. Fails: -EINVAL (STATOR_ERROR_KIND_USAGE,
 * with the nearest key where the key is unknown), -ENOMEM; `error` (may be NULL) says more.
 */
int stator_options_set(struct stator_options *options, const char *key, const char *value,
                       struct stator_error *error);

/*
 * Sets every option that has its variable in `environment` (an array like environ); the names are
 * those of stator_option_variable. A variable that is empty counts as unset. Words in STATOR_LISTEN
 * are separated by spaces and added one by one, as for every repeatable option. Unknown STATOR_
 * variables are left alone. Fails: as stator_options_set, at the first.
 */
int stator_options_read_environment(struct stator_options *options, char *const environment[],
                                    struct stator_error *error);

/* One option of the table, for programs that print help or check flags. */
struct stator_option_info {
    const char *key;
    char letter;               /* 0 where it has none */
    const char *argument;      /* "ADDR"; NULL for a switch, which takes "true" or "false" */
    const char *default_value; /* its default, as it would be typed; "" where it has none */
    const char *range; /* "1..65535", "common|combined|json|pretty"; "" where anything goes */
    const char *help;  /* one line */
    bool repeatable;
};

/* The table, for index 0, 1, ...; NULL after the last. Lives: forever. */
const struct stator_option_info *stator_option_at(size_t index);

#define STATOR_OPTION_VARIABLE_SIZE 64

/*
 * Writes the name of the option's environment variable, NUL-terminated: "STATOR_" and the key in
 * upper case, '_' for '-', as STATOR_LOG_FORMAT for "log-format".
 */
void stator_option_variable(const struct stator_option_info *option,
                            char out[STATOR_OPTION_VARIABLE_SIZE]);

/* The key of the table that is nearest to `key`, or NULL where none is near. */
const char *stator_option_nearest(const char *key);

/*
 * Calls `each` for every server design: its name, one line about it, and its options with their
 * possible values ("backend=epoll|poll", "" where it has none). Lives: `options` during the call.
 */
typedef void stator_arch_each_fn(const char *name, const char *summary, const char *options,
                                 void *context);
void stator_arch_each(stator_arch_each_fn *each, void *context);

/* One option of a server design, for programs that print help. */
struct stator_arch_option_info {
    const char *name;
    const char *values;        /* "connection|request", "1..64" */
    const char *default_value; /* its default, as it would be typed */
    const char *help;          /* one line */
};

/*
 * Calls `each` for every option of the design of that name, for none where there is no such design.
 * Lives: `option` and what it points to during the call.
 */
typedef void stator_arch_option_each_fn(const struct stator_arch_option_info *option,
                                        void *context);
void stator_arch_option_each(const char *arch, stator_arch_option_each_fn *each, void *context);

struct stator_server;

/*
 * Opens the root and the access log, binds every address, and gets the server design ready; nothing
 * is accepted yet, but the kernel already queues connections.
 * Owns: the caller destroys the server; `options` are copied. Fails: NULL; `error` (may be NULL)
 * says what, why and what to do.
 */
struct stator_server *stator_server_create(const struct stator_options *options,
                                           struct stator_error *error);

/* NULL is allowed. The server must not be running. */
void stator_server_destroy(struct stator_server *server);

/*
 * Serves until stator_server_stop. Blocks the calling thread and uses it, as the design does.
 * Designs of processes fork: their children keep no descriptor of the program but the standard ones
 * and what they need, have its signal handlers, never return from this call, and are waited for
 * before it returns. Fails: -errno when the design cannot run (any more); what was accepted is
 * closed.
 */
int stator_server_run(struct stator_server *server, struct stator_error *error);

/*
 * What an operator should know although the server goes on: what, why and what to do, as of an
 * error. Lives: `notice` during the call. Threads: any of the server's, of which several may call
 * at a time; it must not wait, for that thread's clients would too.
 */
typedef void stator_notice_fn(const struct stator_error *notice, void *context);

/*
 * Has `on_notice` (NULL: nothing) called when lines of the access log begin to be lost, because
 * what it leads to is full or nobody reads it; again for a log that was opened anew; and with their
 * number before stator_server_run returns. Also when the system begins to give fewer threads or
 * processes than the design wants, or its processes to die over and over: not again before that was
 * over for a minute. Threads: the owner's, before stator_server_run.
 */
void stator_server_watch(struct stator_server *server, stator_notice_fn *on_notice, void *context);

/*
 * Asks a running server to stop: the first call lets responses in progress finish (for at most the
 * "drain" option's seconds), a second one ends them. In a child of a design, as its signal handler,
 * it asks that child alone. Threads: any; async-signal-safe.
 */
void stator_server_stop(struct stator_server *server);

/* Opens the access log's path again, after it was renamed. Threads: any; async-signal-safe. */
void stator_server_reopen_log(struct stator_server *server);

/*
 * Where the server listens, for index 0, 1, ...: "http://127.0.0.1:8080/", "unix:/path"; with the
 * port it really got. NULL after the last. Lives: as long as the server.
 */
const char *stator_server_url(const struct stator_server *server, size_t index);

/* What it serves, as an absolute path; design and workers as "event-threads, 2 workers". Lives: as
 * long as the server. */
const char *stator_server_root(const struct stator_server *server);
const char *stator_server_arch(const struct stator_server *server);

/* Sums over all workers. Threads: any. */
struct stator_server_counts {
    uint64_t accepted, closed, requests, errors, aborted, body_bytes;
    uint64_t lost_lines; /* of the access log */
};
void stator_server_count(const struct stator_server *server, struct stator_server_counts *out);

/*
 * What one worker did, be it a thread or a process: also how often it woke up, how often of those
 * for nothing, for how long it was busy between, and how many connections or requests wait for it
 * now. It says so while it runs and after it ended. Index 0, 1, ...; false after the last, `out`
 * untouched. Threads: any.
 */
struct stator_worker_counts {
    uint64_t accepted, closed, requests, errors, aborted, body_bytes;
    uint64_t wakes, idle_wakes, busy_us, queued;
};
bool stator_server_count_worker(const struct stator_server *server, size_t index,
                                struct stator_worker_counts *out);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
