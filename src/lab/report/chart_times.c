/*
 * Distributions of response times.
 *
 * Knows how a histogram becomes a line; refuses to know whose times they are. The one surprising
 * thing: the naive times are drawn only where they deceive, since elsewhere they hide behind the
 * honest ones; and of many designs only the ends are drawn, since nobody could tell 14 steps apart.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/report/chart_parts.h"
#include "lab/report/findings.h"
#include "lab/report/plot.h"
#include "lab/workload/candidate.h"

/* As many lines as can be told apart; of more designs, so many from each end and the reference. */
#define LINES_MAX 7
#define ENDS      3

static bool add_distribution(struct stator_view *view, const struct stator_view_cell *cell,
                             bool from_sent, struct stator_text *script)
{
    struct stator_histogram *times = stator_result_times(view->result, &cell->cell, from_sent);
    uint64_t seen = 0, low;

    if (times == NULL) {
        return false;
    }
    stator_text_add_format(script, "$%c%zu << EOD\n", from_sent ? 'n' : 'h', cell->arch);
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
    double from_intended = stator_view_estimate(view, cell, STATOR_METRIC_P99)->median;
    double from_sent = stator_view_estimate(view, cell, STATOR_METRIC_FROM_SENT_P99)->median;

    return from_sent < 0.8 * from_intended;
}

static void add_deception(struct stator_view *view, struct stator_view_cell *cell,
                          struct stator_text *out)
{
    stator_findings_begin(out);
    stator_text_add_format(out, "For %s a naive client would report a p99 of ", cell->cell.arch);
    stator_figure_add(out, STATOR_METRIC_FROM_SENT_P99,
                      stator_view_estimate(view, cell, STATOR_METRIC_FROM_SENT_P99)->median);
    stator_text_add_string(out, " instead of ");
    stator_figure_add(out, STATOR_METRIC_P99,
                      stator_view_estimate(view, cell, STATOR_METRIC_P99)->median);
    stator_text_add_string(out, " (dotted line).");
}

/* A design that has times at the decisive level, and which nine in ten of them do not exceed. */
struct timed {
    size_t arch;
    double p90;
};

static int by_p90(const void *left, const void *right)
{
    const struct timed *a = left, *b = right;

    return a->p90 != b->p90 ? (a->p90 > b->p90) - (a->p90 < b->p90)
                            : (a->arch > b->arch) - (a->arch < b->arch);
}

static size_t find_timed(struct stator_view *view, size_t workload,
                         struct timed out[STATOR_VIEW_ARCHS])
{
    size_t count = 0;

    for (size_t i = 0; i < view->arch_count; i++) {
        struct stator_view_cell *cell =
            stator_view_at(view, workload, view->workloads[workload].decisive, i);
        double p90 =
            cell != NULL ? stator_view_estimate(view, cell, STATOR_METRIC_P90)->median : NAN;

        if (!isnan(p90)) {
            out[count++] = (struct timed){i, p90};
        }
    }
    qsort(out, count, sizeof(*out), by_p90);
    return count;
}

/* Which designs are drawn; says so where it is not all. */
static void choose(struct stator_view *view, size_t workload, bool chosen[STATOR_VIEW_ARCHS],
                   struct stator_text *sentence)
{
    struct timed timed[STATOR_VIEW_ARCHS];
    size_t count = find_timed(view, workload, timed);
    size_t reference = 0;

    while (reference < view->arch_count &&
           strcmp(view->archs[reference], STATOR_CANDIDATE_REFERENCE) != 0) {
        reference++;
    }
    for (size_t i = 0; i < count; i++) {
        chosen[timed[i].arch] =
            count <= LINES_MAX || i < ENDS || i >= count - ENDS || timed[i].arch == reference;
    }
    if (count > LINES_MAX) {
        stator_findings_begin(sentence);
        stator_text_add_format(sentence,
                               "Drawn are the %d designs with the least p90 and the %d with the "
                               "most%s.",
                               ENDS, ENDS,
                               reference < view->arch_count && chosen[reference]
                                   ? ", and " STATOR_CANDIDATE_REFERENCE
                                   : "");
    }
}

bool stator_chart_times(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_text *script = &out->script, lines = {0};
    bool drawn[STATOR_VIEW_ARCHS] = {false};
    size_t count = 0;

    snprintf(out->title, sizeof(out->title), "%s: distribution of response times at %s", info->name,
             info->labels[info->decisive]);
    stator_findings_compare(view, workload, info->decisive, STATOR_METRIC_P50, &out->sentence);
    choose(view, workload, drawn, &out->sentence);
    stator_plot_add_styles(script, view->arch_count);
    stator_text_add_string(script, "set logscale x\nset format x '%g'\nset yrange [0:100]\n"
                                   "set xlabel 'response time, ms'\n"
                                   "set ylabel 'share of responses, %'\n");
    for (size_t i = 0; i < view->arch_count; i++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, info->decisive, i);

        drawn[i] = drawn[i] && cell != NULL && add_distribution(view, cell, false, script);
        if (!drawn[i]) {
            continue;
        }
        stator_text_add_format(&lines, "%s$h%zu with linespoints ls %zu pi 6 title ",
                               count > 0 ? ", " : "", i, i + 1);
        stator_plot_add_string(&lines, view->archs[i]);
        count++;
        if (is_deceptive(view, cell) && add_distribution(view, cell, true, script)) {
            stator_text_add_format(&lines, ", $n%zu with lines ls %zu dt (2, 6) lw 1.5 notitle", i,
                                   i + 1);
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
