/*
 * Sentences that say why: what a disk, a connection or a taken worker did to a design.
 *
 * Knows which figures show a cause; refuses to say one that they do not show. The one surprising
 * thing: how many channels of a disk are busy follows from the rate alone, by the utilisation law.
 */
#include <math.h>

#include "lab/report/findings.h"

/* All of them: a design that hides among "others" explains nothing. */
static void add_all(struct stator_text *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        stator_text_add_string(out, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        stator_text_add_string(out, names[i]);
    }
}

/* The designs of which it is so at the decisive level. */
typedef bool look_fn(struct stator_view *view, struct stator_view_cell *cell);

static size_t find_archs(struct stator_view *view, size_t workload, look_fn *look,
                         const char *names[STATOR_VIEW_ARCHS])
{
    size_t count = 0;

    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct stator_view_cell *cell =
            stator_view_at(view, workload, view->workloads[workload].decisive, arch);

        if (cell != NULL && cell->cell.count > 0 && look(view, cell)) {
            names[count++] = view->archs[arch];
        }
    }
    return count;
}

static bool answers_nobody(struct stator_view *view, struct stator_view_cell *cell)
{
    return stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median == 0;
}

static bool answers_few(struct stator_view *view, struct stator_view_cell *cell)
{
    return stator_view_estimate(view, cell, STATOR_METRIC_FAIRNESS)->median < STATOR_METRIC_FAIR;
}

static void add_starving(struct stator_view *view, size_t workload, look_fn *look, const char *what,
                         struct stator_text *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    const char *names[STATOR_VIEW_ARCHS];
    size_t count = find_archs(view, workload, look, names);

    if (count > 0) {
        stator_findings_begin(out);
        stator_text_add_format(out, "At %s ", info->labels[info->decisive]);
        add_all(out, names, count);
        stator_text_add_string(out, what);
    }
}

/* Whether other clients are there before those whose requests are looked at. */
static bool has_crowd(const struct stator_view_workload *workload)
{
    struct stator_trial_plan plan = {.group_count = 0};

    if (workload->info != NULL && workload->info->plan != NULL) {
        workload->info->plan(workload->levels[workload->decisive], &plan);
    }
    return plan.group_count > 1;
}

void stator_findings_starving(struct stator_view *view, size_t workload, struct stator_text *out)
{
    add_starving(view, workload, answers_nobody,
                 has_crowd(&view->workloads[workload])
                     ? " answered no request at all: every place that there was had been taken, "
                       "and was kept, by clients that came before."
                     : " answered no request at all.",
                 out);
    add_starving(view, workload, answers_few,
                 " left about half of the clients or more without an answer: the response times "
                 "are those of the others alone, who were served while these waited.",
                 out);
}

/* The memory of a connection at a level; NAN where the design is not there, or was not measured. */
static double memory_at(struct stator_view *view, size_t workload, size_t level, const char *name)
{
    size_t arch = stator_view_find_arch(view, name);
    struct stator_view_cell *cell =
        arch < view->arch_count ? stator_view_at(view, workload, level, arch) : NULL;

    return cell != NULL ? stator_view_estimate(view, cell, STATOR_METRIC_PER_CONNECTION)->median
                        : NAN;
}

/* The decisive level, or the last one before it that a thread for each connection gets to. */
static size_t memory_level(struct stator_view *view, size_t workload)
{
    size_t decisive = view->workloads[workload].decisive;

    for (size_t level = decisive + 1; level-- > 0;) {
        if (!isnan(memory_at(view, workload, level, "thread"))) {
            return level;
        }
    }
    return decisive;
}

void stator_findings_memory(struct stator_view *view, size_t workload, struct stator_text *out)
{
    static const char *const asked[] = {"event", "thread", "fork"};
    size_t level = memory_level(view, workload);
    double first = 0;

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        double bytes = memory_at(view, workload, level, asked[i]);

        if (!(bytes > 0)) {
            continue; /* a slope below nothing is noise of the machine's slab */
        }
        if (first > 0) {
            stator_text_add_string(out, "; ");
        } else {
            stator_findings_begin(out);
            stator_text_add_format(out, "Up to %s, a connection costs ",
                                   view->workloads[workload].labels[level]);
        }
        stator_figure_add(out, STATOR_METRIC_PER_CONNECTION, bytes);
        stator_text_add_format(out, " of memory in %s", asked[i]);
        if (first > 0 && bytes >= 1.5 * first) {
            stator_text_add_format(out, ", %.1f times as much", bytes / first);
        }
        first = first > 0 ? first : bytes;
    }
    stator_text_add_string(out, first > 0 ? "." : "");
}

/* From this many channels on a design does more than one access at a time. */
#define OVERLAPS 1.25

/* How many channels of its disk a design keeps busy; NAN where there are none to choose from. */
static double busy_channels(struct stator_view *view, struct stator_view_cell *cell)
{
    const struct stator_workload *info = view->workloads[cell->workload].info;
    struct stator_trial_plan plan = {.group_count = 0};

    if (info == NULL || info->plan == NULL) {
        return NAN;
    }
    info->plan(cell->cell.level, &plan);
    if (plan.devices.disk_channels < 2 || plan.devices.miss == STATOR_DEVICE_MISS_LRU ||
        !(plan.devices.miss_share > 0)) {
        return NAN;
    }
    return stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median * plan.devices.miss_share *
           (double)plan.devices.disk_service / 1e9;
}

static bool waits_in_place(struct stator_view *view, struct stator_view_cell *cell)
{
    return busy_channels(view, cell) < OVERLAPS;
}

static bool overlaps(struct stator_view *view, struct stator_view_cell *cell)
{
    return busy_channels(view, cell) >= OVERLAPS;
}

static double max_channels(struct stator_view *view, size_t workload, look_fn *look)
{
    double max = 0;

    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct stator_view_cell *cell =
            stator_view_at(view, workload, view->workloads[workload].decisive, arch);

        if (cell != NULL && cell->cell.count > 0 && look(view, cell)) {
            max = fmax(max, busy_channels(view, cell));
        }
    }
    return max;
}

void stator_findings_channels(struct stator_view *view, size_t workload, struct stator_text *out)
{
    const char *names[STATOR_VIEW_ARCHS];
    size_t count = find_archs(view, workload, overlaps, names);

    if (count > 0) {
        stator_findings_begin(out);
        add_all(out, names, count);
        stator_text_add_format(out, " %s up to %.1f channels of the disk busy at a time.",
                               count == 1 ? "keeps" : "keep",
                               max_channels(view, workload, overlaps));
    }
    count = find_archs(view, workload, waits_in_place, names);
    if (count > 0) {
        stator_findings_begin(out);
        add_all(out, names, count);
        stator_text_add_format(out,
                               " %s at most %.1f of them busy: while one request waits for the "
                               "disk, all others wait behind it.",
                               count == 1 ? "keeps" : "each keep",
                               max_channels(view, workload, waits_in_place));
    }
}
