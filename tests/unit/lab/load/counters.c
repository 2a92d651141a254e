/* What counts, and what does not, by a time line that is made up. */
#include <criterion/criterion.h>

#include "lab/load/counters.h"

/* us as ns. */
static int64_t us(int64_t value)
{
    return value * 1000;
}

/* carried + requests = responses + aborted + errors + unanswered. */
static void expect_balance(const struct stator_load_outcome *outcome)
{
    uint64_t left = outcome->responses + outcome->aborted + outcome->unanswered;

    for (int i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        left += outcome->errors[i];
    }
    cr_expect_eq(outcome->carried + outcome->requests, left);
    cr_expect_eq(outcome->from_intended->count, outcome->responses);
    cr_expect_eq(outcome->from_sent->count, outcome->responses);
}

Test(load_counters, counts_within_its_window_alone)
{
    struct stator_load_counters counters;
    struct stator_load_outcome *outcome = &counters.outcome;

    cr_assert_eq(stator_load_counters_init(&counters, "g"), 0);
    stator_load_counters_enter(&counters, us(10));
    stator_load_counters_enter(&counters, us(20));
    cr_expect(!stator_load_counters_response(&counters, us(30), us(10), us(10), 5),
              "before it counts");
    stator_load_counters_begin(&counters, us(100), us(200));
    cr_expect(stator_load_counters_response(&counters, us(110), us(20), us(50), 7));
    stator_load_counters_enter(&counters, us(120));
    stator_load_counters_enter(&counters, us(150));
    stator_load_counters_error(&counters, us(160), us(120), STATOR_LOAD_ERROR_CUT);
    cr_expect(!stator_load_counters_response(&counters, us(200), us(150), us(150), 9),
              "at its end");
    stator_load_counters_enter(&counters, us(200));
    stator_load_counters_end(&counters, us(200));

    cr_expect_eq(outcome->carried, 1u);
    cr_expect_eq(outcome->requests, 2u);
    cr_expect_eq(outcome->responses, 1u);
    cr_expect_eq(outcome->body_bytes, 7u);
    cr_expect_eq(outcome->errors[STATOR_LOAD_ERROR_CUT], 1u);
    cr_expect_eq(outcome->unanswered, 1u);
    cr_expect_eq(outcome->from_intended->max, 90u);
    cr_expect_eq(outcome->from_sent->max, 60u);
    expect_balance(outcome);
    /* One for 10 us, none for 10, one for 30, two for 10, one for 40. */
    cr_expect_float_eq(outcome->inside, (10 + 30 + 20 + 40) / 100.0, 1e-9);
    cr_expect_float_eq(outcome->stayed, (10 + 30 + 20 + 40) / 100.0, 1e-9);
    stator_load_counters_finish(&counters);
}

Test(load_counters, requests_that_are_seen_late_were_inside_since_they_were_meant)
{
    struct stator_load_counters counters;

    cr_assert_eq(stator_load_counters_init(&counters, "g"), 0);
    stator_load_counters_begin(&counters, us(100), us(200));
    stator_load_counters_enter(&counters, us(110));
    stator_load_counters_response(&counters, us(150), us(110), us(110), 0);
    stator_load_counters_enter(&counters, us(120));
    stator_load_counters_enter(&counters, us(90));
    stator_load_counters_end(&counters, us(200));

    cr_expect_eq(counters.outcome.carried, 1u, "it was meant before");
    cr_expect_eq(counters.outcome.requests, 2u);
    cr_expect_eq(counters.outcome.unanswered, 2u);
    cr_expect_float_eq(counters.outcome.inside, (40 + 80 + 100) / 100.0, 1e-9);
    cr_expect_float_eq(counters.outcome.stayed, (40 + 80 + 100) / 100.0, 1e-9);
    expect_balance(&counters.outcome);
    stator_load_counters_finish(&counters);
}

Test(load_counters, ends_early)
{
    struct stator_load_counters counters;

    cr_assert_eq(stator_load_counters_init(&counters, "g"), 0);
    stator_load_counters_begin(&counters, us(100), us(1000));
    stator_load_counters_enter(&counters, us(100));
    stator_load_counters_abort(&counters, us(120), us(100));
    stator_load_counters_enter(&counters, us(120));
    stator_load_counters_end(&counters, us(140));

    cr_expect_eq(counters.outcome.aborted, 1u);
    cr_expect_eq(counters.outcome.unanswered, 1u);
    cr_expect_float_eq(counters.outcome.inside, 1.0, 1e-9);
    cr_expect_float_eq(counters.outcome.stayed, 1.0, 1e-9);
    expect_balance(&counters.outcome);
    stator_load_counters_finish(&counters);
}

/* A request that went and was never told of stays in the one, and not in the other. */
Test(load_counters, a_time_that_is_wrong_shows)
{
    struct stator_load_counters counters;

    cr_assert_eq(stator_load_counters_init(&counters, "g"), 0);
    stator_load_counters_begin(&counters, us(100), us(200));
    stator_load_counters_enter(&counters, us(110));
    stator_load_counters_response(&counters, us(160), us(140), us(140), 0);
    stator_load_counters_end(&counters, us(200));
    cr_expect_float_eq(counters.outcome.inside, 0.5, 1e-9);
    cr_expect_float_eq(counters.outcome.stayed, (20 - 10 + 40) / 100.0, 1e-9);
    stator_load_counters_finish(&counters);
}

Test(load_counters, lag_wire_and_connections_count_too)
{
    struct stator_load_counters counters;

    cr_assert_eq(stator_load_counters_init(&counters, "g"), 0);
    stator_load_counters_wire(&counters, us(50), 1000);
    stator_load_counters_connection(&counters, us(50));
    stator_load_counters_lag(&counters, us(50), us(10));
    stator_load_counters_begin(&counters, us(100), us(200));
    stator_load_counters_wire(&counters, us(150), 10);
    stator_load_counters_connection(&counters, us(150));
    stator_load_counters_lag(&counters, us(150), us(143));
    stator_load_counters_wire(&counters, us(250), 1000);
    stator_load_counters_end(&counters, us(200));

    cr_expect_eq(counters.outcome.wire_bytes, 10u);
    cr_expect_eq(counters.outcome.connections, 1u);
    cr_expect_eq(counters.outcome.lag->count, 1u);
    cr_expect_eq(counters.outcome.lag->max, 7u);
    stator_load_counters_finish(&counters);
}
