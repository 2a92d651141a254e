/*
 * The load generator against a server that errs on purpose: what the client has counted must be
 * what the server has done. Runs end when the server has done all it was told, not by time.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lab/load/load.h"
#include "unit/lab/load/oddserver.h"

#define BODY    "All responses are alike; each error is one in its own way."
#define LENGTH  (sizeof(BODY) - 1)
#define CLIENTS 4

/* Seconds: nothing that works takes as long. */
#define PATIENCE 30.0

static struct stator_load_target target = {.path = "/x", .length = LENGTH, .checked = true};

/* A group that asks for the body. */
static struct stator_load_group asking(unsigned clients)
{
    target.checksum = stator_load_checksum(STATOR_LOAD_CHECKSUM, BODY, LENGTH);
    return (struct stator_load_group){
        .name = "clients", .clients = clients, .targets = &target, .target_count = 1};
}

/* Ends the run when so many requests hang: then all before them were answered and read. */
static bool is_unfinished(double elapsed, void *context)
{
    struct oddserver *server = context;

    (void)elapsed;
    return atomic_load(&server->done[ODD_DEED_HANG]) < server->hangs;
}

/* Whatever happened, no request may be lost or counted twice. */
static void expect_balance(const struct stator_load_outcome *outcome)
{
    uint64_t ends = outcome->responses + outcome->aborted + outcome->unanswered;

    for (int i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        ends += outcome->errors[i];
    }
    cr_expect_eq(outcome->carried + outcome->requests, ends, "%llu + %llu requests, %llu ends",
                 (unsigned long long)outcome->carried, (unsigned long long)outcome->requests,
                 (unsigned long long)ends);
    cr_expect_eq(outcome->from_intended->count, outcome->responses);
    cr_expect_eq(outcome->from_sent->count, outcome->responses);
    cr_expect_leq(outcome->from_sent->sum, outcome->from_intended->sum,
                  "nothing is sent before it is meant");
}

/* Counts of a duration or longer. */
static uint64_t count_from(const struct stator_histogram *histogram, uint64_t us)
{
    uint64_t count = 0, low;

    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        stator_histogram_bounds(i, &low);
        count += low >= us ? histogram->buckets[i] : 0;
    }
    return count;
}

static uint64_t count_errors(const struct stator_load_outcome *outcome)
{
    uint64_t sum = 0;

    for (int i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        sum += outcome->errors[i];
    }
    return sum;
}

/* Runs the group against the server, which has started. Ends the test when it cannot. */
static void run_group(struct oddserver *server, const struct stator_load_group *group,
                      double duration, bool (*on_tick)(double, void *),
                      struct stator_load_result *out)
{
    const struct stator_load_spec spec = {.server = server->address,
                                          .groups = group,
                                          .group_count = 1,
                                          .duration = duration,
                                          .seed = 1,
                                          .keep_times = true,
                                          .on_tick = on_tick,
                                          .context = server};
    int code = stator_load_run(&spec, out);

    cr_assert_eq(code, 0, "%s", strerror(-code));
    cr_assert_eq(out->group_count, 1u);
    expect_balance(&out->groups[0]);
    cr_expect_eq(out->time_count, out->groups[0].responses);
    cr_expect_eq(atomic_load(&server->strange), 0u, "each request begins as one");
}

/* Does these deeds, CLIENTS times over, and hangs. */
static void run_deeds(const enum odd_deed *deeds, unsigned count, struct stator_load_group group,
                      struct oddserver *server, struct stator_load_result *out)
{
    enum odd_deed all[256];
    unsigned total = 0;

    while (total + count <= sizeof(all) / sizeof(all[0])) {
        memcpy(all + total, deeds, count * sizeof(*deeds));
        total += count;
    }
    server->deeds = all;
    server->deed_count = total;
    server->body = BODY;
    server->hangs = group.clients * (group.pipeline > 1 ? group.pipeline : 1);
    oddserver_start(server);
    run_group(server, &group, PATIENCE, is_unfinished, out);
    oddserver_stop(server);
    cr_expect(out->partial, "it ended when the server was done");
    cr_expect_eq(atomic_load(&server->done[ODD_DEED_HANG]), server->hangs);
}

