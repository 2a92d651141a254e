/*
 * How a claim is tested.
 *
 * Knows which cells can tell and what must be there; refuses to know who claimed it. The one
 * surprising thing: a ratio that cannot be told from 1 reproduces nothing, however large it looks,
 * and one whose interval reaches the threshold refutes nothing either.
 */
#include "lab/report/hypothesis.h"

#include <math.h>
#include <string.h>

#include "lab/result/figure.h"

static enum stator_claim_answer answer(bool yes)
{
    return yes ? STATOR_CLAIM_ANSWER_REPRODUCED : STATOR_CLAIM_ANSWER_NOT_REPRODUCED;
}

static enum stator_claim_answer lack(struct stator_text *out, const char *what)
{
    stator_text_add_format(out, "needs %s", what);
    return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
}

/* The cell, if it was measured; NULL for any index that is none. */
static struct stator_view_cell *cell_at(struct stator_view *view, size_t workload, size_t level,
                                        size_t arch)
{
    return workload < view->workload_count && arch < view->arch_count
               ? stator_view_at(view, workload, level, arch)
               : NULL;
}

/* NAN where one of them was not measured, or is marked. */
static struct stator_estimate ratio_at(struct stator_view *view,
                                       const struct stator_claim_ratio *row, size_t workload,
                                       size_t level)
{
    size_t arch = stator_view_find_arch(view, row->arch);
    size_t other = stator_view_find_arch(view, row->other);
    struct stator_view_cell *cell = cell_at(view, workload, level, arch);
    struct stator_view_cell *pair = cell_at(view, workload, level, other);

    if (cell == NULL || pair == NULL || !stator_view_is_sound(cell) ||
        !stator_view_is_sound(pair)) {
        return (struct stator_estimate){NAN, NAN, NAN, 0};
    }
    return stator_result_ratio(view->result, &cell->cell, view->archs[other], row->metric);
}

/* The level of that value; the count where it was not measured. */
static size_t find_level(const struct stator_view_workload *workload, double value)
{
    size_t level = 0;

    while (level < workload->level_count && workload->levels[level] != value) {
        level++;
    }
    return level;
}

/* The level where the ratio is greatest, or, going back from the decisive one, first is known. */
static size_t search_level(struct stator_view *view, const struct stator_claim_ratio *row,
                           size_t workload)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    size_t count = row->level == STATOR_CLAIM_LEVEL_WIDEST ? info->level_count : info->decisive + 1;
    size_t found = info->decisive;
    double max = 0;

    for (size_t i = 0; i < count; i++) {
        double ratio = ratio_at(view, row, workload, i).median;

        if (row->level == STATOR_CLAIM_LEVEL_WIDEST ? ratio > max : !isnan(ratio)) {
            max = ratio;
            found = i;
        }
    }
    return found;
}

static size_t level_of(struct stator_view *view, const struct stator_claim_ratio *row,
                       size_t workload)
{
    const struct stator_view_workload *info = &view->workloads[workload];

    switch (row->level) {
    case STATOR_CLAIM_LEVEL_FIRST:
        return 0;
    case STATOR_CLAIM_LEVEL_LAST:
        return info->level_count - 1;
    case STATOR_CLAIM_LEVEL_DECISIVE:
        return info->decisive;
    case STATOR_CLAIM_LEVEL_AT:
        return find_level(info, row->at);
    default:
        return search_level(view, row, workload);
    }
}

/* "Not reproduced" takes an interval that lies outside, as "reproduced" takes one that tells. */
static enum stator_claim_answer grade(const struct stator_claim_ratio *row,
                                      const struct stator_estimate *ratio, struct stator_text *out)
{
    bool one_will_do = row->min <= 1 && row->max >= 1;

    if (ratio->median >= row->min && ratio->median <= row->max &&
        (one_will_do || !stator_estimate_is_tie(ratio))) {
        return STATOR_CLAIM_ANSWER_REPRODUCED;
    }
    if (ratio->high < row->min || ratio->low > row->max) {
        return STATOR_CLAIM_ANSWER_NOT_REPRODUCED;
    }
    stator_text_add_string(out, "; that is too uncertain to tell");
    return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
}

