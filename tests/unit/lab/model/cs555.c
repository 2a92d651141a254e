/* The lecture's table, by simulation. */
#include <criterion/criterion.h>
#include <math.h>

#include "lab/model/model.h"

static void expect_throughput(const struct stator_cs555 *row, enum stator_simulate_choice choice,
                              double expected, double share)
{
    struct stator_network network = stator_model_network_of(row);
    struct stator_network_figures figures;

    cr_assert_eq(stator_model_simulate(&network, row->threads, choice, 1, &figures), 0);
    cr_expect_float_eq(figures.throughput / expected, 1, share, "%s, %u threads: %g, not %g",
                       row->name, row->threads, figures.throughput, expected);
    cr_expect(figures.throughput <= stator_bounds_of(&network, row->threads).high * 1.005);
}

Test(cs555, constant_requests_give_the_slides_figures)
{
    const struct stator_cs555 *row;

    for (size_t i = 0; (row = stator_cs555_at(i)) != NULL; i++) {
        expect_throughput(row, STATOR_SIMULATE_CHOICE_SHARED, row->constant, 0.005);
        cr_expect_float_eq(row->constant, row->slide, 0);
    }
}

Test(cs555, so_do_even_misses)
{
    const struct stator_cs555 *row;

    for (size_t i = 0; (row = stator_cs555_at(i)) != NULL; i++) {
        expect_throughput(row, STATOR_SIMULATE_CHOICE_EVERY, row->constant, 0.005);
    }
}

Test(cs555, misses_by_chance_do_less)
{
    const struct stator_cs555 *row;

    for (size_t i = 0; (row = stator_cs555_at(i)) != NULL; i++) {
        expect_throughput(row, STATOR_SIMULATE_CHOICE_COIN, row->coin, 0.01);
    }
}

Test(cs555, has_the_lectures_figures)
{
    static const double slides[] = {100, 125, 500, 500, 400, 400, 400, 444, 500};

    for (size_t i = 0; i < 9; i++) {
        cr_assert_not_null(stator_cs555_at(i));
        cr_expect_float_eq(stator_cs555_at(i)->slide, slides[i], 0);
    }
    cr_expect_null(stator_cs555_at(9));
}