/* Which error each deed is; STATOR_LOAD_ERROR_COUNT for those that are none. */
static const enum stator_load_error faults[ODD_DEED_COUNT] = {
    [ODD_DEED_GOOD] = STATOR_LOAD_ERROR_COUNT,    [ODD_DEED_CHUNKED] = STATOR_LOAD_ERROR_COUNT,
    [ODD_DEED_CLOSE] = STATOR_LOAD_ERROR_COUNT,   [ODD_DEED_UNTIL] = STATOR_LOAD_ERROR_COUNT,
    [ODD_DEED_STALL] = STATOR_LOAD_ERROR_COUNT,   [ODD_DEED_HANG] = STATOR_LOAD_ERROR_COUNT,
    [ODD_DEED_CUT] = STATOR_LOAD_ERROR_CUT,       [ODD_DEED_RESET] = STATOR_LOAD_ERROR_RESET,
    [ODD_DEED_SHORT] = STATOR_LOAD_ERROR_WRONG,   [ODD_DEED_LONG] = STATOR_LOAD_ERROR_WRONG,
    [ODD_DEED_WRONG] = STATOR_LOAD_ERROR_WRONG,   [ODD_DEED_STATUS] = STATOR_LOAD_ERROR_STATUS,
    [ODD_DEED_GARBAGE] = STATOR_LOAD_ERROR_WRONG,
};

/* The client counted what the server did. */
static void expect_deeds(const struct oddserver *server, const struct stator_load_outcome *outcome)
{
    uint64_t good = 0, errors[STATOR_LOAD_ERROR_COUNT] = {0};

    for (int i = 0; i < ODD_DEED_COUNT; i++) {
        unsigned done = i == ODD_DEED_HANG ? 0 : atomic_load(&server->done[i]);

        if (faults[i] == STATOR_LOAD_ERROR_COUNT) {
            good += done;
        } else {
            errors[faults[i]] += done;
        }
    }
    cr_expect_eq(outcome->responses, good);
    cr_expect_eq(outcome->body_bytes, good * LENGTH);
    for (int i = 0; i < STATOR_LOAD_ERROR_COUNT; i++) {
        cr_expect_eq(outcome->errors[i], errors[i], "errors of kind %d: %llu, not %llu", i,
                     (unsigned long long)outcome->errors[i], (unsigned long long)errors[i]);
    }
}

TestSuite(load, .timeout = 60);

/* --- closed loops ---------------------------------------------------------------------------- */

Test(load, counts_good_responses_of_every_framing)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD, ODD_DEED_CHUNKED, ODD_DEED_CLOSE,
                                          ODD_DEED_UNTIL, ODD_DEED_GOOD};
    struct oddserver server = {0};
    struct stator_load_result result;

    run_deeds(deeds, 5, asking(CLIENTS), &server, &result);
    expect_deeds(&server, &result.groups[0]);
    cr_expect_eq(result.groups[0].requests, result.groups[0].responses + CLIENTS);
    cr_expect_eq(result.groups[0].unanswered, CLIENTS);
    cr_expect_float_eq(result.groups[0].inside, CLIENTS, 0.01, "each always has one under way");
    stator_load_finish(&result);
}

Test(load, counts_each_kind_of_error_exactly)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD,   ODD_DEED_CUT,    ODD_DEED_RESET,
                                          ODD_DEED_SHORT,  ODD_DEED_CLOSE,  ODD_DEED_LONG,
                                          ODD_DEED_STATUS, ODD_DEED_WRONG,  ODD_DEED_UNTIL,
                                          ODD_DEED_GOOD,   ODD_DEED_GARBAGE};
    struct oddserver server = {0};
    struct stator_load_result result;

    run_deeds(deeds, 11, asking(CLIENTS), &server, &result);
    expect_deeds(&server, &result.groups[0]);
    cr_expect_gt(result.groups[0].errors[STATOR_LOAD_ERROR_WRONG], 0u);
    stator_load_finish(&result);
}

Test(load, content_counts_only_where_it_is_checked)
{
    static const enum odd_deed deeds[] = {ODD_DEED_WRONG};
    struct oddserver server = {0};
    struct stator_load_result result;

    target.checked = false;
    run_deeds(deeds, 1, asking(CLIENTS), &server, &result);
    cr_expect_eq(result.groups[0].responses, atomic_load(&server.done[ODD_DEED_WRONG]));
    cr_expect_eq(count_errors(&result.groups[0]), 0u);
    stator_load_finish(&result);
}

Test(load, pipelines)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD, ODD_DEED_GOOD, ODD_DEED_CHUNKED,
                                          ODD_DEED_GOOD};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {0};
    struct stator_load_result result;

    group.pipeline = 4;
    run_deeds(deeds, 4, group, &server, &result);
    expect_deeds(&server, &result.groups[0]);
    cr_expect_eq(result.groups[0].connections, CLIENTS);
    stator_load_finish(&result);
}

