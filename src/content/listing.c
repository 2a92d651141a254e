/*
 * Gathers what may be shown of a directory, sorted and cut.
 *
 * Knows names, kinds, sizes and times; refuses to know how they are written and who asks. The one
 * surprising thing: names are gathered in a buffer twice as long as the listing, which is sorted
 * and halved whenever it is full, so that a directory of millions takes the memory of a bounded one
 * and still shows the first names in order; and what the directory itself says of a name is
 * believed until it is known that the name will be shown.
 */
#include "content/listing_items.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fd.h"
#include "content/lookup.h"
#include "content/root.h"

/* The first and last second that a four-digit year can write. */
#define FIRST_SECOND (-62167219200LL)
#define LAST_SECOND  253402300799LL

struct gathering {
    int root;
    int fd;
    struct stator_listing listing; /* with room for 2 * STATOR_LISTING_MAX items */
    size_t capacity;
    bool is_cut; /* the items begin with the first STATOR_LISTING_MAX of those seen, sorted */
};

static void forget(struct stator_listing *listing, size_t from)
{
    for (size_t i = from; i < listing->count; i++) {
        free(listing->items[i].name);
    }
    listing->count = from < listing->count ? from : listing->count;
}

static int compare(const void *left, const void *right)
{
    const struct stator_listing_item *a = left;
    const struct stator_listing_item *b = right;
    if (a->is_directory != b->is_directory) {
        return a->is_directory ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

static void sort_and_cut(struct gathering *gathering)
{
    struct stator_listing *listing = &gathering->listing;
    if (listing->count > 0) {
        qsort(listing->items, listing->count, sizeof *listing->items, compare);
    }
    if (listing->count > STATOR_LISTING_MAX) {
        forget(listing, STATOR_LISTING_MAX);
        gathering->is_cut = true;
    }
}

static int make_room(struct gathering *gathering)
{
    struct stator_listing *listing = &gathering->listing;
    if (listing->count == 2 * (size_t)STATOR_LISTING_MAX) {
        sort_and_cut(gathering);
    }
    if (listing->count < gathering->capacity) {
        return 0;
    }
    size_t capacity = gathering->capacity > 0 ? gathering->capacity * 2 : 64;
    struct stator_listing_item *items = realloc(listing->items, capacity * sizeof *items);
    if (items == NULL) {
        return -ENOMEM;
    }
    listing->items = items;
    gathering->capacity = capacity;
    return 0;
}

static int add_item(struct gathering *gathering, const struct stator_listing_item *item)
{
    struct stator_listing *listing = &gathering->listing;
    listing->total++;
    if (gathering->is_cut && compare(item, &listing->items[STATOR_LISTING_MAX - 1]) > 0) {
        return 0;
    }
    int error = make_room(gathering);
    if (error != 0) {
        return error;
    }
    char *name = strdup(item->name);
    if (name == NULL) {
        return -ENOMEM;
    }
    listing->items[listing->count] = *item;
    listing->items[listing->count++].name = name;
    return 0;
}

/* Writes the path that a request for `name` would have. False where it is longer than any can be.
 */
static bool set_path(const struct gathering *gathering, const char *name,
                     char out[1 + STATOR_LOOKUP_PATH_SIZE])
{
    struct stator_span directory = gathering->listing.path;
    size_t length = strlen(name);
    if (directory.length > STATOR_LOOKUP_PATH_SIZE ||
        length > STATOR_LOOKUP_PATH_SIZE - directory.length) {
        return false;
    }
    memcpy(out, directory.at, directory.length);
    memcpy(out + directory.length, name, length + 1);
    return true;
}

/* A request-target cannot name such a byte, not even percent-encoded. */
static bool has_control(const char *name)
{
    for (; *name != '\0'; name++) {
        if ((unsigned char)*name < 0x20 || *name == 0x7f) {
            return true;
        }
    }
    return false;
}

/* True if a request for `name` could find something. */
static bool may_be_found(const struct gathering *gathering, const char *name)
{
    char path[1 + STATOR_LOOKUP_PATH_SIZE];
    return !has_control(name) && set_path(gathering, name, path) &&
           !stator_lookup_is_hidden(stator_span_from(path));
}

/*
 * Finds out what a link leads to beneath the root. Fails: -ENOENT where a request for it would find
 * nothing, or the system's own trouble.
 */
static int stat_link(const struct gathering *gathering, const char *name, struct stat *out)
{
    char path[1 + STATOR_LOOKUP_PATH_SIZE];
    if (!set_path(gathering, name, path)) {
        return -ENOENT;
    }
    int fd = stator_root_open_beneath(gathering->root, path + 1);
    if (fd < 0) {
        return fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM ? fd : -ENOENT;
    }
    int error = fstat(fd, out) == 0 ? 0 : -ENOENT;
    stator_fd_close(&fd);
    return error;
}

/* Looks at an item, whose name is set, and fills in the rest. Fails: -ENOENT where there is nothing
 * to show (any more). */
static int look_at(const struct gathering *gathering, struct stator_listing_item *item)
{
    struct stat status;
    int error = fstatat(gathering->fd, item->name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
    if (error == 0 && S_ISLNK(status.st_mode)) {
        error = stat_link(gathering, item->name, &status);
    }
    if (error == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        error = -ENOENT;
    }
    if (error == 0) {
        item->is_directory = S_ISDIR(status.st_mode);
        item->is_known = true;
        item->size = (uint64_t)status.st_size;
        item->modified = (int64_t)status.st_mtim.tv_sec;
    }
    return error;
}

enum kind {
    KIND_UNKNOWN, /* also of a link: what it leads to decides */
    KIND_FILE,
    KIND_DIRECTORY,
    KIND_NEITHER,
};

/* What the directory says of a name. Not all systems and file systems say something. */
#ifdef DT_UNKNOWN
static enum kind kind_of(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_UNKNOWN:
    case DT_LNK:
        return KIND_UNKNOWN;
    case DT_REG:
        return KIND_FILE;
    case DT_DIR:
        return KIND_DIRECTORY;
    default:
        return KIND_NEITHER;
    }
}
#else
static enum kind kind_of(const struct dirent *entry)
{
    (void)entry;
    return KIND_UNKNOWN;
}
#endif

static int take_name(struct gathering *gathering, struct dirent *entry)
{
    enum kind kind = kind_of(entry);
    if (kind == KIND_NEITHER || !may_be_found(gathering, entry->d_name)) {
        return 0;
    }
    struct stator_listing_item item = {
        .name = entry->d_name,
        .is_directory = kind == KIND_DIRECTORY,
    };
    int error = kind == KIND_UNKNOWN ? look_at(gathering, &item) : 0;
    if (error != 0) {
        return error == -ENOENT ? 0 : error;
    }
    return add_item(gathering, &item);
}

static int read_names(struct gathering *gathering, DIR *directory)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        if (entry == NULL) {
            return -errno;
        }
        int error = take_name(gathering, entry);
        if (error != 0) {
            return error;
        }
    }
}

