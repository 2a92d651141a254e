/* Entries: what stands at a path, its validators, and when it is no longer so. */
#include "content/entry.h"

#include <time.h>

#include "tree.h"

/* A tree with a site on it and a clock that is `ahead` seconds in front of the system's. */
struct place {
    struct tree tree;
    struct stator_site *site;
    struct stator_clock clock;
};

static void set_clock(struct place *place, int64_t ahead)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    place->clock.wall = (now.tv_sec + ahead) * STATOR_NANOSECONDS + now.tv_nsec;
}

static void place_open_only(struct place *place, const char *only)
{
    *place = (struct place){0};
    tree_open(&place->tree);
    place->site = stator_site_create(dup(place->tree.root), only, "index.html");
    cr_assert_not_null(place->site);
    set_clock(place, 60);
}

static void place_open(struct place *place)
{
    place_open_only(place, NULL);
}

static void place_close(struct place *place)
{
    stator_site_unref(place->site);
    tree_close(&place->tree);
}

static struct stator_entry *get_with(const struct place *place, struct stator_magic *magic,
                                     const char *path)
{
    struct stator_entry *entry = NULL;
    int error =
        stator_entry_create(place->site, magic, &place->clock, stator_span_from(path), &entry);
    cr_assert_eq(error, 0, "%s: %d", path, error);
    return entry;
}

static struct stator_entry *get(const struct place *place, const char *path)
{
    return get_with(place, NULL, path);
}

static bool is_current(const struct place *place, const struct stator_entry *entry,
                       const char *path)
{
    return stator_entry_is_current(entry, place->site, &place->clock, stator_span_from(path));
}

struct row {
    const char *path;
    enum stator_entry_kind kind;
    int error;
    const char *body;
};

static void expect_rows(const struct place *place, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = count_open_files();
        struct stator_entry *entry = get(place, rows[i].path);
        cr_expect_eq(entry->kind, rows[i].kind, "%s: %d", rows[i].path, entry->kind);
        cr_expect_eq(entry->error, rows[i].error, "%s: %d", rows[i].path, entry->error);
        cr_expect(stator_span_equal(entry->body, stator_span_from(rows[i].body)), "%s: %.*s",
                  rows[i].path, (int)entry->body.length, entry->body.at);
        cr_expect_eq(entry->fd >= 0, entry->kind == STATOR_ENTRY_KIND_DIRECTORY, "%s",
                     rows[i].path);
        cr_expect(is_current(place, entry, rows[i].path), "%s", rows[i].path);
        stator_entry_unref(entry);
        cr_expect_eq(count_open_files(), before, "%s leaks", rows[i].path);
    }
}

#define EXPECT_ROWS(place, rows) expect_rows(place, rows, sizeof(rows) / sizeof *(rows))
#define FOUND(path, body)                                                                          \
    {                                                                                              \
        path, STATOR_ENTRY_KIND_FILE, 0, body                                                      \
    }
#define REDIRECTED(path)                                                                           \
    {                                                                                              \
        path, STATOR_ENTRY_KIND_REDIRECT, 0, NULL                                                  \
    }
#define LISTED(path)                                                                               \
    {                                                                                              \
        path, STATOR_ENTRY_KIND_DIRECTORY, 0, NULL                                                 \
    }
#define MISSING(path)                                                                              \
    {                                                                                              \
        path, STATOR_ENTRY_KIND_ABSENT, -ENOENT, NULL                                              \
    }

static void make_files(const struct tree *tree)
{
    tree_write(tree, "a.txt", "a");
    tree_write(tree, "index.html", "top");
    tree_write(tree, ".secret", "s");
    tree_directory(tree, "with");
    tree_write(tree, "with/index.html", "with");
    tree_directory(tree, "without");
    tree_write(tree, "without/b.txt", "b");
    tree_directory(tree, "odd");
    tree_directory(tree, "odd/index.html");
    tree_directory(tree, "pipe");
    cr_assert_eq(mkfifoat(tree->root, "pipe/index.html", 0644), 0);
    cr_assert_eq(mkfifoat(tree->root, "fifo", 0644), 0);
    tree_directory(tree, ".git");
    tree_write(tree, ".git/config", "c");
    tree_directory(tree, ".well-known");
    tree_write(tree, ".well-known/security.txt", "w");
    tree_write(tree, ".well-known/.hidden", "h");
    tree_directory(tree, "with/.well-known");
    tree_write(tree, "with/.well-known/x", "x");
    tree_write(tree, ".well-knownx", "x");
    tree_link(tree, "to-with", "with");
    tree_link(tree, "to-secret", ".secret");
    tree_link(tree, "out", "/etc/passwd");
    tree_link(tree, "self", "self");
    tree_link(tree, "device", "/dev/null");
    tree_directory(tree, "linked");
    tree_link(tree, "linked/index.html", "../a.txt");
    tree_directory(tree, "dangling");
    tree_link(tree, "dangling/index.html", "none");
}

