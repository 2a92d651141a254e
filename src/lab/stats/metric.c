/*
 * The metrics.
 *
 * Knows what each one means and which way is better; refuses to know how it is measured.
 */
#include "lab/stats/metric.h"

#include <string.h>

static const struct stator_metric_info metrics[STATOR_METRIC_COUNT] = {
    [STATOR_METRIC_RATE] = {"rate", "responses", "1/s", "M1", 1,
                            "complete and verified responses a second"},
    [STATOR_METRIC_BODY] = {"body", "body data", "Mbit/s", "M2", 1,
                            "body bits of verified responses a second, in 10^6"},
    [STATOR_METRIC_HELD] = {"held", "connections held", "", "M3", 1,
                            "connections open all the while, with errors under 0.1 % and a p99 "
                            "under ten times that without them, where most clients were answered"},
    [STATOR_METRIC_P50] = {"p50", "median response time", "us", "M4", -1,
                           "from a request's intended start to its last byte"},
    [STATOR_METRIC_P90] = {"p90", "p90 response time", "us", "M4", -1,
                           "the same, which 90 % of responses do not exceed"},
    [STATOR_METRIC_P99] = {"p99", "p99 response time", "us", "M4", -1,
                           "the same for 99 %; blank below 1,000 responses"},
    [STATOR_METRIC_P999] = {"p999", "p99.9 response time", "us", "M4", -1,
                            "the same for 99.9 %; blank below 10,000 responses"},
    [STATOR_METRIC_MAX] = {"max", "longest response time", "us", "M4", -1,
                           "of all responses of the measurement"},
    [STATOR_METRIC_CORES] = {"cores", "cores used", "", "M5", -1,
                             "processor time of the server's process tree by elapsed time"},
    [STATOR_METRIC_CPU] = {"cpu", "processor time", "us/request", "M5", -1,
                           "of the server's process tree, by verified responses"},
    [STATOR_METRIC_CPU_USER] =
        {"cpu_user", "user time", "us/request", "M5", -1,
         "the part of it in user mode; blank where it is too little to tell"},
    [STATOR_METRIC_CPU_SYSTEM] = {"cpu_system", "system time", "us/request", "M5", -1,
                                  "the part of it in the kernel"},
    [STATOR_METRIC_MEMORY] = {"memory", "memory", "bytes", "M6", -1,
                              "PSS of the process tree and kernel memory"},
    [STATOR_METRIC_PSS] = {"pss", "user memory", "bytes", "M6", -1,
                           "proportional set size of the process tree"},
    [STATOR_METRIC_KERNEL] =
        {"kernel", "kernel memory", "bytes", "M6", -1,
         "stacks and page tables of its threads and processes, and the slab that came with it: "
         "of the whole machine, both ends of each connection included"},
    [STATOR_METRIC_PER_CONNECTION] = {"per_connection", "memory a connection", "bytes", "M6", -1,
                                      "the slope of memory over open connections"},
    [STATOR_METRIC_SWITCHES] = {"switches", "waits", "1/request", "", -1,
                                "voluntary context switches by verified responses"},
    [STATOR_METRIC_PREEMPTIONS] = {"preemptions", "preemptions", "1/request", "", -1,
                                   "involuntary context switches by verified responses"},
    [STATOR_METRIC_CALLS] = {"calls", "system calls", "1/request", "", -1,
                             "of the server's process tree, by verified responses"},
    [STATOR_METRIC_IMBALANCE] = {"imbalance", "imbalance", "", "", -1,
                                 "requests of the busiest worker by those of the mean one"},
    [STATOR_METRIC_FAIRNESS] = {"fairness", "fairness", "", "", 1,
                                "Jain's index of the responses that each client got"},
    [STATOR_METRIC_ERRORS] = {"errors", "errors", "share", "", -1,
                              "requests that failed, were cut, late or wrong, by all requests"},
    [STATOR_METRIC_START] = {"start", "time to first byte", "us", "", -1,
                             "from the start of the program to its first response"},
    [STATOR_METRIC_THREADS] = {"threads", "threads", "", "", 0,
                               "threads of the process tree, the most that were seen"},
    [STATOR_METRIC_FROM_SENT_P99] = {"naive_p99", "p99 as a naive client sees it", "us", "", 0,
                                     "from when the request was really sent"},
    [STATOR_METRIC_CLIENT_LAG] = {"client_lag", "lag of the load generator", "us", "", 0,
                                  "p99 of how much later than intended it sent"},
    [STATOR_METRIC_CLIENT_CPU] = {"client_cpu", "cores of the load generator", "", "", 0,
                                  "its processor time by elapsed time"},
};

const struct stator_metric_info *stator_metric_info(enum stator_metric metric)
{
    return &metrics[metric];
}

enum stator_metric stator_metric_find(const char *key)
{
    unsigned i = 0;

    while (i < STATOR_METRIC_COUNT && strcmp(metrics[i].key, key) != 0) {
        i++;
    }
    return i;
}
