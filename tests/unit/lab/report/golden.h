/* The golden result, and workloads that stand still while those of the program change. */
#ifndef TESTS_LAB_GOLDEN_H
#define TESTS_LAB_GOLDEN_H

#include "lab/report/view.h"

/* A file of tests/unit/lab/report/golden; lives until the next call. */
const char *golden_path(const char *name);

/* Owns: the caller destroys it. */
struct stator_result *golden_result(void);
struct stator_view *golden_view(const struct stator_result *result);

const struct stator_workload *golden_workload(const char *name);

#endif