Test(entry, finds_what_stands_at_a_path)
{
    struct place place;
    place_open(&place);
    make_files(&place.tree);
    char long_path[6000];
    memset(long_path, 'n', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    char long_name[300];
    memcpy(long_name, long_path, sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    const struct row rows[] = {
        FOUND("/", "top"),
        FOUND("/a.txt", "a"),
        FOUND("/index.html", "top"),
        FOUND("/with/", "with"),
        FOUND("/to-with/", "with"),
        FOUND("/linked/", "a"),
        FOUND("/without/b.txt", "b"),
        FOUND("/.well-known/security.txt", "w"),
        FOUND("/to-secret", "s"),
        REDIRECTED("/with"),
        REDIRECTED("/without"),
        REDIRECTED("/to-with"),
        REDIRECTED("/.well-known"),
        MISSING("/none"),
        MISSING("/none/"),
        MISSING("/none/none"),
        MISSING("/a.txt/"),
        MISSING("/a.txt/b"),
        MISSING("/without/"),
        MISSING("/odd/"),
        MISSING("/pipe/"),
        MISSING("/dangling/"),
        MISSING("/fifo"),
        MISSING("/fifo/"),
        MISSING("/out"),
        MISSING("/self"),
        MISSING("/device"),
        MISSING("/.secret"),
        MISSING("/.git"),
        MISSING("/.git/"),
        MISSING("/.git/config"),
        MISSING("/.well-known/.hidden"),
        MISSING("/.well-known/"),
        MISSING("/.well-knownx"),
        MISSING("/with/.well-known/x"),
        MISSING("/.."),
        MISSING("/../etc/passwd"),
        MISSING("/with/../a.txt"),
        MISSING(""),
        MISSING("a.txt"),
        MISSING(long_path),
        MISSING(long_name),
    };
    EXPECT_ROWS(&place, rows);
    place_close(&place);
}

Test(entry, lists_where_no_index_is_served)
{
    struct place place;
    place_open(&place);
    place.site->listing = true;
    make_files(&place.tree);
    static const struct row rows[] = {
        FOUND("/", "top"), FOUND("/with/", "with"), LISTED("/without/"), LISTED("/odd/"),
        LISTED("/pipe/"),  LISTED("/dangling/"),    MISSING("/none/"),   MISSING("/a.txt/"),
        MISSING("/.git/"), REDIRECTED("/without"),  MISSING("/fifo/"),   MISSING("/out/"),
    };
    EXPECT_ROWS(&place, rows);
    tree_remove(&place.tree, "index.html");
    static const struct row top[] = {LISTED("/")};
    EXPECT_ROWS(&place, top);
    place_close(&place);
}

Test(entry, serves_only_one_file)
{
    struct place place;
    place_open_only(&place, "a.txt");
    make_files(&place.tree);
    static const struct row rows[] = {
        FOUND("/", "a"),   FOUND("/a.txt", "a"), MISSING("/index.html"), MISSING("/a.txt/"),
        MISSING("/with/"), MISSING("//a.txt"),   MISSING("/with"),       MISSING("/a.tx"),
    };
    EXPECT_ROWS(&place, rows);
    place_close(&place);

    place_open_only(&place, ".secret");
    make_files(&place.tree);
    static const struct row hidden[] = {FOUND("/", "s"), FOUND("/.secret", "s")};
    EXPECT_ROWS(&place, hidden);
    place_close(&place);
}

Test(entry, a_nul_ends_nothing)
{
    struct place place;
    place_open(&place);
    tree_write(&place.tree, "a.txt", "a");
    struct stator_entry *entry;
    cr_assert_eq(
        stator_entry_create(place.site, NULL, &place.clock, STATOR_SPAN("/a.txt\0.png"), &entry),
        0);
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_ABSENT);
    cr_expect_eq(entry->error, -ENOENT);
    stator_entry_unref(entry);
    place_close(&place);
}

Test(entry, says_what_is_not_allowed)
{
    struct place place;
    place_open(&place);
    make_files(&place.tree);
    int root = place.tree.root;
    cr_assert_eq(fchmodat(root, "a.txt", 0000, 0), 0);
    cr_assert_eq(fchmodat(root, "with", 0111, 0), 0);
    cr_assert_eq(fchmodat(root, "without", 0111, 0), 0);
    cr_assert_eq(fchmodat(root, "odd", 0000, 0), 0);
    uid_t old = become_nobody(&place.tree);
    static const struct row rows[] = {
        {"/a.txt", STATOR_ENTRY_KIND_ABSENT, -EACCES, NULL},
        REDIRECTED("/with"),
        FOUND("/with/", "with"),
        {"/without", STATOR_ENTRY_KIND_ABSENT, -EACCES, NULL},
        MISSING("/without/"),
        FOUND("/without/b.txt", "b"),
        {"/odd/", STATOR_ENTRY_KIND_ABSENT, -EACCES, NULL},
    };
    EXPECT_ROWS(&place, rows);
    place.site->listing = true;
    static const struct row listing[] = {{"/without/", STATOR_ENTRY_KIND_ABSENT, -EACCES, NULL}};
    EXPECT_ROWS(&place, listing);
    cr_assert_eq(seteuid(old), 0);
    cr_assert_eq(fchmodat(root, "with", 0755, 0), 0);
    cr_assert_eq(fchmodat(root, "without", 0755, 0), 0);
    cr_assert_eq(fchmodat(root, "odd", 0755, 0), 0);
    place_close(&place);
}

Test(entry, keeps_small_bodies_in_memory)
{
    static const struct {
        off_t size;
        bool in_memory;
    } rows[] = {
        {0, true},
        {1, true},
        {STATOR_ENTRY_INLINE_MAX, true},
        {STATOR_ENTRY_INLINE_MAX + 1, false},
    };
    struct place place;
    place_open(&place);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tree_resize(&place.tree, "file.bin", rows[i].size);
        struct stator_entry *entry = get(&place, "/file.bin");
        cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_FILE);
        cr_expect_eq(entry->version.size, (uint64_t)rows[i].size);
        cr_expect_eq(entry->body.at != NULL, rows[i].in_memory, "%jd", (intmax_t)rows[i].size);
        cr_expect_eq(entry->fd < 0, rows[i].in_memory, "%jd", (intmax_t)rows[i].size);
        if (rows[i].in_memory) {
            cr_expect_eq(entry->body.length, (size_t)rows[i].size);
            cr_expect_geq(entry->cost, sizeof *entry + (size_t)rows[i].size);
        }
        stator_entry_unref(entry);
    }
    place_close(&place);
}

