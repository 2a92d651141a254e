/* Which processes a process has made and not waited for: for tests that count or kill them. */
#ifndef TESTS_CHILDREN_H
#define TESTS_CHILDREN_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

/* Those of all of its threads; how many there are of the at most `most` that are written. */
static inline size_t children_of(pid_t parent, pid_t *out, size_t most)
{
    char path[128];
    size_t count = 0;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)parent);
    tasks = opendir(path);
    for (const struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        FILE *file;
        int child;

        snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, atoi(task->d_name));
        file = fopen(path, "r");
        while (file != NULL && count < most && fscanf(file, "%d", &child) == 1) {
            out[count++] = child;
        }
        if (file != NULL) {
            fclose(file);
        }
    }
    if (tasks != NULL) {
        closedir(tasks);
    }
    return count;
}

#endif
