/* Bounds: by hand, and around the exact solution. */
#include <criterion/criterion.h>
#include <math.h>

#include "lab/model/bounds.h"
#include "lab/model/mva.h"
#include "unit/lab/model/networks.h"

/*
 * D = 0.605 + 2.1 + 1.35 = 4.055, Z = 15, Dmax = 2.1, three stations.
 * N = 3:  high = 3 / 19.055; low = 3 / (19.055 + 2 * 4.055)
 *         balanced high = 3 / (19.055 + 2 * (4.055 / 3) / (1 + 15 / 4.055))
 *         balanced low  = 3 / (19.055 + 2 * 2.1 / (1 + 15 / (3 * 4.055)))
 * N = 30: high = 1 / 2.1.
 */
Test(bounds, of_the_textbook_system)
{
    struct stator_bounds three = stator_bounds_of(&textbook, 3);
    struct stator_bounds thirty = stator_bounds_of(&textbook, 30);

    cr_expect_float_eq(three.high, 0.157439, 1e-6);
    cr_expect_float_eq(three.low, 0.110436, 1e-6);
    cr_expect_float_eq(three.balanced_high, 0.152825, 1e-6);
    cr_expect_float_eq(three.balanced_low, 0.143295, 1e-6);
    cr_expect_float_eq(three.knee, 19.055 / 2.1, 1e-9);
    cr_expect_float_eq(thirty.high, 1 / 2.1, 1e-9);
    cr_expect_float_eq(thirty.balanced_high, 1 / 2.1, 1e-9);
}

Test(bounds, several_servers_are_one_that_is_faster)
{
    /* 2.5 ms on two processors, 2 ms on one disk: 4.5 ms alone, 500 by the disk from 2.25 on. */
    struct stator_network network = {.stations = {{2.5e-3, 1, 2}, {8e-3, 0.25, 1}}, .count = 2};

    cr_expect_float_eq(stator_bounds_of(&network, 1).high, 1 / 4.5e-3, 1e-9);
    cr_expect_float_eq(stator_bounds_of(&network, 2).high, 2 / 4.5e-3, 1e-9);
    cr_expect_float_eq(stator_bounds_of(&network, 3).high, 500, 1e-9);
    cr_expect_float_eq(stator_bounds_of(&network, 3).knee, 2.25, 1e-9);
}

Test(bounds, nobody_waits_at_delays)
{
    struct stator_network network = {.stations = {{0.5, 1, 0}}, .count = 1};
    struct stator_bounds bounds = stator_bounds_of(&network, 7);

    cr_expect_float_eq(bounds.low, 14, 1e-9);
    cr_expect_float_eq(bounds.balanced_low, 14, 1e-9);
    cr_expect_float_eq(bounds.balanced_high, 14, 1e-9);
    cr_expect_float_eq(bounds.high, 14, 1e-9);
    cr_expect(isnan(bounds.knee));
}

Test(bounds, of_one_request_are_its_throughput)
{
    struct stator_random random;

    stator_random_init(&random, 1);
    for (unsigned i = 0; i < 200; i++) {
        struct stator_network network = draw_network(&random, 5);
        struct stator_bounds bounds = stator_bounds_of(&network, 1);

        cr_expect_float_eq(bounds.low / bounds.high, 1, 1e-12);
        cr_expect_float_eq(bounds.balanced_low / bounds.high, 1, 1e-12);
        cr_expect(bounds.balanced_high <= bounds.high && bounds.balanced_high > 0);
    }
}

Test(bounds, are_around_the_exact_solution)
{
    struct stator_network_figures rows[40];
    struct stator_random random;

    stator_random_init(&random, 2);
    for (unsigned i = 0; i < 500; i++) {
        struct stator_network network = draw_network(&random, 1 + i % 8);

        cr_assert_eq(stator_mva_solve(&network, 40, rows), 0);
        for (unsigned n = 1; n <= 40; n++) {
            struct stator_bounds bounds = stator_bounds_of(&network, n);
            double exact = rows[n - 1].throughput, slack = 1e-9 * exact;

            cr_assert(bounds.low <= bounds.balanced_low + slack, "network %u, %u requests", i, n);
            cr_assert(bounds.balanced_low <= exact + slack, "network %u, %u requests", i, n);
            cr_assert(exact <= bounds.balanced_high + slack, "network %u, %u requests", i, n);
            cr_assert(bounds.balanced_high <= bounds.high + slack, "network %u", i);
        }
    }
}
