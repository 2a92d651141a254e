/* What one thread of control owns: made whole or not at all, and its clock, date and records. */
#include "exchange/worker.h"

#include <errno.h>

#include "fixture.h"

static size_t read_log(const struct fixture *fixture, char *out, size_t size)
{
    char path[256];
    int fd;
    ssize_t count;

    fixture_path(fixture, "log", path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    count = read(fd, out, size - 1);
    close(fd);
    cr_assert_geq(count, 0);
    out[count] = '\0';
    return (size_t)count;
}

Test(worker, date_is_the_clocks_and_changes_with_the_second)
{
    struct fixture fixture;
    static const struct {
        int64_t wall;
        const char *date;
    } rows[] = {
        {1794225600 * STATOR_NANOSECONDS, "Mon, 09 Nov 2026 12:00:00 GMT"},
        {1794225600 * STATOR_NANOSECONDS + 999999999, "Mon, 09 Nov 2026 12:00:00 GMT"},
        {1794225601 * STATOR_NANOSECONDS, "Mon, 09 Nov 2026 12:00:01 GMT"},
        {1794225599 * STATOR_NANOSECONDS, "Mon, 09 Nov 2026 11:59:59 GMT"},
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    };

    static const enum stator_status statuses[] = {STATOR_STATUS_OK, STATOR_STATUS_NOT_MODIFIED,
                                                  STATOR_STATUS_NOT_FOUND,
                                                  STATOR_STATUS_FIELDS_TOO_LARGE};

    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fixture.worker->clock.wall = rows[i].wall;
        for (size_t n = 0; n < sizeof(statuses) / sizeof(statuses[0]); n++) {
            struct stator_span prefix = stator_head_prefix(fixture.worker, statuses[n]);
            char expected[256];

            snprintf(expected, sizeof(expected), "%.*sServer: stator\r\nDate: %s\r\n",
                     (int)stator_status_line(statuses[n]).length,
                     stator_status_line(statuses[n]).at, rows[i].date);
            cr_expect(stator_span_equal(prefix, stator_span_from(expected)), "%.*s",
                      (int)prefix.length, prefix.at);
        }
    }
    fixture_close(&fixture);
}

Test(worker, the_prefixes_of_most_responses_are_written_once_a_second)
{
    static const enum stator_status statuses[] = {STATOR_STATUS_OK, STATOR_STATUS_NOT_MODIFIED};
    struct fixture fixture;

    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        stator_head_prefix(fixture.worker, statuses[i]);
        for (size_t n = 0; n < 2; n++) {
            fixture.worker->prefixes[n].bytes[0] = 'x';
        }
        cr_expect_eq(stator_head_prefix(fixture.worker, statuses[i]).at[0], 'x');
        fixture.worker->clock.wall += STATOR_NANOSECONDS;
        cr_expect_eq(stator_head_prefix(fixture.worker, statuses[i]).at[0], 'H');
    }
    fixture_close(&fixture);
}

Test(worker, wake_reads_the_clock)
{
    struct fixture fixture;

    fixture_open(&fixture);
    fixture.worker->clock = (struct stator_clock){0, 0};
    stator_worker_wake(fixture.worker);
    cr_expect_gt(fixture.worker->clock.wall, FIXTURE_TIME * STATOR_NANOSECONDS);
    cr_expect_gt(fixture.worker->clock.monotonic, 0);
    fixture_close(&fixture);
}

Test(worker, a_failed_creation_leaves_nothing_behind)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    struct stator_worker *worker = NULL;
    struct fixture fixture;

    fixture_open(&fixture);

    unsigned before = atomic_load(&fixture.site->ref.count);

    fixture.site->magic = STATOR_MAGIC_MODE_FALLBACK;
    setenv("MAGIC", "/nonexistent/magic", 1);
    cr_expect_eq(stator_worker_create(fixture.site, &limits, &cache_limits, fixture.log, &worker),
                 -ENOENT);
    cr_expect_null(worker, "out is untouched");
    cr_expect_eq(atomic_load(&fixture.site->ref.count), before);
    stator_worker_destroy(NULL);
    fixture_close(&fixture);
}

