/*
 * A hash table of entries by path, and lists that say which of them was used when.
 *
 * Knows bounds and ages; refuses to know what an entry is made of. The one surprising thing: misses
 * share the bytes of the whole cache but never push anything else out, so asking for what is not
 * there, however often and by however long names, costs a server none of what it has.
 */
#include "content/cache.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/list.h"

/* A power of two, as every table size. */
#define TABLE_START 64

struct slot {
    struct slot *next;        /* in its chain of the table */
    struct stator_list order; /* on `present` or `absent` */
    struct stator_list files; /* on `files`, when the entry holds a descriptor */
    struct stator_entry *entry;
    uint64_t hash;
    int64_t checked; /* monotonic ms when the entry was last found right */
    int64_t asked;   /* the same, when its descriptor was last asked alone */
    size_t cost;
    size_t length;
    char path[];
};

struct stator_cache {
    struct stator_site *site;
    struct stator_magic *magic;
    const struct stator_clock *clock;
    struct stator_cache_limits limits;
    struct stator_cache_counts counts;
    struct stator_hash_key key;
    struct stator_list present; /* most recently used first, as all three */
    struct stator_list absent;
    struct stator_list files;
    size_t size; /* chains in `table` */
    struct slot **table;
};

static bool is_absent(const struct stator_entry *entry)
{
    return entry->kind == STATOR_ENTRY_KIND_ABSENT;
}

/* The link in the table that leads to the slot of `path`, or the end of its chain. */
static struct slot **find(const struct stator_cache *cache, uint64_t hash, struct stator_span path)
{
    struct slot **link = &cache->table[hash & (cache->size - 1)];
    while (*link != NULL) {
        const struct slot *slot = *link;
        if (slot->hash == hash &&
            stator_span_equal((struct stator_span){slot->path, slot->length}, path)) {
            break;
        }
        link = &(*link)->next;
    }
    return link;
}

/* Doubles the table; when memory is out the chains just get longer. */
static void grow(struct stator_cache *cache)
{
    size_t size = cache->size * 2;
    struct slot **table = calloc(size, sizeof(struct slot *));
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < cache->size; i++) {
        for (struct slot *slot = cache->table[i], *next; slot != NULL; slot = next) {
            next = slot->next;
            struct slot **chain = &table[slot->hash & (size - 1)];
            slot->next = *chain;
            *chain = slot;
        }
    }
    free(cache->table);
    cache->table = table;
    cache->size = size;
}

/* Takes the slot that `link` leads to out of everything and frees it. */
static void drop(struct stator_cache *cache, struct slot **link)
{
    struct slot *slot = *link;
    *link = slot->next;
    *(is_absent(slot->entry) ? &cache->counts.misses : &cache->counts.entries) -= 1;
    cache->counts.files -= slot->entry->fd >= 0;
    cache->counts.bytes -= slot->cost;
    stator_list_remove(&slot->order);
    stator_list_remove(&slot->files);
    stator_entry_unref(slot->entry);
    free(slot);
}

static void evict(struct stator_cache *cache, struct slot *slot)
{
    cache->counts.evictions++;
    drop(cache, find(cache, slot->hash, (struct stator_span){slot->path, slot->length}));
}

static void evict_last(struct stator_cache *cache, const struct stator_list *list)
{
    evict(cache, STATOR_LIST_ENTRY(list->previous, struct slot, order));
}

static void evict_files(struct stator_cache *cache, size_t keep)
{
    while (cache->counts.files > keep) {
        evict(cache, STATOR_LIST_ENTRY(cache->files.previous, struct slot, files));
    }
}

static void use(struct stator_cache *cache, struct slot *slot)
{
    stator_list_remove(&slot->order);
    stator_list_push(is_absent(slot->entry) ? &cache->absent : &cache->present, &slot->order);
    if (slot->entry->fd >= 0) {
        stator_list_remove(&slot->files);
        stator_list_push(&cache->files, &slot->files);
    }
}

/* Evicts until an entry of that cost fits. False where it cannot, or must not, be made to fit. */
static bool make_room(struct stator_cache *cache, const struct stator_entry *entry, size_t cost)
{
    const struct stator_cache_limits *limits = &cache->limits;
    struct stator_cache_counts *counts = &cache->counts;
    bool absent = is_absent(entry);
    struct stator_list *own = absent ? &cache->absent : &cache->present;
    size_t limit = absent ? limits->misses : limits->entries;
    size_t *count = absent ? &counts->misses : &counts->entries;

    if (limit == 0 || cost > limits->bytes || (entry->fd >= 0 && limits->files == 0)) {
        return false;
    }
    while (*count >= limit) {
        evict_last(cache, own);
    }
    if (entry->fd >= 0) {
        evict_files(cache, limits->files - 1);
    }
    while (counts->bytes > limits->bytes - cost && !stator_list_is_empty(&cache->absent)) {
        evict_last(cache, &cache->absent);
    }
    while (!absent && counts->bytes > limits->bytes - cost) {
        evict_last(cache, &cache->present);
    }
    return counts->bytes <= limits->bytes - cost;
}

/* True for what may be otherwise at the next request although nothing in the file system changed.
 */
static bool will_pass(int error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOMEM || error == -EIO;
}

