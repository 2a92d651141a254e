/*
 * Lines over levels.
 *
 * Knows how medians and their intervals become lines, and where the model's stand; refuses to know
 * what they mean. The one surprising thing: an axis that spans more than a factor of thirty is
 * logarithmic, since a linear one would show the greatest alone.
 */
#include <math.h>

#include "lab/model/device_bound.h"
#include "lab/report/chart_parts.h"
#include "lab/report/findings.h"
#include "lab/report/plot.h"

#define WIDE 30 /* from which factor on an axis is logarithmic */

static bool is_log(const struct stator_view_workload *workload)
{
    return workload->info != NULL && workload->info->log_axis && workload->levels[0] > 0;
}

/* From the least to the most of all medians. */
struct range {
    double min, max;
};

/* A data block of level, median and interval; false, and none, where there is nothing. */
static bool add_line_data(struct stator_view *view, size_t workload, size_t arch,
                          enum stator_metric metric, double unit, struct range *range,
                          struct stator_text *script)
{
    bool any = false;

    for (size_t level = 0; level < view->workloads[workload].level_count; level++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, arch);
        const struct stator_estimate *estimate =
            cell != NULL ? stator_view_estimate(view, cell, metric) : NULL;

        if (estimate == NULL || isnan(estimate->median)) {
            continue;
        }
        if (!any) {
            stator_text_add_format(script, "$d%zu << EOD\n", arch);
        }
        range->min = fmin(range->min, estimate->median);
        range->max = fmax(range->max, estimate->median);
        stator_text_add_format(script, "%.9g %.9g %.9g %.9g\n", cell->cell.level,
                               estimate->median / unit, estimate->low / unit,
                               estimate->high / unit);
        any = true;
    }
    stator_text_add_string(script, any ? "EOD\n" : "");
    return any;
}

/* What the emulated devices allow, as data blocks $one and $most; false where that is not known at
 * two levels. No device is asked at 0 % misses, and nothing bounds that level. */
static bool add_model_data(const struct stator_view_workload *workload, struct stator_text *script)
{
    struct stator_text one = {0}, max = {0};
    size_t count = 0;

    for (size_t level = 0; level < workload->level_count; level++) {
        struct stator_device_bound allowed;

        if (stator_device_bound_find(workload->info, workload->levels[level], &allowed) &&
            isfinite(allowed.one) && isfinite(allowed.max)) {
            stator_text_add_format(&one, "%.9g %.9g\n", workload->levels[level], allowed.one);
            stator_text_add_format(&max, "%.9g %.9g\n", workload->levels[level], allowed.max);
            count++;
        }
    }
    if (count >= 2) {
        stator_text_add_string(script, "$one << EOD\n");
        stator_text_add(script, stator_text_span(&one));
        stator_text_add_string(script, "EOD\n$most << EOD\n");
        stator_text_add(script, stator_text_span(&max));
        stator_text_add_string(script, "EOD\n");
    }
    script->failed |= one.failed || max.failed;
    stator_text_finish(&one);
    stator_text_finish(&max);
    return count >= 2;
}

bool stator_chart_lines(struct stator_view *view, size_t workload, enum stator_metric metric,
                        bool log, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_text *script = &out->script;
    bool drawn[STATOR_VIEW_ARCHS] = {false};
    struct range range = {INFINITY, 0};
    size_t count = 0, first = 0;
    bool modelled;
    double unit;

    if (info->level_count < 2) {
        return false;
    }
    stator_plot_add_styles(script, view->arch_count);
    unit = stator_chart_add_unit(script, "y", metric);
    for (size_t i = 0; i < view->arch_count; i++) {
        drawn[i] = add_line_data(view, workload, i, metric, unit, &range, script);
        first = drawn[i] && count == 0 ? i : first;
        count += drawn[i];
    }
    modelled = metric == STATOR_METRIC_RATE && add_model_data(info, script);
    stator_chart_add_key(view, drawn, out);
    log = range.min > 0 && (log || range.max / range.min > WIDE);
    stator_text_add_string(script, "set xlabel ");
    stator_plot_add_string(script, stator_chart_axis(info));
    stator_text_add_format(script, "\n%s%s", is_log(info) ? "set logscale x\n" : "",
                           log ? "set logscale y\nset format y '%g'\n" : "set yrange [0:*]\n");
    for (size_t i = 0; i < view->arch_count; i++) {
        if (drawn[i]) {
            stator_text_add_format(script, "%s$d%zu with yerrorlines ls %zu title ",
                                   i == first ? "plot " : ", ", i, i + 1);
            stator_plot_add_string(script, view->archs[i]);
        }
    }
    if (modelled && count > 0) {
        stator_text_add_string(script, ", $most with lines lc rgb 'black' lw 1 dt (2, 6) notitle"
                                       ", $one with lines lc rgb 'black' lw 1 dt (2, 6) notitle");
        stator_findings_begin(&out->sentence);
        stator_text_add_string(&out->sentence,
                               "The dotted lines are the model: what the devices allow at most, "
                               "above, and with one request at a time, below.");
    }
    stator_text_add_char(script, '\n');
    return count > 0;
}
