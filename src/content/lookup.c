/*
 * Looks at a path.
 *
 * Knows the rules for dotfiles, directories and indexes, and which obstacles a client need not
 * learn of; refuses to know what is made of a file. The one surprising thing: what is there is
 * always opened first and judged by its descriptor, so nothing can change between the judgement and
 * the use.
 */
#include "content/lookup.h"

#include <errno.h>
#include <stdio.h>

#include "base/fd.h"
#include "content/root.h"

/*
 * What is remembered of why something cannot be opened: not there, not allowed, or a trouble of the
 * system's own. A client need not learn which kind of obstacle stands there.
 */
static int reason(int error)
{
    switch (-error) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
    case ENXIO:
    case ENODEV:
    case EINVAL:
    case EILSEQ:
        return -ENOENT;
    case EACCES:
    case EPERM:
        return -EACCES;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return error;
    default:
        return -EIO;
    }
}

bool stator_lookup_is_hidden(struct stator_span path)
{
    static const struct stator_span known = STATOR_SPAN_INIT("/.well-known");
    if (stator_span_starts(path, known) &&
        (path.length == known.length || path.at[known.length] == '/')) {
        path = stator_span_skip(path, known.length);
    }
    for (size_t i = 1; i < path.length; i++) {
        if (path.at[i] == '.' && path.at[i - 1] == '/') {
            return true;
        }
    }
    return false;
}

/* Sets lookup->path to `path` without its first '/' and then `name`; "." for the root itself. */
static int set_path(struct stator_lookup *lookup, struct stator_span path, struct stator_span name)
{
    path = stator_span_skip(path, 1);
    if (path.length >= sizeof lookup->path || name.length >= sizeof lookup->path - path.length) {
        return -ENAMETOOLONG;
    }
    if (path.length + name.length == 0) {
        name = STATOR_SPAN(".");
    }
    memcpy(lookup->path, path.at, path.length);
    memcpy(lookup->path + path.length, name.at, name.length);
    lookup->path[path.length + name.length] = '\0';
    return 0;
}

/*
 * Opens lookup->path if it is of the wanted type. Fails: -EISDIR for a directory that is not
 * wanted.
 */
static int open_wanted(const struct stator_site *site, struct stator_lookup *lookup, mode_t wanted)
{
    int fd = stator_root_open_beneath(site->root, lookup->path);
    if (fd < 0) {
        return fd;
    }
    struct stat status;
    int error = fstat(fd, &status) == 0 ? 0 : -errno;
    if (error == 0 && (status.st_mode & S_IFMT) != wanted) {
        error = S_ISDIR(status.st_mode) ? -EISDIR : -ENOENT;
    }
    if (error != 0) {
        stator_fd_close(&fd);
        return error;
    }
    stator_file_version_take(&status, &lookup->version);
    lookup->fd = fd;
    return 0;
}

/* The same for `path` and `name` put together. */
static int open_file(const struct stator_site *site, struct stator_lookup *lookup,
                     struct stator_span path, struct stator_span name)
{
    int error = set_path(lookup, path, name);
    return error != 0 ? error : open_wanted(site, lookup, S_IFREG);
}

/* "dir/": its index, or the directory itself where it may be listed. */
static int look_up_in_directory(const struct stator_site *site, struct stator_span path,
                                struct stator_lookup *lookup)
{
    int error = open_file(site, lookup, path, stator_span_from(site->index));
    if (error == 0) {
        lookup->kind = STATOR_ENTRY_KIND_FILE;
        return 0;
    }
    if (reason(error) != -ENOENT || !site->listing) {
        return error;
    }
    error = set_path(lookup, path, (struct stator_span){"", 0});
    if (error == 0) {
        error = open_wanted(site, lookup, S_IFDIR);
    }
    if (error == 0) {
        lookup->kind = STATOR_ENTRY_KIND_DIRECTORY;
    }
    return error;
}

/* True if `path` is a directory that may be searched but not read, and has an index. */
static bool has_index(const struct stator_site *site, struct stator_span path,
                      struct stator_lookup *lookup)
{
    char name[STATOR_LOOKUP_PATH_SIZE];
    int length = snprintf(name, sizeof name, "/%s", site->index);
    if (length < 0 || (size_t)length >= sizeof name ||
        open_file(site, lookup, path, stator_span_from(name)) != 0) {
        return false;
    }
    stator_fd_close(&lookup->fd);
    return true;
}

/* "name": a file, or a directory asked for without its '/'. */
static int look_at(const struct stator_site *site, struct stator_span path,
                   struct stator_lookup *lookup)
{
    int error = open_file(site, lookup, path, (struct stator_span){"", 0});
    if (error == 0) {
        lookup->kind = STATOR_ENTRY_KIND_FILE;
        return 0;
    }
    if (error == -EISDIR || (error == -EACCES && has_index(site, path, lookup))) {
        lookup->kind = STATOR_ENTRY_KIND_REDIRECT;
        lookup->version = (struct stator_file_version){0};
        return 0;
    }
    return error;
}

/* A site of one file: "/" and "/NAME". The operator named it, so it may be a dotfile. */
static int look_at_only(const struct stator_site *site, struct stator_span path,
                        struct stator_lookup *lookup)
{
    struct stator_span only = stator_span_from(site->only);
    if (path.length > 1 && !stator_span_equal(stator_span_skip(path, 1), only)) {
        return -ENOENT;
    }
    int error = open_file(site, lookup, stator_span_first(path, 1), only);
    if (error == 0) {
        lookup->kind = STATOR_ENTRY_KIND_FILE;
    }
    return error;
}

void stator_lookup_fail(struct stator_lookup *lookup, int error)
{
    stator_fd_close(&lookup->fd);
    lookup->kind = STATOR_ENTRY_KIND_ABSENT;
    lookup->error = reason(error);
    lookup->version = (struct stator_file_version){0};
}

void stator_lookup_path(const struct stator_site *site, struct stator_span path,
                        struct stator_lookup *out)
{
    out->error = 0;
    out->fd = -1;
    out->version = (struct stator_file_version){0};
    int error;
    if (path.length == 0 || path.at[0] != '/' || stator_span_find(path, '\0') < path.length) {
        error = -ENOENT;
    } else if (site->only != NULL) {
        error = look_at_only(site, path, out);
    } else if (stator_lookup_is_hidden(path)) {
        error = -ENOENT;
    } else if (path.at[path.length - 1] == '/') {
        error = look_up_in_directory(site, path, out);
    } else {
        error = look_at(site, path, out);
    }
    if (error != 0) {
        stator_lookup_fail(out, error);
    }
}
