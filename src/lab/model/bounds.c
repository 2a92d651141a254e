/*
 * Bounds on throughput: asymptotic ones, and those of balanced jobs with think time (Lazowska,
 * Zahorjan, Graham and Sevcik, Quantitative System Performance, chapter 5).
 *
 * Knows demands; refuses to know queues. The one surprising thing: a station with m servers counts
 * as one that is m times as fast. Without more that does better than the real one, for the upper
 * bounds; with a delay that makes up for the rest of the service time it does worse, for the lower.
 */
#include "lab/model/bounds.h"

#include <math.h>

/* The stations that queue, each as a single fast server. */
struct fast {
    double sum, longest;
    double rest; /* of the service times: what the fast servers leave out */
    unsigned stations;
};

static struct fast make_fast(const struct stator_network *network)
{
    struct fast fast = {0};

    for (size_t i = 0; i < network->count; i++) {
        const struct stator_station *station = &network->stations[i];
        double demand = stator_station_demand(station);

        if (station->servers > 0 && demand > 0) {
            fast.sum += demand / station->servers;
            fast.longest = fmax(fast.longest, demand / station->servers);
            fast.rest += demand - demand / station->servers;
            fast.stations++;
        }
    }
    return fast;
}

struct stator_bounds stator_bounds_of(const struct stator_network *network, unsigned population)
{
    struct fast fast = make_fast(network);
    double n = population, others = n - 1;
    double demand = stator_network_demand(network), delay = stator_network_delay(network);
    double slow_delay = delay + fast.rest, alone = demand + delay;
    struct stator_bounds bounds = {n / alone, n / alone, n / alone, n / alone, NAN};

    if (fast.stations == 0) {
        return bounds;
    }
    bounds.knee = alone / fast.longest;
    bounds.high = fmin(n / alone, 1 / fast.longest);
    bounds.low = n / (alone + others * fast.sum);
    bounds.balanced_high =
        fmin(bounds.high,
             n / (fast.sum + delay + others * fast.sum / fast.stations / (1 + delay / fast.sum)));
    bounds.balanced_low = n / (alone + others * fast.longest / (1 + slow_delay / (n * fast.sum)));
    return bounds;
}
