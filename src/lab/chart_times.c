/*
 * Distributions of response times.
 *
 * Knows how a histogram becomes a line; refuses to know whose times they are. The one surprising
 * thing: the naive times are drawn only where they deceive, since elsewhere they hide behind the
 * honest ones.
 */
#include <math.h>
#include <stdio.h>

#include "lab/chart_parts.h"
#include "lab/phrase.h"
#include "lab/plot.h"

static bool add_distribution(struct stator_view *view, const struct stator_view_cell *cell,
                             bool naive, struct stator_text *script)
{
    struct stator_histogram *times = stator_result_times(view->result, &cell->cell, naive);
    uint64_t seen = 0, low;

    if (times == NULL) {
        return false;
    }
    stator_text_add_format(script, "$%c%zu << EOD\n", naive ? 'n' : 'h', cell->design);
    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        if (times->buckets[i] > 0) {
            double end = (double)stator_histogram_bounds(i, &low);

            seen += times->buckets[i];
            stator_text_add_format(script, "%.6g %.6g\n", end / 1000,
                                   100.0 * (double)seen / (double)times->count);
        }
    }
    stator_text_add_string(script, "EOD\n");
    stator_histogram_destroy(times);
    return true;
}

/* Where the naive p99 is far from the honest one, a reader must see both. */
static bool is_deceptive(struct stator_view *view, struct stator_view_cell *cell)
{
    double honest = stator_view_estimate(view, cell, STATOR_METRIC_P99)->median;
    double naive = stator_view_estimate(view, cell, STATOR_METRIC_NAIVE_P99)->median;

    return naive < 0.8 * honest;
}

static void add_deception(struct stator_view *view, struct stator_view_cell *cell,
                          struct stator_text *out)
{
    stator_phrase_begin(out);
    stator_text_add_format(out, "For %s a naive client would report a p99 of ", cell->cell.design);
    stator_figure_add(out, STATOR_METRIC_NAIVE_P99,
                      stator_view_estimate(view, cell, STATOR_METRIC_NAIVE_P99)->median);
    stator_text_add_string(out, " instead of ");
    stator_figure_add(out, STATOR_METRIC_P99,
                      stator_view_estimate(view, cell, STATOR_METRIC_P99)->median);
    stator_text_add_string(out, " (dotted line).");
}

bool stator_chart_times(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_text *script = &out->script, lines = {0};
    bool drawn[STATOR_VIEW_DESIGNS] = {false};
    size_t count = 0;

    snprintf(out->title, sizeof(out->title), "%s: distribution of response times at %s", info->name,
             info->labels[info->decisive]);
    stator_phrase_contest(view, workload, info->decisive, STATOR_METRIC_P50, &out->sentence);
    stator_plot_add_styles(script, view->design_count);
    stator_text_add_string(script, "set logscale x\nset format x '%g'\nset yrange [0:100]\n"
                                   "set xlabel 'response time, ms'\n"
                                   "set ylabel 'share of responses, %'\n");
    for (size_t i = 0; i < view->design_count; i++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, info->decisive, i);

        drawn[i] = cell != NULL && add_distribution(view, cell, false, script);
        if (!drawn[i]) {
            continue;
        }
        stator_text_add_format(&lines, "%s$h%zu with steps ls %zu title ", count > 0 ? ", " : "", i,
                               i + 1);
        stator_plot_add_string(&lines, view->designs[i]);
        count++;
        if (is_deceptive(view, cell) && add_distribution(view, cell, true, script)) {
            stator_text_add_format(&lines, ", $n%zu with steps ls %zu dt 3 lw 1 notitle", i, i + 1);
            add_deception(view, cell, &out->sentence);
        }
    }
    stator_chart_add_key(view, drawn, out);
    stator_text_add_string(script, "plot ");
    stator_text_add(script, stator_text_span(&lines));
    stator_text_add_char(script, '\n');
    out->script.failed |= lines.failed;
    stator_text_finish(&lines);
    return count > 0;
}
