/*
 * Mean value analysis.
 *
 * Knows the exact means of product-form networks; refuses to know distributions. Delays and single
 * servers come first, by the arrival theorem: who arrives finds the queue of a network with one
 * request less. Then each station with several servers is joined to all that came before, which by
 * Norton's theorem acts like one station whose rate depends on how many are in it. The one
 * surprising thing: that second step, rather than the textbook's recursion over marginal
 * probabilities, because the recursion subtracts nearly equal numbers and with some tens of servers
 * has no correct digit left; here nothing is ever subtracted.
 */
#include "lab/model/mva.h"

#include <errno.h>
#include <stdlib.h>

/* Past this the weights are scaled down; they are needed but for a factor. */
#define WEIGHT_MAX 1e250

/* Adds the next row to those of single servers and delays alone. */
static void step(const struct stator_network *network, const struct stator_network_figures *before,
                 struct stator_network_figures *row)
{
    double times[STATOR_NETWORK_STATIONS] = {0}, sum = 0;

    for (size_t i = 0; i < network->count; i++) {
        const struct stator_station *station = &network->stations[i];

        if (station->servers <= 1) {
            times[i] = stator_station_demand(station);
            times[i] *= station->servers == 1 && before != NULL ? 1 + before->queue[i] : 1;
            sum += times[i];
        }
    }
    row->throughput = sum > 0 ? row->population / sum : 0;
    for (size_t i = 0; i < network->count; i++) {
        row->queue[i] = row->throughput * times[i];
    }
}

static double rate_of(const struct stator_station *station, unsigned present)
{
    return (present < station->servers ? present : station->servers) /
           stator_station_demand(station);
}

/*
 * Fills weights[0..n] in proportion to the chances that 0 to n of n requests are at the station:
 * a birth and death chain, in which the others feed it. Returns: their sum.
 */
static double weigh(const struct stator_station *station, unsigned n,
                    const struct stator_network_figures *others, double *weights)
{
    double sum = 1;

    weights[0] = 1;
    for (unsigned j = 1; j <= n; j++) {
        weights[j] = weights[j - 1] * others[n - j].throughput / rate_of(station, j);
        sum += weights[j];
        if (weights[j] > WEIGHT_MAX) {
            for (unsigned i = 0; i <= j; i++) {
                weights[i] /= WEIGHT_MAX;
            }
            sum /= WEIGHT_MAX;
        }
    }
    return sum;
}

/* Joins station `index` to the network of `rows` where n requests are in both together. */
static void join_row(const struct stator_network *network, size_t index, unsigned n,
                     struct stator_network_figures *rows, double *weights)
{
    const struct stator_station *station = &network->stations[index];
    double sum = weigh(station, n, rows, weights), throughput = 0;
    double queues[STATOR_NETWORK_STATIONS] = {0};

    for (unsigned j = 0; j <= n; j++) {
        double chance = weights[j] / sum;

        throughput += chance * rate_of(station, j);
        for (size_t i = 0; i < network->count && j < n; i++) {
            queues[i] += chance * rows[n - j - 1].queue[i];
        }
        queues[index] += chance * j;
    }
    rows[n - 1].throughput = throughput;
    for (size_t i = 0; i < network->count; i++) {
        rows[n - 1].queue[i] = queues[i];
    }
}

/* Nothing came before: the station is alone. */
static void begin_with(const struct stator_network *network, size_t index, unsigned population,
                       struct stator_network_figures *rows)
{
    for (unsigned n = 1; n <= population; n++) {
        rows[n - 1].throughput = rate_of(&network->stations[index], n);
        rows[n - 1].queue[index] = n;
    }
}

/* Each row needs those below as they were, so they are done from the highest down. */
static void join(const struct stator_network *network, size_t index, unsigned population,
                 struct stator_network_figures *rows, double *weights)
{
    if (rows[0].throughput <= 0) {
        begin_with(network, index, population, rows);
        return;
    }
    for (unsigned n = population; n > 0; n--) {
        join_row(network, index, n, rows, weights);
    }
}

int stator_mva_solve(const struct stator_network *network, unsigned population,
                     struct stator_network_figures *rows)
{
    double *weights, delay;

    if (population == 0 || !stator_network_is_valid(network)) {
        return -EINVAL;
    }
    weights = calloc((size_t)population + 1, sizeof(*weights));
    if (weights == NULL) {
        return -ENOMEM;
    }
    delay = stator_network_delay(network);
    for (unsigned n = 1; n <= population; n++) {
        rows[n - 1] = (struct stator_network_figures){.population = n};
        step(network, n > 1 ? &rows[n - 2] : NULL, &rows[n - 1]);
    }
    for (size_t i = 0; i < network->count; i++) {
        if (network->stations[i].servers > 1 && stator_station_demand(&network->stations[i]) > 0) {
            join(network, i, population, rows, weights);
        }
    }
    for (unsigned n = 1; n <= population; n++) {
        rows[n - 1].response = n / rows[n - 1].throughput - delay;
        stator_network_utilise(network, &rows[n - 1]);
    }
    free(weights);
    return 0;
}