/* Remembers the entry under `path` if there is room; that there is not is no error. */
static void keep(struct stator_cache *cache, uint64_t hash, struct stator_span path,
                 struct stator_entry *entry)
{
    size_t cost = sizeof(struct slot) + path.length + entry->cost;
    if (will_pass(entry->error) || !make_room(cache, entry, cost)) {
        return;
    }
    struct slot *slot = malloc(sizeof *slot + path.length);
    if (slot == NULL) {
        return;
    }
    if (cache->counts.entries + cache->counts.misses >= cache->size) {
        grow(cache);
    }
    struct slot **chain = &cache->table[hash & (cache->size - 1)];
    *slot = (struct slot){
        .next = *chain,
        .entry = stator_entry_ref(entry),
        .hash = hash,
        .checked = cache->clock->monotonic,
        .asked = cache->clock->monotonic,
        .cost = cost,
        .length = path.length,
    };
    memcpy(slot->path, path.at, path.length);
    *chain = slot;
    stator_list_init(&slot->order);
    stator_list_init(&slot->files);
    use(cache, slot);
    *(is_absent(entry) ? &cache->counts.misses : &cache->counts.entries) += 1;
    cache->counts.files += entry->fd >= 0;
    cache->counts.bytes += cost;
}

/* Makes the entry; when descriptors have run out, once more without those that are held here. */
static int load(struct stator_cache *cache, struct stator_span path, struct stator_entry **out)
{
    cache->counts.loads++;
    int error = stator_entry_create(cache->site, cache->magic, cache->clock, path, out);
    if (error != 0 || cache->counts.files == 0 ||
        ((*out)->error != -EMFILE && (*out)->error != -ENFILE)) {
        return error;
    }
    evict_files(cache, 0);
    struct stator_entry *again;
    if (stator_entry_create(cache->site, cache->magic, cache->clock, path, &again) == 0) {
        stator_entry_unref(*out);
        *out = again;
    }
    return 0;
}

/*
 * A file that is sent from its descriptor may have been written to since it was looked at: then its
 * entry would promise what is no longer there. Once in a tick of the clock is as often as the times
 * of files tell.
 */
static bool is_unchanged(struct slot *slot, int64_t now)
{
    if (slot->entry->kind != STATOR_ENTRY_KIND_FILE || slot->asked == now) {
        return true;
    }
    slot->asked = now;
    return stator_entry_is_unchanged(slot->entry);
}

/* True if the slot may be answered from: young enough, or looked at again and found right. */
static bool is_right(struct stator_cache *cache, struct slot *slot)
{
    int64_t now = cache->clock->monotonic;
    if (now - slot->checked < cache->limits.max_age) {
        bool right = is_unchanged(slot, now);
        cache->counts.hits += right;
        return right;
    }
    cache->counts.checks++;
    struct stator_span path = {slot->path, slot->length};
    if (!stator_entry_is_current(slot->entry, cache->site, cache->clock, path)) {
        return false;
    }
    slot->checked = now;
    return true;
}

int stator_cache_get(struct stator_cache *cache, struct stator_span path, struct stator_entry **out)
{
    uint64_t hash = stator_hash(&cache->key, path);
    struct slot **link = find(cache, hash, path);
    if (*link != NULL) {
        struct slot *slot = *link;
        if (is_right(cache, slot)) {
            use(cache, slot);
            *out = stator_entry_ref(slot->entry);
            return 0;
        }
        drop(cache, link);
    }
    struct stator_entry *entry;
    int error = load(cache, path, &entry);
    if (error != 0) {
        return error;
    }
    keep(cache, hash, path, entry);
    *out = entry;
    return 0;
}

bool stator_cache_knows(const struct stator_cache *cache, struct stator_span path)
{
    return *find(cache, stator_hash(&cache->key, path), path) != NULL;
}

int stator_cache_create(struct stator_site *site, struct stator_magic *magic,
                        const struct stator_clock *clock, const struct stator_cache_limits *limits,
                        struct stator_cache **out)
{
    struct stator_hash_key key;
    int error = stator_hash_key_draw(&key);
    if (error != 0) {
        return error;
    }
    struct stator_cache *cache = calloc(1, sizeof *cache);
    struct slot **table = calloc(TABLE_START, sizeof(struct slot *));
    if (cache == NULL || table == NULL) {
        free(cache);
        free(table);
        return -ENOMEM;
    }
    *cache = (struct stator_cache){
        .site = stator_site_ref(site),
        .magic = magic,
        .clock = clock,
        .limits = *limits,
        .key = key,
        .size = TABLE_START,
        .table = table,
    };
    stator_list_init(&cache->present);
    stator_list_init(&cache->absent);
    stator_list_init(&cache->files);
    *out = cache;
    return 0;
}

void stator_cache_clear(struct stator_cache *cache)
{
    for (size_t i = 0; i < cache->size; i++) {
        while (cache->table[i] != NULL) {
            drop(cache, &cache->table[i]);
        }
    }
}

void stator_cache_destroy(struct stator_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    stator_cache_clear(cache);
    stator_site_unref(cache->site);
    free(cache->table);
    free(cache);
}

void stator_cache_count(const struct stator_cache *cache, struct stator_cache_counts *out)
{
    *out = cache->counts;
}
