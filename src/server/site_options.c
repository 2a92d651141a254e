/*
 * From the path that a person gave to a site.
 *
 * Knows that a directory or one regular file can be served, and what to say of anything else;
 * refuses to know how it is served. The one surprising thing: one file is its directory, and a name
 * in it.
 */
#include "server/site_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "content/root.h"
#include "server/error.h"

static int fail_root(struct stator_error *error, const char *path, int code)
{
    stator_error_begin(error, stator_error_kind_from(code), code);
    stator_error_what(error, "cannot serve %s", path);
    if (code == -ENOENT) {
        stator_error_why(error, "there is no such file or directory");
        stator_error_fix(error, "check the path; it is relative to the working directory");
    } else if (code == -EACCES || code == -EPERM) {
        stator_error_fix(error, "let this user read it, or run as one who may");
    } else {
        stator_error_fix(error, "give a directory or a regular file");
    }
    return code;
}

/* Splits an absolute path into its directory, opened, and a copy of its last name. */
static int open_parent(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    int fd = directory != NULL ? stator_root_open(directory) : -ENOMEM;

    free(directory);
    if (fd >= 0) {
        *name = strdup(slash + 1);
        if (*name == NULL) {
            stator_fd_close(&fd);
            return -ENOMEM;
        }
    }
    return fd;
}

static int open_root(const char *path, char **root, char **only, struct stator_error *error)
{
    struct stat status;
    int fd;

    if (path == NULL) {
        stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
        stator_error_what(error, "there is nothing to serve");
        stator_error_why(error, "no directory or file was given");
        stator_error_fix(error, "name one, for example: stator .");
        return -EINVAL;
    }
    *root = realpath(path, NULL);
    if (*root == NULL || stat(*root, &status) < 0) {
        return fail_root(error, path, -errno);
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) {
        fd = -ENOTDIR;
    } else if (S_ISREG(status.st_mode)) {
        fd = open_parent(*root, only);
    } else {
        fd = stator_root_open(*root);
    }
    return fd < 0 ? fail_root(error, path, fd) : fd;
}

static int fail_urgency(struct stator_error *error, const char *text, int code)
{
    if (code == -ENOMEM) {
        return stator_error_memory(error, "cannot set the site up");
    }
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "urgency cannot be \"%.100s\"", text);
    stator_error_why(error, "it takes a path from / on, and an urgency from 0 to 7");
    stator_error_fix(error, "write it as /path=0 for the first, or /path=7 for the last");
    return code;
}

static int add_urgencies(const struct stator_option_list *list, struct stator_site *site,
                         struct stator_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        int code = stator_urgency_add(&site->urgencies, stator_span_from(list->at[i]));

        if (code < 0) {
            return fail_urgency(error, list->at[i], code);
        }
    }
    return 0;
}

int stator_site_options_open(const struct stator_options *options, char **root,
                             struct stator_site **site, struct stator_error *error)
{
    char *only = NULL;
    int fd = open_root(options->root, root, &only, error);

    if (fd < 0) {
        return fd;
    }
    *site = stator_site_create(fd, only, options->index);
    free(only);
    if (*site == NULL) {
        return stator_error_memory(error, "cannot set the site up");
    }
    (*site)->listing = options->listing;
    (*site)->server_field = options->server_field;
    (*site)->magic = (enum stator_magic_mode)options->magic;
    return add_urgencies(&options->urgency, *site, error);
}
