/* The access log as its operator knows it: a path that is opened, and what is told when it fails.
 */
#ifndef STATOR_SERVER_ACCESS_LOG_H
#define STATOR_SERVER_ACCESS_LOG_H

#include "exchange/worker.h"
#include "stator/stator.h"

/* Zero-initialized is closed, and may be closed. Does not move while it is open. */
struct stator_access_log {
    const char *path; /* borrowed */
    struct stator_log *sink;
    stator_notice_fn *on_notice; /* NULL: nobody is told */
    void *context;
};

/*
 * Opens the log that the option names: a path, "-" or "off". Lives: `path` as long as the log.
 * Fails: -errno, `log` untouched, and `error` says what, why and what to do.
 */
int stator_access_log_open(struct stator_access_log *log, const char *path,
                           struct stator_error *error);

/* Every worker that writes to it must be gone. */
void stator_access_log_close(struct stator_access_log *log);

/*
 * Writes what waits in the workers, of which none may run any more, and gives notice of how many
 * lines were lost, if any was.
 */
void stator_access_log_finish(struct stator_access_log *log, struct stator_worker *const *workers,
                              size_t worker_count);

#endif
