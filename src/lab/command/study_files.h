/*
 * The files of a study: whether they may be written, and writing them.
 *
 * Each function says on standard error what is wrong and returns an exit code.
 */
#ifndef STATOR_LAB_COMMAND_STUDY_FILES_H
#define STATOR_LAB_COMMAND_STUDY_FILES_H

#include "lab/command/study.h"

/* Before anything is measured: makes the directory, and refuses to replace results unless told. */
int stator_study_files_examine(const struct stator_study *study);

/*
 * Writes results.json, results.csv and lab-report.html, and prints their names. Where results.json
 * cannot be written where it was asked for, it is saved elsewhere, and the error says where.
 */
int stator_study_files_write(const struct stator_study *study, const struct stator_result *result);

#endif