Test(load, asks_again_what_a_closing_server_left)
{
    /* It closes in the middle of what was sent at once; nothing of that is an error. */
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD, ODD_DEED_CLOSE};
    struct stator_load_group group = asking(1);
    struct oddserver server = {0};
    struct stator_load_result result;

    group.pipeline = 4;
    run_deeds(deeds, 2, group, &server, &result);
    expect_deeds(&server, &result.groups[0]);
    stator_load_finish(&result);
}

Test(load, makes_a_connection_anew_after_its_requests)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {0};
    struct stator_load_result result;

    group.per_connection = 5;
    run_deeds(deeds, 1, group, &server, &result);
    expect_deeds(&server, &result.groups[0]);
    cr_expect_eq(atomic_load(&server.max_requests), 5u);
    cr_expect_eq(result.groups[0].connections, atomic_load(&server.connections));
    cr_expect_gt(result.groups[0].connections, 256u / 5);
    stator_load_finish(&result);
}

Test(load, thinks)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_result result;

    group.think = 0.02;
    oddserver_start(&server);
    run_group(&server, &group, 0.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_leq(result.groups[0].responses, CLIENTS * (0.5 / 0.02 + 1), "it thinks in between");
    cr_expect_gt(result.groups[0].responses, 0u);
    cr_expect_gt(result.groups[0].lag->count, 0u, "it knew when to send");
    stator_load_finish(&result);
}

/* --- open loops ------------------------------------------------------------------------------ */

Test(load, constant_arrivals_are_meant_exactly_apart)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_result result;

    group.arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    group.rate = 400;
    oddserver_start(&server);
    run_group(&server, &group, 0.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_eq(result.groups[0].requests, 200u, "half a second of 400 a second");
    cr_expect_geq(result.groups[0].responses + result.groups[0].unanswered, 200u);
    cr_assert_gt(result.time_count, 0u);
    for (size_t i = 0; i < result.time_count; i++) {
        int64_t apart = result.times[i].intended - result.times[0].intended;

        cr_expect_eq(apart % 2500000, 0, "2.5 ms: %lld", (long long)apart);
        cr_expect_geq(result.times[i].sent, result.times[i].intended);
    }
    stator_load_finish(&result);
}

Test(load, a_stall_shows_in_from_intended_times_not_in_from_sent_ones)
{
    enum odd_deed deeds[500];
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {
        .deeds = deeds, .deed_count = 500, .again = true, .body = BODY, .stall_ms = 600};
    struct stator_load_result result;
    const struct stator_load_outcome *outcome;
    uint64_t from_intended, from_sent;

    for (size_t i = 0; i < 500; i++) {
        deeds[i] = i == 100 ? ODD_DEED_STALL : ODD_DEED_GOOD;
    }
    group.arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    group.rate = 400;
    oddserver_start(&server);
    run_group(&server, &group, 2, NULL, &result);
    oddserver_stop(&server);
    outcome = &result.groups[0];
    from_intended = count_from(outcome->from_intended, 200000);
    from_sent = count_from(outcome->from_sent, 200000);
    /* 240 requests were meant to be sent meanwhile, the first 160 of them 200 ms before its end. */
    cr_expect_geq(from_intended, 150u, "%llu", (unsigned long long)from_intended);
    cr_expect_leq(from_sent, from_intended / 4, "only those under way: %llu",
                  (unsigned long long)from_sent);
    cr_expect_geq(outcome->requests, 799u);
    stator_load_finish(&result);
}

