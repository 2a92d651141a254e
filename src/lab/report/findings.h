/*
 * Sentences that are computed from a view, for the verdict, below a plot and for "what you saw".
 * Plain text; each adds whole sentences and a space before each if there is text already, or
 * nothing where there is nothing to say.
 */
#ifndef STATOR_LAB_REPORT_FINDINGS_H
#define STATOR_LAB_REPORT_FINDINGS_H

#include "lab/report/view.h"
#include "lab/result/figure.h"

/* Begins a sentence: a space where `out` is not empty. */
void stator_findings_begin(struct stator_text *out);

/*
 * "At 256 clients event has the highest response rate, 12,300 /s; thread is last with 8,000 /s."
 * Ties, marked rows and a limited load generator are said.
 */
void stator_findings_compare(struct stator_view *view, size_t workload, size_t level,
                             enum stator_metric metric, struct stator_text *out);

/* "From 1 client to 256, by response rate: event stays within 15 %; thread falls to 23 %." */
void stator_findings_trends(struct stator_view *view, size_t workload, enum stator_metric metric,
                            struct stator_text *out);

/* "iterative failed 83 % of its requests (4 slow)." for each design that did, at its worst. */
void stator_findings_errors(struct stator_view *view, size_t workload, struct stator_text *out);

/* "select could not do it: ..." */
void stator_findings_refusals(struct stator_view *view, size_t workload, struct stator_text *out);

/* At the decisive level: who answered nobody, or only a part of the clients. */
void stator_findings_starving(struct stator_view *view, size_t workload, struct stator_text *out);

/* What a connection costs in memory, in the designs that one asks about: a loop, threads,
 * processes. */
void stator_findings_memory(struct stator_view *view, size_t workload, struct stator_text *out);

/* How much of an emulated disk with several channels each design makes use of. */
void stator_findings_channels(struct stator_view *view, size_t workload, struct stator_text *out);

/* What more cores bring, by the universal scalability law, where three numbers of them were
 * measured or more. */
void stator_findings_scaling(struct stator_view *view, size_t workload, struct stator_text *out);

/* All of them: what was seen of the workload, in lines that end with a line feed. */
void stator_findings_saw(struct stator_view *view, size_t workload, struct stator_text *out);

#endif
