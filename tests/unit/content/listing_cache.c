/* The listing that was made last is remembered, for a second, and never another one for it. */
#include "content/listing_cache.h"

#include "tree.h"

struct fixture {
    struct tree tree;
    struct stator_site *site;
};

static void fixture_open(struct fixture *fixture)
{
    tree_open(&fixture->tree);
    tree_directory(&fixture->tree, "dir");
    fixture->site = stator_site_create(dup(fixture->tree.root), NULL, "index.html");
    cr_assert_not_null(fixture->site);
    fixture->site->listing = true;
}

static void fixture_close(struct fixture *fixture)
{
    stator_site_unref(fixture->site);
    tree_close(&fixture->tree);
}

static struct stator_entry *open_directory(struct fixture *fixture)
{
    struct stator_entry *entry = NULL;
    struct stator_clock clock;

    stator_clock_read(&clock);
    cr_assert_eq(stator_entry_create(fixture->site, NULL, &clock, STATOR_SPAN("/dir/"), &entry), 0);
    cr_assert_eq(entry->kind, STATOR_ENTRY_KIND_DIRECTORY);
    return entry;
}

static void list(struct stator_listing_cache *listings, struct fixture *fixture,
                 struct stator_entry *entry, bool json, int64_t now, struct stator_text *out)
{
    stator_text_clear(out);
    cr_assert_eq(stator_listing_cache_add(listings, fixture->site, entry, STATOR_SPAN("/dir/"),
                                          json, now, out),
                 0);
}

Test(listings, the_last_one_is_remembered_for_a_second)
{
    struct fixture fixture;
    struct stator_listing_cache listings = {.entry = NULL};
    struct stator_text out = {0};

    fixture_open(&fixture);
    struct stator_entry *entry = open_directory(&fixture);

    list(&listings, &fixture, entry, false, 5000, &out);
    cr_expect(stator_span_starts(stator_text_span(&out), STATOR_SPAN("<!")), "HTML");
    listings.text.at[0] = '?'; /* so that one that was remembered shows */
    list(&listings, &fixture, entry, false, 5999, &out);
    cr_expect_eq(out.at[0], '?');
    list(&listings, &fixture, entry, false, 6000, &out);
    cr_expect_eq(out.at[0], '<', "it is too old");

    listings.text.at[0] = '?';
    list(&listings, &fixture, entry, true, 6001, &out);
    cr_expect_eq(out.at[0], '{', "JSON is another one");

    struct stator_entry *other = open_directory(&fixture);

    listings.text.at[0] = '?';
    list(&listings, &fixture, other, true, 6002, &out);
    cr_expect_eq(out.at[0], '{', "another look at the directory is another one");

    stator_listing_cache_finish(&listings);
    stator_listing_cache_finish(&listings);
    stator_entry_unref(entry);
    stator_entry_unref(other);
    stator_text_finish(&out);
    fixture_close(&fixture);
}
