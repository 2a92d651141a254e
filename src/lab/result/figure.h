/* Figures as people read them: the three or four digits that matter, a unit they know. Plain text,
 * UTF-8. */
#ifndef STATOR_LAB_RESULT_FIGURE_H
#define STATOR_LAB_RESULT_FIGURE_H

#include "base/text.h"
#include "lab/result/result.h"

/* "12,300 /s", "1.23 ms", "34.1 MiB", "0.12 %"; "-" for NAN. */
void stator_figure_add(struct stator_text *out, enum stator_metric metric, double value);

/* "1.2 to 1.3": the interval, in the unit that the median has. */
void stator_figure_add_interval(struct stator_text *out, enum stator_metric metric,
                                const struct stator_estimate *estimate);

/* A number with separators: "12,300", "4.56". */
void stator_figure_add_number(struct stator_text *out, double value);

/* By how much something is more, from 1 up: "a factor of 3.2", "18 %" below twice. */
void stator_figure_add_excess(struct stator_text *out, double ratio);

/* "a", "a and b", "a, b and c"; of more than five, "a, b, c and 9 others". */
void stator_figure_add_names(struct stator_text *out, const char *const *names, size_t count);

#endif
