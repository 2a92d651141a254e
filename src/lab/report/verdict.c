/*
 * The verdict.
 *
 * Knows which five questions a reader has; refuses to answer one that was not measured. The one
 * surprising thing: the last sentence says how much of it can be believed, and comes whatever was
 * measured.
 */
#include "lab/report/verdict.h"

#include <math.h>
#include <string.h>

#include "lab/report/findings.h"

static void add_missing(const char *what, const char *workload, struct stator_text *out)
{
    stator_text_add_format(out, "%s not measured (workload %s).", what, workload);
}

/* The rank at the decisive level; false, and a sentence, where there is none. */
static bool find_rank(struct stator_view *view, const char *name, const char *what,
                      enum stator_metric metric, struct stator_rank *rank, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, name);

    if (workload == view->workload_count) {
        add_missing(what, name, out);
        return false;
    }
    stator_rank_make(view, workload, view->workloads[workload].decisive, metric, rank);
    if (rank->count == 0 && rank->unsound == 0) {
        add_missing(what, name, out);
        return false;
    }
    if (rank->count == 0) {
        stator_text_add_format(out, "%s measured, but every row is marked (workload %s).", what,
                               name);
        return false;
    }
    return true;
}

static void add_caveat(const struct stator_rank *rank, struct stator_text *out)
{
    if ((rank->cells[0]->cell.flags & STATOR_TRIAL_FLAG_CLIENT_LIMITED) != 0) {
        stator_text_add_string(out, "; the load generator was the limit");
    }
    if (rank->unsound > 0) {
        stator_text_add_format(out, "; %zu marked row%s not counted", rank->unsound,
                               rank->unsound == 1 ? "" : "s");
    }
    stator_text_add_char(out, '.');
}

static void add_best(struct stator_view *view, const struct stator_rank *rank, const char *verb,
                     struct stator_text *out)
{
    double min = INFINITY, max = 0;

    stator_rank_add_names(rank, 0, rank->ties, out);
    stator_text_add_format(out, " %s ", verb);
    for (size_t i = 0; i < rank->ties; i++) {
        double rate = stator_view_estimate(view, rank->cells[i], STATOR_METRIC_RATE)->median;

        min = rate < min ? rate : min;
        max = rate > max ? rate : max;
    }
    if (min < max) {
        stator_figure_add_number(out, min);
        stator_text_add_string(out, " to ");
    }
    stator_figure_add_number(out, max);
    stator_text_add_string(out, " requests a second");
    if (rank->ties > 1) {
        stator_text_add_string(out, ", too close to call");
    }
}

static void add_cached(struct stator_view *view, struct stator_text *out)
{
    struct stator_rank rank;
    double excess;

    if (!find_rank(view, "hot", "Small files from memory were", STATOR_METRIC_RATE, &rank, out)) {
        return;
    }
    excess = stator_rank_excess(view, &rank, rank.count - 1, STATOR_METRIC_RATE);
    stator_text_add_format(out, "From memory, with %s, ", rank.cells[0]->cell.label);
    add_best(view, &rank, rank.ties > 1 ? "answer" : "answers", out);
    if (rank.ties == rank.count) {
        stator_text_add_string(out, rank.count > 1 ? ": here the design does not matter" : "");
    } else if (!isnan(excess)) {
        stator_text_add_format(out,
                               excess <= 1.3 ? ", little more than the last one, %s: by "
                                             : ", and the last one, %s, is behind by ",
                               rank.cells[rank.count - 1]->cell.arch);
        stator_figure_add_excess(out, excess);
    }
    add_caveat(&rank, out);
}

static void add_disk(struct stator_view *view, struct stator_text *out)
{
    struct stator_rank rank;

    if (!find_rank(view, "disk", "Waiting for a disk was", STATOR_METRIC_RATE, &rank, out)) {
        return;
    }
    stator_text_add_format(out, "When requests wait for a disk (%s), ", rank.cells[0]->cell.label);
    add_best(view, &rank, rank.ties > 1 ? "answer" : "answers", out);
    for (size_t i = rank.ties; i < rank.count; i++) {
        double excess = stator_rank_excess(view, &rank, i, STATOR_METRIC_RATE);

        if (strcmp(rank.cells[i]->cell.arch, "event") == 0 && !isnan(excess)) {
            stator_text_add_string(out, ", and a single event loop, which waits in place, is "
                                        "behind by ");
            stator_figure_add_excess(out, excess);
        }
    }
    add_caveat(&rank, out);
}

static void add_idle(struct stator_view *view, struct stator_text *out)
{
    struct stator_rank rate, memory;
    size_t workload = stator_view_find_workload(view, "idle");

    if (!find_rank(view, "idle", "Idle connections were", STATOR_METRIC_RATE, &rate, out)) {
        return;
    }
    stator_text_add_format(out, "With idle connections (%s), ", rate.cells[0]->cell.label);
    add_best(view, &rate, rate.ties > 1 ? "still answer" : "still answers", out);
    stator_rank_make(view, workload, view->workloads[workload].decisive, STATOR_METRIC_MEMORY,
                     &memory);
    if (memory.count > 1 && memory.ties < memory.count) {
        const struct stator_view_cell *last = memory.cells[memory.count - 1];

        stator_text_add_string(out, ", and memory goes from ");
        stator_figure_add(
            out, STATOR_METRIC_MEMORY,
            stator_view_estimate(view, memory.cells[0], STATOR_METRIC_MEMORY)->median);
        stator_text_add_format(out, " (%s) to ", memory.cells[0]->cell.arch);
        stator_figure_add(
            out, STATOR_METRIC_MEMORY,
            stator_view_estimate(view, memory.cells[memory.count - 1], STATOR_METRIC_MEMORY)
                ->median);
        stator_text_add_format(out, " (%s)", last->cell.arch);
    }
    add_caveat(&rate, out);
}

