/* The cache: what it remembers, for how long, and what it gives up first. */
#include "content/cache.h"

#include "tree.h"

#define LARGE (STATOR_ENTRY_INLINE_MAX + 1)

struct place {
    struct tree tree;
    struct stator_site *site;
    struct stator_clock clock;
    struct stator_cache *cache;
};

static void place_open(struct place *place, const struct stator_cache_limits *limits)
{
    *place = (struct place){0};
    tree_open(&place->tree);
    place->site = stator_site_create(dup(place->tree.root), NULL, "index.html");
    cr_assert_not_null(place->site);
    place->clock.wall = (int64_t)4000000000 * STATOR_NANOSECONDS;
    place->clock.monotonic = 5000;
    cr_assert_eq(stator_cache_create(place->site, NULL, &place->clock, limits, &place->cache), 0);
}

static void place_close(struct place *place)
{
    stator_cache_destroy(place->cache);
    stator_site_unref(place->site);
    tree_close(&place->tree);
}

static struct stator_entry *get(const struct place *place, const char *path)
{
    struct stator_entry *entry = NULL;
    cr_assert_eq(stator_cache_get(place->cache, stator_span_from(path), &entry), 0, "%s", path);
    return entry;
}

/* Asks for a path and gives the entry back at once. */
static void ask(const struct place *place, const char *path)
{
    stator_entry_unref(get(place, path));
}

static struct stator_cache_counts count(const struct place *place)
{
    struct stator_cache_counts counts;
    stator_cache_count(place->cache, &counts);
    return counts;
}

/* True if the path is held: asking for it loads nothing. Counts as a use of it. */
static bool is_held(const struct place *place, const char *path)
{
    uint64_t before = count(place).loads;
    ask(place, path);
    return count(place).loads == before;
}

Test(cache, a_hit_asks_nobody)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a.txt", "a");
    struct stator_entry *first = get(&place, "/a.txt");
    place.clock.monotonic += limits.max_age - 1;
    tree_remove(&place.tree, "a.txt");
    struct stator_entry *second = get(&place, "/a.txt");
    cr_expect_eq(first, second);
    struct stator_cache_counts counts = count(&place);
    cr_expect_eq(counts.loads, 1);
    cr_expect_eq(counts.hits, 1);
    cr_expect_eq(counts.checks, 0);
    cr_expect_eq(counts.entries, 1);
    cr_expect_eq(counts.misses, 0);
    cr_expect_eq(counts.files, 0);
    cr_expect_gt(counts.bytes, sizeof *first);
    stator_entry_unref(first);
    stator_entry_unref(second);
    place_close(&place);
}

Test(cache, an_old_entry_is_looked_at_again)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a.txt", "a");
    struct stator_entry *first = get(&place, "/a.txt");
    place.clock.monotonic += limits.max_age;
    struct stator_entry *same = get(&place, "/a.txt");
    cr_expect_eq(first, same, "still right");
    cr_expect_eq(count(&place).checks, 1);
    cr_expect_eq(count(&place).loads, 1);
    place.clock.monotonic += limits.max_age - 1;
    ask(&place, "/a.txt");
    cr_expect_eq(count(&place).checks, 1, "its time was renewed");

    tree_write(&place.tree, "new", "b");
    tree_rename(&place.tree, "new", "a.txt");
    place.clock.monotonic += 1;
    struct stator_entry *other = get(&place, "/a.txt");
    cr_expect(stator_span_equal(other->body, STATOR_SPAN("b")));
    cr_expect(stator_span_equal(first->body, STATOR_SPAN("a")), "who holds it keeps it");
    cr_expect_eq(count(&place).checks, 2);
    cr_expect_eq(count(&place).loads, 2);
    cr_expect_eq(count(&place).entries, 1);
    stator_entry_unref(first);
    stator_entry_unref(same);
    stator_entry_unref(other);
    place_close(&place);
}

Test(cache, never_fresh_asks_every_time)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.max_age = 0;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a.txt", "a");
    ask(&place, "/a.txt");
    ask(&place, "/a.txt");
    ask(&place, "/a.txt");
    cr_expect_eq(count(&place).checks, 2);
    cr_expect_eq(count(&place).hits, 0);
    cr_expect_eq(count(&place).loads, 1);
    place_close(&place);
}