Test(worker, holds_the_site_as_long_as_it_lives)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    struct stator_worker *worker = NULL;
    struct fixture fixture;

    fixture_open(&fixture);

    unsigned before = atomic_load(&fixture.site->ref.count);

    cr_assert_eq(stator_worker_create(fixture.site, &limits, &cache_limits, fixture.log, &worker),
                 0);
    cr_expect_gt(atomic_load(&fixture.site->ref.count), before);
    cr_expect_null(worker->magic, "the site does not ask for it");
    stator_worker_destroy(worker);
    cr_expect_eq(atomic_load(&fixture.site->ref.count), before);
    fixture_close(&fixture);
}

Test(worker, asks_libmagic_where_the_site_wants_it)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    struct stator_worker *worker = NULL;
    struct fixture fixture;

    fixture_open(&fixture);
    fixture.site->magic = STATOR_MAGIC_MODE_FIRST;
    cr_assert_eq(stator_worker_create(fixture.site, &limits, &cache_limits, fixture.log, &worker),
                 0);
    cr_expect_not_null(worker->magic);
    stator_worker_destroy(worker);
    fixture_close(&fixture);
}

Test(worker, counts_what_it_records)
{
    static const struct {
        const char *label;
        struct stator_record record;
        uint64_t requests, errors, aborted, bytes; /* sums */
    } rows[] = {
        {"whole", {.status = STATOR_STATUS_OK, .body_bytes = 5, .complete = true}, 1, 0, 0, 5},
        {"cut", {.status = STATOR_STATUS_OK, .body_bytes = 3}, 2, 0, 1, 8},
        {"error", {.status = STATOR_STATUS_NOT_FOUND, .complete = true}, 3, 1, 1, 8},
        {"no error", {.status = STATOR_STATUS_NOT_MODIFIED, .complete = true}, 4, 1, 1, 8},
        {"error, cut", {.status = STATOR_STATUS_INTERNAL_SERVER_ERROR}, 5, 2, 2, 8},
    };
    struct fixture fixture;
    const struct stator_counters *counters;

    fixture_open(&fixture);
    counters = fixture.worker->counters;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_record record = rows[i].record;

        stator_worker_record(fixture.worker, &record);
        cr_expect_eq(stator_counter_read(&counters->requests), rows[i].requests, "%s",
                     rows[i].label);
        cr_expect_eq(stator_counter_read(&counters->errors), rows[i].errors, "%s", rows[i].label);
        cr_expect_eq(stator_counter_read(&counters->aborted), rows[i].aborted, "%s", rows[i].label);
        cr_expect_eq(stator_counter_read(&counters->body_bytes), rows[i].bytes, "%s",
                     rows[i].label);
    }
    fixture_close(&fixture);
}

Test(worker, a_record_becomes_a_line_of_the_log)
{
    struct fixture fixture;
    struct stator_record record = {
        .wall = 1794225600 * STATOR_NANOSECONDS,
        .peer = STATOR_SPAN_INIT("192.0.2.1"),
        .line = STATOR_SPAN_INIT("GET /a HTTP/1.1"),
        .status = STATOR_STATUS_OK,
        .body_bytes = 7,
        .complete = true,
    };
    char log[1024];

    fixture_open(&fixture);
    fixture.worker->limits.format = STATOR_LOG_FORMAT_COMMON;
    stator_worker_record(fixture.worker, &record);
    cr_expect(stator_log_batch_waits(&fixture.worker->log));
    stator_log_batch_flush(&fixture.worker->log, fixture.worker->clock.monotonic, true);
    read_log(&fixture, log, sizeof(log));
    cr_expect_str_eq(log, "192.0.2.1 - - [09/Nov/2026:12:00:00 +0000] \"GET /a HTTP/1.1\" 200 7\n");
    fixture_close(&fixture);
}
