/*
 * Discrete-event simulation of a closed network: for what no formula says, regular service times
 * and chance together.
 */
#ifndef STATOR_LAB_MODEL_SIMULATE_H
#define STATOR_LAB_MODEL_SIMULATE_H

#include <stdint.h>

#include "lab/model/network.h"

/* How long a visit is. */
enum stator_simulate_law {
    STATOR_SIMULATE_LAW_CONSTANT,    /* the station's service time */
    STATOR_SIMULATE_LAW_EXPONENTIAL, /* with that mean */
    STATOR_SIMULATE_LAW_GIVEN,       /* one of the given times, each equally likely */
};

/* Which requests visit a station that less than one visit is made to by each on average. */
enum stator_simulate_choice {
    STATOR_SIMULATE_CHOICE_SHARED, /* all: each brings its share of a visit (constant I/O) */
    STATOR_SIMULATE_CHOICE_EVERY,  /* every n-th, evenly */
    STATOR_SIMULATE_CHOICE_COIN,   /* each with that probability */
    STATOR_SIMULATE_CHOICE_COUNT,
};

struct stator_simulate_manner {
    enum stator_simulate_law law;
    enum stator_simulate_choice choice; /* other than SHARED: `visits` is at most 1 */
    const double *given;                /* seconds; borrowed */
    size_t given_count;
};

struct stator_simulate_spec {
    const struct stator_network *network;
    struct stator_simulate_manner manners[STATOR_NETWORK_STATIONS];
    unsigned population;
    uint64_t requests; /* that are counted, after a tenth as many as warm-up; 0: enough */
    uint64_t seed;
};

/*
 * Service is first come, first served, whoever is at a station at the same moment in the order of
 * coming; all requests begin at the first station together. `out` is what was counted, response
 * times included: no law is used for it. "Enough" requests make its throughput right within 0.5 %
 * where 20 million do: some 20,000, with chance 400,000, with rare visits more. It counts time in
 * nanoseconds, so for 290 years at most. Fails: -EINVAL, also where no request needs a nanosecond;
 * -ENOMEM; `out` untouched.
 */
int stator_simulate_run(const struct stator_simulate_spec *spec,
                        struct stator_network_figures *out);

#endif
