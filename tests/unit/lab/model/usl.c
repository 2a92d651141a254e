/* The universal scalability law, fitted to rates that it made, and to some that it cannot make. */
#include "lab/model/usl.h"

#include <criterion/criterion.h>
#include <math.h>

#define SIZES 6

static const double sizes[SIZES] = {1, 2, 4, 8, 16, 32};

static const struct {
    const char *label;
    struct stator_usl law;
    double peak;
} laws[] = {
    {"as many, as much", {1000, 0, 0}, INFINITY},
    {"Amdahl: a twentieth is serial", {1000, 0.05, 0}, INFINITY},
    {"pairs alone", {250, 0, 0.01}, 10},
    {"both: it falls from 10 on", {90000, 0.02, 0.0098}, 10},
    {"all is serial", {500, 1, 0}, INFINITY},
};

Test(usl, finds_the_law_that_made_the_rates)
{
    for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
        for (size_t count = STATOR_USL_MIN; count <= SIZES; count++) {
            double rates[SIZES];
            struct stator_usl found;

            for (size_t k = 0; k < count; k++) {
                rates[k] = stator_usl_rate(&laws[i].law, sizes[k]);
            }
            cr_assert(stator_usl_fit(sizes, rates, count, &found), "%s", laws[i].label);
            cr_expect_float_eq(found.single / laws[i].law.single, 1, 1e-6, "%s", laws[i].label);
            cr_expect_float_eq(found.contention, laws[i].law.contention, 1e-6, "%s: %g",
                               laws[i].label, found.contention);
            cr_expect_float_eq(found.coherence, laws[i].law.coherence, 1e-6, "%s: %g",
                               laws[i].label, found.coherence);
        }
        if (isinf(laws[i].peak)) {
            cr_expect(isinf(stator_usl_peak(&laws[i].law)));
        } else {
            cr_expect_float_eq(stator_usl_peak(&laws[i].law), laws[i].peak, 1e-9, "%s",
                               laws[i].label);
        }
    }
}

/* By hand: 2 / (1 + 0.1) and 4 / (1 + 0.3 + 0.12). */
Test(usl, gives_known_rates)
{
    const struct stator_usl serial = {1, 0.1, 0}, both = {1, 0.1, 0.01};

    cr_expect_float_eq(stator_usl_rate(&serial, 1), 1, 1e-12);
    cr_expect_float_eq(stator_usl_rate(&serial, 2), 1.8181818181818, 1e-12);
    cr_expect_float_eq(stator_usl_rate(&both, 4), 2.8169014084507, 1e-12);
}

/* What is beyond the law is held at its bounds: no share is negative, or more than all. */
Test(usl, has_no_share_below_nothing_or_above_all)
{
    static const struct {
        double rates[4];
        bool serial, pairs; /* which share is left */
    } rows[] = {
        {{100, 220, 480, 1000}, false, false}, {{100, 210, 430, 500}, false, true},
        {{100, 150, 200, 240}, true, false},   {{100, 100, 100, 101}, true, false},
        {{100, 98, 97, 96}, true, true},       {{100, 50, 25, 12}, true, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_usl found;

        cr_assert(stator_usl_fit(sizes, rows[i].rates, 4, &found));
        cr_expect_gt(found.single, 0);
        cr_expect_leq(found.contention, 1);
        cr_expect_geq(found.coherence, 0);
        cr_expect_eq(found.contention > 0, rows[i].serial, "%zu: %g", i, found.contention);
        cr_expect_eq(found.coherence > 0, rows[i].pairs, "%zu: %g", i, found.coherence);
    }
}

Test(usl, needs_three_sizes_and_rates)
{
    static const double twice[] = {1, 2, 2, 2}, below[] = {0, 1, 2}, rates[] = {1, 2, 3, 4},
                        none[] = {1, 0, 3}, unknown[] = {1, NAN, 3};
    struct stator_usl found = {.single = -1};

    cr_expect_not(stator_usl_fit(sizes, rates, 2, &found));
    cr_expect_not(stator_usl_fit(sizes, rates, 0, &found));
    cr_expect_not(stator_usl_fit(twice, rates, 4, &found));
    cr_expect_not(stator_usl_fit(below, rates, 3, &found));
    cr_expect_not(stator_usl_fit(sizes, none, 3, &found));
    cr_expect_not(stator_usl_fit(sizes, unknown, 3, &found));
    cr_expect_eq(found.single, -1, "untouched");
}
