/*
 * Sentences that are computed from a view.
 *
 * Knows how a rank, a trend, an error and a refusal are said; refuses to know which of them matter
 * for what. The one surprising thing: where too little was measured it says so, or nothing, since a
 * sentence that always comes says nothing.
 */
#include "lab/report/findings.h"

#include <math.h>
#include <string.h>

#include "lab/workload/candidate.h"

/* Above this share of failed requests a design did not do what was asked. */
#define ERRORS 0.001

/* So many designs are told one by one. */
#define GROUP_MAX 3

void stator_findings_begin(struct stator_text *out)
{
    if (out->length > 0 && out->at[out->length - 1] != '\n') {
        stator_text_add_char(out, ' ');
    }
}

static const char *superlative(enum stator_metric metric)
{
    return stator_metric_info(metric)->better < 0 ? "lowest" : "highest";
}

/* The metric as the subject of a sentence. */
static const char *noun(enum stator_metric metric)
{
    switch (metric) {
    case STATOR_METRIC_RATE:
        return "response rate";
    case STATOR_METRIC_BODY:
        return "data rate";
    case STATOR_METRIC_HELD:
        return "number of connections held";
    default:
        return stator_metric_info(metric)->name;
    }
}

static void add_last(struct stator_view *view, const struct stator_rank *rank,
                     enum stator_metric metric, struct stator_text *out)
{
    size_t last = rank->count - 1;
    double excess = stator_rank_excess(view, rank, last, metric);

    if (rank->ties == rank->count) {
        return;
    }
    stator_text_add_format(out, "; %s is last with ", rank->cells[last]->cell.arch);
    stator_figure_add(out, metric, stator_view_estimate(view, rank->cells[last], metric)->median);
    if (!isnan(excess) && excess >= 2) {
        stator_text_add_string(out, ", ");
        stator_figure_add_excess(out, excess);
    }
}

static void add_caveats(const struct stator_rank *rank, enum stator_metric metric,
                        struct stator_text *out)
{
    /* Nothing is better than none. */
    if (rank->count > 0 && metric != STATOR_METRIC_ERRORS &&
        (rank->cells[0]->cell.flags & STATOR_TRIAL_FLAG_CLIENT_LIMITED) != 0) {
        stator_text_add_string(out,
                               "; the load generator was the limit, so the best may be better");
    }
    if (rank->unsound > 0) {
        stator_text_add_format(out, "; %zu marked row%s left out", rank->unsound,
                               rank->unsound == 1 ? " is" : "s are");
    }
    if (rank->starving > 0) {
        stator_text_add_format(out, "; %zu that left clients without an answer %s not ranked",
                               rank->starving, rank->starving == 1 ? "is" : "are");
    }
}

void stator_findings_compare(struct stator_view *view, size_t workload, size_t level,
                             enum stator_metric metric, struct stator_text *out)
{
    const char *name = noun(metric);
    struct stator_rank rank;

    stator_rank_make(view, workload, level, metric, &rank);
    if (rank.count + rank.unsound == 0) {
        return;
    }
    stator_findings_begin(out);
    stator_text_add_format(out, "At %s ", view->workloads[workload].labels[level]);
    if (rank.count == 0) {
        stator_text_add_format(out, "no row can be believed: all %zu are marked.", rank.unsound);
        return;
    }
    stator_rank_add_names(&rank, 0, rank.ties, out);
    if (rank.ties > 1) {
        stator_text_add_format(out, " cannot be told apart and have the %s %s, about ",
                               superlative(metric), name);
    } else if (rank.count > 1) {
        stator_text_add_format(out, " has the %s %s, ", superlative(metric), name);
    } else {
        stator_text_add_format(out, " is the only one that can be judged; its %s: ", name);
    }
    stator_figure_add(out, metric, stator_view_estimate(view, rank.cells[0], metric)->median);
    add_last(view, &rank, metric, out);
    add_caveats(&rank, metric, out);
    stator_text_add_char(out, '.');
}

/* The designs of one trend, and how far each went. */
struct group {
    const char *names[STATOR_VIEW_ARCHS];
    double ratios[STATOR_VIEW_ARCHS];
    size_t count;
};

static void collect(struct stator_view *view, size_t workload, enum stator_metric metric,
                    enum stator_trend_kind wanted, struct group *out)
{
    size_t end = view->workloads[workload].level_count - 1;

    out->count = 0;
    for (size_t i = 0; i < view->arch_count; i++) {
        struct stator_trend trend = stator_trend_of(view, workload, i, metric);

        /* Who was not measured all the way is no part of a sentence about it. */
        if (trend.kind == wanted && trend.first == 0 && trend.last == end) {
            out->names[out->count] = view->archs[i];
            out->ratios[out->count++] = trend.ratio;
        }
    }
}

static void add_ratio(double ratio, struct stator_text *out)
{
    if (ratio < 1) {
        stator_text_add_string(out, "to ");
        stator_figure_add_number(out, ratio * 100);
        stator_text_add_string(out, " %");
    } else {
        stator_text_add_string(out, "by ");
        stator_figure_add_excess(out, ratio);
    }
}

/* How far it is from no change, up or down. */
static double distance(double ratio)
{
    return ratio < 1 ? 1 / ratio : ratio;
}

/* "thread falls to 23 %"; of many the two ends, and the reference: "12 designs fall, thread
 * furthest, to 23 %, ...". */
static void add_group(const struct group *group, const char *one, const char *many,
                      struct stator_text *out)
{
    size_t min = 0, max = 0;

