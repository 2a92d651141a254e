/*
 * What stands at a path, looked up in the worker's cache: what is known to be there, and what is
 * known not to be. A reference is taken and given back, as a response does.
 */
#include <errno.h>
#include <stdlib.h>

#include "micro.h"
#include "site.h"

/* From one file to the next: shares no factor with SITE_FILES, so each has its turn, and never
 * comes after the one that was made before it. */
#define STRIDE 7919

struct question {
    const char *path; /* NULL: all of a site that has many, in turn */
    enum stator_entry_kind kind;
};

struct asking {
    const struct question *question;
    struct site site;
    struct stator_cache *cache;
    enum stator_entry_kind kind; /* of what was found last */
    size_t next;
    size_t count;
    struct stator_span paths[SITE_FILES];
    char bytes[SITE_FILES][SITE_PATH_SIZE];
};

static void finish(void *state)
{
    struct asking *asking = state;

    site_finish(&asking->site);
    free(asking);
}

static void fill(struct asking *asking)
{
    if (asking->question->path != NULL) {
        asking->paths[asking->count++] = stator_span_from(asking->question->path);
        return;
    }
    for (size_t i = 0; i < SITE_FILES; i++) {
        asking->paths[asking->count++] = site_path(i * STRIDE % SITE_FILES, asking->bytes[i]);
    }
}

static void get(void *state)
{
    struct asking *asking = state;
    struct stator_entry *entry;

    if (stator_cache_get(asking->cache, asking->paths[asking->next], &entry) == 0) {
        asking->kind = entry->kind;
        stator_entry_unref(entry);
    }
    asking->next = asking->next + 1 < asking->count ? asking->next + 1 : 0;
    micro_keep(asking);
}

static int setup(const void *with, void **out)
{
    const struct question *question = with;
    struct asking *asking = calloc(1, sizeof(*asking));
    int error;

    if (asking == NULL) {
        return -ENOMEM;
    }
    error = site_init(question->path == NULL, &asking->site);
    if (error < 0) {
        free(asking);
        return error;
    }
    asking->question = question;
    asking->cache = asking->site.worker->cache;
    fill(asking);
    for (size_t i = 0; i < asking->count; i++) {
        get(asking);
    }
    asking->kind = STATOR_ENTRY_KIND_REDIRECT; /* what none of them is */
    *out = asking;
    return 0;
}

static bool check(const void *state)
{
    const struct asking *asking = state;
    struct stator_cache_counts counts;

    stator_cache_count(asking->cache, &counts);
    return asking->kind == asking->question->kind && counts.loads == asking->count &&
           counts.hits == 1 && counts.entries + counts.misses == asking->count;
}

static const struct question hot = {"/index.html", STATOR_ENTRY_KIND_FILE};
static const struct question any = {NULL, STATOR_ENTRY_KIND_FILE};
static const struct question absent = {"/favicon.ico", STATOR_ENTRY_KIND_ABSENT};

static const struct micro_row rows[] = {
    {"a hit, always on the same file", &hot, 1, setup, get, check, finish},
    {"a hit, on one of 10,000 files", &any, 1, setup, get, check, finish},
    {"a miss that is remembered", &absent, 1, setup, get, check, finish},
};

const struct micro_subject micro_cache = MICRO_SUBJECT("cache", rows);
