/*
 * Charts.
 *
 * Knows which figures belong into one picture and what is said below it; refuses to know how
 * gnuplot is told. The one surprising thing: a design keeps its colour, dash and marker in all
 * charts of a page, so its place among the designs is its style.
 */
#include "lab/report/chart.h"

#include <stdio.h>
#include <string.h>

#include "lab/report/chart_parts.h"
#include "lab/report/findings.h"
#include "lab/report/plot.h"

/* px: of the key's row, its sample of a line, a letter, and what stands beside each other. */
#define KEY_ROW    20
#define KEY_SAMPLE 50
#define KEY_LETTER 8
#define KEY_WIDTH  380

const char *stator_chart_axis(const struct stator_view_workload *workload)
{
    return workload->info != NULL && workload->info->axis != NULL ? workload->info->axis : "level";
}

double stator_chart_add_unit(struct stator_text *script, const char *axis,
                             enum stator_metric metric)
{
    const struct stator_metric_info *info = stator_metric_info(metric);
    bool bytes = metric == STATOR_METRIC_MEMORY;
    bool times = metric >= STATOR_METRIC_P50 && metric <= STATOR_METRIC_MAX;
    char label[120];

    snprintf(label, sizeof(label), "%s%s%s", info->name, info->unit[0] != '\0' ? ", " : "",
             bytes   ? "MiB"
             : times ? "ms"
                     : info->unit);
    stator_text_add_format(script, "set %slabel ", axis);
    stator_plot_add_string(script, label);
    stator_text_add_char(script, '\n');
    return bytes ? 1048576.0 : times ? 1000.0 : 1.0;
}

void stator_chart_add_key(struct stator_view *view, const bool drawn[STATOR_VIEW_ARCHS],
                          struct stator_chart *out)
{
    size_t count = 0, widest = 0, columns;

    for (size_t i = 0; i < view->arch_count; i++) {
        if (drawn[i]) {
            count++;
            widest = strlen(view->archs[i]) > widest ? strlen(view->archs[i]) : widest;
        }
    }
    columns = KEY_WIDTH / (KEY_SAMPLE + KEY_LETTER * (widest + 1));
    columns = columns < 1 ? 1 : columns;
    stator_text_add_format(&out->script, "set key maxcols %zu\n", columns);
    out->height = STATOR_CHART_HEIGHT + (unsigned)((count + columns - 1) / columns * KEY_ROW);
}

static bool make_subject(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];
    const char *name = stator_metric_info(info->metric)->name;
    bool times = info->metric >= STATOR_METRIC_P50 && info->metric <= STATOR_METRIC_MAX;

    stator_findings_compare(view, workload, info->decisive, info->metric, &out->sentence);
    if (info->level_count < 2) {
        snprintf(out->title, sizeof(out->title), "%s: %s at %s", info->name, name, info->labels[0]);
        return stator_chart_bars(view, workload, info->metric, out);
    }
    snprintf(out->title, sizeof(out->title), "%s: %s against %s", info->name, name,
             stator_chart_axis(info));
    return stator_chart_lines(view, workload, info->metric, times, out);
}

static bool make_p99(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];

    snprintf(out->title, sizeof(out->title), "%s: p99 response time against %s", info->name,
             stator_chart_axis(info));
    stator_findings_compare(view, workload, info->decisive, STATOR_METRIC_P99, &out->sentence);
    return info->metric != STATOR_METRIC_P99 &&
           stator_chart_lines(view, workload, STATOR_METRIC_P99, true, out);
}

/* A picture of level lines would say nothing. */
static bool changes(struct stator_view *view, size_t workload, enum stator_metric metric)
{
    bool any = false;

    for (size_t i = 0; i < view->arch_count; i++) {
        enum stator_trend_kind kind = stator_trend_of(view, workload, i, metric).kind;

        any |= kind == STATOR_TREND_KIND_UP || kind == STATOR_TREND_KIND_DOWN;
    }
    return any;
}

static bool make_memory(struct stator_view *view, size_t workload, struct stator_chart *out)
{
    const struct stator_view_workload *info = &view->workloads[workload];

    snprintf(out->title, sizeof(out->title), "%s: memory against %s", info->name,
             stator_chart_axis(info));
    stator_findings_compare(view, workload, info->decisive, STATOR_METRIC_MEMORY, &out->sentence);
    stator_findings_trends(view, workload, STATOR_METRIC_MEMORY, &out->sentence);
    return changes(view, workload, STATOR_METRIC_MEMORY) &&
           stator_chart_lines(view, workload, STATOR_METRIC_MEMORY, false, out);
}

static bool (*const makers[STATOR_CHART_KIND_COUNT])(struct stator_view *view, size_t workload,
                                                     struct stator_chart *out) = {
    [STATOR_CHART_KIND_RATE] = make_subject,
    [STATOR_CHART_KIND_P99] = make_p99,
    [STATOR_CHART_KIND_TIMES] = stator_chart_times,
    [STATOR_CHART_KIND_CPU] = stator_chart_processor,
    [STATOR_CHART_KIND_MEMORY] = make_memory,
};

bool stator_chart_make(struct stator_view *view, size_t workload, enum stator_chart_kind kind,
                       struct stator_chart *out)
{
    *out = (struct stator_chart){.width = STATOR_CHART_WIDTH, .height = STATOR_CHART_HEIGHT};
    if (makers[kind](view, workload, out) && !out->script.failed && !out->sentence.failed) {
        return true;
    }
    stator_chart_finish(out);
    return false;
}

void stator_chart_finish(struct stator_chart *chart)
{
    stator_text_finish(&chart->script);
    stator_text_finish(&chart->sentence);
}
