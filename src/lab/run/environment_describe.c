/*
 * The environment as facts of a result.
 *
 * Apart from the rest of environment.h, so that whoever only looks at a machine needs no results.
 */
#include <errno.h>

#include "lab/run/environment.h"

static bool add_fact(const char *name, const char *value, void *context)
{
    return stator_result_fact(context, name, value) == 0;
}

int stator_environment_describe(struct stator_result *result)
{
    return stator_environment_each(add_fact, result) ? 0 : -ENOMEM;
}
