/* Mean value analysis: by hand, by closed forms, and by adding up all states. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>

#include "lab/model/mva.h"
#include "unit/lab/model/networks.h"

/*
 * R_k = D_k (1 + Q_k), X = N / (Z + R), Q_k = X R_k, from Q = 0:
 * N = 1: R = 0.605 + 2.1 + 1.35 = 4.055; X = 1 / 19.055 = 0.052480;
 *        Q = 0.031750, 0.110207, 0.070848
 * N = 2: R = 0.624209 + 2.331435 + 1.445644 = 4.401288; X = 2 / 19.401288 = 0.103086;
 *        Q = 0.064347, 0.240338, 0.149026
 * N = 3: R = 0.643930 + 2.604710 + 1.551185 = 4.799825; X = 3 / 19.799825 = 0.151516
 */
Test(mva, of_the_textbook_system)
{
    static const double throughput[] = {0.052480, 0.103086, 0.151516};
    static const double response[] = {4.055, 4.401288, 4.799825};
    struct stator_network_figures rows[3];

    cr_assert_eq(stator_mva_solve(&textbook, 3, rows), 0);
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_eq(rows[i].population, i + 1);
        cr_expect_float_eq(rows[i].throughput, throughput[i], 1e-6);
        cr_expect_float_eq(rows[i].response, response[i], 2e-6);
    }
    cr_expect_float_eq(rows[1].queue[0], 0.064347, 1e-6);
    cr_expect_float_eq(rows[1].queue[1], 0.240338, 1e-6);
    cr_expect_float_eq(rows[1].queue[2], 0.149026, 1e-6);
    cr_expect_float_eq(rows[2].utilisation[1], 0.151516 * 2.1, 3e-6);
    cr_expect_float_eq(rows[2].utilisation[3], 0.151516 * 15, 3e-5, "those who think");
}

/*
 * Menasce, Almeida and Dowdy, Performance by Design: a database server with two transactions, a
 * processor that does 6 a minute, a fast disk 4 and a slow one 2, each used by every second one.
 * D = 10, 7.5, 15 s; of the states' weights 1, 0.75, 1.5, 0.5625, 1.125, 2.25 (in all 7.1875) the
 * processor is busy in the first three: 0.4522 of the time. 2.713 a minute, 44.23 s each.
 */
Test(mva, of_a_published_database_server)
{
    struct stator_network network = {.stations = {{10, 1, 1}, {15, 0.5, 1}, {30, 0.5, 1}},
                                     .count = 3};
    struct stator_network_figures rows[2];

    cr_assert_eq(stator_mva_solve(&network, 2, rows), 0);
    cr_expect_float_eq(rows[1].utilisation[0], 0.4522, 5e-5);
    cr_expect_float_eq(rows[1].throughput * 60, 2.7130, 5e-4);
    cr_expect_float_eq(rows[1].response, 44.23, 5e-3);
    /* Slow disk busy: 0.2087 + 0.1565 + 0.3130; both there: 0.3130. */
    cr_expect_float_eq(rows[1].utilisation[2], 0.6783, 5e-5);
    cr_expect_float_eq(rows[1].queue[2], 0.9913, 5e-5);
}

Test(mva, equal_stations_share_evenly)
{
    /* K equal stations: X = N / (D (N + K - 1)). */
    struct stator_network network = {.stations = {{4, 1, 1}, {2, 2, 1}, {1, 4, 1}}, .count = 3};
    struct stator_network_figures rows[20];

    cr_assert_eq(stator_mva_solve(&network, 20, rows), 0);
    for (unsigned n = 1; n <= 20; n++) {
        cr_expect_float_eq(rows[n - 1].throughput, n / (4.0 * (n + 2)), 1e-12);
        cr_expect_float_eq(rows[n - 1].queue[2], n / 3.0, 1e-12);
    }
}

/*
 * Machines that run for Z and are then mended, for D, by one of m repairmen (M/M/m//N). The chance
 * that j are broken is in proportion to w(j) = w(j-1) (N - j + 1) D / (Z min(j, m)), w(0) = 1; in
 * logarithms, less the largest, for it may have hundreds of digits.
 */
static void mend(unsigned n, unsigned m, double z, double d, double *throughput, double *broken)
{
    double logs[501] = {0}, largest = 0, sum = 0, jobs = 0, rate = 0;

    for (unsigned j = 1; j <= n; j++) {
        logs[j] = logs[j - 1] + log((n - j + 1) * d / (z * fmin(j, m)));
        largest = fmax(largest, logs[j]);
    }
    for (unsigned j = 0; j <= n; j++) {
        double weight = exp(logs[j] - largest);

        sum += weight;
        jobs += weight * j;
        rate += weight * fmin(j, m) / d;
    }
    *throughput = rate / sum;
    *broken = jobs / sum;
}

