/*
 * Which processors a server gets, and which one the client that measures it.
 *
 * The load generator is one thread, so it gets one processor, and the server all others but the
 * sibling of that one: two threads of one core are not two processors.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lab/run/environment.h"
#include "lab/run/process.h"

/* "0,4" or "0-1": the processors of one core, added to `out`. */
static void read_siblings(int cpu, cpu_set_t *out)
{
    char path[100], text[200], *at = text;

    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
             cpu);
    if (stator_process_file(path, text, sizeof(text)) <= 0) {
        return;
    }
    while (*at >= '0' && *at <= '9') {
        long first = strtol(at, &at, 10);
        long last = *at == '-' ? strtol(at + 1, &at, 10) : first;

        for (long i = first; i <= last && i < CPU_SETSIZE; i++) {
            CPU_SET((size_t)i, out);
        }
        at += *at == ',';
    }
}

static int last_of(const cpu_set_t *set)
{
    int last = 0;

    for (int i = 0; i < CPU_SETSIZE; i++) {
        last = CPU_ISSET((size_t)i, set) ? i : last;
    }
    return last;
}

static void remove_all(cpu_set_t *from, const cpu_set_t *which)
{
    for (size_t i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, which)) {
            CPU_CLR(i, from);
        }
    }
}

void stator_environment_cpus(struct stator_environment_cpus *out)
{
    cpu_set_t all, core;
    int client;

    CPU_ZERO(&all);
    if (sched_getaffinity(0, sizeof(all), &all) < 0 || CPU_COUNT(&all) == 0) {
        CPU_SET(0, &all);
    }
    *out = (struct stator_environment_cpus){.server = all, .client = all};
    if (CPU_COUNT(&all) > 1) {
        client = last_of(&all);
        CPU_ZERO(&out->client);
        CPU_SET((size_t)client, &out->client);
        CPU_CLR((size_t)client, &out->server);
        CPU_ZERO(&core);
        read_siblings(client, &core);
        remove_all(&all, &core);
        if (CPU_COUNT(&all) > 0) {
            remove_all(&out->server, &core);
        }
        out->disjoint = true;
    }
    out->server_count = (unsigned)CPU_COUNT(&out->server);
    out->client_count = (unsigned)CPU_COUNT(&out->client);
}