static bool has_metric(struct stator_view *view, size_t workload, enum stator_metric metric)
{
    for (size_t i = 0; i < view->cell_count; i++) {
        if (view->cells[i].workload == workload &&
            !isnan(stator_view_estimate(view, &view->cells[i], metric)->median)) {
            return true;
        }
    }
    return false;
}

static void add_convoy(struct stator_view *view, struct stator_text *out)
{
    size_t workload = stator_view_find_workload(view, "convoy"), before;

    if (!has_metric(view, workload, STATOR_METRIC_ERRORS)) {
        add_missing("Small requests behind large downloads were", "convoy", out);
        return;
    }
    stator_text_add_string(out, "Behind large downloads: ");
    before = out->length;
    stator_findings_errors(view, workload, out);
    if (out->length == before) {
        stator_text_add_string(out,
                               "no design failed a small request in more than 0.1 % of cases.");
        return;
    }
    /* Sentences of one design each become parts of this one. */
    for (size_t i = before; i + 1 < out->length; i++) {
        if (out->at[i] == '.' && out->at[i + 1] == ' ') {
            out->at[i] = ';';
        }
    }
    memmove(out->at + before, out->at + before + 1, out->length - before - 1);
    out->length--;
}

/* In how many workloads each design is among the best. */
static size_t count_wins(struct stator_view *view, size_t wins[STATOR_VIEW_ARCHS])
{
    size_t judged = 0;

    for (size_t i = 0; i < view->workload_count; i++) {
        const struct stator_view_workload *workload = &view->workloads[i];
        struct stator_rank rank;

        stator_rank_make(view, i, workload->decisive, workload->metric, &rank);
        judged += rank.count > 1;
        for (size_t k = 0; k < rank.ties && rank.count > 1; k++) {
            wins[rank.cells[k]->arch]++;
        }
    }
    return judged;
}

static void add_trust(struct stator_view *view, struct stator_text *out)
{
    size_t marked = 0, measured = 0, failed = 0;

    for (size_t i = 0; i < view->cell_count; i++) {
        measured += view->cells[i].cell.count > 0;
        marked += view->cells[i].cell.count > 0 && view->cells[i].cell.flags != 0;
    }
    for (size_t i = 0; i < view->result->check_count; i++) {
        failed += !view->result->checks[i].passed;
    }
    stator_text_add_format(
        out, "; of %zu rows %zu %s marked, and of %zu checks %zu failed%s%s.", measured, marked,
        marked == 1 ? "is" : "are", view->result->check_count, failed,
        view->result->partial ? "; the run was broken off" : "",
        view->result->repetitions < 5
            ? "; with fewer than 5 repetitions the intervals are ranges, widened by what "
              "the reference design wandered"
            : "");
}

static void add_overall(struct stator_view *view, struct stator_text *out)
{
    size_t wins[STATOR_VIEW_ARCHS] = {0}, judged = count_wins(view, wins), max = 0, count = 0;
    const char *names[STATOR_VIEW_ARCHS];

    for (size_t i = 0; i < view->arch_count; i++) {
        max = wins[i] > max ? wins[i] : max;
    }
    for (size_t i = 0; i < view->arch_count; i++) {
        if (wins[i] == max && max > 0) {
            names[count++] = view->archs[i];
        }
    }
    if (judged == 0) {
        stator_text_add_string(out, "Nothing was measured that two designs could be compared by");
    } else {
        stator_text_add_string(out, "Overall ");
        stator_figure_add_names(out, names, count);
        stator_text_add_format(out, " %s among the best in %zu of %zu workloads%s",
                               count == 1 ? "is" : "are", max, judged,
                               max < judged ? ", and no design is in all" : "");
    }
    add_trust(view, out);
}

static void (*const sentences[STATOR_VERDICT_SENTENCES])(struct stator_view *view,
                                                         struct stator_text *out) = {
    add_cached, add_disk, add_idle, add_convoy, add_overall,
};

void stator_verdict_add(struct stator_view *view, unsigned index, struct stator_text *out)
{
    struct stator_text sentence = {0};

    sentences[index](view, &sentence);
    stator_text_add(out, stator_text_span(&sentence));
    out->failed |= sentence.failed;
    stator_text_finish(&sentence);
}

bool stator_verdict_applies(const struct stator_view *view, unsigned index)
{
    static const char *const workloads[STATOR_VERDICT_SENTENCES] = {"hot", "disk", "idle", "convoy",
                                                                    NULL};

    return workloads[index] == NULL ||
           stator_view_find_workload(view, workloads[index]) < view->workload_count;
}
