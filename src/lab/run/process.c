/*
 * Reads /proc.
 *
 * Knows the form of its files; refuses to know what the numbers are for. The one surprising thing:
 * the name of a program may hold anything, blanks and parentheses too, so a line of `stat` is read
 * from its last parenthesis on.
 */
#include "lab/run/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t stator_process_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t count;

    if (fd < 0) {
        return -errno;
    }
    do {
        count = read(fd, out + length, size - 1 - length);
        length += count > 0 ? (size_t)count : 0;
    } while ((count > 0 && length < size - 1) || (count < 0 && errno == EINTR));
    close(fd);
    out[length] = '\0';
    return count < 0 ? -errno : (ssize_t)length;
}

uint64_t stator_process_value(const char *text, const char *name)
{
    size_t length = strlen(name);
    const char *line = text;

    while (line != NULL && strncmp(line, name, length) != 0) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL) {
        return 0;
    }

    char *end;
    uint64_t value = strtoull(line + length, &end, 10);

    return strncmp(end, " kB", 3) == 0 ? value * 1024 : value;
}

int stator_process_read(pid_t pid, struct stator_process *out)
{
    struct stator_process process = {.pid = pid};
    char path[64], text[1024];
    const char *rest;
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    length = stator_process_file(path, text, sizeof(text));
    if (length < 0) {
        return length == -ENOENT ? -ESRCH : (int)length;
    }
    rest = strrchr(text, ')');
    if (rest == NULL ||
        sscanf(rest + 1,
               " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %*d %*d %u",
               &process.state, &process.parent, &process.group, &process.user, &process.system,
               &process.ended_user, &process.ended_system, &process.threads) != 8) {
        return -ESRCH;
    }
    *out = process;
    return 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

struct processes {
    struct stator_process *at;
    size_t count, capacity;
};

static int add(struct processes *all, const struct stator_process *process)
{
    if (all->count == all->capacity) {
        size_t capacity = all->capacity > 0 ? 2 * all->capacity : 256;
        struct stator_process *at = realloc(all->at, capacity * sizeof(*at));

        if (at == NULL) {
            return -ENOMEM;
        }
        all->at = at;
        all->capacity = capacity;
    }
    all->at[all->count++] = *process;
    return 0;
}

static int read_all(struct processes *all)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    int error = directory != NULL ? 0 : -errno;

    while (error == 0 && (entry = readdir(directory)) != NULL) {
        struct stator_process process;

        if (isdigit((unsigned char)entry->d_name[0]) &&
            stator_process_read((pid_t)strtol(entry->d_name, NULL, 10), &process) == 0) {
            error = add(all, &process);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return error;
}

static bool belongs(const struct processes *tree, pid_t root, const struct stator_process *process)
{
    if (process->group == root) {
        return true;
    }
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->at[i].pid == process->parent) {
            return true;
        }
    }
    return false;
}

static void forget(struct processes *all, size_t index)
{
    all->at[index] = all->at[--all->count];
}

/* Moves the root, and then whatever belongs to what was moved, from `all` to `tree`. */
static int collect(struct processes *all, pid_t root, struct processes *tree)
{
    bool more = true;
    int error = 0;

    for (size_t i = 0; i < all->count && tree->count == 0 && error == 0; i++) {
        if (all->at[i].pid == root) {
            error = add(tree, &all->at[i]);
            forget(all, i);
        }
    }
    if (error == 0 && tree->count == 0) {
        return -ESRCH;
    }
    while (more && error == 0) {
        more = false;
        for (size_t i = 0; i < all->count && error == 0;) {
            if (belongs(tree, root, &all->at[i])) {
                error = add(tree, &all->at[i]);
                forget(all, i);
                more = true;
            } else {
                i++;
            }
        }
    }
    return error;
}

int stator_process_tree(pid_t root, struct stator_process **out, size_t *count)
{
    struct processes all = {0}, tree = {0};
    int error = read_all(&all);

    error = error == 0 ? collect(&all, root, &tree) : error;
    free(all.at);
    if (error < 0) {
        free(tree.at);
        return error;
    }
    *out = tree.at;
    *count = tree.count;
    return 0;
}
