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

int stator_worker_create(struct stator_site *site, const struct stator_conn_limits *limits,
                         const struct stator_cache_limits *cache, struct stator_log *log,
                         struct stator_worker **out)
{
    struct stator_worker *worker = calloc(1, sizeof(*worker));
    int error;

    if (worker == NULL) {
        return -ENOMEM;
    }
    worker->site = stator_site_ref(site);
    worker->limits = *limits;
    worker->counters = stator_counters_create();
    worker->prefix_second = INT64_MIN;
    stator_log_batch_init(&worker->log, log);
    stator_worker_wake(worker);
    if (worker->counters == NULL) {
        error = -ENOMEM;
        goto fail;
    }
    if (site->magic != STATOR_MAGIC_MODE_OFF) {
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
    stator_listing_cache_finish(&worker->listings);
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

enum { PREFIX_OK, PREFIX_NOT_MODIFIED, PREFIX_OTHER };

static size_t put(char *at, struct stator_span bytes)
{
    memcpy(at, bytes.at, bytes.length);
    return bytes.length;
}

static void write_prefix(const struct stator_worker *worker, enum stator_status status,
                         struct stator_head_prefix *out)
{
    char *at = out->bytes;

    at += put(at, stator_status_line(status));
    if (worker->site->server_field) {
        at += put(at, STATOR_SPAN("Server: stator\r\n"));
    }
    at += put(at, STATOR_SPAN("Date: "));
    at += put(at, (struct stator_span){worker->date, sizeof(worker->date)});
    at += put(at, STATOR_SPAN("\r\n"));
    out->length = (size_t)(at - out->bytes);
}

struct stator_span stator_head_prefix(struct stator_worker *worker, enum stator_status status)
{
    int64_t second = worker->clock.wall / STATOR_NANOSECONDS;
    struct stator_head_prefix *prefix = &worker->prefixes[PREFIX_OTHER];

    if (second != worker->prefix_second) {
        stator_date_format(second, worker->date);
        stator_record_timestamp(worker->clock.wall, worker->timestamp);
        write_prefix(worker, STATOR_STATUS_OK, &worker->prefixes[PREFIX_OK]);
        write_prefix(worker, STATOR_STATUS_NOT_MODIFIED, &worker->prefixes[PREFIX_NOT_MODIFIED]);
        worker->prefix_second = second;
    }
    if (status == STATOR_STATUS_OK) {
        prefix = &worker->prefixes[PREFIX_OK];
    } else if (status == STATOR_STATUS_NOT_MODIFIED) {
        prefix = &worker->prefixes[PREFIX_NOT_MODIFIED];
    } else {
        write_prefix(worker, status, prefix);
    }
    return (struct stator_span){prefix->bytes, prefix->length};
}

void stator_worker_record(struct stator_worker *worker, struct stator_record *record)
{
    if (record->wall / STATOR_NANOSECONDS == worker->prefix_second) {
        record->timestamp = worker->timestamp;
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
            stator_record_format(record, worker->limits.format, worker->limits.colour, line);
            stator_log_batch_added(&worker->log, worker->clock.monotonic);
        }
    }
}