Test(entry, a_body_in_memory_stays_what_it_was)
{
    struct place place;
    place_open(&place);
    tree_write(&place.tree, "a.txt", "before");
    struct stator_entry *entry = get(&place, "/a.txt");
    tree_write(&place.tree, "a.txt", "after, and longer");
    cr_expect(stator_span_equal(entry->body, STATOR_SPAN("before")));
    cr_expect(stator_entry_is_unchanged(entry));
    char read[3];
    cr_expect_eq(stator_entry_read(entry, 2, 3, read), 0);
    cr_expect_arr_eq(read, "for", 3);
    stator_entry_unref(entry);
    place_close(&place);
}

#define LARGE (STATOR_ENTRY_INLINE_MAX + 1000)

Test(entry, reads_a_large_body_from_its_file)
{
    struct place place;
    place_open(&place);
    static char bytes[LARGE];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 31 + i / 251);
    }
    tree_write_bytes(&place.tree, "large.bin", bytes, sizeof bytes);
    struct stator_entry *entry = get(&place, "/large.bin");
    static char read[LARGE];
    cr_expect_eq(stator_entry_read(entry, 0, LARGE, read), 0);
    cr_expect_arr_eq(read, bytes, LARGE);
    cr_expect_eq(stator_entry_read(entry, LARGE - 10, 10, read), 0);
    cr_expect_arr_eq(read, bytes + LARGE - 10, 10);
    cr_expect_eq(stator_entry_read(entry, LARGE, 0, read), 0);
    cr_expect_eq(stator_entry_read(entry, LARGE - 10, 11, read), -EINVAL);
    cr_expect_eq(stator_entry_read(entry, LARGE + 1, 0, read), -EINVAL);
    cr_expect_eq(stator_entry_read(entry, UINT64_MAX, 2, read), -EINVAL);
    cr_expect(stator_entry_is_unchanged(entry));
    stator_entry_unref(entry);
    place_close(&place);
}

