/* Processes as /proc has them, and which of them belong together. */
#ifndef STATOR_LAB_RUN_PROCESS_H
#define STATOR_LAB_RUN_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stator_process {
    pid_t pid, parent, group;
    char state;                        /* 'R', 'S', 'Z' ... */
    uint64_t user, system;             /* clock ticks, of its ended threads too */
    uint64_t ended_user, ended_system; /* of children that it has waited for, and theirs */
    unsigned threads;
};

/* Fails: -ESRCH, -errno; `out` untouched. */
int stator_process_read(pid_t pid, struct stator_process *out);

/*
 * All that descend from `root` or are in its process group, it first. Owns: the caller frees `out`.
 * Fails: -ESRCH where there is no such process, -ENOMEM, -errno; `out` untouched.
 */
int stator_process_tree(pid_t root, struct stator_process **out, size_t *count);

/* Reads a small file of /proc, NUL-terminated. Returns: its length; -errno. */
ssize_t stator_process_file(const char *path, char *out, size_t size);

/* The number behind `name` in such a file ("Pss:", "VmPTE:"), times 1024 where it says kB; 0 where
 * there is none. */
uint64_t stator_process_value(const char *text, const char *name);

#endif
