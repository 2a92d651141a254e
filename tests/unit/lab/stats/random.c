/* Random numbers: known sequences, and distributions by their frequencies. */
#include <criterion/criterion.h>
#include <math.h>

#include "lab/stats/random.h"

#define DRAWS 200000

Test(random, the_state_is_splitmix64_of_the_seed)
{
    static const struct {
        uint64_t seed, state[4];
    } rows[] = {
        {0, {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu, 0xf88bb8a8724c81ecu}},
        {1234567,
         {6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u}},
    };

    for (size_t i = 0; i < 2; i++) {
        struct stator_random random;

        stator_random_init(&random, rows[i].seed);
        cr_expect_arr_eq(random.state, rows[i].state, sizeof(random.state));
    }
}

Test(random, numbers_are_those_of_xoshiro256_starstar)
{
    static const uint64_t expected[] = {
        11520u,
        0u,
        1509978240u,
        1215971899390074240u,
        1216172134540287360u,
        607988272756665600u,
        16172922978634559625u,
        8476171486693032832u,
        10595114339597558777u,
        2904607092377533576u,
    };
    struct stator_random random = {{1, 2, 3, 4}};

    for (size_t i = 0; i < 10; i++) {
        cr_expect_eq(stator_random_next(&random), expected[i], "number %zu", i);
    }
}

Test(random, streams_differ_and_repeat)
{
    struct stator_random first, again, second, other, plain;
    uint64_t word;

    stator_random_init_stream(&first, 7, 0);
    stator_random_init_stream(&again, 7, 0);
    stator_random_init_stream(&second, 7, 1);
    stator_random_init_stream(&other, 6, 1);
    stator_random_init(&plain, 7);
    word = stator_random_next(&first);
    cr_expect_eq(word, stator_random_next(&again));
    cr_expect_neq(word, stator_random_next(&second));
    cr_expect_neq(word, stator_random_next(&other));
    cr_expect_neq(word, stator_random_next(&plain));
}

Test(random, below_is_even_and_stays_below)
{
    static const uint64_t bounds[] = {1, 2, 3, 7, 10};
    struct stator_random random;

    stator_random_init(&random, 1);
    for (size_t i = 0; i < 5; i++) {
        size_t seen[10] = {0};
        double fair = (double)DRAWS / (double)bounds[i];

        for (size_t draw = 0; draw < DRAWS; draw++) {
            uint64_t word = stator_random_below(&random, bounds[i]);

            cr_assert_lt(word, bounds[i]);
            seen[word]++;
        }
        for (size_t value = 0; value < bounds[i]; value++) {
            cr_expect(fabs((double)seen[value] - fair) < 5 * sqrt(fair), "%zu of %llu", value,
                      (unsigned long long)bounds[i]);
        }
    }
}

Test(random, below_reaches_past_the_middle_of_the_words)
{
    /* Two thirds of all words: a modulo alone would double the first half of them. */
    uint64_t bound = UINT64_MAX / 3 * 2;
    struct stator_random random;
    size_t low = 0;

    stator_random_init(&random, 2);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        low += stator_random_below(&random, bound) < bound / 2;
    }
    cr_expect(fabs((double)low / DRAWS - 0.5) < 0.01, "%zu", low);
}

Test(random, units_have_the_moments_of_the_uniform_distribution)
{
    struct stator_random random;
    double sum = 0, squares = 0;

    stator_random_init(&random, 3);
    for (size_t i = 0; i < DRAWS; i++) {
        double unit = stator_random_unit(&random);

        cr_assert(unit >= 0 && unit < 1);
        sum += unit;
        squares += unit * unit;
    }
    cr_expect(fabs(sum / DRAWS - 1.0 / 2) < 0.004);
    cr_expect(fabs(squares / DRAWS - 1.0 / 3) < 0.004);
}

Test(random, exponential_times_have_their_mean_spread_and_median)
{
    struct stator_random random;
    double sum = 0, squares = 0;
    size_t below = 0;

    stator_random_init(&random, 4);
    for (size_t i = 0; i < DRAWS; i++) {
        double time = stator_random_exponential(&random, 8);

        cr_assert(time >= 0 && isfinite(time));
        sum += time;
        squares += time * time;
        below += time < 8 * log(2);
    }
    cr_expect(fabs(sum / DRAWS - 8) < 0.1);
    cr_expect(fabs(squares / DRAWS - 2 * 8 * 8) < 4);
    cr_expect(fabs((double)below / DRAWS - 0.5) < 0.006);
}

Test(random, a_shuffle_makes_each_order_equally_likely)
{
    struct stator_random random;
    size_t orders[27] = {0};

    stator_random_init(&random, 5);
    for (size_t i = 0; i < 60000; i++) {
        size_t indices[] = {0, 1, 2};

        stator_random_shuffle(&random, indices, 3);
        orders[indices[0] * 9 + indices[1] * 3 + indices[2]]++;
    }
    for (size_t i = 0; i < 27; i++) {
        size_t a = i / 9, b = i / 3 % 3, c = i % 3;
        double fair = a != b && b != c && a != c ? 10000 : 0;

        cr_expect(fabs((double)orders[i] - fair) <= 5 * sqrt(fair), "%zu%zu%zu: %zu", a, b, c,
                  orders[i]);
    }
}

Test(random, zipf_ranks_come_by_their_weights)
{
    static const double exponents[] = {0, 0.8, 1, 2};
    struct stator_random random;

    stator_random_init(&random, 6);
    for (size_t i = 0; i < 4; i++) {
        struct stator_zipf zipf;
        size_t seen[20] = {0};
        double sum = 0;

        cr_assert_eq(stator_zipf_init(&zipf, 20, exponents[i]), 0);
        for (size_t draw = 0; draw < DRAWS; draw++) {
            size_t rank = stator_zipf_draw(&zipf, &random);

            cr_assert_lt(rank, 20);
            seen[rank]++;
        }
        for (size_t rank = 0; rank < 20; rank++) {
            sum += pow((double)rank + 1, -exponents[i]);
        }
        for (size_t rank = 0; rank < 20; rank++) {
            double expected = DRAWS * pow((double)rank + 1, -exponents[i]) / sum;

            cr_expect(fabs((double)seen[rank] - expected) < 5 * sqrt(expected),
                      "exponent %g, rank %zu: %zu, not %g", exponents[i], rank, seen[rank],
                      expected);
        }
        stator_zipf_finish(&zipf);
    }
}

Test(random, zipf_of_one_rank_is_that_rank)
{
    struct stator_random random;
    struct stator_zipf zipf;

    stator_random_init(&random, 7);
    cr_assert_eq(stator_zipf_init(&zipf, 1, 1), 0);
    cr_expect_eq(stator_zipf_draw(&zipf, &random), 0);
    stator_zipf_finish(&zipf);
    cr_expect_null(zipf.sums);
}
