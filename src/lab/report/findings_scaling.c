/*
 * Sentences on what more cores bring.
 *
 * Knows how the universal scalability law is put into words; refuses to know how it is fitted. The
 * one surprising thing: nothing is said of a design with fewer than three numbers of cores, which
 * any law would fit; and levels at which the load generator was the limit say nothing of a server.
 */
#include <math.h>

#include "lab/model/usl.h"
#include "lab/report/findings.h"

/* Less of a loss than this on the most cores is none. */
#define LOSS_MIN 0.01

/* What a design did with each number of cores. */
struct series {
    double cores[STATOR_VIEW_LEVELS], rates[STATOR_VIEW_LEVELS];
    size_t count;
};

/* The cores that the level gives a server; 0 where it does not say. */
static unsigned cores_of(const struct stator_workload *info, double level)
{
    struct stator_trial_plan plan = {.group_count = 0};

    if (info != NULL && info->plan != NULL) {
        info->plan(level, &plan);
    }
    return plan.cores;
}

static void collect(struct stator_view *view, size_t workload, size_t arch, struct series *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];

    out->count = 0;
    for (size_t level = 0; level < info->level_count; level++) {
        struct stator_view_cell *cell = stator_view_at(view, workload, level, arch);
        unsigned cores = cores_of(info->info, info->levels[level]);
        double rate = cell != NULL && stator_view_is_sound(cell) &&
                              (cell->cell.flags & STATOR_TRIAL_FLAG_CLIENT_LIMITED) == 0
                          ? stator_view_estimate(view, cell, STATOR_METRIC_RATE)->median
                          : NAN;

        if (cores > 0 && rate > 0) {
            out->cores[out->count] = cores;
            out->rates[out->count++] = rate;
        }
    }
}

static void add_law(const struct series *series, const char *arch, const struct stator_usl *law,
                    struct stator_text *out)
{
    double max = series->cores[series->count - 1], peak = stator_usl_peak(law);
    double one = series->cores[0] == 1 ? series->rates[0] : law->single;

    stator_findings_begin(out);
    stator_text_add_format(out,
                           "%s has %.1f times one core's rate on %g; by the universal scalability "
                           "law %.1f %% of its work is done by one core at a time",
                           arch, series->rates[series->count - 1] / one, max,
                           100 * law->contention);
    if (law->coherence * max * (max - 1) >= LOSS_MIN) {
        stator_text_add_format(
            out, ", each pair of cores costs %.2g %%, and more than %.0f %s less",
            100 * law->coherence, fmax(floor(peak), 1), peak <= max ? "are" : "would be");
    }
    stator_text_add_char(out, '.');
}

void stator_findings_scaling(struct stator_view *view, size_t workload, struct stator_text *out)
{
    for (size_t arch = 0; arch < view->arch_count; arch++) {
        struct series series;
        struct stator_usl law;

        collect(view, workload, arch, &series);
        if (stator_usl_fit(series.cores, series.rates, series.count, &law)) {
            add_law(&series, view->archs[arch], &law, out);
        }
    }
}
