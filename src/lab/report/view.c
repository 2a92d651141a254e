/*
 * A view of a result.
 *
 * Knows in which order things are shown and finds them by it; refuses to judge. The one surprising
 * thing: designs stand in the order of the registry, since results hold them shuffled.
 */
#include "lab/report/view.h"
#include "arch/architectures/registry.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Its place in the registry; those of other programs come last. */
static size_t registry_place(const char *arch)
{
    const struct stator_arch_impl *impl;
    size_t length = strcspn(arch, ":"), i = 0;

    while ((impl = stator_arch_at(i)) != NULL &&
           (strlen(impl->name) != length || strncmp(impl->name, arch, length) != 0)) {
        i++;
    }
    return i;
}

static int compare_archs(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    size_t first = registry_place(a), second = registry_place(b);

    return first != second ? (first < second ? -1 : 1) : strcmp(a, b);
}

static int add_arch(struct stator_view *view, const char *name)
{
    for (size_t i = 0; i < view->arch_count; i++) {
        if (strcmp(view->archs[i], name) == 0) {
            return 0;
        }
    }
    if (view->arch_count == STATOR_VIEW_ARCHS) {
        return -E2BIG;
    }
    view->archs[view->arch_count++] = name;
    return 0;
}

static int add_level(struct stator_view_workload *workload, double level, const char *label)
{
    size_t at = 0;

    while (at < workload->level_count && workload->levels[at] < level) {
        at++;
    }
    if (at < workload->level_count && workload->levels[at] == level) {
        return 0;
    }
    if (workload->level_count == STATOR_VIEW_LEVELS) {
        return -E2BIG;
    }
    memmove(workload->levels + at + 1, workload->levels + at,
            (workload->level_count - at) * sizeof(workload->levels[0]));
    memmove(workload->labels + at + 1, workload->labels + at,
            (workload->level_count - at) * sizeof(workload->labels[0]));
    workload->levels[at] = level;
    workload->labels[at] = label;
    workload->level_count++;
    return 0;
}

static int add_workload(struct stator_view *view, const struct stator_cell *cell,
                        stator_workload_find_fn *find)
{
    size_t i = stator_view_find_workload(view, cell->workload);
    struct stator_view_workload *workload = &view->workloads[i];

    if (i == STATOR_VIEW_WORKLOADS) {
        return -E2BIG;
    }
    if (i == view->workload_count) {
        workload->name = cell->workload;
        workload->info = find(cell->workload);
        workload->metric = workload->info != NULL ? workload->info->verdict : STATOR_METRIC_RATE;
        view->workload_count++;
    }
    return add_level(workload, cell->level, cell->label);
}

