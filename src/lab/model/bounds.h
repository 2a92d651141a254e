/* Bounds on the throughput of a closed network, from its demands alone. */
#ifndef STATOR_LAB_MODEL_BOUNDS_H
#define STATOR_LAB_MODEL_BOUNDS_H

#include "lab/model/network.h"

struct stator_bounds {
    /*
     * Asymptotic: min(N / (D + Z), 1 / Dmax), and the rate at which each request finds all others
     * before it at every station. The upper one holds for whatever service times.
     */
    double low, high;

    /*
     * Balanced job bounds: those of the networks with equal demands that do worse and better. They
     * hold for exponential service times; regular ones may do better than `balanced_high`.
     */
    double balanced_low, balanced_high;

    double
        knee; /* the number of requests from which on some must wait; NAN where nobody ever does */
};

/* For a valid network with at least one request in it. */
struct stator_bounds stator_bounds_of(const struct stator_network *network, unsigned population);

#endif
