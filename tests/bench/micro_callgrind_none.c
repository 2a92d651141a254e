/* This build knows nothing of Callgrind: its header was not there, or a sanitizer is. */
#include <stdio.h>

#include "micro_measure.h"

bool micro_callgrind_count(const char *program, const struct micro_plan *plan, double *out)
{
    (void)program;
    (void)plan;
    (void)out;
    fprintf(stderr, "micro: instructions are not counted: the processor does not, and this build "
                    "cannot use Callgrind (it needs valgrind/callgrind.h and no sanitizer)\n");
    return false;
}

bool micro_callgrind_run(const struct micro_plan *plan)
{
    (void)plan;
    fprintf(stderr, "micro: --count needs a build that can use Callgrind\n");
    return false;
}
