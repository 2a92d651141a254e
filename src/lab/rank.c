/*
 * Who is best at a level, and what happens to each along the axis.
 *
 * Knows orders, ties and trends; refuses to put them into words. The one surprising thing: a row
 * that is marked takes no part, nor one that left clients without an answer: it had less to do than
 * the others, and must neither win nor lose by that.
 */
#include <math.h>
#include <stdlib.h>

#include "lab/figure.h"
#include "lab/view.h"

/* What changes less from the first level to the last is flat. */
#define FLAT 0.15

static bool is_of_all_clients(struct stator_view *view, struct stator_view_cell *cell,
                              enum stator_metric metric)
{
    double rate = stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median;
    double fairness = stator_view_estimate(view, cell, STATOR_METRIC_FAIRNESS)->median;

    switch (metric) {
    case STATOR_METRIC_RATE:
    case STATOR_METRIC_BODY:
    case STATOR_METRIC_HELD:
    case STATOR_METRIC_ERRORS:
        return true;
    case STATOR_METRIC_P50:
    case STATOR_METRIC_P90:
    case STATOR_METRIC_P99:
    case STATOR_METRIC_P999:
    case STATOR_METRIC_MAX:
        return !(fairness < STATOR_VIEW_FAIR) && rate != 0;
    default:
        return rate != 0;
    }
}

static void insert(struct stator_view *view, struct stator_rank *rank,
                   struct stator_view_cell *cell, enum stator_metric metric)
{
    double sign = stator_metric_info(metric)->better < 0 ? -1 : 1;
    double value = sign * stator_view_estimate(view, cell, metric)->median;
    size_t at = rank->count++;

    while (at > 0 &&
           sign * stator_view_estimate(view, rank->cells[at - 1], metric)->median < value) {
        rank->cells[at] = rank->cells[at - 1];
        at--;
    }
    rank->cells[at] = cell;
}

static bool is_tied(struct stator_view *view, struct stator_view_cell *cell,
                    struct stator_view_cell *best, enum stator_metric metric)
{
    struct stator_estimate ratio =
        stator_result_ratio(view->result, &cell->cell, best->cell.design, metric);

    /* Nothing and nothing have no ratio. */
    return stator_estimate_is_tie(&ratio) || stator_view_estimate(view, cell, metric)->median ==
                                                 stator_view_estimate(view, best, metric)->median;
}

void stator_rank_make(struct stator_view *view, size_t workload, size_t level,
                      enum stator_metric metric, struct stator_rank *out)
{
    *out = (struct stator_rank){.count = 0};
    for (size_t design = 0; design < view->design_count; design++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, design);

        if (cell == NULL || isnan(stator_view_estimate(view, cell, metric)->median)) {
            continue;
        }
        if (!stator_view_is_sound_for(cell, metric)) {
            out->unsound++;
        } else if (!is_of_all_clients(view, cell, metric)) {
            out->starving++;
        } else {
            insert(view, out, cell, metric);
        }
    }
    for (out->ties = out->count > 0; out->ties < out->count; out->ties++) {
        if (!is_tied(view, out->cells[out->ties], out->cells[0], metric)) {
            break;
        }
    }
}

double stator_rank_excess(struct stator_view *view, const struct stator_rank *rank, size_t index,
                          enum stator_metric metric)
{
    double best = stator_view_estimate(view, rank->cells[0], metric)->median;
    double value = stator_view_estimate(view, rank->cells[index], metric)->median;
    double excess = stator_metric_info(metric)->better < 0 ? value / best : best / value;

    return isfinite(excess) ? excess : NAN;
}

void stator_rank_add_names(const struct stator_rank *rank, size_t from, size_t to,
                           struct stator_text *out)
{
    const char *names[STATOR_VIEW_DESIGNS];
    size_t count = 0;

    for (size_t i = from; i < to; i++) {
        names[count++] = rank->cells[i]->cell.design;
    }
    stator_figure_add_names(out, names, count);
}

enum stator_trend stator_trend_of(struct stator_view *view, size_t workload, size_t design,
                                  enum stator_metric metric, double *ratio)
{
    const struct stator_estimate *first = NULL, *last = NULL;

    for (size_t level = 0; level < view->workloads[workload].level_count; level++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, design);
        const struct stator_estimate *estimate =
            cell != NULL ? stator_view_estimate(view, cell, metric) : NULL;

        if (estimate != NULL && !isnan(estimate->median)) {
            last = first != NULL ? estimate : last;
            first = first != NULL ? first : estimate;
        }
    }
    if (last == NULL || !(first->median > 0)) {
        return STATOR_TREND_UNKNOWN;
    }
    *ratio = last->median / first->median;
    if (fabs(*ratio - 1) <= FLAT) {
        return STATOR_TREND_FLAT;
    }
    if (last->low <= first->high && first->low <= last->high) {
        return STATOR_TREND_LITTLE;
    }
    return *ratio > 1 ? STATOR_TREND_UP : STATOR_TREND_DOWN;
}
