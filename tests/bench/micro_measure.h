/*
 * What one operation costs. Times are the processor's, not those of a clock on the wall, so that
 * what else the machine does mostly falls out of them; instructions are the program's, not the
 * kernel's. From both, what it takes to call an operation that does nothing is taken off.
 */
#ifndef BENCH_MICRO_MEASURE_H
#define BENCH_MICRO_MEASURE_H

#include <signal.h>
#include <stdint.h>

#include "micro.h"

/* Of one operation; NAN where it is not known. */
struct micro_result {
    double median;  /* ns: of MICRO_BATCHES batches */
    double minimum; /* ns: of the fastest one */
    double instructions;
    double allocations; /* by stator's own code */
};

#define MICRO_BATCHES 25

/* How many calls of an operation are counted: enough, as every call of it takes the same ones. */
#define MICRO_COUNTED 200

/* The subjects that were asked for. */
struct micro_plan {
    const struct micro_subject *const *subjects;
    size_t count;
};

/* Set by a signal that asks the program to end. */
extern volatile sig_atomic_t micro_interrupted;

/* Does something with a row whose state is ready. Fails: false, having said why. */
typedef bool micro_visit_fn(const struct micro_row *row, void *state, void *context);

/*
 * Sets the row up, does its operation once, checks what came out, lets `visit` (if it is not NULL)
 * go on from there, and finishes the row. Fails: false, having said why.
 */
bool micro_row_visit(const struct micro_row *row, micro_visit_fn *visit, void *context);

/* The same for an operation that does nothing, and then for every row. Fails: at the first that
 * does, or when the program is to end. */
bool micro_plan_visit(const struct micro_plan *plan, micro_visit_fn *visit, void *context);

size_t micro_plan_rows(const struct micro_plan *plan);

/* Measures each row but for its instructions, which are NAN. Fails: false, having said why. */
bool micro_plan_measure(const struct micro_plan *plan, struct micro_result *out);

/*
 * Two ways to count instructions: the processor's own counter, and Callgrind, under which `program`
 * runs again. They put what MICRO_COUNTED calls take into `out`: first of nothing, then of each
 * row. Fails: -errno where there is no counter; false, having said why. `out` is then of no use.
 */
int micro_perf_count(const struct micro_plan *plan, double *out);
bool micro_callgrind_count(const char *program, const struct micro_plan *plan, double *out);

/* What Callgrind runs: all that micro_callgrind_count waits for. Fails: false, having said why. */
bool micro_callgrind_run(const struct micro_plan *plan);

/* How often memory was asked for since the program began. Fails: false where nobody counts. */
bool micro_allocations(uint64_t *out);

#endif
