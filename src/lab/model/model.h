/*
 * The model beside the measurement: threads that share processors and a disk, each with one request
 * at a time and without a pause between them.
 */
#ifndef STATOR_LAB_MODEL_MODEL_H
#define STATOR_LAB_MODEL_MODEL_H

#include "lab/model/bounds.h"
#include "lab/model/cs555.h"
#include "lab/model/network.h"
#include "lab/model/simulate.h"

/* The stations that a request visits, in this order. */
enum { STATOR_MODEL_CPU, STATOR_MODEL_DISK, STATOR_MODEL_STATIONS };

/*
 * A request needs one of `cpus` processors for `cpu` seconds and then, but for the `hit` share of
 * them (0 to 1), one of `channels` of the disk for `disk` seconds.
 */
struct stator_network stator_model_network(double cpu, unsigned cpus, double disk,
                                           unsigned channels, double hit);

/* That of a lecture's case. */
struct stator_network stator_model_network_of(const struct stator_cs555 *row);

/* Simulates it with constant service times. Fails: as stator_simulate_run does. */
int stator_model_simulate(const struct stator_network *network, unsigned threads,
                          enum stator_simulate_choice choice, uint64_t seed,
                          struct stator_network_figures *out);

/* All that is known of a network with so many threads. */
struct stator_model_row {
    const struct stator_cs555 *lecture; /* the case that it is; NULL for none */
    struct stator_network network;
    unsigned threads;
    struct stator_bounds bounds;
    struct stator_network_figures exact;
    struct stator_network_figures simulated[STATOR_SIMULATE_CHOICE_COUNT]; /* zero: not asked for */
};

/*
 * Solves it by all methods; `choices` has the bit 1 << choice of each simulation that is wanted.
 * Fails: -EINVAL for no threads or an invalid network, -ENOMEM; `out` untouched.
 */
int stator_model_solve(const struct stator_network *network, unsigned threads, unsigned choices,
                       uint64_t seed, struct stator_model_row *out);

#endif
