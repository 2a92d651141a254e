/*
 * Which processes a process has made and not waited for: for tests that count or kill them.
 *
 * Nothing is allocated here: another thread may fork meanwhile, and the address sanitizer's
 * allocator, unlike the C library's, is left locked in a child that is made while it is used.
 */
#ifndef TESTS_CHILDREN_H
#define TESTS_CHILDREN_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* As getdents64(2) writes it. */
struct children_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Adds those of one thread. */
static inline size_t children_of_thread(pid_t parent, const char *thread, pid_t *out, size_t count,
                                        size_t max)
{
    char path[128], text[4096];
    ssize_t length;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", (int)parent, thread);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
    if (fd >= 0) {
        close(fd);
    }
    text[length > 0 ? length : 0] = '\0';
    for (char *at = text, *end; count < max; at = end) {
        long child = strtol(at, &end, 10);

        if (end == at) {
            break;
        }
        out[count++] = (pid_t)child;
    }
    return count;
}

/* Those of all of its threads; how many there are of the at most `most` that are written. */
static inline size_t children_of(pid_t parent, pid_t *out, size_t max)
{
    _Alignas(struct children_entry) char entries[4096];
    char path[128];
    size_t count = 0;
    long length;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)parent);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && (length = syscall(SYS_getdents64, fd, entries, sizeof(entries))) > 0) {
        for (long at = 0; at < length;) {
            const struct children_entry *entry = (const void *)(entries + at);

            if (entry->name[0] != '.') {
                count = children_of_thread(parent, entry->name, out, count, max);
            }
            at += entry->length;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return count;
}

#endif
