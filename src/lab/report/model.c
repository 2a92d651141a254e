/*
 * The model beside the measurement, for workloads with emulated devices.
 *
 * Knows what a device's service time allows at most; refuses to know how a design overlaps waits.
 * The one surprising thing: the lower figure is no bound but what one client at a time gets, which
 * is what a design that waits in place comes down to.
 */
#include <math.h>

#include "lab/model/device_bound.h"
#include "lab/report/parts.h"
#include "lab/result/figure.h"

static void add_limit(struct stator_report *report, double value)
{
    struct stator_text text = {0};

    stator_figure_add(&text, STATOR_METRIC_RATE, value);
    stator_report_take(report, "<td>", &text, "</td>");
    stator_text_finish(&text);
}

/* The levels of which the model knows something, and what. */
struct model {
    size_t levels[STATOR_VIEW_LEVELS];
    struct stator_device_bound limits[STATOR_VIEW_LEVELS];
    size_t count;
};

static void find_model(const struct stator_view_workload *workload, struct model *out)
{
    out->count = 0;
    for (size_t level = 0; level < workload->level_count; level++) {
        if (stator_device_bound_find(workload->info, workload->levels[level],
                                     &out->limits[out->count])) {
            out->levels[out->count++] = level;
        }
    }
}

static void add_head(struct stator_report *report, const struct stator_view_workload *workload,
                     const struct model *model)
{
    stator_report_begin_table(report, workload->name);
    stator_report_tag(report, "<thead><tr><th scope=\"col\">responses</th>");
    for (size_t i = 0; i < model->count; i++) {
        stator_report_element(report, "<th scope=\"col\">", workload->labels[model->levels[i]],
                              "</th>");
    }
    stator_report_tag(report, "</tr></thead>\n<tbody>\n");
    stator_report_tag(report, "<tr><th scope=\"row\"><em>model: one at a time</em></th>");
    for (size_t i = 0; i < model->count; i++) {
        add_limit(report, model->limits[i].one);
    }
    stator_report_tag(report, "</tr>\n<tr><th scope=\"row\"><em>model: at most</em></th>");
    for (size_t i = 0; i < model->count; i++) {
        add_limit(report, model->limits[i].max);
    }
    stator_report_tag(report, "</tr>\n");
}

/* What was measured above its bound is wrong, or the model is. */
static void add_excesses(struct stator_report *report, size_t workload)
{
    struct stator_view *view = report->view;
    size_t over = 0, measured = 0;

    for (size_t i = 0; i < view->cell_count; i++) {
        struct stator_view_cell *cell = &view->cells[i];
        double rate = stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median;
        struct stator_device_bound limits;

        if (cell->workload == workload && !isnan(rate) &&
            stator_device_bound_find(view->workloads[workload].info, cell->cell.level, &limits)) {
            measured++;
            over += rate > limits.max * 1.05;
        }
    }
    stator_text_add_format(
        report->out, "<p>%zu of %zu measured rates %s more than 5 %% above the bound%s.</p>\n",
        over, measured, over == 1 ? "is" : "are", over > 0 ? ": those cannot be right" : "");
}

static bool add_workload(struct stator_report *report, size_t workload, bool first)
{
    struct stator_view *view = report->view;
    struct model model;

    find_model(&view->workloads[workload], &model);
    if (model.count == 0) {
        return false;
    }
    if (first) {
        stator_report_tag(report, "<section id=\"model\">\n<h2>Model and measurement</h2>\n"
                                  "<p>What the emulated devices allow: one request at a time, and "
                                  "at most, however much a design overlaps.</p>\n");
    }
    add_head(report, &view->workloads[workload], &model);
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        stator_report_element(report, "<tr><th scope=\"row\">", view->archs[arch], "</th>");
        for (size_t i = 0; i < model.count; i++) {
            stator_report_figure(report, stator_view_at(view, workload, model.levels[i], arch),
                                 STATOR_METRIC_RATE, NULL);
        }
        stator_report_tag(report, "</tr>\n");
    }
    stator_report_end_table(report);
    add_excesses(report, workload);
    stator_report_simulated(report, workload);
    return true;
}

void stator_report_model(struct stator_report *report)
{
    bool any = false;

    for (size_t i = 0; i < report->view->workload_count; i++) {
        any |= add_workload(report, i, !any);
    }
    stator_report_tag(report, any ? "</section>\n" : "");
}
