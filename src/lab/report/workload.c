/*
 * A workload in the report: its plots, its tables, what to expect and what was seen.
 *
 * Knows the order in which they stand; refuses to know how each is made. The one surprising thing:
 * a plot that cannot be drawn leaves its sentence, which was computed from the same figures.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lab/report/chart.h"
#include "lab/report/findings.h"
#include "lab/report/parts.h"
#include "lab/report/plot.h"

static void add_chart(struct stator_report *report, const struct stator_chart *chart)
{
    char id[24];
    size_t before;

    snprintf(id, sizeof(id), "p%u", report->plots_drawn + 1);
    stator_report_element(report, "<figure>\n<figcaption>", chart->title, "</figcaption>\n");
    before = report->out->length;
    if (stator_plot_draw(stator_text_span(&chart->script), chart->width, chart->height, id,
                         report->out) == 0) {
        report->plots_drawn++;
    } else {
        report->out->length = before;
        report->plots_failed++;
        stator_report_tag(report, "<p class=\"none\">gnuplot could not draw this plot.</p>\n");
    }
    stator_report_tag(report, "<p>");
    stator_html_add_text(report->out, stator_text_span(&chart->sentence));
    stator_report_tag(report, "</p>\n</figure>\n");
}

static void add_charts(struct stator_report *report, size_t workload)
{
    stator_report_tag(report, "<div class=\"plots\">\n");
    for (unsigned kind = 0; kind < STATOR_CHART_KIND_COUNT; kind++) {
        struct stator_chart chart;

        if (stator_chart_make(report->view, workload, kind, &chart)) {
            add_chart(report, &chart);
            stator_chart_finish(&chart);
        }
    }
    stator_report_tag(report, "</div>\n");
}

/* Designs by levels. */
static void add_levels(struct stator_report *report, size_t workload, enum stator_metric metric)
{
    struct stator_view *view = report->view;
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_rank ranks[STATOR_VIEW_LEVELS];
    char caption[160];

    snprintf(caption, sizeof(caption), "%.60s: %s", info->name, stator_metric_info(metric)->name);
    stator_report_begin_table(report, caption);
    stator_report_tag(report, "<thead><tr><th scope=\"col\">design</th>");
    for (size_t level = 0; level < info->level_count; level++) {
        stator_rank_make(view, workload, level, metric, &ranks[level]);
        stator_report_element(report, "<th scope=\"col\">", info->labels[level], "</th>");
    }
    stator_report_tag(report, "</tr></thead>\n<tbody>\n");
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        stator_report_element(report, "<tr><th scope=\"row\">", view->archs[arch], "</th>");
        for (size_t level = 0; level < info->level_count; level++) {
            stator_report_figure(report, stator_view_at(view, workload, level, arch), metric,
                                 &ranks[level]);
        }
        stator_report_tag(report, "</tr>\n");
    }
    stator_report_end_table(report);
}

static bool is_measured(struct stator_report *report, size_t workload, enum stator_metric metric)
{
    struct stator_view *view = report->view;

    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct stator_view_cell *cell =
            stator_view_at(view, workload, view->workloads[workload].decisive, arch);

        if (cell != NULL && !isnan(stator_view_estimate(view, cell, metric)->median)) {
            return true;
        }
    }
    return false;
}

/* Designs by metrics at the decisive level. */
static void add_metrics(struct stator_report *report, size_t workload)
{
    struct stator_view *view = report->view;
    const struct stator_view_workload *info = &view->workloads[workload];
    bool shown[STATOR_METRIC_COUNT];
    unsigned columns = 0;
    char caption[160];

    snprintf(caption, sizeof(caption), "%.60s: all metrics at %.60s", info->name,
             info->labels[info->decisive]);
    stator_report_element(report, "<details class=\"vast\">\n<summary>", caption, "</summary>\n");
    stator_report_begin_table(report, caption);
    stator_report_tag(report, "<thead><tr><th scope=\"col\">design</th>");
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        shown[i] = is_measured(report, workload, i);
        columns += shown[i];
        if (shown[i]) {
            stator_report_element(report, "<th scope=\"col\">", stator_metric_info(i)->name,
                                  "</th>");
        }
    }
    stator_report_tag(report, "</tr></thead>\n<tbody>\n");
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, info->decisive, arch);

        stator_report_element(report, "<tr><th scope=\"row\">", view->archs[arch], "</th>");
        if (cell != NULL && cell->cell.refusal != NULL && columns > 0) {
            stator_text_add_format(report->out, "<td class=\"none wide-none\" colspan=\"%u\">",
                                   columns);
            stator_report_element(report, "n/a: ", cell->cell.refusal, "</td></tr>\n");
            continue;
        }
        for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
            if (shown[i]) {
                stator_report_figure(report, cell, i, NULL);
            }
        }
        stator_report_tag(report, "</tr>\n");
    }
    stator_report_end_table(report);
    stator_report_tag(report, "</details>\n");
}

static void add_lines(struct stator_report *report, const struct stator_text *lines)
{
    const char *at = lines->at, *end = lines->at + lines->length, *next;

    report->out->failed |= lines->failed;
    stator_report_tag(report, "<ul>\n");
    for (; at < end && (next = memchr(at, '\n', (size_t)(end - at))) != NULL; at = next + 1) {
        stator_report_tag(report, "<li>");
        stator_html_add_text(report->out, (struct stator_span){at, (size_t)(next - at)});
        stator_report_tag(report, "</li>\n");
    }
    stator_report_tag(report, "</ul>\n");
}

void stator_report_workload(struct stator_report *report, size_t workload)
{
    const struct stator_view_workload *info = &report->view->workloads[workload];
    struct stator_text saw = {0};

    stator_report_element(report, "<section id=\"w-", info->name, "\">\n");
    stator_report_element(report, "<h2>", info->name, "</h2>\n");
    if (info->info != NULL) {
        stator_report_element(report, "<p>Clients: ", info->info->what, ".</p>\n");
        stator_report_element(report, "<p>The point: ", info->info->tests, "</p>\n");
        stator_report_element(report, "<h3>What you should see and why</h3>\n<p>",
                              info->info->expect, "</p>\n");
    }
    stator_findings_saw(report->view, workload, &saw);
    stator_report_tag(report, "<h3>What you saw</h3>\n");
    add_lines(report, &saw);
    stator_text_finish(&saw);
    if (report->plots) {
        add_charts(report, workload);
    }
    add_levels(report, workload, info->metric);
    if (info->metric == STATOR_METRIC_CPU && info->level_count > 1) {
        add_levels(report, workload, STATOR_METRIC_RATE); /* which is told of, too */
    }
    add_metrics(report, workload);
    stator_report_tag(report, "</section>\n");
}
