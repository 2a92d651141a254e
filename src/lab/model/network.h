/*
 * Closed queueing networks: a fixed number of requests goes round a few stations for ever.
 *
 * The same description is what the bounds, the exact solution and the simulation take. Times are in
 * seconds, rates in requests a second.
 */
#ifndef STATOR_LAB_MODEL_NETWORK_H
#define STATOR_LAB_MODEL_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#define STATOR_NETWORK_STATIONS 8

struct stator_station {
    double service;   /* mean, of one visit */
    double visits;    /* mean number, of one request */
    unsigned servers; /* with one queue for all of them; 0: a delay, where nobody waits */
};

/* A request goes to the stations in their order. */
struct stator_network {
    struct stator_station stations[STATOR_NETWORK_STATIONS];
    size_t count;
};

/* How a network does with so many requests in it. */
struct stator_network_figures {
    unsigned population;
    double throughput;
    double response;                             /* mean time of a request, delays left out */
    double utilisation[STATOR_NETWORK_STATIONS]; /* of each of its servers; a delay's is `queue` */
    double queue[STATOR_NETWORK_STATIONS];       /* mean number there, waiting and served */
};

/* True where it has stations, no time or number is negative, and some time passes. */
bool stator_network_is_valid(const struct stator_network *network);

/* What a request needs of the station in all. */
static inline double stator_station_demand(const struct stator_station *station)
{
    return station->service * station->visits;
}

/* The demand at all stations that queue, or at all delays. */
double stator_network_demand(const struct stator_network *network);
double stator_network_delay(const struct stator_network *network);

/* Fills in utilisations by the utilisation law, from `throughput`. */
void stator_network_utilise(const struct stator_network *network,
                            struct stator_network_figures *figures);

#endif
