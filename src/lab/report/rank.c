/*
 * Who is best at a level, and what happens to each along the axis.
 *
 * Knows orders, ties and trends; refuses to put them into words. The one surprising thing: a row
 * that is marked takes no part, nor one that left clients without an answer: it had less to do than
 * the others, and must neither win nor lose by that.
 */
#include <math.h>
#include <stdlib.h>

#include "lab/report/view.h"
#include "lab/result/figure.h"

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
    default:
        return !(fairness < STATOR_METRIC_FAIR) && rate != 0;
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
        stator_result_ratio(view->result, &cell->cell, best->cell.arch, metric);

    /* Nothing and nothing have no ratio. */
    return stator_estimate_is_tie(&ratio) || stator_view_estimate(view, cell, metric)->median ==
                                                 stator_view_estimate(view, best, metric)->median;
}

/* Whoever is tied with the best goes before who is not, however uncertain it is. */
static void collect_ties(struct stator_view *view, struct stator_rank *rank,
                         enum stator_metric metric)
{
    struct stator_view_cell *others[STATOR_VIEW_ARCHS];
    size_t count = 0;

    for (size_t i = 0; i < rank->count; i++) {
        if (i == 0 || is_tied(view, rank->cells[i], rank->cells[0], metric)) {
            rank->cells[rank->ties++] = rank->cells[i];
        } else {
            others[count++] = rank->cells[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        rank->cells[rank->ties + i] = others[i];
    }
}

void stator_rank_make(struct stator_view *view, size_t workload, size_t level,
                      enum stator_metric metric, struct stator_rank *out)
{
    *out = (struct stator_rank){.count = 0};
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, arch);

        if (cell == NULL || isnan(stator_view_estimate(view, cell, metric)->median)) {
            continue;
        }
        if (!is_of_all_clients(view, cell, metric)) {
            out->starving++;
        } else if (!stator_view_is_sound_for(cell, metric)) {
            out->unsound++;
        } else {
            insert(view, out, cell, metric);
        }
    }
    collect_ties(view, out, metric);
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
    const char *names[STATOR_VIEW_ARCHS];
    size_t count = 0;

    for (size_t i = from; i < to; i++) {
        names[count++] = rank->cells[i]->cell.arch;
    }
    stator_figure_add_names(out, names, count);
}

/* What a row has to say about a trend; NULL where it has nothing, or cannot be believed. */
static const struct stator_estimate *believed(struct stator_view *view,
                                              struct stator_view_cell *cell,
                                              enum stator_metric metric)
{
    const struct stator_estimate *estimate = cell != NULL &&
                                                     stator_view_is_sound_for(cell, metric) &&
                                                     is_of_all_clients(view, cell, metric)
                                                 ? stator_view_estimate(view, cell, metric)
                                                 : NULL;

    return estimate != NULL && !isnan(estimate->median) ? estimate : NULL;
}

struct stator_trend stator_trend_of(struct stator_view *view, size_t workload, size_t arch,
                                    enum stator_metric metric)
{
    const struct stator_estimate *first = NULL, *last = NULL;
    struct stator_trend trend = {STATOR_TREND_KIND_UNKNOWN, 1, 0, 0};

    for (size_t level = 0; level < view->workloads[workload].level_count; level++) {
        const struct stator_estimate *estimate =
            believed(view, stator_view_at(view, workload, level, arch), metric);

        if (estimate != NULL && first == NULL) {
            first = estimate;
            trend.first = level;
        } else if (estimate != NULL) {
            last = estimate;
            trend.last = level;
        }
    }
    if (last == NULL || !(first->median > 0)) {
        return trend;
    }
    trend.ratio = last->median / first->median;
    if (fabs(trend.ratio - 1) <= FLAT) {
        trend.kind = STATOR_TREND_KIND_FLAT;
    } else if (last->low <= first->high && first->low <= last->high) {
        trend.kind = STATOR_TREND_KIND_UNCLEAR;
    } else {
        trend.kind = trend.ratio > 1 ? STATOR_TREND_KIND_UP : STATOR_TREND_KIND_DOWN;
    }
    return trend;
}
