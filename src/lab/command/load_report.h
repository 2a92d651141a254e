/* A load's result for people and for programs. */
#ifndef STATOR_LAB_COMMAND_LOAD_REPORT_H
#define STATOR_LAB_COMMAND_LOAD_REPORT_H

#include <stdio.h>

#include "lab/load/load.h"

struct stator_load_report {
    const char *url; /* that was asked */
    const struct stator_load_spec *spec;
    const struct stator_load_result *result;
};

/* A table a person can read. Fails: -EIO. */
int stator_load_report_print(const struct stator_load_report *report, FILE *stream);

/* One JSON object and a line's end; what is not known is null. Fails: -ENOMEM, -EIO. */
int stator_load_report_json(const struct stator_load_report *report, FILE *stream);

/* A kind of error in a word, as in files, and in words. Lives: for ever. */
const char *stator_load_error_key(enum stator_load_error error);
const char *stator_load_error_words(enum stator_load_error error);

/* Errors of all kinds. */
uint64_t stator_load_outcome_errors(const struct stator_load_outcome *outcome);

#endif
