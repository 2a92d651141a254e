/*
 * The table of workloads.
 *
 * Knows their order, which is that in which they are explained; each family of them is a file of
 * its own (workload_*.c).
 */
#include "lab/workload/workload.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "lab/workload/candidate.h"
#include "lab/workload/table.h"

static const struct stator_workload *const workloads[] = {
    &stator_workload_hot,    &stator_workload_conn,     &stator_workload_size,
    &stator_workload_disk,   &stator_workload_disk_one, &stator_workload_cs555,
    &stator_workload_idle,   &stator_workload_convoy,   &stator_workload_slow,
    &stator_workload_sweep,  &stator_workload_skew,     &stator_workload_priority,
    &stator_workload_starve, &stator_workload_burst,    &stator_workload_stall,
    &stator_workload_cores,  &stator_workload_crash,
};

/* Descriptors of a server or its client that are no connections. */
#define DESCRIPTORS_ELSE 100

#define WORKLOADS (sizeof(workloads) / sizeof(workloads[0]))

const struct stator_workload *stator_workload_at(size_t index)
{
    return index < WORKLOADS ? workloads[index] : NULL;
}

const struct stator_workload *stator_workload_find(const char *name)
{
    for (size_t i = 0; i < WORKLOADS; i++) {
        if (strcmp(workloads[i]->name, name) == 0) {
            return workloads[i];
        }
    }
    return NULL;
}

bool stator_workload_has_calls(const struct stator_trial_plan *plan)
{
    return plan->groups[plan->probe].arrival == STATOR_LOAD_ARRIVAL_CLOSED &&
           !stator_device_is_needed(&plan->devices);
}

const char *stator_workload_refusal(const struct stator_arch_impl *impl,
                                    const struct stator_trial_plan *plan, unsigned cores)
{
    static char text[160];

    if (impl->clients_max > 0 && plan->connections > impl->clients_max) {
        snprintf(text, sizeof(text), "it needs %u connections and may have %zu, %s",
                 plan->connections, impl->clients_max, impl->clients_why);
        return text;
    }
    if (plan->connections + DESCRIPTORS_ELSE > stator_fd_limit()) {
        snprintf(text, sizeof(text), "%u connections need more than the %zu descriptors here",
                 plan->connections, stator_fd_limit());
        return text;
    }
    if (plan->cores > cores) {
        char label[STATOR_WORKLOAD_NUMBER + 8];

        stator_workload_label(cores, "core", label, sizeof(label));
        snprintf(text, sizeof(text), "%s for the server here", label);
        return text;
    }
    return plan->classes && stator_candidate_option(impl, "discipline") < 0
               ? "it has no classes: all requests wait in one line"
               : NULL;
}
