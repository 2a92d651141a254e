/*
 * What a simulation of the emulated devices says beside what was measured.
 *
 * Knows how many requests a design can have at the devices at a time, which is all that it needs of
 * a design; refuses to know what else a server does. The one surprising thing: the server's own
 * work takes no time in the simulation, so a rate below it is what that work costs.
 */
#include <math.h>

#include "lab/model/device_bound.h"
#include "lab/model/simulate.h"
#include "lab/report/parts.h"
#include "lab/result/figure.h"

/* Regular visits repeat soon; those by chance do not. */
#define REGULAR 20000
#define RANDOM  200000

/* Responses a second by simulation; NAN where there is no model, or nobody knows how many. */
static double simulate(const struct stator_workload *info, const struct stator_cell *cell)
{
    struct stator_trial_plan plan = {.group_count = 0};
    struct stator_network network;
    struct stator_network_figures figures;
    struct stator_simulate_spec spec = {
        .network = &network, .population = cell->overlap, .requests = REGULAR, .seed = 1};

    if (cell->overlap == 0 || !stator_device_bound_network(info, cell->level, &network)) {
        return NAN;
    }
    info->plan(cell->level, &plan);
    spec.manners[1].choice = STATOR_SIMULATE_CHOICE_EVERY;
    if (plan.devices.miss == STATOR_DEVICE_MISS_COIN) {
        spec.manners[1].choice = STATOR_SIMULATE_CHOICE_COIN;
        spec.requests = RANDOM;
    }
    return stator_simulate_run(&spec, &figures) == 0 ? figures.throughput : NAN;
}

static void add_row(struct stator_report *report, const struct stator_view_cell *cell,
                    double simulated, double measured)
{
    struct stator_text text = {0};

    stator_report_element(report, "<tr><th scope=\"row\">", cell->cell.arch, "</th>");
    stator_report_element(report, "<td>", cell->cell.label, "</td>");
    stator_text_add_format(report->out, "<td>%u</td>", cell->cell.overlap);
    stator_figure_add(&text, STATOR_METRIC_RATE, simulated);
    stator_report_take(report, "<td>", &text, "</td>");
    stator_figure_add(&text, STATOR_METRIC_RATE, measured);
    stator_report_take(report, "<td>", &text, "</td>");
    stator_text_add_format(report->out, "<td>%+.1f %%</td></tr>\n",
                           100 * (measured / simulated - 1));
    stator_text_finish(&text);
}

void stator_report_simulated(struct stator_report *report, size_t workload)
{
    struct stator_view *view = report->view;
    bool any = false;

    for (size_t i = 0; i < view->cell_count; i++) {
        struct stator_view_cell *cell = &view->cells[i];
        double simulated, measured;

        if (cell->workload != workload || cell->cell.overlap == 0) {
            continue;
        }
        measured = stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median;
        simulated = simulate(view->workloads[workload].info, &cell->cell);
        if (!isfinite(measured) || !isfinite(simulated)) {
            continue;
        }
        if (!any) {
            stator_report_begin_table(report, view->workloads[workload].name);
            stator_report_tag(report, "<thead><tr><th scope=\"col\">simulated</th>"
                                      "<th scope=\"col\">level</th>"
                                      "<th scope=\"col\">at devices at a time</th>"
                                      "<th scope=\"col\">simulation</th>"
                                      "<th scope=\"col\">measured</th>"
                                      "<th scope=\"col\">deviation</th></tr></thead>\n<tbody>\n");
        }
        any = true;
        add_row(report, cell, simulated, measured);
    }
    if (any) {
        stator_report_end_table(report);
    }
}