/* Deadlines are looked at now and then: who answers between the two is late all the same. */
Test(load, a_response_after_its_time_is_none)
{
    enum odd_deed deeds[60];
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {
        .deeds = deeds, .deed_count = 60, .again = true, .body = BODY, .stall_ms = 300};
    struct stator_load_result result;

    for (size_t i = 0; i < 60; i++) {
        deeds[i] = i == 30 ? ODD_DEED_STALL : ODD_DEED_GOOD;
    }
    group.timeout = 0.29;
    oddserver_start(&server);
    run_group(&server, &group, 1.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_gt(result.groups[0].errors[STATOR_LOAD_ERROR_TIMEOUT], 0u);
    cr_expect_gt(result.groups[0].responses, 0u);
    cr_expect_lt(result.groups[0].from_intended->max, 290000u);
    expect_balance(&result.groups[0]);
    stator_load_finish(&result);
}

Test(load, poisson_arrivals_are_the_same_for_every_server)
{
    static const enum odd_deed quick[] = {ODD_DEED_GOOD},
                               odd[] = {ODD_DEED_GOOD, ODD_DEED_CLOSE, ODD_DEED_RESET};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver servers[] = {{.deeds = quick, .deed_count = 1, .again = true, .body = BODY},
                                  {.deeds = odd, .deed_count = 3, .again = true, .body = BODY}};
    struct stator_load_result results[2];

    group.arrival = STATOR_LOAD_ARRIVAL_POISSON;
    group.rate = 500;
    for (int i = 0; i < 2; i++) {
        oddserver_start(&servers[i]);
        run_group(&servers[i], &group, 0.5, NULL, &results[i]);
        oddserver_stop(&servers[i]);
    }
    cr_expect_eq(results[0].groups[0].requests, results[1].groups[0].requests);
    cr_expect_gt(results[0].groups[0].requests, 150u);
    cr_expect_lt(results[0].groups[0].requests, 350u);
    stator_load_finish(&results[0]);
    stator_load_finish(&results[1]);
}

Test(load, ends_in_time_though_the_server_hangs)
{
    static const enum odd_deed deeds[] = {ODD_DEED_HANG};
    struct stator_load_group group = asking(CLIENTS);
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_result result;

    group.arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    group.rate = 100;
    group.timeout = 0.2;
    oddserver_start(&server);
    run_group(&server, &group, 1.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_eq(result.groups[0].responses, 0u);
    cr_expect_eq(result.groups[0].requests, 150u);
    /* Nobody had to wait a second for that, whether it was sent or not. */
    cr_expect_geq(result.groups[0].errors[STATOR_LOAD_ERROR_TIMEOUT], 50u);
    cr_expect_eq(count_errors(&result.groups[0]),
                 result.groups[0].errors[STATOR_LOAD_ERROR_TIMEOUT]);
    stator_load_finish(&result);
}

Test(load, a_server_that_dies_is_errors)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD, ODD_DEED_GOOD, ODD_DEED_GOOD,
                                          ODD_DEED_DIE};
    struct oddserver server = {.deeds = deeds, .deed_count = 4, .body = BODY};
    struct stator_load_group group = asking(CLIENTS);
    struct stator_load_result result;

    oddserver_start(&server);
    run_group(&server, &group, 0.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_leq(result.groups[0].responses, 3u);
    cr_expect_gt(result.groups[0].errors[STATOR_LOAD_ERROR_CONNECT], 0u);
    /* It rests between two attempts. */
    cr_expect_leq(count_errors(&result.groups[0]), CLIENTS * (500 / 10 + 2));
    stator_load_finish(&result);
}

/* --- manners --------------------------------------------------------------------------------- */

Test(load, idle_clients_ask_once_and_stay)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group group = asking(100);
    struct stator_load_result result;

    group.manner = STATOR_LOAD_MANNER_IDLE;
    oddserver_start(&server);
    run_group(&server, &group, 0.2, NULL, &result);
    oddserver_stop(&server);
    cr_expect_eq(result.groups[0].held, 100u);
    cr_expect_eq(result.groups[0].requests, 0u, "they asked before it counted");
    cr_expect_eq(atomic_load(&server.connections), 100u);
    cr_expect_eq(atomic_load(&server.done[ODD_DEED_GOOD]), 100u);
    stator_load_finish(&result);
}

Test(load, slow_writers_send_by_their_pace)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group group = asking(2);
    struct stator_load_result result;

    group.manner = STATOR_LOAD_MANNER_SLOW_WRITER;
    group.pace = 200;
    oddserver_start(&server);
    run_group(&server, &group, 1, NULL, &result);
    oddserver_stop(&server);
    /* A request has over 40 bytes. */
    cr_expect_leq(result.groups[0].responses, 2u * 200 / 40);
    cr_expect_gt(result.groups[0].responses, 0u);
    cr_expect_geq(atomic_load(&server.pieces), 2 * result.groups[0].responses,
                  "each came in pieces");
    stator_load_finish(&result);
}

Test(load, what_was_half_sent_in_part_does_not_spoil_the_next)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group group = asking(2);
    struct stator_load_result result;

    group.manner = STATOR_LOAD_MANNER_SLOW_WRITER;
    group.pace = 20;
    group.timeout = 0.3;
    oddserver_start(&server);
    run_group(&server, &group, 2.5, NULL, &result);
    oddserver_stop(&server);
    cr_expect_geq(result.groups[0].errors[STATOR_LOAD_ERROR_TIMEOUT], 2u);
    cr_expect_eq(result.groups[0].responses, 0u);
    cr_expect_gt(atomic_load(&server.connections), 2u);
    stator_load_finish(&result);
}

