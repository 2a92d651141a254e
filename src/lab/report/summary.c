/*
 * The tables over all workloads: the six metrics, and who is how far behind where.
 *
 * Knows which workload speaks for which metric; refuses to know how a figure is shown. The one
 * surprising thing: each metric comes from the workload that is about it, since no single one
 * measures all six well.
 */
#include <math.h>
#include <stdio.h>

#include "lab/report/parts.h"
#include "lab/result/figure.h"

struct column {
    enum stator_metric metric;
    const char *workloads[3]; /* the first one that has it speaks for it */
};

static const struct column columns[] = {
    {STATOR_METRIC_RATE, {"hot", "size", NULL}}, {STATOR_METRIC_BODY, {"size", "hot", NULL}},
    {STATOR_METRIC_HELD, {"idle", "hot", NULL}}, {STATOR_METRIC_P99, {"hot", "convoy", NULL}},
    {STATOR_METRIC_CPU, {"hot", "conn", NULL}},  {STATOR_METRIC_MEMORY, {"idle", "hot", NULL}},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static bool measures(struct stator_view *view, size_t workload, enum stator_metric metric)
{
    for (size_t i = 0; i < view->cell_count; i++) {
        struct stator_view_cell *cell = &view->cells[i];

        if (cell->workload == workload && cell->level == view->workloads[workload].decisive &&
            !isnan(stator_view_estimate(view, cell, metric)->median)) {
            return true;
        }
    }
    return false;
}

/* The workload that speaks for the column; the count where none does. */
static size_t speaker(struct stator_view *view, const struct column *column)
{
    for (size_t i = 0; column->workloads[i] != NULL; i++) {
        size_t workload = stator_view_find_workload(view, column->workloads[i]);

        if (workload < view->workload_count && measures(view, workload, column->metric)) {
            return workload;
        }
    }
    for (size_t i = 0; i < view->workload_count; i++) {
        if (measures(view, i, column->metric)) {
            return i;
        }
    }
    return view->workload_count;
}

static void add_heading(struct stator_report *report, const struct column *column, size_t workload)
{
    const struct stator_metric_info *info = stator_metric_info(column->metric);
    const struct stator_view *view = report->view;

    stator_text_add_format(report->out, "<th scope=\"col\">%s %s<small>", info->slide, info->name);
    if (workload < view->workload_count) {
        stator_report_element(report, "", view->workloads[workload].name, ", ");
        stator_report_text(report,
                           view->workloads[workload].labels[view->workloads[workload].decisive]);
    } else {
        stator_report_tag(report, "not measured");
    }
    stator_report_tag(report, "</small></th>");
}

void stator_report_summary(struct stator_report *report)
{
    struct stator_view *view = report->view;
    struct stator_rank ranks[COLUMNS];
    size_t speakers[COLUMNS];

    stator_report_begin_table(
        report, view->result->repetitions < 5
                    ? "The six metrics: median of the repetitions, and their widened range"
                    : "The six metrics: median of the repetitions, and its 95 % interval");
    stator_report_tag(report, "<thead><tr><th scope=\"col\">design</th>");
    for (size_t i = 0; i < COLUMNS; i++) {
        speakers[i] = speaker(view, &columns[i]);
        ranks[i].count = ranks[i].ties = 0;
        if (speakers[i] < view->workload_count) {
            stator_rank_make(view, speakers[i], view->workloads[speakers[i]].decisive,
                             columns[i].metric, &ranks[i]);
        }
        add_heading(report, &columns[i], speakers[i]);
    }
    stator_report_tag(report, "</tr></thead>\n<tbody>\n");
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        stator_report_element(report, "<tr><th scope=\"row\">", view->archs[arch], "</th>");
        for (size_t i = 0; i < COLUMNS; i++) {
            struct stator_view_cell *cell =
                speakers[i] < view->workload_count
                    ? stator_view_at(view, speakers[i], view->workloads[speakers[i]].decisive, arch)
                    : NULL;

            stator_report_figure(report, cell, columns[i].metric, &ranks[i]);
        }
        stator_report_tag(report, "</tr>\n");
    }
    stator_report_end_table(report);
}