Test(entry, a_large_file_that_changes_is_noticed)
{
    struct place place;
    place_open(&place);
    struct tree *tree = &place.tree;
    char byte[16];

    tree_resize(tree, "shrunk.bin", LARGE);
    struct stator_entry *entry = get(&place, "/shrunk.bin");
    tree_resize(tree, "shrunk.bin", LARGE - 8);
    cr_expect_eq(stator_entry_read(entry, LARGE - 16, 16, byte), -ESTALE);
    cr_expect_eq(stator_entry_read(entry, LARGE - 16, 8, byte), 0);
    cr_expect_not(stator_entry_is_unchanged(entry), "it shrank");
    stator_entry_unref(entry);

    tree_resize(tree, "grown.bin", LARGE);
    entry = get(&place, "/grown.bin");
    tree_resize(tree, "grown.bin", LARGE + 8);
    cr_expect_not(stator_entry_is_unchanged(entry), "it grew");
    stator_entry_unref(entry);

    tree_resize(tree, "rewritten.bin", LARGE);
    tree_set_time(tree, "rewritten.bin", 1000);
    entry = get(&place, "/rewritten.bin");
    tree_set_time(tree, "rewritten.bin", 2000);
    cr_expect_not(stator_entry_is_unchanged(entry), "its time is another");
    stator_entry_unref(entry);

    tree_resize(tree, "replaced.bin", LARGE);
    tree_resize(tree, "new.bin", 10);
    entry = get(&place, "/replaced.bin");
    tree_rename(tree, "new.bin", "replaced.bin");
    cr_assert_eq(fchmod(entry->fd, 0600), 0);
    cr_expect(stator_entry_is_unchanged(entry), "the open file is what it was");
    cr_expect_not(is_current(&place, entry, "/replaced.bin"), "the path leads to another");
    cr_expect_eq(stator_entry_read(entry, LARGE - 16, 16, byte), 0);
    stator_entry_unref(entry);
    place_close(&place);
}

/* What may happen to "a.txt" (or its directory), whether the entry of `path` is then current. */
static void do_nothing(const struct tree *tree)
{
    (void)tree;
}

static void do_replace(const struct tree *tree)
{
    tree_write(tree, "new", "1234567");
    tree_rename(tree, "new", "d/a.txt");
}

static void do_delete(const struct tree *tree)
{
    tree_remove(tree, "d/a.txt");
}

static void do_grow(const struct tree *tree)
{
    tree_resize(tree, "d/a.txt", 100);
}

static void do_touch(const struct tree *tree)
{
    tree_set_time(tree, "d/a.txt", 1000);
}

static void do_add_index(const struct tree *tree)
{
    tree_write(tree, "d/index.html", "i");
}

static void do_add_file(const struct tree *tree)
{
    tree_write(tree, "d/b.txt", "b");
}

static void do_turn_to_directory(const struct tree *tree)
{
    tree_remove(tree, "d/a.txt");
    tree_directory(tree, "d/a.txt");
}

static void do_turn_to_file(const struct tree *tree)
{
    tree_rename(tree, "d", "e");
    tree_write(tree, "d", "d");
}

static void do_forbid(const struct tree *tree)
{
    cr_assert_eq(fchmodat(tree->root, "d/a.txt", 0, 0), 0);
}

