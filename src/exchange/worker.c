/*
 * What one thread of control owns.
 *
 * Knows how the parts of a worker are made and how an exchange is counted and logged; refuses to
 * know who waits. The one surprising thing: how a 200 and a 304 begin is written once a second,
 * not once a response.
 */
#include "exchange/worker.h"

#include <errno.h>
#include <stdlib.h>

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
    worker->counters = stator_counters_create();
    worker->lead_second = INT64_MIN;
    stator_log_batch_init(&worker->log, log);
    stator_worker_wake(worker);
    if (worker->counters == NULL) {
        error = -ENOMEM;
        goto fail;
    }
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
    stator_text_finish(&worker->head);
    stator_listings_finish(&worker->listings);
    stator_site_unref(worker->site);
    stator_counters_destroy(worker->counters);
    free(worker);
}

size_t stator_worker_fds(const struct stator_worker *worker, int out[STATOR_WORKER_FDS])
{
    size_t count = 0;

    out[count++] = worker->site->root;
    if (stator_log_is_on(worker->log.log)) {
        out[count++] = stator_log_fd(worker->log.log);
    }
    return count;
}

void stator_worker_wake(struct stator_worker *worker)
{
    stator_clock_read(&worker->clock);
}

enum { LEAD_OK, LEAD_NOT_MODIFIED, LEAD_OTHER };

static size_t put(char *at, struct stator_span bytes)
{
    memcpy(at, bytes.at, bytes.length);
    return bytes.length;
}

static void write_lead(const struct stator_worker *worker, enum stator_status status,
                       struct stator_worker_lead *out)
{
    char *at = out->bytes;

    at += put(at, stator_status_line(status));
    if (worker->site->server_field) {
        at += put(at, STATOR_SPAN_OF("Server: stator\r\n"));
    }
    at += put(at, STATOR_SPAN_OF("Date: "));
    at += put(at, (struct stator_span){worker->date, sizeof(worker->date)});
    at += put(at, STATOR_SPAN_OF("\r\n"));
    out->length = (size_t)(at - out->bytes);
}

struct stator_span stator_worker_lead(struct stator_worker *worker, enum stator_status status)
{
    int64_t second = worker->clock.wall / STATOR_NANOSECONDS;
    struct stator_worker_lead *lead = &worker->leads[LEAD_OTHER];

    if (second != worker->lead_second) {
        stator_date_format(second, worker->date);
        stator_record_stamp(worker->clock.wall, worker->stamp);
        write_lead(worker, STATOR_STATUS_OK, &worker->leads[LEAD_OK]);
        write_lead(worker, STATOR_STATUS_NOT_MODIFIED, &worker->leads[LEAD_NOT_MODIFIED]);
        worker->lead_second = second;
    }
    if (status == STATOR_STATUS_OK) {
        lead = &worker->leads[LEAD_OK];
    } else if (status == STATOR_STATUS_NOT_MODIFIED) {
        lead = &worker->leads[LEAD_NOT_MODIFIED];
    } else {
        write_lead(worker, status, lead);
    }
    return (struct stator_span){lead->bytes, lead->length};
}

void stator_worker_record(struct stator_worker *worker, struct stator_record *record)
{
    if (record->wall / STATOR_NANOSECONDS == worker->lead_second) {
        record->stamp = worker->stamp;
    }
    stator_counter_add(&worker->counters->requests, record->status != STATOR_STATUS_NONE);
    stator_counter_add(&worker->counters->body_bytes, record->body_bytes);
    if (record->status >= 400) {
        stator_counter_add(&worker->counters->errors, 1);
    }
    if (!record->complete) {
        stator_counter_add(&worker->counters->aborted, 1);
    }
    if (stator_log_is_on(worker->log.log)) {
        struct stator_text *line = stator_log_batch_line(&worker->log);

        if (line != NULL) {
            stator_record_format(record, worker->policy.format, worker->policy.colour, line);
            stator_log_batch_added(&worker->log, worker->clock.monotonic);
        }
    }
}
