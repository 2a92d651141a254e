/*
 * A site in a temporary directory with one worker over it, for the tests of exchange and above.
 *
 * The worker's clock is the test's: it stands still, ahead of the time of every file, so that
 * validators are strong unless a test moves it.
 */
#ifndef TEST_EXCHANGE_FIXTURE_H
#define TEST_EXCHANGE_FIXTURE_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "exchange/worker.h"
#include "unit/base/generator.h"

/* What 1970 + this many seconds is as a file's time: Mon, 01 Jan 2024 00:00:00 GMT. */
#define FIXTURE_TIME 1704067200

struct fixture {
    char directory[64];
    struct stator_site *site;
    struct stator_log *log;
    struct stator_worker *worker;
};

static inline void fixture_path(const struct fixture *fixture, const char *name, char out[256])
{
    snprintf(out, 256, "%s/%s", fixture->directory, name);
}

static inline void fixture_open(struct fixture *fixture)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    char path[256];

    strcpy(fixture->directory, "/tmp/stator-unit-XXXXXX");
    cr_assert_not_null(mkdtemp(fixture->directory));
    fixture_path(fixture, "site", path);
    cr_assert_eq(mkdir(path, 0755), 0);
    fixture->site =
        stator_site_create(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), NULL, "index.html");
    cr_assert_not_null(fixture->site);
    fixture->site->magic = STATOR_MAGIC_MODE_OFF;
    fixture->site->listing = true;
    fixture_path(fixture, "log", path);
    cr_assert_eq(stator_log_open(path, &fixture->log), 0);
    cr_assert_eq(
        stator_worker_create(fixture->site, &limits, &cache_limits, fixture->log, &fixture->worker),
        0);
    fixture->worker->clock.wall += 1000 * STATOR_NANOSECONDS;
}

static inline int fixture_remove(const char *path, const struct stat *status, int type,
                                 struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void fixture_close(struct fixture *fixture)
{
    stator_worker_destroy(fixture->worker);
    stator_site_unref(fixture->site);
    stator_log_destroy(fixture->log);
    nftw(fixture->directory, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* Gives the file a time of modification, `seconds` since 1970. */
static inline void fixture_touch(const struct fixture *fixture, const char *name, int64_t seconds)
{
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    char path[256];

    fixture_path(fixture, name, path);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Writes a file ("site/a.txt") in place, last modified at FIXTURE_TIME. */
static inline void fixture_write(const struct fixture *fixture, const char *name, const void *bytes,
                                 size_t length)
{
    char path[256];
    int fd;

    fixture_path(fixture, name, path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
    fixture_touch(fixture, name, FIXTURE_TIME);
}

static inline void fixture_directory(const struct fixture *fixture, const char *name)
{
    char path[256];

    fixture_path(fixture, name, path);
    cr_assert_eq(mkdir(path, 0755), 0);
}

/* The byte that stands at `offset` of every file that fixture_pattern writes. */
static inline char fixture_byte(uint64_t offset)
{
    return (char)('a' + (offset * 7 + offset / 251) % 26);
}

static inline void fixture_pattern(const struct fixture *fixture, const char *name, size_t length)
{
    char *bytes = malloc(length + 1);

    cr_assert_not_null(bytes);
    for (size_t i = 0; i < length; i++) {
        bytes[i] = fixture_byte(i);
    }
    fixture_write(fixture, name, bytes, length);
    free(bytes);
}

/* The entry that stands at `path` now. */
static inline struct stator_entry *fixture_entry(const struct fixture *fixture, const char *path)
{
    struct stator_entry *entry = NULL;

    cr_assert_eq(stator_entry_create(fixture->site, NULL, &fixture->worker->clock,
                                     stator_span_from(path), &entry),
                 0);
    return entry;
}

/* Parses a whole head into the worker's scratch; `head` must live as long as the request is used.
 */
static inline struct stator_request *fixture_parse(const struct fixture *fixture, const char *head)
{
    struct stator_request_progress progress = {0};

    cr_assert_eq(stator_request_parse(stator_span_from(head), &fixture->worker->limits.request,
                                      &progress, &fixture->worker->request),
                 STATOR_PARSE_DONE, "not a request: %s", head);
    return &fixture->worker->request;
}

#endif
