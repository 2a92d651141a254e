/* The flags that `run` and `sweep` share. */
#ifndef STATOR_LAB_COMMAND_STUDY_FLAGS_H
#define STATOR_LAB_COMMAND_STUDY_FLAGS_H

#include "lab/command/flag.h"
#include "lab/command/study.h"

enum {
    STATOR_STUDY_BUDGET = STATOR_FLAG_FIRST,
    STATOR_STUDY_REPS,
    STATOR_STUDY_DURATION,
    STATOR_STUDY_WARM_UP,
    STATOR_STUDY_SEED,
    STATOR_STUDY_OUTPUT = 'o',
    STATOR_STUDY_FORCE = STATOR_STUDY_SEED + 1,
    STATOR_STUDY_PUBLISH,
    STATOR_STUDY_ONE_CORE,
    STATOR_STUDY_HELP,
    STATOR_STUDY_OWN, /* where a command's own flags begin */
};

/* clang-format off */
#define STATOR_STUDY_FLAGS                                        \
    {"budget", required_argument, NULL, STATOR_STUDY_BUDGET},     \
    {"reps", required_argument, NULL, STATOR_STUDY_REPS},         \
    {"duration", required_argument, NULL, STATOR_STUDY_DURATION}, \
    {"warm-up", required_argument, NULL, STATOR_STUDY_WARM_UP},   \
    {"seed", required_argument, NULL, STATOR_STUDY_SEED},         \
    {"output", required_argument, NULL, STATOR_STUDY_OUTPUT},     \
    {"force", no_argument, NULL, STATOR_STUDY_FORCE},             \
    {"publish", no_argument, NULL, STATOR_STUDY_PUBLISH},         \
    {"one-core", no_argument, NULL, STATOR_STUDY_ONE_CORE},       \
    {"help", no_argument, NULL, STATOR_STUDY_HELP},               \
    {NULL, 0, NULL, 0}
/* clang-format on */

#define STATOR_STUDY_LETTERS ":o:"

#define STATOR_STUDY_FLAGS_HELP                                                                    \
    "  --budget TIME     at most this long, such as 20m; what does not fit is left out\n"          \
    "  --reps N          repetitions, each in an order of its own (3; intervals need 5)\n"         \
    "  --duration TIME   of each measurement (250ms)\n"                                            \
    "  --warm-up TIME    before each (100ms)\n"                                                    \
    "  --seed N          of orders and schedules (1)\n"                                            \
    "  -o, --output DIRECTORY\n"                                                                   \
    "                    where the files go (.)\n"                                                 \
    "  --force           even if it holds results already\n"                                       \
    "  --publish         refuse to measure what could not be published, such as a debug build\n"   \
    "  --one-core        go on where client and server must share a processor\n"

/*
 * Takes a flag of the above into the study. Returns: an exit code; it was said what is wrong.
 */
int stator_study_flag(struct stator_study *study, const struct stator_flag_reader *reader, int val);

/*
 * Ends the reading: with what stator_flag_next returned last it refuses words that no flag takes.
 * Returns: an exit code.
 */
int stator_study_flags_end(const struct stator_flag_reader *reader, int val);

#endif
