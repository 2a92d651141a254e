/* Where it runs: what a reader must know to believe a figure, and what limits it. */
#ifndef STATOR_LAB_RUN_ENVIRONMENT_H
#define STATOR_LAB_RUN_ENVIRONMENT_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#include "lab/result/result.h"

/* Tells one fact: "kernel" = "6.1.0". False ends it. */
typedef bool stator_environment_fact_fn(const char *name, const char *value, void *context);

/* Tells kernel, processor, mitigations, sysctls, limits, versions, build type; what this system
 * does not say is left out. Returns: false where it was ended. */
bool stator_environment_each(stator_environment_fact_fn *add_fact, void *context);

/* Adds the same to a result. Fails: -ENOMEM. */
int stator_environment_describe(struct stator_result *result);

/* True for an optimised build without sanitizers and assertions. */
bool stator_environment_is_publishable(void);

/* Why it is not: "built with assertions"; NULL where it is. */
const char *stator_environment_build_flaw(void);

/* Which processors the server and the client get: disjoint where there are two. */
struct stator_environment_cpus {
    cpu_set_t server, client;
    unsigned server_count, client_count;
    bool disjoint;
};
void stator_environment_cpus(struct stator_environment_cpus *out);

/* Something that limits what can be measured here. */
struct stator_diagnosis {
    bool fatal; /* nothing can be measured */
    char what[160], fix[160];
};

/*
 * For index 0, 1, ...; false after the last. Looks anew each time; one look (at what other
 * processes do) takes 200 ms.
 */
bool stator_environment_diagnose(unsigned index, struct stator_diagnosis *out);

#endif