enum stator_claim_answer stator_claim_test_ratio(struct stator_view *view,
                                                 const struct stator_claim_ratio *row,
                                                 struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, row->workload), level = 0;
    struct stator_estimate ratio = {.median = NAN};

    if (workload < view->workload_count) {
        level = level_of(view, row, workload);
        ratio = ratio_at(view, row, workload, level);
    }
    if (isnan(ratio.median)) {
        stator_text_add_format(out, "needs unmarked rows of %s and %s in workload %s", row->arch,
                               row->other, row->workload);
        return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
    }
    stator_text_add_format(out, "%s has %.2f (%.2f to %.2f) times %s's %s at %s", row->arch,
                           ratio.median, ratio.low, ratio.high, row->other,
                           stator_metric_info(row->metric)->name,
                           view->workloads[workload].labels[level]);
    return grade(row, &ratio, out);
}

/* One client at a time is no architecture that the claim is about. */
static bool is_concurrent(const struct stator_view_cell *cell)
{
    return strncmp(cell->cell.arch, "iterative", strlen("iterative")) != 0;
}

enum stator_claim_answer stator_claim_test_cached(struct stator_view *view, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, "hot"), count = 0;
    struct stator_view_cell *best = NULL, *last = NULL;
    struct stator_claim_ratio row = {.min = 1, .max = 1.3};
    struct stator_estimate ratio;
    struct stator_rank rank = {.count = 0};

    if (workload == view->workload_count) {
        return lack(out, "workload hot");
    }
    stator_rank_make(view, workload, view->workloads[workload].decisive, STATOR_METRIC_RATE, &rank);
    for (size_t i = 0; i < rank.count; i++) {
        struct stator_view_cell *cell = rank.cells[i];
        double rate = stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median;

        if (!is_concurrent(cell)) {
            continue;
        }
        if (best == NULL || rate > stator_view_estimate(view, best, STATOR_METRIC_RATE)->median) {
            best = cell;
        }
        if (last == NULL || rate < stator_view_estimate(view, last, STATOR_METRIC_RATE)->median) {
            last = cell;
        }
        count++;
    }
    if (count < 2) {
        return lack(out, "two concurrent designs in workload hot");
    }
    ratio = stator_result_ratio(view->result, &best->cell, last->cell.arch, STATOR_METRIC_RATE);
    if (isnan(ratio.median)) {
        return lack(out, "two concurrent designs in workload hot that answer");
    }
    stator_text_add_format(
        out, "%s has %.2f (%.2f to %.2f) times the rate of %s, the last of %zu, at %s",
        best->cell.arch, ratio.median, ratio.low, ratio.high, last->cell.arch, count,
        best->cell.label);
    return grade(&row, &ratio, out);
}

static enum stator_claim_answer test_trend(struct stator_view *view, const char *arch, double min,
                                           double max, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, "idle");
    size_t index = stator_view_find_arch(view, arch);
    struct stator_trend trend = {.kind = STATOR_TREND_KIND_UNKNOWN};

    if (workload < view->workload_count && index < view->arch_count) {
        trend = stator_trend_of(view, workload, index, STATOR_METRIC_RATE);
    }
    if (trend.kind == STATOR_TREND_KIND_UNKNOWN) {
        stator_text_add_format(out, "needs unmarked rows of %s at two levels of workload idle",
                               arch);
        return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
    }
    stator_text_add_format(out, "%s keeps %.0f %% of its rate from %s to %s", arch,
                           trend.ratio * 100, view->workloads[workload].labels[trend.first],
                           view->workloads[workload].labels[trend.last]);
    if (trend.kind == STATOR_TREND_KIND_UNCLEAR) {
        stator_text_add_string(out, "; its intervals overlap: that is too uncertain to tell");
        return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
    }
    return answer(trend.ratio >= min && trend.ratio <= max);
}

enum stator_claim_answer stator_claim_test_poll(struct stator_view *view, struct stator_text *out)
{
    return test_trend(view, "event:backend=poll", 0, 0.7, out);
}

enum stator_claim_answer stator_claim_test_epoll(struct stator_view *view, struct stator_text *out)
{
    return test_trend(view, "event", 0.85, 1e9, out);
}

enum stator_claim_answer stator_claim_test_select(struct stator_view *view, struct stator_text *out)
{
    static const struct stator_claim_ratio row = {.level = STATOR_CLAIM_LEVEL_LAST,
                                                  .metric = STATOR_METRIC_CPU,
                                                  .arch = "select",
                                                  .other = "event",
                                                  .workload = "idle",
                                                  .min = 1.05,
                                                  .max = 1e9};
    size_t workload = stator_view_find_workload(view, row.workload);
    size_t arch = stator_view_find_arch(view, row.arch);

