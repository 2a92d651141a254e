/* How solved models are shown. */
#ifndef STATOR_LAB_MODEL_RENDER_H
#define STATOR_LAB_MODEL_RENDER_H

#include <stdio.h>

#include "lab/model/model.h"

struct stator_model_view {
    const struct stator_model_row *rows; /* all of lecture cases, or none */
    size_t count;                        /* at least one */
    unsigned choices;                    /* the bit 1 << choice of each simulation to show */
    uint64_t seed;
};

/* A table of at most 80 columns, and what its columns are. */
void stator_model_view_print(const struct stator_model_view *view, FILE *stream);

/* The same as one JSON object; seconds and requests a second. Fails: -ENOMEM, -EIO. */
int stator_model_view_write(const struct stator_model_view *view, FILE *stream);

#endif