Test(load, slow_readers_read_by_their_pace)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true};
    struct stator_load_group group = asking(2);
    struct stator_load_result result;
    char *body = calloc(1, 20001);

    cr_assert_not_null(body);
    memset(body, 'x', 20000);
    server.body = body;
    target.length = 20000;
    target.checksum = stator_load_checksum(STATOR_LOAD_CHECKSUM, body, 20000);
    group.manner = STATOR_LOAD_MANNER_SLOW_READER;
    group.pace = 50000;
    oddserver_start(&server);
    run_group(&server, &group, 1, NULL, &result);
    oddserver_stop(&server);
    cr_expect_leq(result.groups[0].wire_bytes, 2 * (50000 + 10));
    cr_expect_gt(result.groups[0].wire_bytes, 20000u);
    cr_expect_eq(count_errors(&result.groups[0]), 0u);
    stator_load_finish(&result);
    free(body);
}

Test(load, aborting_clients_reset)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group group = asking(2);
    struct stator_load_result result;

    group.manner = STATOR_LOAD_MANNER_ABORT;
    group.think = 0.02;
    oddserver_start(&server);
    run_group(&server, &group, 0.4, NULL, &result);
    oddserver_stop(&server);
    cr_expect_eq(result.groups[0].responses, 0u);
    cr_expect_gt(result.groups[0].aborted, 0u);
    cr_expect_eq(count_errors(&result.groups[0]), 0u);
    cr_expect_gt(atomic_load(&server.resets), 0u);
    stator_load_finish(&result);
}

/* --- the run --------------------------------------------------------------------------------- */

struct witness {
    unsigned begun, ended, ticks;
};

static void on_begin(void *context)
{
    ((struct witness *)context)->begun++;
}

static void on_end(void *context)
{
    struct witness *witness = context;

    cr_expect_eq(witness->begun, 1u);
    witness->ended++;
}

static bool on_tick(double elapsed, void *context)
{
    cr_expect_geq(elapsed, 0);
    ((struct witness *)context)->ticks++;
    return true;
}

Test(load, groups_count_apart_and_warm_up_does_not)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group groups[] = {asking(2), asking(3)};
    struct witness witness = {0};
    struct stator_load_spec spec = {.groups = groups,
                                    .group_count = 2,
                                    .warm_up = 0.3,
                                    .duration = 0.3,
                                    .sources = 3,
                                    .on_begin = on_begin,
                                    .on_end = on_end,
                                    .on_tick = on_tick,
                                    .context = &witness};
    struct stator_load_result result;

    groups[1].manner = STATOR_LOAD_MANNER_IDLE;
    oddserver_start(&server);
    spec.server = server.address;
    cr_assert_eq(stator_load_run(&spec, &result), 0);
    oddserver_stop(&server);
    expect_balance(&result.groups[0]);
    expect_balance(&result.groups[1]);
    cr_expect_eq(result.groups[0].carried, 2u);
    cr_expect_eq(result.groups[0].held, 2u);
    cr_expect_eq(result.groups[0].connections, 0u, "they were made before");
    cr_expect_eq(result.groups[1].held, 3u);
    cr_expect_lt(result.groups[0].responses, atomic_load(&server.done[ODD_DEED_GOOD]));
    cr_expect_float_eq(result.seconds, 0.3, 1e-6);
    cr_expect_eq(witness.ended, 1u);
    cr_expect_gt(witness.ticks, 0u);
    cr_expect(!result.partial);
    stator_load_finish(&result);
}

static void take_time(void *context)
{
    struct timespec moment = {.tv_nsec = 100 * 1000000L};

    nanosleep(&moment, NULL);
    (*(unsigned *)context)++;
}

/* Meters that are read before anything counts see more than what counts. */
Test(load, tells_what_meters_have_seen)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group groups[] = {asking(2), asking(1)};
    unsigned begun = 0;
    struct stator_load_spec spec = {.groups = groups,
                                    .group_count = 2,
                                    .warm_up = 0.1,
                                    .duration = 0.2,
                                    .on_begin = take_time,
                                    .context = &begun};
    struct stator_load_result result;

    groups[1].arrival = STATOR_LOAD_ARRIVAL_CONSTANT;
    groups[1].rate = 100;
    oddserver_start(&server);
    spec.server = server.address;
    cr_assert_eq(stator_load_run(&spec, &result), 0);
    oddserver_stop(&server);
    cr_expect_eq(begun, 1u);
    cr_expect_geq(result.metered.ns, 300000000, "the pause is made up for: %lld",
                  (long long)result.metered.ns);
    cr_expect_gt(result.metered.responses, result.groups[0].responses + result.groups[1].responses);
    cr_expect_leq(result.metered.responses, atomic_load(&server.done[ODD_DEED_GOOD]));
    expect_balance(&result.groups[1]);
    stator_load_finish(&result);
}

