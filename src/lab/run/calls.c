/*
 * Counts system calls by the kernel's trace event for their beginning.
 *
 * Knows where an event's number is told and that a counter belongs to one thread; refuses to mount
 * what tells it. The one surprising thing: a counter is inherited by threads and processes that are
 * made later, never by those that are there already, so each of these gets its own.
 */
#include "lab/run/calls.h"

#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/run/process.h"

/* The number that this kernel gave to the event; 0 where it does not tell. */
static uint64_t event_number(void)
{
    static const char *const paths[] = {
        "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id",
        "/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id",
    };
    char text[32];

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (stator_process_file(paths[i], text, sizeof(text)) > 0) {
            return strtoull(text, NULL, 10);
        }
    }
    return 0;
}

/* Returns: a descriptor, or -errno. */
static int open_counter(pid_t thread, uint64_t number)
{
    struct perf_event_attr event = {
        .type = PERF_TYPE_TRACEPOINT, .size = sizeof(event), .config = number, .inherit = 1};
    long fd = syscall(SYS_perf_event_open, &event, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : (int)fd;
}

static int add_thread(struct stator_calls *calls, pid_t thread, uint64_t number)
{
    int *counters = reallocarray(calls->counters, calls->count + 1, sizeof(*counters));
    int fd;

    if (counters == NULL) {
        return -ENOMEM;
    }
    calls->counters = counters;
    fd = open_counter(thread, number);
    if (fd >= 0) {
        counters[calls->count++] = fd;
    }
    return fd >= 0 || fd == -ESRCH ? 0 : fd; /* who has just ended makes no more calls */
}

static int add_process(struct stator_calls *calls, pid_t pid, uint64_t number)
{
    char path[64];
    struct dirent *entry;
    DIR *threads;
    int error = 0;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads != NULL && error == 0 && (entry = readdir(threads)) != NULL) {
        if (entry->d_name[0] != '.') {
            error = add_thread(calls, (pid_t)strtol(entry->d_name, NULL, 10), number);
        }
    }
    if (threads != NULL) {
        closedir(threads);
    }
    return error;
}

int stator_calls_open(pid_t root, struct stator_calls *out)
{
    struct stator_calls calls = {NULL, 0};
    struct stator_process *tree = NULL;
    uint64_t number = event_number();
    size_t count = 0;
    int error = number > 0 ? stator_process_tree(root, &tree, &count) : -ENOENT;

    for (size_t i = 0; i < count && error == 0; i++) {
        error = add_process(&calls, tree[i].pid, number);
    }
    free(tree);
    if (error < 0) {
        stator_calls_close(&calls);
        return error;
    }
    *out = calls;
    return 0;
}

void stator_calls_close(struct stator_calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        close(calls->counters[i]);
    }
    free(calls->counters);
    *calls = (struct stator_calls){NULL, 0};
}

uint64_t stator_calls_read(const struct stator_calls *calls)
{
    uint64_t sum = 0, count;

    for (size_t i = 0; i < calls->count; i++) {
        sum += read(calls->counters[i], &count, sizeof(count)) == sizeof(count) ? count : 0;
    }
    return sum;
}

int stator_calls_try(void)
{
    uint64_t number = event_number();
    int fd = number > 0 ? open_counter(0, number) : -ENOENT;

    if (fd >= 0) {
        close(fd);
    }
    return fd < 0 ? fd : 0;
}
