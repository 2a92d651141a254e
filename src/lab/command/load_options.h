/* What `stator-lab load` was asked for. */
#ifndef STATOR_LAB_COMMAND_LOAD_OPTIONS_H
#define STATOR_LAB_COMMAND_LOAD_OPTIONS_H

#include <stdio.h>

#include "base/text.h"
#include "lab/load/load.h"
#include "lab/load/url.h"

#define STATOR_LOAD_OPTIONS_PATHS  64
#define STATOR_LOAD_OPTIONS_GROUPS 5

struct stator_load_options {
    struct stator_load_spec spec; /* complete; points into what follows */
    struct stator_load_group groups[STATOR_LOAD_OPTIONS_GROUPS];
    struct stator_load_target targets[STATOR_LOAD_OPTIONS_PATHS];
    struct stator_load_url url;
    const char *text; /* the URL as it was written */
    struct stator_text fields;
    bool json;
    bool help; /* nothing else is set */
};

/*
 * Reads the command line. Returns: STATOR_LAB_EXIT_OK, or an exit code, and it has been said why.
 * Owns: stator_load_options_finish is due in any case. Lives: must not be moved.
 */
int stator_load_options_read(struct stator_load_options *options, int argc, char *argv[]);
void stator_load_options_finish(struct stator_load_options *options);

/* Prints what there is to ask for. */
void stator_load_options_help(FILE *stream);

#endif