/* What a server does at first, and whether the load is then said not to have settled. */
Test(load, a_warm_up_goes_on_until_it_settles)
{
    enum odd_deed good[300] = {ODD_DEED_GOOD};
    static const struct {
        const char *label;
        unsigned answers; /* before the server hangs */
        double think;
        bool unsteady;
    } rows[] = {
        {"much at first and nothing later", 300, 0, true},
        {"nothing at all", 0, 0, true},
        {"the same from clients that think, who say nothing of the server", 300, 1e-9, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct oddserver server = {.deeds = good, .deed_count = rows[i].answers, .body = BODY};
        struct stator_load_group group = asking(1);
        struct stator_load_spec spec = {
            .groups = &group, .group_count = 1, .warm_up = 1, .warm_up_max = 1.1, .duration = 0.1};
        struct stator_load_result result;

        group.think = rows[i].think;
        oddserver_start(&server);
        spec.server = server.address;
        cr_assert_eq(stator_load_run(&spec, &result), 0);
        oddserver_stop(&server);
        expect_balance(&result.groups[0]);
        cr_expect_eq(result.unsteady, rows[i].unsteady, "%s", rows[i].label);
        cr_expect_float_eq(result.seconds, 0.1, 1e-6);
        cr_expect_eq(result.groups[0].unanswered, 1u, "it hangs");
        stator_load_finish(&result);
    }
}

static bool never(double elapsed, void *context)
{
    (void)elapsed;
    (void)context;
    return false;
}

Test(load, may_end_before_anything_counts)
{
    static const enum odd_deed deeds[] = {ODD_DEED_GOOD};
    struct oddserver server = {.deeds = deeds, .deed_count = 1, .again = true, .body = BODY};
    struct stator_load_group group = asking(2);
    struct stator_load_spec spec = {.groups = &group,
                                    .group_count = 1,
                                    .warm_up = PATIENCE,
                                    .duration = PATIENCE,
                                    .on_tick = never};
    struct stator_load_result result;

    oddserver_start(&server);
    spec.server = server.address;
    cr_assert_eq(stator_load_run(&spec, &result), 0);
    oddserver_stop(&server);
    cr_expect(result.partial);
    cr_expect_eq(result.seconds, 0);
    cr_expect_eq(result.groups[0].responses, 0u);
    stator_load_finish(&result);
}

Test(load, says_that_nobody_listens)
{
    struct stator_load_group group = asking(1);
    struct stator_load_spec spec = {.groups = &group, .group_count = 1, .duration = PATIENCE};
    struct stator_load_result result;
    socklen_t length = sizeof(spec.server);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    spec.server = (struct sockaddr_in){.sin_family = AF_INET};
    spec.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(bind(fd, (struct sockaddr *)&spec.server, length), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&spec.server, &length), 0);
    cr_expect_eq(stator_load_run(&spec, &result), -ECONNREFUSED);
    close(fd);
}

Test(load, refuses_what_it_cannot_do)
{
    static const struct {
        const char *label;
        struct stator_load_group group;
        int code;
    } rows[] = {
        {"nobody", {.targets = &target, .target_count = 1}, -EINVAL},
        {"nothing to ask for", {.clients = 1}, -EINVAL},
        {"no rate",
         {.clients = 1,
          .targets = &target,
          .target_count = 1,
          .arrival = STATOR_LOAD_ARRIVAL_POISSON},
         -EINVAL},
        {"no pace",
         {.clients = 1,
          .targets = &target,
          .target_count = 1,
          .manner = STATOR_LOAD_MANNER_SLOW_READER},
         -EINVAL},
        {"too many", {.clients = 4000000000u, .targets = &target, .target_count = 1}, -EMFILE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct stator_load_spec spec = {
            .groups = &rows[i].group, .group_count = 1, .duration = 1};
        struct stator_load_result result;

        cr_expect_eq(stator_load_run(&spec, &result), rows[i].code, "%s", rows[i].label);
    }
}
