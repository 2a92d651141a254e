/*
 * A directory of a test's own, made below /tmp and removed with everything in it; and what tests of
 * files ask for over and over. All names are relative to the directory.
 */
#ifndef STATOR_TESTS_TREE_H
#define STATOR_TESTS_TREE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content/root.h"

struct tree {
    char path[64];
    int root;
};

static inline void tree_open(struct tree *tree)
{
    snprintf(tree->path, sizeof tree->path, "/tmp/stator-content-XXXXXX");
    cr_assert_not_null(mkdtemp(tree->path));
    tree->root = stator_root_open(tree->path);
    cr_assert_geq(tree->root, 0);
}

static inline int tree_remove_one(const char *path, const struct stat *status, int flag,
                                  struct FTW *where)
{
    (void)status;
    (void)flag;
    (void)where;
    return remove(path);
}

static inline void tree_close(struct tree *tree)
{
    close(tree->root);
    nftw(tree->path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void tree_directory(const struct tree *tree, const char *name)
{
    cr_assert_eq(mkdirat(tree->root, name, 0755), 0, "mkdir %s: %s", name, strerror(errno));
}

static inline void tree_link(const struct tree *tree, const char *name, const char *target)
{
    cr_assert_eq(symlinkat(target, tree->root, name), 0, "link %s: %s", name, strerror(errno));
}

/* Writes the file in place, from its start, whatever it held. */
static inline void tree_write_bytes(const struct tree *tree, const char *name, const void *bytes,
                                    size_t length)
{
    int fd = openat(tree->root, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    cr_assert_geq(fd, 0, "create %s: %s", name, strerror(errno));
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static inline void tree_write(const struct tree *tree, const char *name, const char *text)
{
    tree_write_bytes(tree, name, text, strlen(text));
}

/* Makes or sets a file to `size` bytes, those that are new being NUL. */
static inline void tree_resize(const struct tree *tree, const char *name, off_t size)
{
    int fd = openat(tree->root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    cr_assert_geq(fd, 0, "create %s: %s", name, strerror(errno));
    cr_assert_eq(ftruncate(fd, size), 0);
    close(fd);
}

static inline void tree_rename(const struct tree *tree, const char *from, const char *to)
{
    cr_assert_eq(renameat(tree->root, from, tree->root, to), 0, "rename %s: %s", from,
                 strerror(errno));
}

static inline void tree_remove(const struct tree *tree, const char *name)
{
    int flags = 0;
    struct stat status;
    if (fstatat(tree->root, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode)) {
        flags = AT_REMOVEDIR;
    }
    cr_assert_eq(unlinkat(tree->root, name, flags), 0, "remove %s: %s", name, strerror(errno));
}

static inline void tree_set_time(const struct tree *tree, const char *name, time_t seconds)
{
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    cr_assert_eq(utimensat(tree->root, name, times, AT_SYMLINK_NOFOLLOW), 0);
}

static inline size_t count_open_files(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 4096; fd++) {
        count += fcntl(fd, F_GETFD) != -1;
    }
    return count;
}

/* Leaves room for `spare` more descriptors below the limit; the old limit is returned. */
static inline struct rlimit leave_descriptors(size_t spare)
{
    struct rlimit old;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    size_t left = spare;
    int fd = 0;
    while (left > 0 || fcntl(fd, F_GETFD) != -1) {
        left -= fcntl(fd, F_GETFD) == -1;
        fd++;
    }
    struct rlimit low = {.rlim_cur = (rlim_t)fd, .rlim_max = old.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    return old;
}

/* Root may open everything, so the rules are tried as somebody else. Returns who it was. */
static inline uid_t become_nobody(const struct tree *tree)
{
    uid_t old = geteuid();
    if (old == 0) {
        cr_assert_eq(chmod(tree->path, 0755), 0);
        cr_assert_eq(seteuid(65534), 0);
    }
    return old;
}

#endif
