/* Statistics of values whose answers are known. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>

#include "lab/stats/random.h"
#include "lab/stats/statistics.h"

Test(statistics, median_and_mean)
{
    static const double values[] = {9, 1, 4, 100};

    cr_expect_float_eq(stator_statistics_median(values, 1), 9, 0);
    cr_expect_float_eq(stator_statistics_median(values, 3), 4, 0);
    cr_expect_float_eq(stator_statistics_median(values, 4), 6.5, 0);
    cr_expect_float_eq(values[0], 9, 0, "values stay where they are");
    cr_expect_float_eq(stator_statistics_mean(values, 4), 28.5, 0);
    cr_expect(isnan(stator_statistics_median(values, 0)));
    cr_expect(isnan(stator_statistics_mean(values, 0)));
}

Test(statistics, fairness)
{
    static const double equal[] = {3, 3, 3, 3}, one[] = {0, 7, 0, 0}, some[] = {1, 2, 3},
                        none[] = {0, 0};

    cr_expect_float_eq(stator_statistics_jain(equal, 4), 1, 1e-12);
    cr_expect_float_eq(stator_statistics_jain(one, 4), 0.25, 1e-12);
    cr_expect_float_eq(stator_statistics_jain(some, 3), 36.0 / 42, 1e-12);
    cr_expect(isnan(stator_statistics_jain(none, 2)));
    cr_expect(isnan(stator_statistics_jain(none, 0)));
}

Test(statistics, slope)
{
    static const double x[] = {0, 1000, 5000, 10000}, same[] = {4, 4, 4, 4};
    double y[4];

    for (int i = 0; i < 4; i++) {
        y[i] = 700000 + 9216 * x[i];
    }
    cr_expect_float_eq(stator_statistics_slope(x, y, 4), 9216, 1e-6);
    /* Means 2 and 3; products -1 * -2 + 0 * 1 + 1 * 1 = 3; squares 2. */
    cr_expect_float_eq(
        stator_statistics_slope((const double[]){1, 2, 3}, (const double[]){1, 4, 4}, 3), 1.5,
        1e-12);
    cr_expect(isnan(stator_statistics_slope(x, y, 1)));
    cr_expect(isnan(stator_statistics_slope(same, y, 4)));
    cr_expect(isnan(stator_statistics_slope(x, y, 0)));
}

/*
 * Of n values the median of a resample is the k-th at most where more than half of its draws are
 * among the k lowest: P(Bin(n, k/n) > n/2). The interval begins at the first k where that exceeds
 * 2.5 %. n = 5: k = 1 has 5.8 %. n = 7: 1.0 %, 10.8 %. n = 11: k = 2 has 0.7 %, k = 3 has 5.1 %.
 */
Test(statistics, bootstrap_intervals_of_few_values_are_known)
{
    static const struct {
        size_t count;
        double low, high;
    } rows[] = {{1, 1, 1}, {4, 1, 4}, {5, 1, 5}, {7, 2, 6}, {11, 3, 9}};
    static const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    for (size_t i = 0; i < 5; i++) {
        for (uint64_t seed = 1; seed <= 5; seed++) {
            struct stator_interval interval;

            cr_assert_eq(stator_statistics_bootstrap(values, rows[i].count, seed, &interval), 0);
            cr_expect_float_eq(interval.low, rows[i].low, 0, "%zu values", rows[i].count);
            cr_expect_float_eq(interval.high, rows[i].high, 0, "%zu values", rows[i].count);
        }
    }
}

Test(statistics, bootstrap_covers_the_true_median)
{
    struct stator_random random;
    unsigned covered = 0;

    stator_random_init(&random, 10);
    for (unsigned trial = 0; trial < 300; trial++) {
        struct stator_interval interval;
        double values[15];

        for (size_t i = 0; i < 15; i++) {
            values[i] = stator_random_exponential(&random, 1);
        }
        cr_assert_eq(stator_statistics_bootstrap(values, 15, trial, &interval), 0);
        covered += interval.low <= log(2) && log(2) <= interval.high;
    }
    /*
     * It goes from the 4th to the 12th of 15 (P(Bin(15, 4/15) >= 8) = 2.5 %, right at the edge) or
     * one less at an end, and covers by P(4 <= Bin(15, 1/2) <= 11) = 96.5 %, or 92.3 to 94.4 %.
     */
    cr_expect(covered >= 0.89 * 300 && covered <= 0.995 * 300, "%u of 300", covered);
}

Test(statistics, bootstrap_of_nothing_fails)
{
    struct stator_interval interval = {42, 43};

    cr_expect_eq(stator_statistics_bootstrap(NULL, 0, 1, &interval), -EINVAL);
    cr_expect_float_eq(interval.low, 42, 0);
    cr_expect_float_eq(interval.high, 43, 0);
}