static int collect(struct stator_view *view, stator_workload_find_fn *find)
{
    struct stator_cell cell;

    for (size_t i = 0; stator_result_cell(view->result, i, &cell); i++) {
        int error = cell.asked > 0 ? add_arch(view, cell.arch) : 0;

        if (error == 0 && cell.asked > 0) {
            error = add_workload(view, &cell, find);
            view->cells[view->cell_count++].cell = cell;
        }
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

static void place_cell(struct stator_view *view, struct stator_view_cell *cell)
{
    const struct stator_view_workload *workload;

    cell->workload = stator_view_find_workload(view, cell->cell.workload);
    workload = &view->workloads[cell->workload];
    while (strcmp(view->archs[cell->arch], cell->cell.arch) != 0) {
        cell->arch++;
    }
    while (workload->levels[cell->level] != cell->cell.level) {
        cell->level++;
    }
}

static size_t count_measured(struct stator_view *view, size_t workload, size_t level)
{
    enum stator_metric metric = view->workloads[workload].metric;
    size_t count = 0;

    for (size_t i = 0; i < view->cell_count; i++) {
        struct stator_view_cell *cell = &view->cells[i];

        count += cell->workload == workload && cell->level == level &&
                 !isnan(stator_view_estimate(view, cell, metric)->median);
    }
    return count;
}

static void decide(struct stator_view *view, size_t workload)
{
    size_t counts[STATOR_VIEW_LEVELS], max = 0;

    for (size_t i = 0; i < view->workloads[workload].level_count; i++) {
        counts[i] = count_measured(view, workload, i);
        max = counts[i] > max ? counts[i] : max;
    }
    for (size_t i = 0; i < view->workloads[workload].level_count; i++) {
        if (2 * counts[i] >= max) {
            view->workloads[workload].decisive = i;
        }
    }
}

int stator_view_create(const struct stator_result *result, stator_workload_find_fn *find,
                       struct stator_view **out)
{
    struct stator_view *view = calloc(1, sizeof(*view));
    int error = -ENOMEM;

    if (view == NULL) {
        return -ENOMEM;
    }
    view->result = result;
    view->cells = calloc(result->cell_count + 1, sizeof(*view->cells));
    if (view->cells != NULL) {
        error = collect(view, find);
    }
    if (error != 0) {
        stator_view_destroy(view);
        return error;
    }
    qsort(view->archs, view->arch_count, sizeof(view->archs[0]), compare_archs);
    for (size_t i = 0; i < view->cell_count; i++) {
        place_cell(view, &view->cells[i]);
    }
    for (size_t i = 0; i < view->workload_count; i++) {
        decide(view, i);
    }
    *out = view;
    return 0;
}

void stator_view_destroy(struct stator_view *view)
{
    if (view != NULL) {
        free(view->cells);
        free(view);
    }
}

struct stator_view_cell *stator_view_at(struct stator_view *view, size_t workload, size_t level,
                                        size_t arch)
{
    for (size_t i = 0; i < view->cell_count; i++) {
        struct stator_view_cell *cell = &view->cells[i];

        if (cell->workload == workload && cell->level == level && cell->arch == arch) {
            return cell;
        }
    }
    return NULL;
}

size_t stator_view_find_arch(const struct stator_view *view, const char *name)
{
    size_t length = strlen(name), found = view->arch_count, count = 0;

    for (size_t i = 0; i < view->arch_count; i++) {
        if (strcmp(view->archs[i], name) == 0) {
            return i;
        }
        if (strncmp(view->archs[i], name, length) == 0 && view->archs[i][length] == ':') {
            found = i;
            count++;
        }
    }
    return count == 1 ? found : view->arch_count;
}

size_t stator_view_find_workload(const struct stator_view *view, const char *name)
{
    size_t i = 0;

    while (i < view->workload_count && strcmp(view->workloads[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* A percentile that only some repetitions had enough responses for is theirs, not the row's. */
static bool is_partial(const struct stator_view_cell *cell, enum stator_metric metric,
                       const struct stator_estimate *estimate)
{
    return (metric == STATOR_METRIC_P99 || metric == STATOR_METRIC_P999 ||
            metric == STATOR_METRIC_FROM_SENT_P99) &&
           estimate->count < cell->cell.count;
}

const struct stator_estimate *stator_view_estimate(struct stator_view *view,
                                                   struct stator_view_cell *cell,
                                                   enum stator_metric metric)
{
    if (!cell->known[metric]) {
        cell->estimates[metric] = stator_result_estimate(view->result, &cell->cell, metric);
        if (is_partial(cell, metric, &cell->estimates[metric])) {
            cell->estimates[metric] = (struct stator_estimate){NAN, NAN, NAN, 0};
        }
        cell->known[metric] = true;
    }
    return &cell->estimates[metric];
}

/* How much a design did, or failed to do, is so whoever had to wait for it. */
static unsigned harmless_for(enum stator_metric metric)
{
    /* Drift meets everybody alike, for the order is shuffled: intervals show what it does. */
    const unsigned always = STATOR_TRIAL_FLAG_CLIENT_LIMITED | STATOR_TRIAL_FLAG_DRIFT;

    switch (metric) {
    case STATOR_METRIC_RATE:
    case STATOR_METRIC_BODY:
    case STATOR_METRIC_HELD:
        return always | STATOR_TRIAL_FLAG_STARVED;
    case STATOR_METRIC_ERRORS:
        /* A row that has errors is an answer; so is one that got nothing, which never settles. */
        return always | STATOR_TRIAL_FLAG_STARVED | STATOR_TRIAL_FLAG_ERRORS |
               STATOR_TRIAL_FLAG_UNSTEADY;
    default:
        return always;
    }
}

bool stator_view_is_sound_for(const struct stator_view_cell *cell, enum stator_metric metric)
{
    return cell->cell.count > 0 && (cell->cell.flags & ~harmless_for(metric)) == 0;
}

bool stator_view_is_sound(const struct stator_view_cell *cell)
{
    return stator_view_is_sound_for(cell, STATOR_METRIC_RATE);
}
