/* Results as a table for a person, or as JSON. */
#ifndef BENCH_MICRO_REPORT_H
#define BENCH_MICRO_REPORT_H

#include "micro_measure.h"

/* `results` are those of all rows of the plan, in their order. Fails: false; see errno. */
bool micro_report_table(const struct micro_plan *plan, const struct micro_result *results);

/*
 *     [{"subject":"date","operation":"written","ns":31.0,"ns_min":30.1,"instructions":221.0,
 *       "allocations":0.00}]
 *
 * null stands for what is not known.
 */
bool micro_report_json(const struct micro_plan *plan, const struct micro_result *results);

#endif
