/*
 * The table of workloads.
 *
 * Knows how one is found; refuses to know what it asks for. The one surprising thing: a result may
 * name workloads that are not in it, and is reported all the same.
 */
#include "lab/workload.h"

#include <string.h>

/* One line a workload. */
static const struct stator_workload *const workloads[] = {NULL};

const struct stator_workload *stator_workload_at(size_t index)
{
    return index < sizeof(workloads) / sizeof(workloads[0]) ? workloads[index] : NULL;
}

const struct stator_workload *stator_workload_find(const char *name)
{
    const struct stator_workload *workload;

    for (size_t i = 0; (workload = stator_workload_at(i)) != NULL; i++) {
        if (strcmp(workload->name, name) == 0) {
            return workload;
        }
    }
    return NULL;
}
