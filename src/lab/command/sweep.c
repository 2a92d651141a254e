/*
 * `stator-lab sweep`: one design at several settings of one knob.
 */
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/command/study.h"
#include "lab/command/study_flags.h"

static const char help[] =
    "usage: stator-lab sweep --design NAME --knob KNOB=VALUE,VALUE,... [--workload NAME] [FLAGS]\n"
    "\n"
    "Measures one design at several settings of a knob, for example\n"
    "  stator-lab sweep --design pool --knob workers=1,2,4,8 --workload cs555\n"
    "\n"
    "  --design NAME     may have other knobs: pool:unit=request\n"
    "  --knob KNOB=LIST  the knob and its values\n"
    "  --workload NAME   cs555 where none is given\n" STATOR_STUDY_FLAGS_HELP;

enum { ARCH = STATOR_STUDY_OWN, ARCH_OPTION, WORKLOAD };

static const struct option flags[] = {
    {"design", required_argument, NULL, ARCH},
    {"knob", required_argument, NULL, ARCH_OPTION},
    {"workload", required_argument, NULL, WORKLOAD},
    STATOR_STUDY_FLAGS,
};

struct sweep {
    const char *arch;
    char *arch_option;
    bool help;
    char spellings[STATOR_STUDY_ARCHS][160]; /* the study points into them */
};

static int read_flags(struct sweep *sweep, struct stator_study *study, int argc, char *argv[])
{
    struct stator_flag_reader reader = {.command = "sweep",
                                        .table = flags,
                                        .letters = STATOR_STUDY_LETTERS,
                                        .argc = argc,
                                        .argv = argv};
    int code = STATOR_LAB_EXIT_OK, val = STATOR_FLAG_END;

    while (code == STATOR_LAB_EXIT_OK && !sweep->help && (val = stator_flag_next(&reader)) >= 0) {
        switch (val) {
        case ARCH:
            sweep->arch = reader.value;
            break;
        case ARCH_OPTION:
            sweep->arch_option = (char *)reader.value;
            break;
        case WORKLOAD:
            code = stator_study_add_workloads(study, (char *)reader.value);
            break;
        case STATOR_STUDY_HELP:
            sweep->help = true;
            break;
        default:
            code = stator_study_flag(study, &reader, val);
        }
    }
    return code == STATOR_LAB_EXIT_OK && !sweep->help ? stator_study_flags_end(&reader, val) : code;
}

/* A design for each of the knob's values. */
static int add_settings(struct sweep *sweep, struct stator_study *study)
{
    char *equals = sweep->arch_option != NULL ? strchr(sweep->arch_option, '=') : NULL;
    int code = STATOR_LAB_EXIT_OK;
    size_t count = 0;

    if (sweep->arch == NULL || equals == NULL || equals[1] == '\0') {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE,
                                   "sweep needs a design and a knob with values", NULL,
                                   "for example: --design pool --knob workers=1,2,4,8");
    }
    *equals = '\0';
    for (char *rest, *value = strtok_r(equals + 1, ",", &rest);
         value != NULL && code == STATOR_LAB_EXIT_OK; value = strtok_r(NULL, ",", &rest)) {
        char *spelling = sweep->spellings[count];

        if (count == STATOR_STUDY_ARCHS) {
            return stator_command_fail(STATOR_LAB_EXIT_USAGE, "these are too many values", NULL,
                                       "choose fewer");
        }
        snprintf(spelling, sizeof(sweep->spellings[0]), "%s%c%s=%s", sweep->arch,
                 strchr(sweep->arch, ':') != NULL ? ',' : ':', sweep->arch_option, value);
        code = stator_study_add_archs(study, spelling);
        count++;
    }
    return code;
}

int stator_command_sweep(int argc, char *argv[])
{
    static struct stator_study study; /* both are large */
    static struct sweep sweep;
    static char workload[] = "cs555";
    int code;

    stator_study_init(&study);
    stator_study_quote(&study, argv);
    code = read_flags(&sweep, &study, argc, argv);
    if (code == STATOR_LAB_EXIT_OK && sweep.help) {
        return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK
                                                               : STATOR_LAB_EXIT_FAILED;
    }
    if (code == STATOR_LAB_EXIT_OK) {
        code = add_settings(&sweep, &study);
    }
    if (code == STATOR_LAB_EXIT_OK && study.item_count == 0) {
        code = stator_study_add_workloads(&study, workload);
    }
    return code == STATOR_LAB_EXIT_OK ? stator_study_run(&study) : code;
}
