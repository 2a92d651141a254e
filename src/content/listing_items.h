/*
 * What the files of the listing share, and nobody else includes: listing.c gathers the items,
 * listing_html.c and listing_json.c write them.
 */
#ifndef STATOR_CONTENT_LISTING_ITEMS_H
#define STATOR_CONTENT_LISTING_ITEMS_H

#include "content/listing.h"

struct stator_listing_item {
    char *name;
    bool is_directory;
    bool is_known; /* its size and time are; of every item that is written */
    uint64_t size;
    int64_t modified; /* seconds since 1970 */
};

struct stator_listing {
    struct stator_span path;           /* of the directory, "/a/" */
    struct stator_listing_item *items; /* in the order in which they are shown */
    size_t count;
    size_t total; /* with those that are not shown; more than `count` where the listing was cut */
};

/* Adds a listing to `out` in one of its forms. */
typedef void stator_listing_write_fn(struct stator_text *out, const struct stator_listing *listing);

/* Gathers the directory as listing.h says and has it written. Fails: as stator_listing_html. */
int stator_listing_write(int root, int fd, struct stator_span path, stator_listing_write_fn *write,
                         struct stator_text *out);

/* Adds "2026-11-21T10:00:00Z" (RFC 3339 5.6); years outside 0000..9999 are written as the nearest
 * time that can be. */
void stator_listing_add_timestamp(struct stator_text *out, int64_t seconds);

/* The same for a person: "2026-11-21 10:00". */
void stator_listing_add_time(struct stator_text *out, int64_t seconds);

#endif
