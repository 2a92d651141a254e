/*
 * Bars, one a design.
 *
 * Knows how they lie beside their names; refuses to know what they mean. The one surprising thing:
 * they lie, since the names of designs are too long to stand below bars that stand.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lab/report/chart_parts.h"
#include "lab/report/findings.h"
#include "lab/report/plot.h"

#define NAME_LENGTH_MAX 36 /* letters of a name that a bar leaves room for */

/* Rows from top to bottom, a design each. */
static void add_rows(struct stator_text *script, const char *const *names, size_t count)
{
    size_t widest = 0;

    for (size_t i = 0; i < count; i++) {
        widest = strlen(names[i]) > widest ? strlen(names[i]) : widest;
    }
    widest = widest > NAME_LENGTH_MAX ? NAME_LENGTH_MAX : widest;
    stator_text_add_format(script,
                           "set yrange [%zu.5:-0.5]\nset xrange [0:*]\nset lmargin %zu\n"
                           "unset grid\nset grid xtics lc rgb 'gray' lw 0.5 dt 1\nset xtics font "
                           "',12'\nset ytics font ',12' (",
                           count > 0 ? count - 1 : 0, 3 + widest * 2 / 3);
    for (size_t i = 0; i < count; i++) {
        stator_text_add_string(script, i > 0 ? ", " : "");
        stator_plot_add_string(script, names[i]);
        stator_text_add_format(script, " %zu", i);
    }
    stator_text_add_string(script, ")\n");
}

bool stator_chart_bars(struct stator_view *view, size_t workload, enum stator_metric metric,
                       struct stator_chart *out)
{
    struct stator_text *script = &out->script;
    const char *names[STATOR_VIEW_ARCHS];
    size_t count = 0;
    double unit = stator_chart_add_unit(script, "x", metric);

    stator_text_add_string(script, "$d << EOD\n");
    for (size_t i = 0; i < view->arch_count; i++) {
        struct stator_view_cell *cell =
            stator_view_at(view, workload, view->workloads[workload].decisive, i);
        const struct stator_estimate *estimate =
            cell != NULL ? stator_view_estimate(view, cell, metric) : NULL;

        if (estimate != NULL && !isnan(estimate->median)) {
            stator_text_add_format(script, "%.9g %.9g %.9g\n", estimate->median / unit,
                                   estimate->low / unit, estimate->high / unit);
            names[count++] = view->archs[i];
        }
    }
    stator_text_add_string(script, "EOD\nunset key\n");
    add_rows(script, names, count);
    stator_text_add_string(
        script, "plot $d using ($1/2):0:($1/2):(0.34) with boxxyerror lc rgb "
                "'#3b7dc4', $d using 1:0:2:3 with xerrorbars lc rgb 'black' lw 1 pt 0\n");
    out->height = 110 + (unsigned)count * STATOR_CHART_ROW;
    return count > 0;
}

bool stator_chart_processor(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_text *script = &out->script;
    const char *names[STATOR_VIEW_ARCHS];
    size_t count = 0;

    snprintf(out->title, sizeof(out->title), "%s: processor time a request at %s", info->name,
             info->labels[info->decisive]);
    stator_findings_compare(view, workload, info->decisive, STATOR_METRIC_CPU, &out->sentence);
    stator_text_add_string(script, "$d << EOD\n");
    for (size_t i = 0; i < view->arch_count; i++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, info->decisive, i);
        double user = NAN, system = NAN;

        if (cell != NULL) {
            user = stator_view_estimate(view, cell, STATOR_METRIC_CPU_USER)->median;
            system = stator_view_estimate(view, cell, STATOR_METRIC_CPU_SYSTEM)->median;
        }
        if (!isnan(user) && !isnan(system)) {
            stator_text_add_format(script, "%.9g %.9g\n", user, system);
            names[count++] = view->archs[i];
        }
    }
    stator_text_add_string(script, "EOD\nset xlabel 'processor time, us a request'\n");
    add_rows(script, names, count);
    stator_text_add_string(
        script, "plot $d using ($1/2):0:($1/2):(0.34) with boxxyerror lc rgb '#3b7dc4' "
                "title 'user mode', $d using ($1+$2/2):0:($2/2):(0.34) with boxxyerror "
                "lc rgb '#c8671b' fs pattern 2 border lc rgb '#c8671b' title 'kernel'\n");
    out->height = 140 + (unsigned)count * STATOR_CHART_ROW;
    return count > 0;
}
