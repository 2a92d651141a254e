/*
 * `stator-lab report`: a page of one or more results.
 *
 * Knows how files are named on the command line; refuses to know what the page says. The one
 * surprising thing: a page that is there already stays, unless --force says otherwise.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lab/command/command.h"
#include "lab/command/flag.h"
#include "lab/command/results.h"
#include "lab/report/report.h"
#include "lab/result/save.h"

enum {
    FLAG_OUTPUT = 'o',
    FLAG_FORCE = STATOR_FLAG_FIRST,
    FLAG_NO_PLOTS,
    FLAG_HELP,
};

static const struct option table[] = {
    {"output", required_argument, NULL, FLAG_OUTPUT},
    {"force", no_argument, NULL, FLAG_FORCE},
    {"no-plots", no_argument, NULL, FLAG_NO_PLOTS},
    {"help", no_argument, NULL, FLAG_HELP},
    {NULL, 0, NULL, 0},
};

struct arguments {
    const char *output;
    bool force, plots, help;
    int rest; /* where the files begin in argv */
};

static int print_help(void)
{
    printf("usage: stator-lab report RESULTS.json [...] [-o PAGE.html]\n\n"
           "Makes a page of results. Several files are taken for repetitions of the same.\n\n"
           "  -o, --output FILE   the page; lab-report.html where it is not given\n"
           "      --force         write over a page that is there\n"
           "      --no-plots      without plots, which gnuplot draws\n");
    return fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

static int make(const struct stator_result *result, const struct arguments *arguments)
{
    struct stator_report_options how = {.find = stator_workload_find, .plots = arguments->plots};
    struct stator_text page = {0};
    int error = stator_report_make(result, &how, &page);

    if (error == 0) {
        error = stator_save_text(arguments->output, &page);
    }
    stator_text_finish(&page);
    if (error != 0) {
        return stator_command_fail(
            STATOR_LAB_EXIT_FAILED, "the report cannot be written",
            error == -E2BIG ? "more than 64 designs, workloads or levels" : strerror(-error), NULL);
    }
    printf("%s\n", arguments->output);
    return fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

/* False where something is wrong with them, which it said. */
static bool read_arguments(int argc, char *argv[], struct arguments *out)
{
    struct stator_flag_reader reader = {
        .command = "report", .table = table, .letters = ":o:", .argc = argc, .argv = argv};
    int flag;

    *out = (struct arguments){.output = "lab-report.html", .plots = true};
    while ((flag = stator_flag_next(&reader)) >= 0) {
        if (flag == FLAG_OUTPUT) {
            out->output = reader.value;
        } else if (flag == FLAG_FORCE) {
            out->force = true;
        } else if (flag == FLAG_NO_PLOTS) {
            out->plots = false;
        } else {
            out->help = true;
        }
    }
    out->rest = reader.rest;
    return flag == STATOR_FLAG_END;
}

int stator_command_report(int argc, char *argv[])
{
    struct stator_result *result = NULL;
    struct arguments arguments;
    int code;

    if (!read_arguments(argc, argv, &arguments)) {
        return STATOR_LAB_EXIT_USAGE;
    }
    if (arguments.help) {
        return print_help();
    }
    if (arguments.rest == argc) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "report needs the file of a result", NULL,
                                   "stator-lab report results.json");
    }
    if (!arguments.force && access(arguments.output, F_OK) == 0) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "the page is there already",
                                   arguments.output, "name another one with -o, or add --force");
    }
    code = stator_command_read(argv + arguments.rest, (size_t)(argc - arguments.rest), &result);
    if (code == STATOR_LAB_EXIT_OK) {
        code = make(result, &arguments);
    }
    stator_result_destroy(result);
    return code;
}
