/*
 * What one thread of control owns.
 *
 * Knows how the parts of a worker are made and how an exchange is counted and logged; refuses to
 * know who waits. The one surprising thing: Date is formatted once a second, not once a response.
 */
#include "exchange/worker.h"

#include <errno.h>
#include <stdlib.h>

#include "http/date.h"

int stator_worker_create(struct stator_site *site, const struct stator_policy *policy,
                         const struct stator_cache_limits *cache, struct stator_log *log,
                         struct stator_worker **out)
{
    struct stator_worker *worker = calloc(1, sizeof(*worker));
    int error;

    if (worker == NULL) {
        return -ENOMEM;
    }
    worker->site = stator_site_ref(site);
    worker->policy = *policy;
    worker->date_second = INT64_MIN;
    stator_log_batch_init(&worker->log, log);
    stator_worker_wake(worker);
    if (site->magic != STATOR_MAGIC_OFF) {
        error = stator_magic_create(&worker->magic);
        if (error < 0) {
            goto fail;
        }
    }
    error = stator_cache_create(site, worker->magic, &worker->clock, cache, &worker->cache);
    if (error < 0) {
        goto fail;
    }
    *out = worker;
    return 0;
fail:
    stator_worker_destroy(worker);
    return error;
}

void stator_worker_destroy(struct stator_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    stator_cache_destroy(worker->cache);
    stator_magic_destroy(worker->magic);
    stator_log_batch_finish(&worker->log);
    stator_site_unref(worker->site);
    free(worker);
}

void stator_worker_wake(struct stator_worker *worker)
{
    stator_clock_read(&worker->clock);
}

struct stator_span stator_worker_date(struct stator_worker *worker)
{
    int64_t second = worker->clock.wall / STATOR_NANOSECONDS;

    if (second != worker->date_second) {
        stator_date_format(second, worker->date);
        worker->date_second = second;
    }
    return (struct stator_span){worker->date, sizeof(worker->date)};
}

void stator_worker_record(struct stator_worker *worker, const struct stator_record *record)
{
    stator_counter_add(&worker->counters.requests, record->status != STATOR_STATUS_NONE);
    stator_counter_add(&worker->counters.body_bytes, record->body_bytes);
    if (record->status >= 400) {
        stator_counter_add(&worker->counters.errors, 1);
    }
    if (!record->complete) {
        stator_counter_add(&worker->counters.aborted, 1);
    }
    if (stator_log_is_on(worker->log.log)) {
        struct stator_text *line = stator_log_batch_line(&worker->log);

        if (line != NULL) {
            stator_record_format(record, worker->policy.format, worker->policy.colour, line);
            stator_log_batch_added(&worker->log, worker->clock.monotonic);
        }
    }
}
