/*
 * The flags of a study.
 */
#include "lab/command/study_flags.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/token.h"
#include "lab/command/command.h"
#include "lab/stats/decimal.h"

static int read_number(const struct stator_flag_reader *reader, uint64_t min, uint64_t max,
                       uint64_t *out)
{
    char must[80];
    uint64_t number;

    if (stator_number_parse(stator_span_from(reader->value), &number) && number >= min &&
        number <= max) {
        *out = number;
        return STATOR_LAB_EXIT_OK;
    }
    snprintf(must, sizeof(must), "a number from %llu to %llu", (unsigned long long)min,
             (unsigned long long)max);
    return stator_flag_refuse(reader, must);
}

static int read_seconds(const struct stator_flag_reader *reader, double min, double max,
                        double *out)
{
    char must[80];
    double seconds;

    if (stator_decimal_parse_duration(stator_span_from(reader->value), &seconds) &&
        seconds >= min && seconds <= max) {
        *out = seconds;
        return STATOR_LAB_EXIT_OK;
    }
    snprintf(must, sizeof(must), "a time from %g to %g seconds, such as 500ms, 2s or 5m", min, max);
    return stator_flag_refuse(reader, must);
}

int stator_study_flag(struct stator_study *study, const struct stator_flag_reader *reader, int val)
{
    uint64_t number = study->repetitions;
    int code = STATOR_LAB_EXIT_OK;

    switch (val) {
    case STATOR_STUDY_BUDGET:
        code = read_seconds(reader, 1, 86400, &study->budget);
        break;
    case STATOR_STUDY_REPS:
        code = read_number(reader, 1, 1000, &number);
        study->repetitions = (unsigned)number;
        break;
    case STATOR_STUDY_DURATION:
        code = read_seconds(reader, 0.01, 3600, &study->duration);
        break;
    case STATOR_STUDY_WARM_UP:
        code = read_seconds(reader, 0, 600, &study->warm_up);
        break;
    case STATOR_STUDY_SEED:
        code = read_number(reader, 0, UINT32_MAX, &study->seed);
        break;
    case STATOR_STUDY_OUTPUT:
        study->directory = reader->value;
        break;
    case STATOR_STUDY_FORCE:
        study->force = true;
        break;
    case STATOR_STUDY_ONE_CORE:
        study->one_core = true;
        break;
    default:
        study->publish = true;
        break;
    }
    return code;
}

int stator_study_flags_end(const struct stator_flag_reader *reader, int val)
{
    char what[160];

    if (val == STATOR_FLAG_WRONG) {
        return STATOR_LAB_EXIT_USAGE;
    }
    if (reader->rest >= reader->argc) {
        return STATOR_LAB_EXIT_OK;
    }
    snprintf(what, sizeof(what), "'%.60s' is not expected here", reader->argv[reader->rest]);
    return stator_command_fail(STATOR_LAB_EXIT_USAGE, what, NULL, "--help shows what is");
}
