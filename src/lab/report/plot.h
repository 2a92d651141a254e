/* Plots by gnuplot, as SVG to stand in a page. */
#ifndef STATOR_LAB_REPORT_PLOT_H
#define STATOR_LAB_REPORT_PLOT_H

#include "base/text.h"

/* Whether there is a gnuplot in PATH. */
bool stator_plot_is_possible(void);

/*
 * Adds what gnuplot draws for `script`, which sets no terminal, as an <svg> element of that size
 * in px. `id` tells its names from those of other plots of the page. At most 20 s.
 * Fails: -ENOENT without gnuplot, -ETIMEDOUT, -EPROTO where it fails or draws nothing, -errno;
 * `out` is then as it was.
 */
int stator_plot_draw(struct stator_span script, unsigned width, unsigned height, const char *id,
                     struct stator_text *out);

/* Adds 'text' in quotes, with nothing in it that gnuplot would take for its own. */
void stator_plot_add_string(struct stator_text *script, const char *text);

/* Sets the dash, colour and marker of the line style `index` + 1 for each design. */
void stator_plot_add_styles(struct stator_text *script, size_t count);

#endif
