/* Histograms against the exact figures of the same values. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/stats/histogram.h"
#include "lab/stats/random.h"

#define VALUES 50000

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static struct stator_histogram *make(void)
{
    struct stator_histogram *histogram = stator_histogram_create();

    cr_assert_not_null(histogram);
    return histogram;
}

static struct stator_histogram *make_equal(uint64_t count, uint64_t us)
{
    struct stator_histogram *histogram = make();

    for (uint64_t i = 0; i < count; i++) {
        stator_histogram_add(histogram, us);
    }
    return histogram;
}

Test(histogram, bounds_are_contiguous_over_all_buckets)
{
    uint64_t end = 0, low;

    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        uint64_t next = stator_histogram_bounds(i, &low);

        cr_assert_eq(low, end, "bucket %zu", i);
        cr_assert_gt(next, low);
        cr_assert((double)(next - 1 - low) <= 0.016 * (double)low || next == low + 1);
        end = next;
    }
    cr_expect_eq(end, 1ull << 32);
}

Test(histogram, each_value_is_in_the_bucket_whose_bounds_hold_it)
{
    struct stator_histogram *histogram = make();
    uint64_t low, end;

    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        end = stator_histogram_bounds(i, &low);
        stator_histogram_add(histogram, low);
        stator_histogram_add(histogram, end - 1);
    }
    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        cr_expect_eq(histogram->buckets[i], 2, "bucket %zu", i);
    }
    stator_histogram_destroy(histogram);
}

/* Values of one kind of random times, sorted. */
static uint64_t *draw_values(double median, double spread, struct stator_histogram *histogram)
{
    uint64_t *values = calloc(VALUES, sizeof(*values));
    struct stator_random random;

    cr_assert_not_null(values);
    stator_random_init(&random, (uint64_t)median);
    for (size_t i = 0; i < VALUES; i++) {
        values[i] = (uint64_t)(median * exp(spread * (stator_random_unit(&random) * 2 - 1)));
        stator_histogram_add(histogram, values[i]);
    }
    qsort(values, VALUES, sizeof(*values), compare);
    return values;
}

Test(histogram, percentiles_are_within_the_promised_error)
{
    static const double medians[] = {30, 900, 70000, 8e6},
                        shares[] = {0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};

    for (size_t i = 0; i < 4; i++) {
        struct stator_histogram *histogram = make();
        uint64_t *values = draw_values(medians[i], 4, histogram);

        for (size_t k = 0; k < 8; k++) {
            size_t rank = (size_t)ceil(shares[k] * VALUES - 1e-6);
            double exact = (double)values[rank > 0 ? rank - 1 : 0];
            double found = stator_histogram_percentile(histogram, shares[k]);

            cr_expect(found >= exact && found <= exact * 1.016, "median %g, share %g: %g, not %g",
                      medians[i], shares[k], found, exact);
        }
        free(values);
        stator_histogram_destroy(histogram);
    }
}

Test(histogram, the_mean_is_exact)
{
    struct stator_histogram *histogram = make();
    uint64_t *values = draw_values(70000, 4, histogram);
    double sum = 0;

    for (size_t i = 0; i < VALUES; i++) {
        sum += (double)values[i];
    }
    cr_expect_float_eq(stator_histogram_mean(histogram), sum / VALUES, 1e-6);
    cr_expect_eq(histogram->max, values[VALUES - 1]);
    free(values);
    stator_histogram_destroy(histogram);
}

Test(histogram, merged_ones_are_as_if_all_had_gone_into_one)
{
    struct stator_histogram *parts[2] = {make(), make()}, *whole = make();
    struct stator_random random;

    stator_random_init(&random, 9);
    for (size_t i = 0; i < VALUES; i++) {
        uint64_t us = stator_random_below(&random, 1u << 20);

        stator_histogram_add(parts[i % 3 == 0], us);
        stator_histogram_add(whole, us);
    }
    stator_histogram_merge(parts[0], parts[1]);
    cr_expect_arr_eq(parts[0], whole, sizeof(*whole));
    stator_histogram_clear(parts[1]);
    stator_histogram_merge(parts[0], parts[1]);
    cr_expect_arr_eq(parts[0], whole, sizeof(*whole), "an empty one changes nothing");
    for (int i = 0; i < 2; i++) {
        stator_histogram_destroy(parts[i]);
    }
    stator_histogram_destroy(whole);
}

Test(histogram, longer_values_than_it_holds_count_as_the_longest)
{
    struct stator_histogram *histogram = make_equal(1, UINT64_MAX);

    cr_expect_eq(histogram->max, UINT32_MAX);
    cr_expect_eq(histogram->sum, UINT32_MAX);
    cr_expect_eq(histogram->buckets[STATOR_HISTOGRAM_BUCKETS - 1], 1);
    cr_expect_float_eq(stator_histogram_percentile(histogram, 0.5), (double)UINT32_MAX, 0);
    stator_histogram_destroy(histogram);
}

Test(histogram, of_nothing_nothing_is_known)
{
    struct stator_histogram *histogram = make();

    cr_expect(isnan(stator_histogram_percentile(histogram, 0.5)));
    cr_expect(isnan(stator_histogram_sure(histogram, 0.5)));
    cr_expect(isnan(stator_histogram_mean(histogram)));
    stator_histogram_destroy(histogram);
    stator_histogram_destroy(NULL);
}

Test(histogram, a_high_percentile_needs_counts_beyond_it)
{
    static const struct {
        double share;
        uint64_t min;
    } rows[] = {{0.5, 1}, {0.9, 1}, {0.99, 1000}, {0.999, 10000}, {0.9999, 100000}};

    for (size_t i = 0; i < 5; i++) {
        struct stator_histogram *enough = make_equal(rows[i].min, 50);
        struct stator_histogram *few = make_equal(rows[i].min - 1, 50);

        cr_expect_float_eq(stator_histogram_sure(enough, rows[i].share), 50, 0, "%g",
                           rows[i].share);
        cr_expect(isnan(stator_histogram_sure(few, rows[i].share)), "%g", rows[i].share);
        stator_histogram_destroy(enough);
        stator_histogram_destroy(few);
    }
}
