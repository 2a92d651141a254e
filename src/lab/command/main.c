/*
 * The program stator-lab: its first word names a command.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "lab/command/command.h"

static int print_help(FILE *stream)
{
    const struct stator_command *command;

    fprintf(stream, "usage: stator-lab COMMAND [ARGUMENTS]\n\n"
                    "Measures server designs and explains the result.\n\n");
    for (unsigned i = 0; (command = stator_command_at(i)) != NULL; i++) {
        if (command->synopsis != NULL) {
            fprintf(stream, "  %-9s %s\n", command->name, command->summary);
        }
    }
    fprintf(stream, "\n`stator-lab COMMAND --help` says more. Exit codes: 0 ok, 1 a check failed,\n"
                    "2 usage, 3 regression, 77 cannot run here.\n");
    return fflush(stream) == 0 && !ferror(stream) ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

static int fail_command(const char *name)
{
    const char *names[32] = {NULL};
    const struct stator_command *command;
    unsigned count = 0;

    for (unsigned i = 0; (command = stator_command_at(i)) != NULL && count < 31; i++) {
        if (command->synopsis != NULL) {
            names[count++] = command->name;
        }
    }
    return stator_command_unknown("command", name, names);
}

/* As many descriptors as may be had without asking anybody; servers under test inherit it. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char *argv[])
{
    const struct stator_command *command;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    raise_limit();
    if (argc < 2) {
        print_help(stderr);
        return STATOR_LAB_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        return print_help(stdout);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("stator-lab %s\n", STATOR_VERSION);
        return STATOR_LAB_EXIT_OK;
    }
    command = stator_command_find(argv[1]);
    return command != NULL ? command->run(argc - 1, argv + 1) : fail_command(argv[1]);
}
