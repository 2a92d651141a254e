/* The parts of the page, which report.c puts together; nobody else includes this. */
#ifndef STATOR_LAB_REPORT_PARTS_H
#define STATOR_LAB_REPORT_PARTS_H

#include "base/html.h"
#include "lab/report/report.h"

struct stator_report {
    struct stator_view *view;
    bool plots;            /* gnuplot is there and wanted */
    unsigned plots_drawn;  /* so far: the next one's name */
    unsigned plots_failed; /* so far */
    struct stator_text *out;
};

/* Adds text as it is read. */
static inline void stator_report_text(struct stator_report *report, const char *text)
{
    stator_html_add_text(report->out, stator_span_from(text));
}

/* Adds tags. */
static inline void stator_report_tag(struct stator_report *report, const char *tags)
{
    stator_text_add_string(report->out, tags);
}

/* Adds tags around text. */
void stator_report_element(struct stator_report *report, const char *open, const char *text,
                           const char *close);

/* Adds what `text` holds as it is read, tags around it, and empties it. */
void stator_report_take(struct stator_report *report, const char *open, struct stator_text *text,
                        const char *close);

/* Begins a table that may be wider than the page; `caption` is text. Then its head's cells. */
void stator_report_begin_table(struct stator_report *report, const char *caption);
void stator_report_end_table(struct stator_report *report);

/* Adds a cell's letters, one for each flag: "L", "D", "E", "U", "C". */
void stator_report_flags(struct stator_report *report, unsigned flags);

/* A cell of the table: the median and its interval; why not, where there is none. NULL: empty. */
void stator_report_figure(struct stator_report *report, struct stator_view_cell *cell,
                          enum stator_metric metric, const struct stator_rank *rank);

/* What a simulation of the workload's devices says beside what was measured; nothing where nothing
 * is known. */
void stator_report_simulated(struct stator_report *report, size_t workload);

/* Sections. */
void stator_report_summary(struct stator_report *report);
void stator_report_heat(struct stator_report *report);
void stator_report_archs(struct stator_report *report);
void stator_report_workload(struct stator_report *report, size_t workload);
void stator_report_claims(struct stator_report *report);
void stator_report_model(struct stator_report *report);
void stator_report_checks(struct stator_report *report);
void stator_report_method(struct stator_report *report);
void stator_report_terms(struct stator_report *report); /* within another section */
void stator_report_environment(struct stator_report *report);

#endif
