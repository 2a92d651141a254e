/*
 * What a tree of processes has used, as the kernel tells it from outside.
 *
 * Knows which files and clocks say what; refuses to know what a server is. The one surprising
 * thing: `stat` says processor time in ticks of 10 ms; a process's own clock says the same in
 * nanoseconds, ended threads included, so ticks only say how to divide it.
 */
#include "lab/run/meter.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab/run/process.h"

/* A thread's kernel stack on all systems that matter here. */
#define STACK_BYTES (16u * 1024)

#define PATH_SIZE 80

static int64_t ticks_to_us(uint64_t ticks)
{
    return (int64_t)(ticks * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Processor time of all threads, in us; by ticks where its clock cannot be read any more. */
static int64_t total_us(const struct stator_process *process)
{
    clockid_t id;
    struct timespec time;

    if (clock_getcpuclockid(process->pid, &id) == 0 && clock_gettime(id, &time) == 0) {
        return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
    }
    return ticks_to_us(process->user + process->system);
}

static void add_time(const struct stator_process *process, struct stator_meter *meter)
{
    uint64_t ended = process->ended_user + process->ended_system;

    meter->cpu_us += total_us(process) + ticks_to_us(ended);
    meter->user_ticks += process->user + process->ended_user;
    meter->ticks += process->user + process->system + ended;
}

double stator_meter_user_share(const struct stator_meter *before, const struct stator_meter *after)
{
    /* Of fewer a share would be off by more than a tenth. */
    const uint64_t min = 10;

    return after->ticks >= before->ticks + min && after->user_ticks >= before->user_ticks
               ? (double)(after->user_ticks - before->user_ticks) /
                     (double)(after->ticks - before->ticks)
               : NAN;
}

static void add_memory(pid_t pid, struct stator_meter *meter)
{
    char path[PATH_SIZE], text[4096];

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    if (stator_process_file(path, text, sizeof(text)) > 0) {
        meter->pss += stator_process_value(text, "Pss:");
    }
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    if (stator_process_file(path, text, sizeof(text)) > 0) {
        meter->kernel += stator_process_value(text, "VmPTE:");
    }
}

static void add_thread_switches(pid_t pid, const char *thread, uint64_t *switches,
                                uint64_t *preemptions)
{
    char path[PATH_SIZE], text[4096];

    snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status", (int)pid, thread);
    if (stator_process_file(path, text, sizeof(text)) > 0) {
        *switches += stator_process_value(text, "voluntary_ctxt_switches:");
        *preemptions += stator_process_value(text, "nonvoluntary_ctxt_switches:");
    }
}

void stator_meter_switches(pid_t pid, uint64_t *switches, uint64_t *preemptions)
{
    char path[PATH_SIZE];
    struct dirent *entry;
    DIR *threads;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        if (entry->d_name[0] != '.') {
            add_thread_switches(pid, entry->d_name, switches, preemptions);
        }
    }
    if (threads != NULL) {
        closedir(threads);
    }
}

static void add_process(const struct stator_process *process, struct stator_meter *meter)
{
    add_time(process, meter);
    if (process->state == 'Z' || process->state == 'X') {
        return; /* it has ended, and used nothing but time */
    }
    meter->processes++;
    meter->threads += process->threads;
    meter->kernel += (uint64_t)process->threads * STACK_BYTES;
    add_memory(process->pid, meter);
    stator_meter_switches(process->pid, &meter->switches, &meter->preemptions);
}

int stator_meter_read(pid_t root, struct stator_meter *out)
{
    struct stator_meter meter = {0};
    struct stator_process *tree;
    size_t count;
    int error = stator_process_tree(root, &tree, &count);

    if (error < 0) {
        return error;
    }
    for (size_t i = 0; i < count; i++) {
        add_process(&tree[i], &meter);
    }
    free(tree);
    *out = meter;
    return 0;
}

/* --- the whole machine ------------------------------------------------------------------------ */

/* The pages that sockets' buffers have: the number behind each "mem". */
static uint64_t socket_pages(const char *path)
{
    char text[2048];
    uint64_t pages = 0;

    if (stator_process_file(path, text, sizeof(text)) > 0) {
        for (const char *at = text; (at = strstr(at, " mem ")) != NULL; at++) {
            pages += strtoull(at + 5, NULL, 10);
        }
    }
    return pages;
}

int stator_meter_read_kernel(uint64_t *out)
{
    char text[8192];
    ssize_t length = stator_process_file("/proc/meminfo", text, sizeof(text));

    if (length < 0) {
        return (int)length;
    }
    *out = stator_process_value(text, "Slab:") +
           socket_pages("/proc/net/sockstat") * (uint64_t)sysconf(_SC_PAGESIZE);
    return 0;
}