    for (size_t level = 0;
         workload < view->workload_count && level < view->workloads[workload].level_count;
         level++) {
        struct stator_view_cell *cell = cell_at(view, workload, level, arch);

        if (cell != NULL && cell->cell.refusal != NULL) {
            stator_text_add_format(out, "it cannot do %s at all: %s", cell->cell.label,
                                   cell->cell.refusal);
            return STATOR_CLAIM_ANSWER_REPRODUCED;
        }
    }
    return stator_claim_test_ratio(view, &row, out);
}

enum stator_claim_answer stator_claim_test_held(struct stator_view *view, struct stator_text *out)
{
    struct stator_view_cell *best = NULL;
    double max = 0;

    for (size_t i = 0; i < view->cell_count; i++) {
        double held = stator_view_estimate(view, &view->cells[i], STATOR_METRIC_HELD)->median;

        if (held > max) {
            max = held;
            best = &view->cells[i];
        }
    }
    if (best == NULL) {
        return lack(out, "connections held");
    }
    stator_text_add_format(out, "%s held ", best->cell.arch);
    stator_figure_add_number(out, max);
    if (max < 10000 && best->cell.level < 10000) {
        stator_text_add_string(out, ", and more were not asked of it");
        return STATOR_CLAIM_ANSWER_NOT_TESTABLE;
    }
    return answer(max >= 10000);
}

enum stator_claim_answer stator_claim_test_convoy(struct stator_view *view, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, "convoy");
    struct stator_view_cell *cell = NULL;
    double errors;

    if (workload < view->workload_count) {
        cell = cell_at(view, workload, view->workloads[workload].decisive,
                       stator_view_find_arch(view, "iterative"));
    }
    errors = cell != NULL ? stator_view_estimate(view, cell, STATOR_METRIC_ERRORS)->median : NAN;
    if (isnan(errors)) {
        return lack(out, "iterative in workload convoy");
    }
    stator_text_add_string(out, "iterative failed ");
    stator_figure_add(out, STATOR_METRIC_ERRORS, errors);
    stator_text_add_string(out, " of the small requests");
    return answer(errors > 0.001);
}

enum stator_claim_answer stator_claim_test_keep_alive(struct stator_view *view,
                                                      struct stator_text *out)
{
    static const struct stator_claim_ratio row = {
        .metric = STATOR_METRIC_CPU, .arch = "fork", .other = "event"};
    size_t workload = stator_view_find_workload(view, "conn"), last;
    double first, then;

    if (workload == view->workload_count || view->workloads[workload].level_count < 2) {
        return lack(out, "fork and event at two levels of workload conn");
    }
    last = view->workloads[workload].level_count - 1;
    first = ratio_at(view, &row, workload, 0).median;
    then = ratio_at(view, &row, workload, last).median;
    if (isnan(first) || isnan(then)) {
        return lack(out, "fork and event at two levels of workload conn");
    }
    stator_text_add_format(out, "fork needs %.1f times event's processor time at %s and %.1f at %s",
                           first, view->workloads[workload].labels[0], then,
                           view->workloads[workload].labels[last]);
    return answer(first - 1 > 2 * (then - 1));
}

/* At the longest stall; at none there is nothing to hide. */
enum stator_claim_answer stator_claim_test_stall(struct stator_view *view, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, "stall"), level;

    if (workload == view->workload_count) {
        return lack(out, "workload stall");
    }
    level = view->workloads[workload].level_count - 1;
    for (size_t i = 0; i < view->arch_count && view->workloads[workload].levels[level] > 0; i++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, i);
        double from_intended, from_sent;

        if (cell == NULL) {
            continue;
        }
        from_intended = stator_view_estimate(view, cell, STATOR_METRIC_P99)->median;
        from_sent = stator_view_estimate(view, cell, STATOR_METRIC_FROM_SENT_P99)->median;
        if (!isnan(from_intended) && !isnan(from_sent)) {
            stator_text_add_format(out, "%s: naive p99 ", cell->cell.arch);
            stator_figure_add(out, STATOR_METRIC_FROM_SENT_P99, from_sent);
            stator_text_add_string(out, ", honest ");
            stator_figure_add(out, STATOR_METRIC_P99, from_intended);
            return answer(from_sent < from_intended / 2);
        }
    }
    return lack(out, "a stall in workload stall");
}
