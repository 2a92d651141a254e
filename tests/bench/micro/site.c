/* Makes sites. The one surprising thing: where there are many files, all are names of one. */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"

/* How far ahead of its files the worker's clock is, so that their validators are strong. */
#define AHEAD (1000 * STATOR_NANOSECONDS)

static char byte_at(size_t offset)
{
    return (char)('a' + offset % 26);
}

bool site_is_body(struct stator_span bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (bytes.at[i] != byte_at(i)) {
            return false;
        }
    }
    return bytes.length <= SITE_FILE_SIZE;
}

struct stator_span site_path(size_t number, char out[SITE_PATH_SIZE])
{
    int length = snprintf(out, SITE_PATH_SIZE, "/%05zu.html", number);

    return (struct stator_span){out, (size_t)length};
}

static int write_file(int root, const char *name)
{
    char bytes[SITE_FILE_SIZE];
    int fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    ssize_t count;

    if (fd < 0) {
        return -errno;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = byte_at(i);
    }
    count = write(fd, bytes, sizeof(bytes));
    close(fd);
    return count == (ssize_t)sizeof(bytes) ? 0 : -EIO;
}

static int fill(int root, bool many)
{
    int error = write_file(root, "index.html");

    for (size_t i = 0; error == 0 && many && i < SITE_FILES; i++) {
        char path[SITE_PATH_SIZE];

        site_path(i, path);
        error = linkat(root, "index.html", root, path + 1, 0) < 0 ? -errno : 0;
    }
    return error;
}

/* Serves the directory `root`. Owns: takes `root` over, also on failure. */
static int make_worker(int root, struct site *site)
{
    struct stator_conn_limits limits = STATOR_CONN_LIMITS;
    struct stator_cache_limits cache_limits = STATOR_CACHE_LIMITS;
    struct stator_site *served = stator_site_create(root, NULL, "index.html");
    int error;

    if (served == NULL) {
        return -ENOMEM;
    }
    served->magic = STATOR_MAGIC_MODE_OFF;
    served->server_field = true;
    error = stator_worker_create(served, &limits, &cache_limits, site->log, &site->worker);
    stator_site_unref(served);
    if (error == 0) {
        site->worker->clock.wall += AHEAD;
    }
    return error;
}

static int make_log(struct site *site)
{
    char path[MICRO_SCRATCH_SIZE + 8];

    snprintf(path, sizeof(path), "%s/.log", site->scratch);
    return stator_log_open(path, &site->log);
}

static int make_all(bool many, struct site *site)
{
    int root = open(site->scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = root < 0 ? -errno : fill(root, many);

    if (error == 0) {
        error = make_log(site);
    }
    if (error < 0) {
        stator_fd_close(&root);
        return error;
    }
    return make_worker(root, site);
}

int site_init(bool many, struct site *out)
{
    struct site site = {.log = NULL};
    int error = micro_scratch_make(site.scratch);

    if (error < 0) {
        return error;
    }
    error = make_all(many, &site);
    if (error < 0) {
        site_finish(&site);
        return error;
    }
    *out = site;
    return 0;
}

void site_finish(struct site *site)
{
    stator_worker_destroy(site->worker);
    stator_log_destroy(site->log);
    micro_scratch_remove(site->scratch);
}

int site_add_head(const struct site *site, const char *lines, bool revalidates,
                  struct stator_text *out)
{
    stator_text_add_string(out, lines);
    if (revalidates) {
        struct stator_entry *entry;
        int error = stator_cache_get(site->worker->cache, STATOR_SPAN("/index.html"), &entry);

        if (error < 0) {
            return error;
        }
        stator_text_add_format(out, "If-None-Match: %s\r\n", entry->etag);
        stator_entry_unref(entry);
    }
    stator_text_add_string(out, "\r\n");
    return out->failed ? -ENOMEM : 0;
}