/* Looks at the items that are shown and were not looked at yet; what has gone meanwhile goes too.
 */
static int look_at_all(struct gathering *gathering)
{
    struct stator_listing *listing = &gathering->listing;
    size_t seen = listing->count;
    bool is_sorted = true;
    int error = 0;
    listing->count = 0;
    for (size_t i = 0; i < seen; i++) {
        struct stator_listing_item item = listing->items[i];
        int result = item.is_known || error != 0 ? 0 : look_at(gathering, &item);
        if (result == -ENOENT) {
            free(item.name);
            listing->total--;
            continue;
        }
        error = error != 0 ? error : result;
        is_sorted = is_sorted && item.is_directory == listing->items[i].is_directory;
        listing->items[listing->count++] = item;
    }
    if (!is_sorted) {
        sort_and_cut(gathering);
    }
    return error;
}

/*
 * Fills the listing from the directory. It is opened again: others may read the same descriptor,
 * and a duplicate of it would share the position.
 */
static int coalesce(struct gathering *gathering)
{
    int fd = openat(gathering->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        int error = -errno;
        stator_fd_close(&fd);
        return error;
    }
    int error = read_names(gathering, directory);
    closedir(directory);
    sort_and_cut(gathering);
    return error != 0 ? error : look_at_all(gathering);
}

int stator_listing_write(int root, int fd, struct stator_span path, stator_listing_write_fn *write,
                         struct stator_text *out)
{
    struct gathering gathering = {.root = root, .fd = fd, .listing.path = path};
    int error = coalesce(&gathering);
    if (error == 0) {
        write(out, &gathering.listing);
        error = out->failed ? -ENOMEM : 0;
    }
    forget(&gathering.listing, 0);
    free(gathering.listing.items);
    return error;
}

static struct tm broken_down(int64_t seconds)
{
    seconds = seconds < FIRST_SECOND ? FIRST_SECOND : seconds;
    seconds = seconds > LAST_SECOND ? LAST_SECOND : seconds;
    time_t time = (time_t)seconds;
    struct tm parts = {0};
    gmtime_r(&time, &parts);
    return parts;
}

void stator_listing_add_timestamp(struct stator_text *out, int64_t seconds)
{
    struct tm parts = broken_down(seconds);
    stator_text_add_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                           parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                           parts.tm_sec);
}

void stator_listing_add_time(struct stator_text *out, int64_t seconds)
{
    struct tm parts = broken_down(seconds);
    stator_text_add_format(out, "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                           parts.tm_mday, parts.tm_hour, parts.tm_min);
}