Test(cache, remembers_misses)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    ask(&place, "/none");
    cr_expect(is_held(&place, "/none"));
    cr_expect_eq(count(&place).misses, 1);
    cr_expect_eq(count(&place).entries, 0);
    tree_write(&place.tree, "none", "now");
    place.clock.monotonic += limits.max_age;
    struct stator_entry *entry = get(&place, "/none");
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE);
    cr_expect_eq(count(&place).misses, 0);
    cr_expect_eq(count(&place).entries, 1);
    stator_entry_unref(entry);
    place_close(&place);
}

Test(cache, misses_push_out_misses_alone)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.misses = 3;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a.txt", "a");
    ask(&place, "/a.txt");
    for (int i = 0; i < 10; i++) {
        char path[16];
        snprintf(path, sizeof path, "/none%d", i);
        ask(&place, path);
    }
    cr_expect_eq(count(&place).misses, 3);
    cr_expect_eq(count(&place).evictions, 7);
    cr_expect(is_held(&place, "/a.txt"));
    cr_expect(is_held(&place, "/none7"));
    cr_expect_not(is_held(&place, "/none6"));
    place_close(&place);
}

Test(cache, the_least_recently_used_goes_first)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.entries = 3;
    struct place place;
    place_open(&place, &limits);
    static const char *const names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        tree_write(&place.tree, names[i], names[i]);
    }
    ask(&place, "/a");
    ask(&place, "/b");
    ask(&place, "/c");
    ask(&place, "/a");
    ask(&place, "/d");
    cr_expect_eq(count(&place).entries, 3);
    cr_expect_eq(count(&place).evictions, 1);
    cr_expect(is_held(&place, "/a"));
    cr_expect(is_held(&place, "/c"));
    cr_expect(is_held(&place, "/d"));
    cr_expect_not(is_held(&place, "/b"));
    place_close(&place);
}

Test(cache, is_bounded_in_bytes)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.bytes = 9000;
    struct place place;
    place_open(&place, &limits);
    for (int i = 0; i < 10; i++) {
        char path[16];
        snprintf(path, sizeof path, "/file%d", i);
        tree_resize(&place.tree, path + 1, 3000);
        ask(&place, "/none");
        ask(&place, path);
        cr_expect_leq(count(&place).bytes, limits.bytes);
    }
    cr_expect_eq(count(&place).entries, 2);
    cr_expect(is_held(&place, "/file9"));
    cr_expect(is_held(&place, "/file8"));

    tree_resize(&place.tree, "huge", 9000);
    struct stator_entry *huge = get(&place, "/huge");
    cr_expect_eq(huge->body.length, 9000, "made although it is not kept");
    stator_entry_unref(huge);
    cr_expect(is_held(&place, "/file9"), "and nothing goes for it");
    cr_expect_not(is_held(&place, "/huge"));
    place_close(&place);
}

Test(cache, misses_make_no_room_by_bytes)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.bytes = 4000;
    struct place place;
    place_open(&place, &limits);
    tree_resize(&place.tree, "file", 3200);
    ask(&place, "/file");
    for (int i = 0; i < 100; i++) {
        char path[128];
        snprintf(path, sizeof path, "/%0100d", i);
        ask(&place, path);
        cr_expect_leq(count(&place).bytes, limits.bytes);
    }
    cr_expect(is_held(&place, "/file"));
    place_close(&place);
}

Test(cache, is_bounded_in_descriptors)
{
    struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    limits.files = 2;
    struct place place;
    place_open(&place, &limits);
    tree_resize(&place.tree, "a", LARGE);
    tree_resize(&place.tree, "b", LARGE);
    tree_resize(&place.tree, "c", LARGE);
    tree_write(&place.tree, "small", "s");
    size_t before = count_open_files();
    ask(&place, "/small");
    ask(&place, "/a");
    ask(&place, "/b");
    ask(&place, "/a");
    ask(&place, "/c");
    cr_expect_eq(count(&place).files, 2);
    cr_expect_eq(count_open_files(), before + 2);
    cr_expect(is_held(&place, "/small"));
    cr_expect(is_held(&place, "/a"));
    cr_expect(is_held(&place, "/c"));
    cr_expect_not(is_held(&place, "/b"));
    stator_cache_clear(place.cache);
    cr_expect_eq(count_open_files(), before);
    place_close(&place);
}

