/*
 * `stator-lab run`: the one command.
 */
#include <errno.h>
#include <stdio.h>

#include "lab/command/command.h"
#include "lab/command/study.h"
#include "lab/command/study_flags.h"

static const char help[] =
    "usage: stator-lab run [FLAGS]\n"
    "\n"
    "Measures server designs under workloads and writes lab-report.html, results.json and\n"
    "results.csv. Without --designs and --workloads it is the quick set, in at most 5 minutes.\n"
    "\n"
    "  --designs LIST    such as event,pool:unit=request,workers=4 (stator-lab list designs)\n"
    "  --workloads LIST  such as hot,disk; each at all its levels (stator-lab list workloads)\n"
    "  --all             all workloads at all levels, for at most an "
    "hour\n" STATOR_STUDY_FLAGS_HELP;

enum { ARCHS = STATOR_STUDY_OWN, WORKLOADS, ALL };

static const struct option flags[] = {
    {"designs", required_argument, NULL, ARCHS},
    {"workloads", required_argument, NULL, WORKLOADS},
    {"all", no_argument, NULL, ALL},
    STATOR_STUDY_FLAGS,
};

/* The seconds that --all takes at most where no --budget was given. */
#define ALL_SECONDS 3600

struct wish {
    bool all, help;
};

static int read_flags(struct stator_study *study, int argc, char *argv[], struct wish *wish)
{
    struct stator_flag_reader reader = {.command = "run",
                                        .table = flags,
                                        .letters = STATOR_STUDY_LETTERS,
                                        .argc = argc,
                                        .argv = argv};
    int code = STATOR_LAB_EXIT_OK, val = STATOR_FLAG_END;

    while (code == STATOR_LAB_EXIT_OK && !wish->help && (val = stator_flag_next(&reader)) >= 0) {
        switch (val) {
        case ARCHS:
            code = stator_study_add_archs(study, (char *)reader.value);
            break;
        case WORKLOADS:
            code = stator_study_add_workloads(study, (char *)reader.value);
            break;
        case ALL:
            wish->all = true;
            break;
        case STATOR_STUDY_HELP:
            wish->help = true;
            break;
        default:
            code = stator_study_flag(study, &reader, val);
        }
    }
    return code == STATOR_LAB_EXIT_OK && !wish->help ? stator_study_flags_end(&reader, val) : code;
}

int stator_command_run(int argc, char *argv[])
{
    static struct stator_study study; /* large */
    struct wish wish = {false, false};
    int code;

    stator_study_init(&study);
    stator_study_quote(&study, argv);
    code = read_flags(&study, argc, argv, &wish);
    if (code == STATOR_LAB_EXIT_OK && wish.help) {
        return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK
                                                               : STATOR_LAB_EXIT_FAILED;
    }
    if (code == STATOR_LAB_EXIT_OK && study.budget <= 0) {
        study.budget = wish.all ? ALL_SECONDS : STATOR_STUDY_QUICK_SECONDS;
    }
    if (code == STATOR_LAB_EXIT_OK) {
        code = stator_study_complete(&study, !wish.all);
    }
    return code == STATOR_LAB_EXIT_OK ? stator_study_run(&study) : code;
}
