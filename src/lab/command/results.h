/* What the commands share that read results. */
#ifndef STATOR_LAB_COMMAND_RESULTS_H
#define STATOR_LAB_COMMAND_RESULTS_H

#include "lab/result/result.h"

/*
 * Reads the files as one result. Returns: the exit code, after it said what is wrong; `out` is
 * untouched then.
 */
int stator_command_read(char *const paths[], size_t count, struct stator_result **out);

#endif
