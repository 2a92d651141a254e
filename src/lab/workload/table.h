/* The workloads, for the table of workload.c alone; and what plans are made of. */
#ifndef STATOR_LAB_WORKLOAD_TABLE_H
#define STATOR_LAB_WORKLOAD_TABLE_H

#include "lab/workload/docroot.h"
#include "lab/workload/workload.h"

extern const struct stator_workload stator_workload_hot, stator_workload_conn, stator_workload_size,
    stator_workload_disk, stator_workload_disk_one, stator_workload_cs555, stator_workload_idle,
    stator_workload_convoy, stator_workload_slow, stator_workload_sweep, stator_workload_skew,
    stator_workload_priority, stator_workload_starve, stator_workload_burst, stator_workload_stall,
    stator_workload_cores, stator_workload_crash;

/* Writes a count as people do: "10,000". */
#define STATOR_WORKLOAD_NUMBER 32
void stator_workload_write(double count, char out[STATOR_WORKLOAD_NUMBER]);

/* Writes so many of them: "1 client", "16 clients". */
void stator_workload_label(double count, const char *noun, char *out, size_t size);

/* Adds a group of clients in a closed loop over one file; returns it, to be changed further. */
static inline struct stator_load_group *stator_workload_ask(struct stator_trial_plan *plan,
                                                            const char *name, unsigned clients,
                                                            enum stator_docroot_size size)
{
    struct stator_load_group *group = &plan->groups[plan->group_count++];

    *group = (struct stator_load_group){
        .name = name,
        .clients = clients,
        .targets = stator_docroot_target(size),
        .target_count = 1,
    };
    plan->connections += clients;
    return group;
}

#endif
