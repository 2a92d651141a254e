/* The report: one page that needs nothing else. */
#ifndef STATOR_LAB_REPORT_REPORT_H
#define STATOR_LAB_REPORT_REPORT_H

#include "base/text.h"
#include "lab/report/view.h"

struct stator_report_options {
    stator_workload_find_fn *find; /* stator_workload_find */
    bool plots;                    /* by gnuplot, where there is one */
};

/*
 * Adds the page. It is the same, byte for byte, for the same result and options, plots aside, which
 * are as the machine's gnuplot draws them. Fails: -ENOMEM, -E2BIG (see view.h).
 */
int stator_report_make(const struct stator_result *result,
                       const struct stator_report_options *options, struct stator_text *out);

#endif
