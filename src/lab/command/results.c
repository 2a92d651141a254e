/*
 * What the commands share that read results.
 *
 * Knows how a file that is no result is reported; refuses to know what is done with one. The one
 * surprising thing: what is wrong with a file is said here, so that its callers only end.
 */
#include "lab/command/results.h"

#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"

static int fail_file(const char *path, int error, const char *why)
{
    char what[300];

    snprintf(what, sizeof(what), "'%.250s' cannot be read as a result", path);
    return stator_command_fail(STATOR_LAB_EXIT_FAILED, what,
                               why[0] != '\0' ? why : strerror(-error),
                               "give a results.json as stator-lab run writes it");
}

int stator_command_read(char *const paths[], size_t count, struct stator_result **out)
{
    struct stator_result *result = NULL, *more = NULL;
    char why[200] = "";
    int error = 0;

    for (size_t i = 0; i < count; i++) {
        error = stator_result_read(paths[i], result == NULL ? &result : &more, why);
        if (error == 0 && more != NULL) {
            error = stator_result_merge(result, more);
            stator_result_destroy(more);
            more = NULL;
        }
        if (error != 0) {
            stator_result_destroy(result);
            return fail_file(paths[i], error, why);
        }
    }
    *out = result;
    return STATOR_LAB_EXIT_OK;
}
