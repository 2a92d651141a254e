/*
 * Counts instructions where the processor does not: Callgrind runs this program again and writes a
 * file for each row.
 *
 * Both sides stand here: who runs it and reads the files, and who, inside, says what to count. The
 * one surprising thing: files go by number, in the order of the rows; nothing else ties a count to
 * its row, so both sides walk through the same plan.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "micro_measure.h"
#include "micro_scratch.h"

extern char **environ;

#define NO_COUNTS "micro: instructions are not counted: "

/* --- inside --------------------------------------------------------------------------------- */

static bool count_row(const struct micro_row *row, void *state, void *context)
{
    (void)context;
    CALLGRIND_START_INSTRUMENTATION;
    row->op(state); /* what is resolved at the first call is not part of it */
    CALLGRIND_ZERO_STATS;
    for (size_t i = 0; i < MICRO_COUNTED; i++) {
        row->op(state);
    }
    CALLGRIND_DUMP_STATS;
    CALLGRIND_STOP_INSTRUMENTATION;
    return true;
}

bool micro_callgrind_run(const struct micro_plan *plan)
{
    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "micro: --count is for Callgrind alone, which micro starts by itself\n");
        return false;
    }
    return micro_plan_visit(plan, count_row, NULL);
}

/* --- outside -------------------------------------------------------------------------------- */

static bool read_count(const char *path, double *out)
{
    FILE *file = fopen(path, "r");
    char line[256];
    bool found = false;

    while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
        found = sscanf(line, "totals: %lf", out) == 1;
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

static bool read_counts(const char *scratch, size_t rows, double *out)
{
    for (size_t i = 0; i <= rows; i++) {
        char path[MICRO_SCRATCH_SIZE + 32];

        snprintf(path, sizeof(path), "%s/count.%zu", scratch, i + 1);
        if (!read_count(path, &out[i])) {
            fprintf(stderr, NO_COUNTS "Callgrind left none of row %zu\n", i);
            return false;
        }
    }
    return true;
}

/* Waits for the child, and ends it if this program is to end. Returns: its status. */
static int await(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        if (micro_interrupted) {
            kill(child, SIGTERM);
        }
    }
    return status;
}

static bool run(const char **arguments)
{
    pid_t child;
    int error = posix_spawnp(&child, arguments[0], NULL, NULL, (char **)arguments, environ);
    int status;

    if (error != 0) {
        fprintf(stderr, NO_COUNTS "the processor does not, and valgrind cannot be run (%s)\n",
                strerror(error));
        return false;
    }
    status = await(child);
    if (status != 0 && !micro_interrupted) {
        fprintf(stderr, NO_COUNTS "valgrind ended with %s %d\n",
                WIFSIGNALED(status) ? "signal" : "exit code",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return status == 0;
}

static bool run_plan(const char *program, const char *scratch, const struct micro_plan *plan)
{
    char file[MICRO_SCRATCH_SIZE + 64];
    const char *fixed[] = {
        "valgrind", "--tool=callgrind", "--log-file=/dev/null", "--instr-atstart=no", file,
        program,    "--count"};
    size_t count = sizeof(fixed) / sizeof(fixed[0]);
    const char **arguments = calloc(count + plan->count + 1, sizeof(*arguments));
    bool good;

    if (arguments == NULL) {
        return false;
    }
    snprintf(file, sizeof(file), "--callgrind-out-file=%s/count", scratch);
    memcpy(arguments, fixed, sizeof(fixed));
    for (size_t i = 0; i < plan->count; i++) {
        arguments[count + i] = plan->subjects[i]->name;
    }
    good = run(arguments);
    free(arguments);
    return good;
}

bool micro_callgrind_count(const char *program, const struct micro_plan *plan, double *out)
{
    char scratch[MICRO_SCRATCH_SIZE];
    int error = micro_scratch_make(scratch);
    bool good;

    if (error < 0) {
        fprintf(stderr, NO_COUNTS "no temporary directory: %s\n", strerror(-error));
        return false;
    }
    good = run_plan(program, scratch, plan) && read_counts(scratch, micro_plan_rows(plan), out);
    micro_scratch_remove(scratch);
    return good;
}