/* How deep a cell is shaded: 0 for the best, one step more for each factor of about 1.8; the most
 * where there is no factor. */
static unsigned depth_of(double excess)
{
    double depth = ceil(log(excess) / 0.6);

    return isnan(depth) || depth > 5 ? 5 : depth < 0 ? 0 : (unsigned)depth;
}

/* Why a row takes no part. */
static void add_unranked(struct stator_report *report, struct stator_view_cell *cell,
                         enum stator_metric metric)
{
    if (cell == NULL || cell->cell.count == 0) {
        stator_report_tag(report, cell != NULL && cell->cell.refusal != NULL
                                      ? "<td class=\"none\">n/a</td>"
                                      : "<td class=\"none\">-</td>");
    } else if (stator_view_estimate(report->view, cell, STATOR_METRIC_RATE)->median == 0) {
        stator_report_tag(report, "<td class=\"h5\">no answers</td>");
    } else if (isnan(stator_view_estimate(report->view, cell, metric)->median)) {
        stator_report_tag(report, "<td class=\"none\">too few");
        stator_report_flags(report, cell->cell.flags);
        stator_report_tag(report, "</td>");
    } else {
        stator_report_tag(report, "<td class=\"none\">marked");
        stator_report_flags(report, cell->cell.flags);
        stator_report_tag(report, "</td>");
    }
}

static void add_heat(struct stator_report *report, const struct stator_rank *rank,
                     struct stator_view_cell *cell, enum stator_metric metric)
{
    struct stator_text text = {0};

    for (size_t i = 0; i < rank->count; i++) {
        double excess = stator_rank_excess(report->view, rank, i, metric);

        if (rank->cells[i] != cell) {
            continue;
        }
        if (i < rank->ties) {
            stator_report_tag(report, rank->ties > 1
                                          ? "<td class=\"h0\">= best</td>"
                                          : "<td class=\"h0\"><strong>best</strong></td>");
            return;
        }
        stator_text_add_format(report->out, "<td class=\"h%u\">", depth_of(excess));
        if (isnan(excess)) {
            /* The best one has none at all. */
            stator_figure_add(&text, metric,
                              stator_view_estimate(report->view, rank->cells[i], metric)->median);
        } else {
            stator_text_add_format(&text, excess < 10 ? "%.2f" : "%.0f", excess);
        }
        stator_report_take(report, isnan(excess) ? "" : "&times;&nbsp;", &text, "</td>");
        stator_text_finish(&text);
        return;
    }
    add_unranked(report, cell, metric);
}

void stator_report_heat(struct stator_report *report)
{
    struct stator_view *view = report->view;
    struct stator_rank ranks[STATOR_VIEW_WORKLOADS];

    stator_report_begin_table(report, "How many times worse than the best, where each workload is "
                                      "decided");
    stator_report_tag(report, "<thead><tr><th scope=\"col\">design</th>");
    for (size_t i = 0; i < view->workload_count; i++) {
        const struct stator_view_workload *workload = &view->workloads[i];

        stator_rank_make(view, i, workload->decisive, workload->metric, &ranks[i]);
        stator_report_element(report, "<th scope=\"col\">", workload->name, "<small>");
        stator_report_element(report, stator_metric_info(workload->metric)->name, ", ", "");
        stator_report_element(report, "", workload->labels[workload->decisive], "</small></th>");
    }
    stator_report_tag(report, "</tr></thead>\n<tbody>\n");
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        stator_report_element(report, "<tr><th scope=\"row\">", view->archs[arch], "</th>");
        for (size_t i = 0; i < view->workload_count; i++) {
            add_heat(report, &ranks[i], stator_view_at(view, i, view->workloads[i].decisive, arch),
                     view->workloads[i].metric);
        }
        stator_report_tag(report, "</tr>\n");
    }
    stator_report_end_table(report);
}
