/* Charts: what is plotted of a view, and the sentence that says what to see in it. */
#ifndef STATOR_LAB_REPORT_CHART_H
#define STATOR_LAB_REPORT_CHART_H

#include "base/text.h"
#include "lab/report/view.h"

enum stator_chart_kind {
    STATOR_CHART_KIND_RATE,   /* what the workload is about, against its level */
    STATOR_CHART_KIND_P99,    /* p99 against level */
    STATOR_CHART_KIND_TIMES,  /* distribution of response times, honest and naive */
    STATOR_CHART_KIND_CPU,    /* user and system time of a request, a bar a design */
    STATOR_CHART_KIND_MEMORY, /* memory against level */
    STATOR_CHART_KIND_COUNT,
};

struct stator_chart {
    char title[120];
    unsigned width, height;      /* px */
    struct stator_text script;   /* for stator_plot_draw; owned */
    struct stator_text sentence; /* plain text; owned */
};

/*
 * Fills `out` for the workload. False where there is nothing to plot (too few levels, nothing
 * measured); `out` is then empty. Owns: the caller finishes `out`.
 */
bool stator_chart_make(struct stator_view *view, size_t workload, enum stator_chart_kind kind,
                       struct stator_chart *out);
void stator_chart_finish(struct stator_chart *chart);

#endif