Test(entry, is_current_until_something_happens)
{
    static const struct {
        const char *label;
        const char *path;
        void (*happens)(const struct tree *tree);
        bool is_current;
    } rows[] = {
        {"a file and nothing", "/d/a.txt", do_nothing, true},
        {"a file replaced by one of equal size", "/d/a.txt", do_replace, false},
        {"a file deleted", "/d/a.txt", do_delete, false},
        {"a file grown", "/d/a.txt", do_grow, false},
        {"a file's time set", "/d/a.txt", do_touch, false},
        {"a file that became a directory", "/d/a.txt", do_turn_to_directory, false},
        {"a file whose mode changed", "/d/a.txt", do_forbid, false},
        {"a file beside a new one", "/d/a.txt", do_add_file, true},
        {"a redirect and nothing", "/d", do_nothing, true},
        {"a redirect and a new file", "/d", do_add_file, true},
        {"a directory that became a file", "/d", do_turn_to_file, false},
        {"a listing and nothing", "/d/", do_nothing, true},
        {"a listing and a new index", "/d/", do_add_index, false},
        {"a listing and a new file", "/d/", do_add_file, false},
        {"a listing's directory that became a file", "/d/", do_turn_to_file, false},
        {"a miss and nothing", "/d/b.txt", do_nothing, true},
        {"a miss and a new file there", "/d/b.txt", do_add_file, false},
        {"a miss and a new file elsewhere", "/d/b.txt", do_add_index, true},
        {"a hidden one", "/d/.x", do_add_file, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place;
        place_open(&place);
        place.site->listing = true;
        tree_directory(&place.tree, "d");
        tree_write(&place.tree, "d/a.txt", "7 bytes");
        struct stator_entry *entry = get(&place, rows[i].path);
        size_t before = count_open_files();
        rows[i].happens(&place.tree);
        cr_expect_eq(is_current(&place, entry, rows[i].path), rows[i].is_current, "%s",
                     rows[i].label);
        cr_expect_eq(count_open_files(), before, "%s leaks", rows[i].label);
        stator_entry_unref(entry);
        place_close(&place);
    }
}

Test(entry, a_weak_validator_does_not_stay)
{
    struct place place;
    place_open(&place);
    tree_write(&place.tree, "a.txt", "a");
    set_clock(&place, 0);
    place.clock.wall -= STATOR_NANOSECONDS;
    struct stator_entry *entry = get(&place, "/a.txt");
    cr_expect(entry->weak);
    cr_expect_eq(strncmp(entry->etag, "W/\"", 3), 0, "%s", entry->etag);
    cr_expect(is_current(&place, entry, "/a.txt"));
    set_clock(&place, 60);
    cr_expect_not(is_current(&place, entry, "/a.txt"));
    struct stator_entry *later = get(&place, "/a.txt");
    cr_expect_not(later->weak);
    cr_expect_str_eq(later->etag, entry->etag + 2, "the opaque part stays");
    cr_expect(is_current(&place, later, "/a.txt"));
    stator_entry_unref(entry);
    stator_entry_unref(later);
    place_close(&place);
}

Test(entry, versions_become_stable)
{
    static const struct {
        const char *label;
        int64_t modified, changed, wall;
        bool is_stable;
    } rows[] = {
        {"this instant", 5000000001, 5000000001, 5000000001, false},
        {"one tick ago", 5000000001, 5000000001, 5010000001, false},
        {"a tenth ago", 5000000001, 5000000001, 5100000001, true},
        {"in the future", 9000000001, 5000000001, 6000000001, false},
        {"changed in the future", 5000000001, 9000000001, 6000000001, false},
        {"whole seconds, a tenth ago", 5000000000, 5000000000, 5100000000, false},
        {"whole seconds, 2 s ago", 5000000000, 5000000000, 7000000000, false},
        {"whole seconds, 2.1 s ago", 5000000000, 5000000000, 7100000000, true},
        {"set to a whole second", 1000000000, 5000000001, 5100000001, true},
        {"the end of time", INT64_MAX, 0, INT64_MAX, false},
        {"before time", INT64_MIN, INT64_MIN, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stator_file_version version = {.modified = rows[i].modified,
                                              .changed = rows[i].changed};
        cr_expect_eq(stator_file_version_is_stable(&version, rows[i].wall), rows[i].is_stable, "%s",
                     rows[i].label);
    }
}

Test(entry, file_versions_differ)
{
    const struct stator_file_version version = {1, 2, 3, 4, 5};
    const struct stator_file_version others[] = {
        {9, 2, 3, 4, 5}, {1, 9, 3, 4, 5}, {1, 2, 9, 4, 5}, {1, 2, 3, 9, 5}, {1, 2, 3, 4, 9},
    };
    cr_expect(stator_file_version_equal(&version, &version));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_expect_not(stator_file_version_equal(&version, &others[i]), "%zu", i);
    }
    const struct stat status = {
        .st_dev = 1,
        .st_ino = 2,
        .st_size = 3,
        .st_mtim = {.tv_sec = 4, .tv_nsec = 5},
        .st_ctim = {.tv_sec = -1, .tv_nsec = 999999999},
    };
    struct stator_file_version taken;
    stator_file_version_take(&status, &taken);
    cr_expect_eq(taken.device, 1);
    cr_expect_eq(taken.inode, 2);
    cr_expect_eq(taken.size, 3);
    cr_expect_eq(taken.modified, 4000000005);
    cr_expect_eq(taken.changed, -1);
    const struct stat far = {.st_mtim = {.tv_sec = INT64_MAX}, .st_ctim = {.tv_sec = INT64_MIN}};
    stator_file_version_take(&far, &taken);
    cr_expect_eq(taken.modified, INT64_MAX);
    cr_expect_eq(taken.changed, INT64_MIN);
}

Test(entry, tags_are_of_one_version)
{
    struct place place;
    place_open(&place);
    tree_write(&place.tree, "a.txt", "a");
    tree_write(&place.tree, "b.txt", "a");
    tree_set_time(&place.tree, "a.txt", 1000);
    tree_set_time(&place.tree, "b.txt", 1000);
    struct stator_entry *entry = get(&place, "/a.txt");
    struct stator_entry *again = get(&place, "/a.txt");
    struct stator_entry *other = get(&place, "/b.txt");
    size_t length = strlen(entry->etag);
    cr_expect_eq(length, 34, "%s", entry->etag);
    cr_expect(entry->etag[0] == '"' && entry->etag[length - 1] == '"', "%s", entry->etag);
    cr_expect_str_eq(entry->etag, again->etag);
    cr_expect_str_neq(entry->etag, other->etag, "another inode");
    stator_entry_unref(again);
    stator_entry_unref(other);
    tree_set_time(&place.tree, "a.txt", 1001);
    other = get(&place, "/a.txt");
    cr_expect_str_neq(entry->etag, other->etag, "another time");
    stator_entry_unref(entry);
    stator_entry_unref(other);
    place_close(&place);
}

Test(entry, modified_is_never_in_the_future)
{
    static const struct {
        const char *label;
        time_t set;
        int64_t wall;
        const char *modified;
    } rows[] = {
        {"in the past", 784111777, 2000000000, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"now", 784111777, 784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"in the future", 784111778, 784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"far in the future", 4000000000, 784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"before 1970", -1, 784111777, "Wed, 31 Dec 1969 23:59:59 GMT"},
    };
    struct place place;
    place_open(&place);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tree_write(&place.tree, "a.txt", "a");
        tree_set_time(&place.tree, "a.txt", rows[i].set);
        place.clock.wall = rows[i].wall * STATOR_NANOSECONDS + 5;
        struct stator_entry *entry = get(&place, "/a.txt");
        cr_expect_str_eq(entry->modified, rows[i].modified, "%s: %s", rows[i].label,
                         entry->modified);
        cr_expect_eq(entry->modified_seconds,
                     rows[i].set < rows[i].wall ? rows[i].set : rows[i].wall);
        stator_entry_unref(entry);
    }
    place_close(&place);
}

