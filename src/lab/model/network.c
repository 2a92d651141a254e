/*
 * Closed queueing networks.
 *
 * Knows what one asks of its stations; refuses to know how it is solved. The one surprising thing:
 * a delay has no servers to be busy, so its utilisation is the number of requests in it.
 */
#include "lab/model/network.h"

#include <math.h>

bool stator_network_is_valid(const struct stator_network *network)
{
    double demand;

    if (network->count == 0 || network->count > STATOR_NETWORK_STATIONS) {
        return false;
    }
    for (size_t i = 0; i < network->count; i++) {
        const struct stator_station *station = &network->stations[i];

        if (!(station->service >= 0 && station->visits >= 0)) {
            return false;
        }
    }
    demand = stator_network_demand(network) + stator_network_delay(network);
    return demand > 0 && isfinite(demand);
}

static double sum_demands(const struct stator_network *network, bool delays)
{
    double sum = 0;

    for (size_t i = 0; i < network->count; i++) {
        if ((network->stations[i].servers == 0) == delays) {
            sum += stator_station_demand(&network->stations[i]);
        }
    }
    return sum;
}

double stator_network_demand(const struct stator_network *network)
{
    return sum_demands(network, false);
}

double stator_network_delay(const struct stator_network *network)
{
    return sum_demands(network, true);
}

void stator_network_utilise(const struct stator_network *network,
                            struct stator_network_figures *figures)
{
    for (size_t i = 0; i < network->count; i++) {
        const struct stator_station *station = &network->stations[i];

        figures->utilisation[i] = figures->throughput * stator_station_demand(station) /
                                  (station->servers > 0 ? station->servers : 1);
    }
}
