/* Networks that the tests of several methods share. */
#ifndef STATOR_TESTS_LAB_NETWORKS_H
#define STATOR_TESTS_LAB_NETWORKS_H

#include "lab/model/network.h"
#include "lab/stats/random.h"

/*
 * A processor and two disks of unequal use, with users who think for 15 s: the shape, if not the
 * figures, of the textbooks' interactive system. Demands: 0.605, 2.1 and 1.35 s.
 */
static const struct stator_network textbook = {
    .stations = {{0.005, 121, 1}, {0.030, 70, 1}, {0.027, 50, 1}, {15, 1, 0}},
    .count = 4,
};

/* Up to four stations: delays, single ones and some with up to `servers` servers. */
static inline struct stator_network draw_network(struct stator_random *random, unsigned servers)
{
    struct stator_network network = {.count = 1 + stator_random_below(random, 4)};

    for (size_t i = 0; i < network.count; i++) {
        network.stations[i] = (struct stator_station){
            .service = stator_random_exponential(random, 0.01) + 1e-5,
            .visits = 0.1 + stator_random_unit(random),
            .servers = (unsigned)stator_random_below(random, servers + 1),
        };
    }
    return network;
}

#endif
