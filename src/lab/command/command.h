/* The commands of stator-lab: one file each, and one line in registry.c. */
#ifndef STATOR_LAB_COMMAND_COMMAND_H
#define STATOR_LAB_COMMAND_COMMAND_H

/* How the program ends. */
enum stator_lab_exit {
    STATOR_LAB_EXIT_OK = 0,
    STATOR_LAB_EXIT_FAILED = 1,     /* a check did, or something could not be measured or written */
    STATOR_LAB_EXIT_USAGE = 2,      /* the command line is wrong */
    STATOR_LAB_EXIT_REGRESSION = 3, /* compare found one */
    STATOR_LAB_EXIT_CANNOT = 77,    /* it cannot run on this machine as it is */
};

/* argv[0] is the command's name. Returns: the exit code. */
typedef int stator_command_fn(int argc, char *argv[]);

struct stator_command {
    const char *name;
    const char *synopsis; /* its arguments, as a person types them; NULL: not for people */
    const char *summary;  /* one line */
    stator_command_fn *run;
};

/* For index 0, 1, ...; NULL after the last. */
const struct stator_command *stator_command_at(unsigned index);

/* The command of that name, or NULL. */
const struct stator_command *stator_command_find(const char *name);

/*
 * Says on standard error what, why and what to do (why and fix may be NULL), and returns `code`, so
 * that a command may end with it.
 */
int stator_command_fail(int code, const char *what, const char *why, const char *fix);

/* The same for a word that is none of those that could stand there: names the nearest. */
int stator_command_unknown(const char *kind, const char *word, const char *const *known);

stator_command_fn stator_command_compare;
stator_command_fn stator_command_doctor;
stator_command_fn stator_command_list;
stator_command_fn stator_command_load;
stator_command_fn stator_command_model;
stator_command_fn stator_command_report;
stator_command_fn stator_command_run;
stator_command_fn stator_command_serve;
stator_command_fn stator_command_sweep;
stator_command_fn stator_command_validate;

#endif
