/*
 * A view of a result: its designs, workloads, levels and cells in the order in which they are
 * shown, estimates that are made once, and who is best.
 */
#ifndef STATOR_LAB_REPORT_VIEW_H
#define STATOR_LAB_REPORT_VIEW_H

#include "base/text.h"
#include "lab/result/result.h"
#include "lab/workload/workload.h"

/* More of any are refused, since nobody could read the page. */
#define STATOR_VIEW_ARCHS     64
#define STATOR_VIEW_WORKLOADS 64
#define STATOR_VIEW_LEVELS    64

/* Looks a workload up by its name; NULL where there is none. */
typedef const struct stator_workload *stator_workload_find_fn(const char *name);

struct stator_view_cell {
    struct stator_cell cell;
    size_t arch, workload, level; /* indices */
    struct stator_estimate estimates[STATOR_METRIC_COUNT];
    bool known[STATOR_METRIC_COUNT]; /* which of them were made */
};

struct stator_view_workload {
    const char *name;
    const struct stator_workload *info; /* NULL: of another program, described by its name alone */
    enum stator_metric metric;          /* what it is about */
    double levels[STATOR_VIEW_LEVELS];  /* rising */
    const char *labels[STATOR_VIEW_LEVELS];
    size_t level_count;
    size_t decisive; /* the highest level at which half as many designs measured `metric` as can */
};

struct stator_view {
    const struct stator_result *result; /* borrowed */
    const char *archs[STATOR_VIEW_ARCHS];
    size_t arch_count;
    struct stator_view_workload workloads[STATOR_VIEW_WORKLOADS];
    size_t workload_count;
    struct stator_view_cell *cells;
    size_t cell_count;
};

/* Fails: -ENOMEM, -E2BIG. Lives: as long as the result. */
int stator_view_create(const struct stator_result *result, stator_workload_find_fn *find,
                       struct stator_view **out);
void stator_view_destroy(struct stator_view *view);

/* The cell, or NULL. */
struct stator_view_cell *stator_view_at(struct stator_view *view, size_t workload, size_t level,
                                        size_t arch);

/* By name; the count where there is none. A design is also found where it alone has knobs. */
size_t stator_view_find_arch(const struct stator_view *view, const char *name);
size_t stator_view_find_workload(const struct stator_view *view, const char *name);

/* Lives: as long as the view. */
const struct stator_estimate *stator_view_estimate(struct stator_view *view,
                                                   struct stator_view_cell *cell,
                                                   enum stator_metric metric);

/* True where its figures can be believed, within their intervals; a limited client makes them a
 * bound. */
bool stator_view_is_sound(const struct stator_view_cell *cell);
bool stator_view_is_sound_for(const struct stator_view_cell *cell, enum stator_metric metric);

/* --- who is best ----------------------------------------------------------------------------- */

struct stator_rank {
    struct stator_view_cell *cells[STATOR_VIEW_ARCHS]; /* best first */
    size_t count;
    size_t ties;    /* how many, with the first, cannot be told from it; they come first */
    size_t unsound; /* marked, and left out */
    size_t
        starving; /* left out, for they answered nobody, or, but for rates, few of their clients */
};

void stator_rank_make(struct stator_view *view, size_t workload, size_t level,
                      enum stator_metric metric, struct stator_rank *out);

/* How many times better the first one is than the `index`th; NAN where it cannot be said. */
double stator_rank_excess(struct stator_view *view, const struct stator_rank *rank, size_t index,
                          enum stator_metric metric);

/* Adds the names of `from` up to, not including, `to`. */
void stator_rank_add_names(const struct stator_rank *rank, size_t from, size_t to,
                           struct stator_text *out);

/* --- what happens along the axis ------------------------------------------------------------- */

enum stator_trend_kind {
    STATOR_TREND_KIND_UNKNOWN, /* fewer than two levels */
    STATOR_TREND_KIND_FLAT,    /* within 15 % from the first level to the last */
    STATOR_TREND_KIND_UP,
    STATOR_TREND_KIND_DOWN,
    STATOR_TREND_KIND_UNCLEAR, /* more than that, but its intervals overlap */
};

struct stator_trend {
    enum stator_trend_kind kind;
    double ratio;       /* last by first */
    size_t first, last; /* the levels that it goes from and to */
};

/* Of a design, from its first level that can be believed to its last. */
struct stator_trend stator_trend_of(struct stator_view *view, size_t workload, size_t arch,
                                    enum stator_metric metric);

#endif
