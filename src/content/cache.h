/*
 * A worker's memory of what stands at which path.
 *
 * Bounded in entries, bytes and open descriptors; least recently used first out, with the misses on
 * a list of their own, so that a client that asks for what is not there cannot push out what is. An
 * entry is looked at again when it was last found right a second ago or more; a file that is kept
 * as a descriptor is asked in every tick of the clock (one fstat) whether it was written to. One
 * owner; no locks.
 */
#ifndef STATOR_CONTENT_CACHE_H
#define STATOR_CONTENT_CACHE_H

#include "content/entry.h"

struct stator_cache;

struct stator_cache_limits {
    size_t entries;  /* files, directories and redirects */
    size_t misses;   /* absent ones, on top */
    size_t bytes;    /* sum of the costs of all */
    size_t files;    /* entries that hold a descriptor */
    int64_t max_age; /* ms for which an entry is believed; 0 asks the file system every time */
};

#define STATOR_CACHE_LIMITS                                                                        \
    {                                                                                              \
        .entries = 16384, .misses = 1024, .bytes = 64u << 20, .files = 1024, .max_age = 1000       \
    }

/* What it did, for tests and metrics. */
struct stator_cache_counts {
    uint64_t hits, checks, loads, evictions;
    size_t entries, misses, bytes, files; /* held now */
};

/*
 * Lives: `site` is referenced; `magic` (may be NULL) and `clock` must outlive the cache.
 * Fails: -ENOMEM or what drawing a hash key gave; `out` untouched.
 */
int stator_cache_create(struct stator_site *site, struct stator_magic *magic,
                        const struct stator_clock *clock, const struct stator_cache_limits *limits,
                        struct stator_cache **out);
void stator_cache_destroy(struct stator_cache *cache);

/*
 * The entry for a normalized path; an absent one is an entry too. Owns: the caller gets a
 * reference. An entry that is too large for the limits is made, returned, and not kept. Errors that
 * will pass
 * (-EMFILE, -ENFILE, -ENOMEM, -EIO) are not remembered; on -EMFILE the cache first gives up the
 * descriptors that it holds itself and tries once more.
 * Fails: -ENOMEM; `out` untouched.
 */
int stator_cache_get(struct stator_cache *cache, struct stator_span path,
                     struct stator_entry **out);

/* True where something is remembered of the path, be it out of date: asks no file system. Few
 * designs want to know, so the others' way to stator_cache_get is not to be burdened with it. */
bool stator_cache_knows(const struct stator_cache *cache, struct stator_span path)
    __attribute__((cold));

/* Forgets everything; references that others hold stay good. */
void stator_cache_clear(struct stator_cache *cache);

void stator_cache_count(const struct stator_cache *cache, struct stator_cache_counts *out);

#endif