Test(cache, may_hold_nothing_at_all)
{
    static const struct stator_cache_limits none[] = {
        {.entries = 0, .misses = 0, .bytes = 1 << 20, .files = 10, .max_age = 1000},
        {.entries = 10, .misses = 10, .bytes = 0, .files = 10, .max_age = 1000},
        {.entries = 10, .misses = 0, .bytes = 1 << 20, .files = 0, .max_age = 1000},
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct place place;
        place_open(&place, &none[i]);
        tree_resize(&place.tree, "a", LARGE);
        struct stator_entry *entry = get(&place, "/a");
        cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE);
        cr_expect_geq(entry->fd, 0);
        stator_entry_unref(entry);
        ask(&place, "/none");
        cr_expect_eq(count(&place).entries + count(&place).misses, 0, "%zu", i);
        cr_expect_eq(count(&place).bytes, 0, "%zu", i);
        place_close(&place);
    }
}

Test(cache, finds_its_own_among_many)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    for (int i = 0; i < 1000; i++) {
        char path[16];
        snprintf(path, sizeof path, "/%d", i);
        tree_write(&place.tree, path + 1, path);
        ask(&place, path);
    }
    cr_expect_eq(count(&place).entries, 1000);
    for (int i = 0; i < 1000; i++) {
        char path[16];
        snprintf(path, sizeof path, "/%d", i);
        struct stator_entry *entry = get(&place, path);
        cr_expect(stator_span_equal(entry->body, stator_span_from(path)), "%s", path);
        stator_entry_unref(entry);
    }
    cr_expect_eq(count(&place).loads, 1000);
    cr_expect_eq(count(&place).hits, 1000);
    place_close(&place);
}

Test(cache, clear_leaves_what_others_hold)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_resize(&place.tree, "large", LARGE);
    struct stator_entry *entry = get(&place, "/large");
    ask(&place, "/none");
    stator_cache_clear(place.cache);
    struct stator_cache_counts counts = count(&place);
    cr_expect_eq(counts.entries + counts.misses + counts.bytes + counts.files, 0);
    cr_expect(stator_entry_is_unchanged(entry));
    cr_expect_not(is_held(&place, "/large"));
    place_close(&place);
    char byte;
    cr_expect_eq(stator_entry_read(entry, LARGE - 1, 1, &byte), 0);
    stator_entry_unref(entry);
}

Test(cache, gives_up_descriptors_when_they_have_run_out)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_resize(&place.tree, "a", LARGE);
    tree_resize(&place.tree, "b", LARGE);
    tree_write(&place.tree, "small", "s");
    ask(&place, "/a");
    ask(&place, "/small");
    struct rlimit old = leave_descriptors(0);
    struct stator_entry *entry = get(&place, "/b");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE, "%d", entry->error);
    cr_expect_eq(count(&place).files, 1);
    cr_expect(is_held(&place, "/small"));
    stator_entry_unref(entry);
    place_close(&place);
}

Test(cache, does_not_remember_what_will_pass)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a", "a");
    struct rlimit old = leave_descriptors(0);
    struct stator_entry *entry = get(&place, "/a");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_ABSENT);
    cr_expect_eq(entry->error, -EMFILE);
    stator_entry_unref(entry);
    cr_expect_eq(count(&place).misses, 0);
    entry = get(&place, "/a");
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE);
    stator_entry_unref(entry);
    place_close(&place);
}

Test(cache, keeps_its_site)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;
    place_open(&place, &limits);
    tree_write(&place.tree, "a", "a");
    stator_site_unref(place.site);
    place.site = NULL;
    struct stator_entry *entry = get(&place, "/a");
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE);
    stator_entry_unref(entry);
    place_close(&place);
    stator_cache_destroy(NULL);
}

Test(cache, knows_what_it_was_asked_for_and_nothing_else)
{
    const struct stator_cache_limits limits = STATOR_CACHE_LIMITS;
    struct place place;

    place_open(&place, &limits);
    cr_expect_not(stator_cache_knows(place.cache, STATOR_SPAN("/nothing")));
    cr_expect_eq(count(&place).loads, 0);
    ask(&place, "/nothing");
    place.clock.monotonic += 60000;
    cr_expect(stator_cache_knows(place.cache, STATOR_SPAN("/nothing")), "though it is old");
    cr_expect_not(stator_cache_knows(place.cache, STATOR_SPAN("/nothing/")));
    stator_cache_clear(place.cache);
    cr_expect_not(stator_cache_knows(place.cache, STATOR_SPAN("/nothing")));
    place_close(&place);
}
