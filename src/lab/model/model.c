/*
 * The model beside the measurement.
 *
 * Knows the network that a server with threads is; refuses to know servers. The one surprising
 * thing: a hit costs nothing but its processor time, since what is in the cache needs no disk, so a
 * hit rate is nothing but a number of visits.
 */
#include "lab/model/model.h"

#include <errno.h>
#include <stdlib.h>

#include "lab/model/mva.h"

struct stator_network stator_model_network(double cpu, unsigned cpus, double disk,
                                           unsigned channels, double hit)
{
    return (struct stator_network){
        .stations =
            {[STATOR_MODEL_CPU] = {cpu, 1, cpus}, [STATOR_MODEL_DISK] = {disk, 1 - hit, channels}},
        .count = STATOR_MODEL_STATIONS,
    };
}

struct stator_network stator_model_network_of(const struct stator_cs555 *row)
{
    return stator_model_network(row->cpu + row->search, row->cpus, row->disk, 1, row->hit);
}

int stator_model_simulate(const struct stator_network *network, unsigned threads,
                          enum stator_simulate_choice choice, uint64_t seed,
                          struct stator_network_figures *out)
{
    struct stator_simulate_spec spec = {
        .network = network,
        .manners = {[STATOR_MODEL_DISK] = {.choice = choice}},
        .population = threads,
        .seed = seed,
    };

    return stator_simulate_run(&spec, out);
}

static int solve_exactly(const struct stator_network *network, unsigned threads,
                         struct stator_network_figures *out)
{
    struct stator_network_figures *rows = calloc(threads > 0 ? threads : 1, sizeof(*rows));
    int failure = rows != NULL ? stator_mva_solve(network, threads, rows) : -ENOMEM;

    if (failure == 0) {
        *out = rows[threads - 1];
    }
    free(rows);
    return failure;
}

int stator_model_solve(const struct stator_network *network, unsigned threads, unsigned choices,
                       uint64_t seed, struct stator_model_row *out)
{
    struct stator_model_row row = {.network = *network, .threads = threads};
    int failure = solve_exactly(network, threads, &row.exact);

    for (int choice = 0; choice < STATOR_SIMULATE_CHOICE_COUNT && failure == 0; choice++) {
        if ((choices & 1u << choice) != 0) {
            failure = stator_model_simulate(network, threads, choice, seed, &row.simulated[choice]);
        }
    }
    if (failure < 0) {
        return failure;
    }
    row.bounds = stator_bounds_of(network, threads);
    *out = row;
    return 0;
}