Test(mva, machine_repairman)
{
    static const struct {
        unsigned n, m;
        double z, d;
    } rows[] = {
        {1, 1, 9, 1},   {6, 1, 9, 1},       {20, 1, 9, 1},    {6, 2, 9, 1},    {20, 3, 9, 1},
        {60, 7, 9, 1},  {200, 16, 9, 1},    {500, 48, 9, 1},  {500, 64, 2, 1}, {400, 300, 0.3, 1},
        {40, 64, 9, 1}, {300, 50, 1e-3, 1}, {300, 2, 500, 1},
    };
    static struct stator_network_figures figures[500];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_network network = {.stations = {{rows[i].d, 1, rows[i].m}, {rows[i].z, 1, 0}},
                                         .count = 2};
        const struct stator_network_figures *last = &figures[rows[i].n - 1];
        double throughput, broken;

        mend(rows[i].n, rows[i].m, rows[i].z, rows[i].d, &throughput, &broken);
        cr_assert_eq(stator_mva_solve(&network, rows[i].n, figures), 0);
        cr_expect_float_eq(last->throughput / throughput, 1, 1e-9, "row %zu", i);
        cr_expect_float_eq(last->queue[0] / broken, 1, 1e-9, "row %zu", i);
        cr_expect_float_eq(last->response * throughput / broken, 1, 1e-9, "row %zu", i);
    }
}

/* By hand: two machines, one repairman, Z = D = 1: w = 1, 2, 2; X = 4/5; 6/5 broken. */
Test(mva, two_machines_by_hand)
{
    struct stator_network network = {.stations = {{1, 1, 1}, {1, 1, 0}}, .count = 2};
    struct stator_network_figures rows[2];

    cr_assert_eq(stator_mva_solve(&network, 2, rows), 0);
    cr_expect_float_eq(rows[1].throughput, 4.0 / 5, 1e-12);
    cr_expect_float_eq(rows[1].queue[0], 6.0 / 5, 1e-12);
}

/* The factor of j requests at the station in the product form. */
static double factor(const struct stator_station *station, unsigned j)
{
    double product = 1;

    for (unsigned i = 1; i <= j; i++) {
        unsigned busy = station->servers == 0 || i < station->servers ? i : station->servers;

        product *= stator_station_demand(station) / busy;
    }
    return product;
}

/* The sum over all states with n requests at the stations from `first` on. */
static double add_states(const struct stator_network *network, size_t first, unsigned n)
{
    double sum = 0;

    if (first == network->count) {
        return n == 0;
    }
    for (unsigned j = 0; j <= n; j++) {
        sum += factor(&network->stations[first], j) * add_states(network, first + 1, n - j);
    }
    return sum;
}

Test(mva, agrees_with_the_sum_over_all_states)
{
    struct stator_network_figures rows[7];
    struct stator_random random;

    stator_random_init(&random, 3);
    for (unsigned i = 0; i < 200; i++) {
        struct stator_network network = draw_network(&random, 1 + i % 5);

        cr_assert_eq(stator_mva_solve(&network, 7, rows), 0);
        for (unsigned n = 1; n <= 7; n++) {
            double expected = add_states(&network, 0, n - 1) / add_states(&network, 0, n);
            double inside = 0;

            cr_assert_float_eq(rows[n - 1].throughput / expected, 1, 1e-9, "network %u, %u", i, n);
            for (size_t k = 0; k < network.count; k++) {
                inside += rows[n - 1].queue[k];
            }
            cr_assert_float_eq(inside, n, 1e-9, "network %u: nobody is lost", i);
        }
    }
}

Test(mva, many_servers_and_requests_keep_their_digits)
{
    /* 64 channels and 32 processors near saturation: 3,200 a second by the processors at most. */
    struct stator_network network = {.stations = {{10e-3, 1, 32}, {19e-3, 1, 64}}, .count = 2};
    static struct stator_network_figures rows[1000];
    double last = 0;

    cr_assert_eq(stator_mva_solve(&network, 1000, rows), 0);
    for (unsigned n = 1; n <= 1000; n++) {
        cr_assert(rows[n - 1].throughput >= last * (1 - 1e-12), "%u", n);
        cr_assert(rows[n - 1].throughput <= 3200 * (1 + 1e-12), "%u", n);
        last = rows[n - 1].throughput;
    }
    cr_expect_float_eq(rows[0].throughput, 1 / 29e-3, 1e-9);
    cr_expect_float_eq(last, 3200, 1e-6);
}

Test(mva, refuses_what_is_no_network)
{
    static const struct stator_network networks[] = {
        {.count = 0},
        {.stations = {{0, 1, 1}}, .count = 1},
        {.stations = {{-1, 1, 1}, {2, 1, 1}}, .count = 2},
        {.stations = {{NAN, 1, 1}}, .count = 1},
        {.stations = {{INFINITY, 1, 1}}, .count = 1},
        {.stations = {{1, -1, 1}}, .count = 1},
        {.stations = {{1, 1, 1}}, .count = STATOR_NETWORK_STATIONS + 1},
    };
    struct stator_network_figures rows[1];

    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
        cr_expect_eq(stator_mva_solve(&networks[i], 1, rows), -EINVAL, "network %zu", i);
    }
    cr_expect_eq(stator_mva_solve(&textbook, 0, rows), -EINVAL);
}

Test(mva, a_station_that_nobody_needs_changes_nothing)
{
    struct stator_network with = {.stations = {{0, 1, 4}, {2, 1, 2}, {1, 0, 1}, {3, 1, 1}},
                                  .count = 4};
    struct stator_network without = {.stations = {{2, 1, 2}, {3, 1, 1}}, .count = 2};
    struct stator_network_figures left[9], right[9];

    cr_assert_eq(stator_mva_solve(&with, 9, left), 0);
    cr_assert_eq(stator_mva_solve(&without, 9, right), 0);
    cr_expect_float_eq(left[8].throughput, right[8].throughput, 1e-12);
    cr_expect_float_eq(left[8].queue[1], right[8].queue[0], 1e-12);
    cr_expect_float_eq(left[8].queue[0], 0, 0);
}
