/*
 * Writes a listing as JSON for programs.
 *
 * Knows the members and their order, which are a contract; refuses to know where the names come
 * from. The one surprising thing: a name that is not UTF-8 cannot be said in JSON, so a program
 * sees U+FFFD where the page still has a link that works.
 */
#include "content/listing_items.h"

#include <inttypes.h>

#include "base/json.h"

static void add_member(struct stator_text *out, const struct stator_listing_item *item)
{
    stator_text_add_string(out, "{\"name\":");
    stator_json_add_string(out, stator_span_from(item->name));
    if (item->is_directory) {
        stator_text_add_string(out, ",\"type\":\"directory\"");
    } else {
        stator_text_add_format(out, ",\"type\":\"file\",\"size\":%" PRIu64, item->size);
    }
    stator_text_add_string(out, ",\"modified\":\"");
    stator_listing_add_timestamp(out, item->modified);
    stator_text_add_string(out, "\"}");
}

static void add_object(struct stator_text *out, const struct stator_listing *listing)
{
    stator_text_add_string(out, "{\"path\":");
    stator_json_add_string(out, listing->path);
    if (listing->total > listing->count) {
        stator_text_add_format(out, ",\"truncated\":true,\"total\":%zu", listing->total);
    } else {
        stator_text_add_string(out, ",\"truncated\":false");
    }
    stator_text_add_string(out, ",\"entries\":[");
    for (size_t i = 0; i < listing->count; i++) {
        if (i > 0) {
            stator_text_add_char(out, ',');
        }
        add_member(out, &listing->items[i]);
    }
    stator_text_add_string(out, "]}\n");
}

int stator_listing_json(int root, int fd, struct stator_span path, struct stator_text *out)
{
    return stator_listing_write(root, fd, path, add_object, out);
}
