/*
 * Takes the time of an operation, and the memory that it asks for.
 *
 * Knows rows and batches; refuses to know what an operation is and how figures are shown. The one
 * surprising thing: a batch takes a fixed time, not a fixed number of calls, so that a clock of
 * some 100 ns is fine enough for an operation of 5 ns and one of 50 us takes no minutes.
 */
#include "micro_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_NS 2e6

volatile sig_atomic_t micro_interrupted;

/* --- rows ----------------------------------------------------------------------------------- */

static int nothing_setup(const void *with, void **out)
{
    (void)with;
    *out = NULL;
    return 0;
}

static bool nothing_check(const void *state)
{
    return state == NULL;
}

static void nothing(void *state)
{
    micro_keep(state);
}

static const struct micro_row nothing_row = {
    .name = "nothing",
    .operations = 1,
    .setup = nothing_setup,
    .op = nothing,
    .check = nothing_check,
    .finish = nothing,
};

bool micro_row_visit(const struct micro_row *row, micro_visit_fn *visit, void *context)
{
    void *state;
    int error = row->setup(row->with, &state);
    bool good;

    if (error < 0) {
        fprintf(stderr, "micro: cannot set up \"%s\": %s\n", row->name, strerror(-error));
        return false;
    }
    row->op(state);
    good = row->check(state);
    if (!good) {
        fprintf(stderr, "micro: \"%s\" gives a wrong result\n", row->name);
    } else if (visit != NULL) {
        good = visit(row, state, context);
    }
    row->finish(state);
    return good;
}

size_t micro_plan_rows(const struct micro_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++) {
        count += plan->subjects[i]->count;
    }
    return count;
}

bool micro_plan_visit(const struct micro_plan *plan, micro_visit_fn *visit, void *context)
{
    bool good = micro_row_visit(&nothing_row, visit, context);

    for (size_t i = 0; i < plan->count; i++) {
        const struct micro_subject *subject = plan->subjects[i];

        for (size_t k = 0; good && k < subject->count; k++) {
            good = micro_row_visit(&subject->rows[k], visit, context) && !micro_interrupted;
        }
    }
    return good;
}

/* --- time ----------------------------------------------------------------------------------- */

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double time_batch(const struct micro_row *row, void *state, size_t calls)
{
    double begin = now_ns();

    for (size_t i = 0; i < calls; i++) {
        row->op(state);
    }
    return now_ns() - begin;
}

/* How many calls take BATCH_NS; caches and branch predictors are warm afterwards. */
static size_t calls_for_batch(const struct micro_row *row, void *state)
{
    size_t calls = 1;

    while (time_batch(row, state, calls) < BATCH_NS) {
        calls *= 2;
    }
    return calls;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Results of calls, not of operations: `next` is the place for the next row's. */
struct measuring {
    struct micro_result nothing;
    struct micro_result *next;
};

static void measure_call(const struct micro_row *row, void *state, struct micro_result *out)
{
    double batches[MICRO_BATCHES];
    size_t calls = calls_for_batch(row, state);
    uint64_t before, after;
    bool counts = micro_allocations(&before);

    for (size_t i = 0; i < MICRO_BATCHES; i++) {
        batches[i] = time_batch(row, state, calls) / (double)calls;
    }
    counts = counts && micro_allocations(&after);
    qsort(batches, MICRO_BATCHES, sizeof(batches[0]), compare);
    *out = (struct micro_result){
        .median = batches[MICRO_BATCHES / 2],
        .minimum = batches[0],
        .instructions = NAN,
        .allocations = counts ? (double)(after - before) / MICRO_BATCHES / (double)calls : NAN,
    };
}

static double without(double whole, double part)
{
    return whole > part ? whole - part : 0;
}

static bool measure(const struct micro_row *row, void *state, void *context)
{
    struct measuring *measuring = context;
    double operations = (double)row->operations;
    struct micro_result call;

    measure_call(row, state, &call);
    if (row == &nothing_row) {
        measuring->nothing = call;
        return true;
    }
    *measuring->next++ = (struct micro_result){
        .median = without(call.median, measuring->nothing.median) / operations,
        .minimum = without(call.minimum, measuring->nothing.minimum) / operations,
        .instructions = NAN,
        .allocations = call.allocations / operations,
    };
    return true;
}

bool micro_plan_measure(const struct micro_plan *plan, struct micro_result *out)
{
    struct measuring measuring = {.next = out};

    return micro_plan_visit(plan, measure, &measuring);
}
