/*
 * What the tables of the report share.
 *
 * Knows how a figure, its interval, its ties and its flags are shown; refuses to know which table
 * it stands in. The one surprising thing: the best is marked by weight and a tie by a sign, so that
 * nothing depends on colour.
 */
#include <math.h>

#include "lab/report/parts.h"
#include "lab/result/figure.h"

void stator_report_element(struct stator_report *report, const char *open, const char *text,
                           const char *close)
{
    stator_report_tag(report, open);
    stator_report_text(report, text);
    stator_report_tag(report, close);
}

void stator_report_take(struct stator_report *report, const char *open, struct stator_text *text,
                        const char *close)
{
    stator_report_tag(report, open);
    stator_html_add_text(report->out, stator_text_span(text));
    stator_report_tag(report, close);
    report->out->failed |= text->failed;
    stator_text_clear(text);
}

void stator_report_begin_table(struct stator_report *report, const char *caption)
{
    stator_report_element(report,
                          "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"",
                          caption, "\">\n<table>\n");
    stator_report_element(report, "<caption>", caption, "</caption>\n");
}

void stator_report_end_table(struct stator_report *report)
{
    stator_report_tag(report, "</tbody>\n</table>\n</div>\n");
}

void stator_report_flags(struct stator_report *report, unsigned flags)
{
    static const char letters[] = "LDEUCS";
    const unsigned harmless = STATOR_TRIAL_FLAG_CLIENT_LIMITED | STATOR_TRIAL_FLAG_DRIFT;
    const char *name;

    if (flags == 0) {
        return;
    }
    stator_report_tag(report, (flags & ~harmless) != 0 ? " <span class=\"flags\" title=\""
                                                       : " <span class=\"flags mild\" title=\"");
    for (unsigned bit = 0, first = 1; (name = stator_trial_flag_name(bit)) != NULL; bit++) {
        if ((flags & 1u << bit) != 0) {
            stator_report_element(report, first ? "" : ", ", name, "");
            first = 0;
        }
    }
    stator_report_tag(report, "\">");
    for (unsigned bit = 0; bit < sizeof(letters) - 1; bit++) {
        if ((flags & 1u << bit) != 0) {
            stator_text_add_char(report->out, letters[bit]);
        }
    }
    stator_report_tag(report, "</span>");
}

static bool is_top(const struct stator_rank *rank, const struct stator_view_cell *cell)
{
    for (size_t i = 0; i < rank->ties; i++) {
        if (rank->cells[i] == cell) {
            return true;
        }
    }
    return false;
}

static void add_interval(struct stator_report *report, enum stator_metric metric,
                         const struct stator_estimate *estimate)
{
    struct stator_text text = {0};

    if (estimate->count > 1) {
        stator_figure_add_interval(&text, metric, estimate);
        stator_report_take(report, "<small>", &text, "</small>");
    }
    stator_text_finish(&text);
}

void stator_report_figure(struct stator_report *report, struct stator_view_cell *cell,
                          enum stator_metric metric, const struct stator_rank *rank)
{
    const struct stator_estimate *estimate =
        cell != NULL ? stator_view_estimate(report->view, cell, metric) : NULL;
    struct stator_text text = {0};
    bool top = cell != NULL && rank != NULL && rank->count > 1 && is_top(rank, cell);

    if (cell != NULL && cell->cell.refusal != NULL) {
        stator_report_element(report, "<td class=\"none\">n/a: ", cell->cell.refusal, "</td>");
        return;
    }
    if (estimate == NULL || isnan(estimate->median)) {
        stator_report_tag(report, "<td class=\"none\">-");
        stator_report_flags(report, cell != NULL ? cell->cell.flags : 0);
        stator_report_tag(report, "</td>");
        return;
    }
    stator_figure_add(&text, metric, estimate->median);
    stator_report_tag(report, top && rank->ties > 1 ? "<td>=&nbsp;" : "<td>");
    stator_report_take(report, top ? "<strong>" : "", &text, top ? "</strong>" : "");
    stator_report_flags(report, cell->cell.flags);
    add_interval(report, metric, estimate);
    stator_report_tag(report, "</td>");
    stator_text_finish(&text);
}
