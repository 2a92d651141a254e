/*
 * What an operator is told of the access log.
 *
 * Knows what can keep lines from being written and what helps; refuses to know when they are
 * written. The one surprising thing: a sink that takes no more at the moment is EAGAIN, which means
 * to a person that somebody does not read.
 */
#include "server/access_log.h"

#include <errno.h>
#include <inttypes.h>

#include "server/error.h"

/* Why lines are lost, and what to do. */
static void explain(int why, struct stator_error *error)
{
    switch (why) {
    case -EAGAIN:
        stator_error_why(error, "whoever reads it does not keep up");
        stator_error_fix(error, "look at its reader, or write to a file with --access-log PATH");
        break;
    case -EPIPE:
        stator_error_why(error, "whoever read it has ended");
        stator_error_fix(error,
                         "start its reader again, or write to a file with --access-log PATH");
        break;
    case -ENOSPC:
    case -EDQUOT:
        stator_error_fix(error,
                         "make room there; lines are written again as soon as there is some");
        break;
    case -EFBIG:
        stator_error_fix(error, "rename it and send SIGUSR1, or raise the limit with ulimit -f");
        break;
    case -ENOMEM:
        stator_error_fix(error, "free some memory");
        break;
    default:
        stator_error_fix(error, "look where it leads, or choose another with --access-log");
        break;
    }
}

static void give_notice(const struct stator_access_log *log, const struct stator_error *notice)
{
    if (log->on_notice != NULL) {
        log->on_notice(notice, log->context);
    }
}

static void on_loss(void *context)
{
    const struct stator_access_log *log = context;
    struct stator_error notice;
    int why = stator_log_why_lost(log->sink);
    stator_error_begin(&notice, STATOR_ERROR_KIND_RUNTIME, why);
    stator_error_what(&notice, "losing lines of the access log %s", log->path);
    explain(why, &notice);
    give_notice(log, &notice);
}

static int refuse(const char *path, int code, struct stator_error *error)
{
    stator_error_begin(error, stator_error_kind_from(code), code);
    stator_error_what(error, "cannot open the access log %s", path);
    if (code == -ENXIO) {
        stator_error_why(error, "nobody reads that FIFO");
        stator_error_fix(error, "start its reader first");
    } else {
        stator_error_fix(error, "make its directory, let this user write there, or use "
                                "--access-log -");
    }
    return code;
}

int stator_access_log_open(struct stator_access_log *log, const char *path,
                           struct stator_error *error)
{
    struct stator_log *sink = NULL;
    int code = stator_log_open(path, &sink);
    if (code < 0) {
        return refuse(path, code, error);
    }
    log->path = path;
    log->sink = sink;
    stator_log_watch(sink, on_loss, log);
    return 0;
}

void stator_access_log_close(struct stator_access_log *log)
{
    stator_log_destroy(log->sink);
    log->sink = NULL;
}

void stator_access_log_finish(struct stator_access_log *log, struct stator_worker *const *workers,
                              size_t worker_count)
{
    /* What is lost from here on is told with all the rest, below. */
    stator_log_watch(log->sink, NULL, NULL);
    for (size_t i = 0; i < worker_count; i++) {
        stator_log_batch_finish(&workers[i]->log);
    }
    uint64_t lost = stator_log_lost(log->sink);
    if (lost > 0) {
        struct stator_error notice;
        int why = stator_log_why_lost(log->sink);
        stator_error_begin(&notice, STATOR_ERROR_KIND_RUNTIME, why);
        stator_error_what(&notice, "lost %" PRIu64 " line%s of the access log %s", lost,
                          lost == 1 ? "" : "s", log->path);
        explain(why, &notice);
        give_notice(log, &notice);
    }
}
