/* The kinds of charts, which chart.c chooses from; nobody else includes this. */
#ifndef STATOR_LAB_REPORT_CHART_PARTS_H
#define STATOR_LAB_REPORT_CHART_PARTS_H

#include "lab/report/chart.h"

/* px */
#define STATOR_CHART_WIDTH  500
#define STATOR_CHART_HEIGHT 330 /* without its key */
#define STATOR_CHART_ROW    26  /* of a bar */

/* What the workload's levels are. */
const char *stator_chart_axis(const struct stator_view_workload *workload);

/* Names the axis 'x' or 'y' after the metric. Returns: what its figures are divided by for it. */
double stator_chart_add_unit(struct stator_text *script, const char *axis,
                             enum stator_metric metric);

/* Makes room for the key of those designs: as many columns as their names allow. */
void stator_chart_add_key(struct stator_view *view, const bool drawn[STATOR_VIEW_ARCHS],
                          struct stator_chart *out);

/* Each fills the script and the height; false where there is nothing to plot. */

/* A line a design over the workload's levels; `log`: the metric's axis is logarithmic. */
bool stator_chart_lines(struct stator_view *view, size_t workload, enum stator_metric metric,
                        bool log, struct stator_chart *out);

/* A bar a design at the decisive level, where there is no axis to draw a line along. */
bool stator_chart_bars(struct stator_view *view, size_t workload, enum stator_metric metric,
                       struct stator_chart *out);

/* A bar a design, of user and of system time; with title and sentence. */
bool stator_chart_processor(struct stator_view *view, size_t workload, struct stator_chart *out);

/* A distribution a design, and the naive one where that deceives; with title and sentence. */
bool stator_chart_times(struct stator_view *view, size_t workload, struct stator_chart *out);

#endif