#define PNG "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1F\x15\xC4"

Test(entry, types)
{
    enum { NONE = -1 };
    static const struct {
        int mode; /* of libmagic, or NONE where the worker has none */
        const char *name;
        struct stator_span bytes;
        const char *type;
    } rows[] = {
        {STATOR_MAGIC_MODE_FALLBACK, "page.html", STATOR_SPAN_INIT("plain"),
         "text/html; charset=utf-8"},
        {STATOR_MAGIC_MODE_FALLBACK, "fake.txt", STATOR_SPAN_INIT(PNG),
         "text/plain; charset=utf-8"},
        {STATOR_MAGIC_MODE_FALLBACK, "README", STATOR_SPAN_INIT("words\n"),
         "text/plain; charset=utf-8"},
        {STATOR_MAGIC_MODE_FALLBACK, "picture", STATOR_SPAN_INIT(PNG), "image/png"},
        {STATOR_MAGIC_MODE_FALLBACK, "page", STATOR_SPAN_INIT("<!DOCTYPE html><html><p>x\n"),
         "text/plain; charset=utf-8"},
        {STATOR_MAGIC_MODE_FALLBACK, "document", STATOR_SPAN_INIT("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
         "application/octet-stream"},
        {STATOR_MAGIC_MODE_FALLBACK, "empty", STATOR_SPAN_INIT(""), "application/octet-stream"},
        {STATOR_MAGIC_MODE_FIRST, "fake.txt", STATOR_SPAN_INIT(PNG), "image/png"},
        {STATOR_MAGIC_MODE_FIRST, "style.css", STATOR_SPAN_INIT("p{color:red}\n"),
         "text/css; charset=utf-8"},
        {STATOR_MAGIC_MODE_FIRST, "page.html", STATOR_SPAN_INIT("<!DOCTYPE html><html><p>x\n"),
         "text/html; charset=utf-8"},
        {STATOR_MAGIC_MODE_FIRST, "note.txt", STATOR_SPAN_INIT("<!DOCTYPE html><html><p>x\n"),
         "text/plain; charset=utf-8"},
        {STATOR_MAGIC_MODE_FIRST, "drawing.svg", STATOR_SPAN_INIT("<svg xmlns=\"x\"/>\n"),
         "image/svg+xml"},
        {STATOR_MAGIC_MODE_FIRST, "document.pdf", STATOR_SPAN_INIT("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
         "application/pdf"},
        {STATOR_MAGIC_MODE_FIRST, "document", STATOR_SPAN_INIT("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
         "application/octet-stream"},
        {STATOR_MAGIC_MODE_FIRST, "picture.svg", STATOR_SPAN_INIT(PNG), "image/png"},
        {STATOR_MAGIC_MODE_FIRST, "empty.css", STATOR_SPAN_INIT(""), "text/css; charset=utf-8"},
        {STATOR_MAGIC_MODE_OFF, "picture", STATOR_SPAN_INIT(PNG), "application/octet-stream"},
        {STATOR_MAGIC_MODE_OFF, "picture.gif", STATOR_SPAN_INIT(PNG), "image/gif"},
        {NONE, "picture", STATOR_SPAN_INIT(PNG), "application/octet-stream"},
        {NONE, "style.css", STATOR_SPAN_INIT(PNG), "text/css; charset=utf-8"},
    };
    struct place place;
    place_open(&place);
    struct stator_magic *magic;
    cr_assert_eq(stator_magic_create(&magic), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        place.site->magic =
            rows[i].mode == NONE ? STATOR_MAGIC_MODE_FIRST : (enum stator_magic_mode)rows[i].mode;
        tree_write_bytes(&place.tree, rows[i].name, rows[i].bytes.at, rows[i].bytes.length);
        char path[32];
        snprintf(path, sizeof path, "/%s", rows[i].name);
        struct stator_entry *entry = get_with(&place, rows[i].mode == NONE ? NULL : magic, path);
        cr_expect(stator_span_equal(entry->type, stator_span_from(rows[i].type)), "%d %s: %.*s",
                  rows[i].mode, rows[i].name, (int)entry->type.length, entry->type.at);
        cr_expect(stator_span_equal(entry->body, rows[i].bytes), "%s", rows[i].name);
        stator_entry_unref(entry);
    }
    stator_magic_destroy(magic);
    place_close(&place);
}

Test(entry, says_when_descriptors_have_run_out)
{
    struct place place;
    place_open(&place);
    tree_write(&place.tree, "a.txt", "a");
    struct stator_entry *found = get(&place, "/a.txt");
    struct rlimit old = leave_descriptors(0);
    struct stator_entry *entry = get(&place, "/a.txt");
    bool current = is_current(&place, found, "/a.txt");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    cr_expect_eq(entry->kind, STATOR_ENTRY_KIND_ABSENT);
    cr_expect_eq(entry->error, -EMFILE);
    cr_expect_not(current);
    stator_entry_unref(entry);
    stator_entry_unref(found);
    place_close(&place);
}

Test(entry, is_shared)
{
    struct place place;
    place_open(&place);
    tree_resize(&place.tree, "large.bin", LARGE);
    size_t before = count_open_files();
    struct stator_entry *entry = get(&place, "/large.bin");
    cr_expect_eq(stator_entry_ref(entry), entry);
    stator_entry_unref(entry);
    cr_expect_eq(count_open_files(), before + 1);
    cr_expect(stator_entry_is_unchanged(entry));
    stator_entry_unref(entry);
    stator_entry_unref(NULL);
    cr_expect_eq(count_open_files(), before);
    place_close(&place);
}
