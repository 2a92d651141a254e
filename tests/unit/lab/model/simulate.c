/* Simulation against exact means, closed forms and the laws that hold for everything. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "lab/model/mva.h"
#include "lab/model/simulate.h"
#include "unit/lab/model/networks.h"

static struct stator_network_figures simulate(const struct stator_simulate_spec *spec)
{
    struct stator_network_figures figures;

    cr_assert_eq(stator_simulate_run(spec, &figures), 0);
    return figures;
}

#define expect_near(value, expected, share)                                                        \
    cr_expect_float_eq((value) / (expected), 1, share, "%g, not %g", value, expected)

Test(simulate, exponential_services_agree_with_the_exact_means)
{
    static const struct {
        struct stator_network network;
        unsigned population;
    } rows[] = {
        {{.stations = {{2e-3, 1, 1}, {8e-3, 0.25, 1}}, .count = 2}, 4},
        {{.stations = {{2.5e-3, 1, 2}, {8e-3, 0.25, 1}}, .count = 2}, 3},
        {{.stations = {{2e-3, 1, 1}, {8e-3, 0.5, 8}, {20e-3, 1, 0}}, .count = 3}, 12},
        {{.stations = {{1e-3, 1, 1}, {9e-3, 1, 0}}, .count = 2}, 9},
    };

    for (size_t i = 0; i < 4; i++) {
        struct stator_simulate_spec spec = {
            .network = &rows[i].network, .population = rows[i].population, .seed = i};
        struct stator_network_figures exact[12], found;

        for (size_t k = 0; k < STATOR_NETWORK_STATIONS; k++) {
            spec.manners[k] = (struct stator_simulate_manner){STATOR_SIMULATE_LAW_EXPONENTIAL,
                                                              STATOR_SIMULATE_CHOICE_COIN, NULL, 0};
        }
        cr_assert_eq(stator_mva_solve(&rows[i].network, rows[i].population, exact), 0);
        found = simulate(&spec);
        exact[0] = exact[rows[i].population - 1];
        expect_near(found.throughput, exact[0].throughput, 0.005);
        expect_near(found.response, exact[0].response, 0.01);
        for (size_t k = 0; k < rows[i].network.count; k++) {
            expect_near(found.utilisation[k], exact[0].utilisation[k], 0.01);
            expect_near(found.queue[k], exact[0].queue[k], 0.02);
        }
    }
}

Test(simulate, littles_law_and_the_utilisation_law_hold_of_what_is_counted)
{
    struct stator_network network = {.stations = {{2e-3, 1, 2}, {8e-3, 0.25, 1}, {3e-3, 1, 0}},
                                     .count = 3};
    struct stator_simulate_spec spec = {
        .network = &network,
        .manners = {{.law = STATOR_SIMULATE_LAW_EXPONENTIAL},
                    {.choice = STATOR_SIMULATE_CHOICE_COIN}},
        .population = 7,
        .seed = 5,
    };
    struct stator_network_figures found = simulate(&spec);

    expect_near(found.queue[0] + found.queue[1] + found.queue[2], 7.0, 1e-9);
    expect_near(found.throughput * found.response, found.queue[0] + found.queue[1], 0.001);
    expect_near(found.throughput * 3e-3, found.queue[2], 0.001);
    expect_near(found.throughput * 2e-3 / 2, found.utilisation[0], 0.005);
    expect_near(found.throughput * 2e-3, found.utilisation[1], 0.01);
}

/*
 * Two threads, 2 ms of one processor, by chance 8 ms of one disk with chance 1 - h, h = 3/4. While
 * one is at the disk the other does four steps or until it misses too: (1 - h^4) / (1 - h) on
 * average. With h^4 it did not, and the two share the processor until one misses: 1 / (1 - h)
 * steps. So of 4 + 4 h^4 steps 4 (1 - h^4) + 4 h^4 = 4 are busy ones: 500 / (1 + h^4) a second.
 */
Test(simulate, coins_with_two_threads_have_a_closed_form)
{
    struct stator_network network = {.stations = {{2e-3, 1, 1}, {8e-3, 0.25, 1}}, .count = 2};
    struct stator_simulate_spec spec = {.network = &network,
                                        .manners = {{0}, {.choice = STATOR_SIMULATE_CHOICE_COIN}},
                                        .population = 2};

    for (spec.seed = 1; spec.seed <= 5; spec.seed++) {
        expect_near(simulate(&spec).throughput, 500 / (1 + pow(0.75, 4)), 0.005);
    }
}

