/*
 * Counts in the labels of levels.
 *
 * Knows how people write a number and a plural; refuses to know what is counted. The one surprising
 * thing: a level is a double, but what is counted is whole.
 */
#include <stdio.h>

#include "lab/workload/table.h"

void stator_workload_write(double count, char out[STATOR_WORKLOAD_NUMBER])
{
    long whole = (long)count;

    if (whole >= 1000000) {
        snprintf(out, STATOR_WORKLOAD_NUMBER, "%ld,%03ld,%03ld", whole / 1000000,
                 whole / 1000 % 1000, whole % 1000);
    } else if (whole >= 1000) {
        snprintf(out, STATOR_WORKLOAD_NUMBER, "%ld,%03ld", whole / 1000, whole % 1000);
    } else {
        snprintf(out, STATOR_WORKLOAD_NUMBER, "%ld", whole);
    }
}

void stator_workload_label(double count, const char *noun, char *out, size_t size)
{
    char number[STATOR_WORKLOAD_NUMBER];

    stator_workload_write(count, number);
    snprintf(out, size, "%s %s%s", number, noun, count == 1 ? "" : "s");
}
