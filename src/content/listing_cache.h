/*
 * A worker's memory of the listing that it made last: making one may take many milliseconds, and a
 * client may ask for it many times a second.
 */
#ifndef STATOR_CONTENT_LISTING_CACHE_H
#define STATOR_CONTENT_LISTING_CACHE_H

#include "base/text.h"
#include "content/entry.h"

/* How long a listing is believed, ms: as long as an entry of the cache. */
#define STATOR_LISTING_CACHE_MAX_AGE 1000

struct stator_listing_cache {
    struct stator_entry *entry; /* the directory, referenced; NULL where nothing is remembered */
    bool json;
    int64_t made; /* monotonic ms */
    struct stator_text text;
};

/* Forgets what is remembered; all zero is a valid start. */
void stator_listing_cache_finish(struct stator_listing_cache *listings);

/*
 * Adds the listing of the DIRECTORY `entry` of `site`, which stands at `path`, to `out`; `now` in
 * monotonic ms. Fails: -errno as stator_listing_html; what was added must be thrown away.
 */
int stator_listing_cache_add(struct stator_listing_cache *listings, const struct stator_site *site,
                             struct stator_entry *entry, struct stator_span path, bool json,
                             int64_t now, struct stator_text *out);

#endif