    if (group->count == 0) {
        return;
    }
    stator_text_add_string(out, out->length > 0 ? "; " : "");
    if (group->count <= GROUP_MAX) {
        for (size_t i = 0; i < group->count; i++) {
            stator_text_add_format(out, "%s%s %s ", i > 0 ? "; " : "", group->names[i], one);
            add_ratio(group->ratios[i], out);
        }
        return;
    }
    for (size_t i = 1; i < group->count; i++) {
        min = distance(group->ratios[i]) < distance(group->ratios[min]) ? i : min;
        max = distance(group->ratios[i]) > distance(group->ratios[max]) ? i : max;
    }
    stator_text_add_format(out, "%zu designs %s, %s furthest, ", group->count, many,
                           group->names[max]);
    add_ratio(group->ratios[max], out);
    stator_text_add_format(out, ", and %s least, ", group->names[min]);
    add_ratio(group->ratios[min], out);
    for (size_t i = 0; i < group->count; i++) {
        if (i != max && i != min && strcmp(group->names[i], STATOR_CANDIDATE_REFERENCE) == 0) {
            stator_text_add_format(out, ", %s ", group->names[i]);
            add_ratio(group->ratios[i], out);
        }
    }
}

static void add_unclear(const struct group *group, struct stator_text *out)
{
    if (group->count > 0) {
        stator_text_add_string(out, out->length > 0 ? "; of " : "of ");
        stator_figure_add_names(out, group->names, group->count);
        stator_text_add_string(out, " it cannot be told, since intervals overlap");
    }
}

static void add_flat(const struct group *group, struct stator_text *out)
{
    if (group->count > 0) {
        stator_figure_add_names(out, group->names, group->count);
        stator_text_add_string(out, group->count == 1 ? " stays within 15 %" : " stay within 15 %");
    }
}

void stator_findings_trends(struct stator_view *view, size_t workload, enum stator_metric metric,
                            struct stator_text *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    struct stator_text trends = {0};
    struct group group;

    collect(view, workload, metric, STATOR_TREND_KIND_FLAT, &group);
    add_flat(&group, &trends);
    collect(view, workload, metric, STATOR_TREND_KIND_DOWN, &group);
    add_group(&group, "falls", "fall", &trends);
    collect(view, workload, metric, STATOR_TREND_KIND_UP, &group);
    add_group(&group, "rises", "rise", &trends);
    collect(view, workload, metric, STATOR_TREND_KIND_UNCLEAR, &group);
    add_unclear(&group, &trends);
    if (trends.length > 0 && info->level_count > 1) {
        stator_findings_begin(out);
        stator_text_add_format(out, "From %s to %s, by %s: ", info->labels[0],
                               info->labels[info->level_count - 1], noun(metric));
        stator_text_add(out, stator_text_span(&trends));
        stator_text_add_char(out, '.');
    }
    out->failed |= trends.failed;
    stator_text_finish(&trends);
}

void stator_findings_errors(struct stator_view *view, size_t workload, struct stator_text *out)
{
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        const char *label = NULL;
        double worst = ERRORS;

        for (size_t level = 0; level < view->workloads[workload].level_count; level++) {
            struct stator_view_cell *cell = stator_view_at(view, workload, level, arch);
            double share =
                cell != NULL ? stator_view_estimate(view, cell, STATOR_METRIC_ERRORS)->median : NAN;

            if (share > worst) {
                worst = share;
                label = view->workloads[workload].labels[level];
            }
        }
        if (label != NULL) {
            stator_findings_begin(out);
            stator_text_add_format(out, "%s failed ", view->archs[arch]);
            stator_figure_add(out, STATOR_METRIC_ERRORS, worst);
            stator_text_add_format(out, " of its requests at %s.", label);
        }
    }
}

void stator_findings_refusals(struct stator_view *view, size_t workload, struct stator_text *out)
{
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        for (size_t level = 0; level < view->workloads[workload].level_count; level++) {
            const struct stator_view_cell *cell = stator_view_at(view, workload, level, arch);

            if (cell != NULL && cell->cell.refusal != NULL) {
                stator_findings_begin(out);
                stator_text_add_format(out, "%s cannot do %s: %s.", view->archs[arch],
                                       cell->cell.label, cell->cell.refusal);
                break;
            }
        }
    }
}

/* Ends a line, if one was begun. */
static void end_line(struct stator_text *out)
{
    if (out->length > 0 && out->at[out->length - 1] != '\n') {
        stator_text_add_char(out, '\n');
    }
}

void stator_findings_saw(struct stator_view *view, size_t workload, struct stator_text *out)
{
    static void (*const whys[])(struct stator_view *, size_t, struct stator_text *) = {
        stator_findings_channels, stator_findings_memory, stator_findings_scaling,
        stator_findings_starving, stator_findings_errors, stator_findings_refusals,
    };
    const struct stator_view_workload *info = &view->workloads[workload];

    stator_findings_compare(view, workload, info->decisive, info->metric, out);
    end_line(out);
    stator_findings_trends(view, workload, info->metric, out);
    end_line(out);
    if (info->metric == STATOR_METRIC_CPU) {
        stator_findings_trends(view, workload, STATOR_METRIC_RATE, out);
        end_line(out);
    }
    for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
        whys[i](view, workload, out);
        end_line(out);
    }
    if (out->length == 0) {
        stator_text_add_string(out, "Nothing was measured.\n");
    }
}
