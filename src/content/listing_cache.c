/*
 * One listing, remembered.
 *
 * Knows which one it is and how old; refuses to know how a directory is listed. The one surprising
 * thing: it is told apart by its entry, not by its path, so a directory that changed is another
 * one.
 */
#include "content/listing_cache.h"

#include <errno.h>

#include "content/listing.h"

void stator_listing_cache_finish(struct stator_listing_cache *listings)
{
    stator_entry_unref(listings->entry);
    stator_text_finish(&listings->text);
    *listings = (struct stator_listing_cache){.entry = NULL};
}

static int make(struct stator_listing_cache *listings, const struct stator_site *site,
                struct stator_entry *entry, struct stator_span path, bool json)
{
    int error;

    stator_listing_cache_finish(listings);
    error = json ? stator_listing_json(site->root, entry->fd, path, &listings->text)
                 : stator_listing_html(site->root, entry->fd, path, &listings->text);
    if (error < 0) {
        stator_listing_cache_finish(listings);
        return error;
    }
    listings->entry = stator_entry_ref(entry);
    listings->json = json;
    return 0;
}

int stator_listing_cache_add(struct stator_listing_cache *listings, const struct stator_site *site,
                             struct stator_entry *entry, struct stator_span path, bool json,
                             int64_t now, struct stator_text *out)
{
    bool known = listings->entry == entry && listings->json == json &&
                 now - listings->made < STATOR_LISTING_CACHE_MAX_AGE;

    if (!known) {
        int error = make(listings, site, entry, path, json);

        if (error < 0) {
            return error;
        }
        listings->made = now;
    }
    stator_text_add(out, stator_text_span(&listings->text));
    return out->failed ? -ENOMEM : 0;
}