Test(simulate, regular_requests_overlap_perfectly)
{
    static const struct {
        double cpu, disk, visits;
        unsigned cpus, channels, population;
        double throughput;
    } rows[] = {
        {2e-3, 8e-3, 1, 1, 1, 1, 100}, {2e-3, 8e-3, 1, 1, 1, 2, 125}, {2e-3, 8e-3, 1, 1, 1, 9, 125},
        {2e-3, 8e-3, 1, 1, 4, 9, 500}, {2e-3, 8e-3, 1, 8, 8, 8, 800}, {2e-3, 8e-3, 0, 1, 1, 3, 500},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_network network = {
            .stations = {{rows[i].cpu, 1, rows[i].cpus},
                         {rows[i].disk, rows[i].visits, rows[i].channels}},
            .count = 2};

        for (int choice = STATOR_SIMULATE_CHOICE_SHARED; choice <= STATOR_SIMULATE_CHOICE_COIN;
             choice++) {
            struct stator_simulate_spec spec = {.network = &network,
                                                .manners = {{0}, {.choice = choice}},
                                                .population = rows[i].population,
                                                .requests = 20000};

            expect_near(simulate(&spec).throughput, rows[i].throughput, 0.001);
        }
    }
}

Test(simulate, every_nth_visits_evenly)
{
    static const double visits[] = {1, 0.5, 0.25, 0.1, 1.0 / 3, 0.3, 0};

    for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
        struct stator_network network = {.stations = {{1e-3, 1, 1}, {1e-3, visits[i], 1}},
                                         .count = 2};
        struct stator_simulate_spec spec = {
            .network = &network,
            .manners = {{0}, {.choice = STATOR_SIMULATE_CHOICE_EVERY}},
            .population = 1,
            .requests = 30000};

        /* Counted within one visit: 1 s of processor a thousand requests, and the visits. */
        expect_near(simulate(&spec).throughput, 1000 / (1 + visits[i]), 1e-4);
    }
}

Test(simulate, given_times_are_drawn_equally_often)
{
    static const double given[] = {1e-3, 1e-3, 4e-3};
    struct stator_network network = {.stations = {{7, 1, 1}}, .count = 1};
    struct stator_simulate_spec spec = {
        .network = &network,
        .manners = {{STATOR_SIMULATE_LAW_GIVEN, STATOR_SIMULATE_CHOICE_SHARED, given, 3}},
        .population = 3};
    struct stator_network_figures found = simulate(&spec);

    expect_near(found.throughput, 500.0, 0.005);
    expect_near(found.response, 6e-3, 0.005);
    expect_near(found.utilisation[0], 1.0, 1e-9);
}

Test(simulate, the_same_seed_gives_the_same_figures)
{
    struct stator_network network = {.stations = {{2e-3, 1, 1}, {8e-3, 0.25, 1}}, .count = 2};
    struct stator_simulate_spec spec = {.network = &network,
                                        .manners = {{0}, {.choice = STATOR_SIMULATE_CHOICE_COIN}},
                                        .population = 3,
                                        .requests = 5000,
                                        .seed = 11};
    double first = simulate(&spec).throughput;

    cr_expect_float_eq(simulate(&spec).throughput, first, 0);
    spec.seed = 12;
    cr_expect(fabs(simulate(&spec).throughput - first) > 0);
}

Test(simulate, refuses_what_it_cannot_simulate)
{
    struct stator_network network = {.stations = {{2e-3, 2, 1}}, .count = 1}, empty = {.count = 0};
    struct stator_simulate_spec spec = {.network = &network, .population = 1, .requests = 100};
    struct stator_network_figures figures = {.population = 42};

    spec.manners[0].choice = STATOR_SIMULATE_CHOICE_COIN;
    cr_expect_eq(stator_simulate_run(&spec, &figures), -EINVAL, "two visits by one coin");
    spec.manners[0].choice = STATOR_SIMULATE_CHOICE_SHARED;
    spec.manners[0].law = STATOR_SIMULATE_LAW_GIVEN;
    cr_expect_eq(stator_simulate_run(&spec, &figures), -EINVAL, "no time is given");
    spec.manners[0].law = STATOR_SIMULATE_LAW_CONSTANT;
    spec.population = 0;
    cr_expect_eq(stator_simulate_run(&spec, &figures), -EINVAL, "nobody");
    spec.population = 1;
    spec.network = &empty;
    cr_expect_eq(stator_simulate_run(&spec, &figures), -EINVAL, "nowhere");
    cr_expect_eq(figures.population, 42);
    spec.network = &network;
    cr_expect_eq(stator_simulate_run(&spec, &figures), 0);
    expect_near(figures.throughput, 250.0, 0.02);
}

Test(simulate, rare_visits_are_waited_for)
{
    /* A thousand threads that fill the disk by one request in a hundred. */
    struct stator_network network = {.stations = {{1e-5, 1, 64}, {0.1, 0.01, 500}}, .count = 2};
    struct stator_simulate_spec spec = {.network = &network,
                                        .manners = {{0}, {.choice = STATOR_SIMULATE_CHOICE_EVERY}},
                                        .population = 500};

    /* Nobody ever waits for the disk, and 64 processors are ten times as many as are needed. */
    expect_near(simulate(&spec).throughput, 500 / (1e-5 + 1e-3), 0.005);
}
