/*
 * The flags of a command: reads argv by getopt_long's table, and says what is wrong with it, the
 * same for all commands.
 */
#ifndef STATOR_LAB_COMMAND_FLAG_H
#define STATOR_LAB_COMMAND_FLAG_H

#include <getopt.h>

/* The least `val` of a row of the table that is a word and no letter. */
#define STATOR_FLAG_FIRST 256

/* What stator_flag_next returns besides. */
enum {
    STATOR_FLAG_END = -1,
    STATOR_FLAG_WRONG = -2, /* it has been said what; the command ends with STATOR_LAB_EXIT_USAGE */
};

/* Zero but for the first four or five. */
struct stator_flag_reader {
    const char *command;        /* "model", in messages */
    const struct option *table; /* borrowed; ends with a row of zeros; at most 63 others */
    const char *letters;        /* short ones for getopt, ":o:", whose val is in the table; NULL */
    int argc;
    char **argv;       /* is put into another order: what is no flag goes last */
    const char *name;  /* of the last flag */
    const char *value; /* of the last flag; NULL where it takes none */
    int rest;          /* at the end: where in argv what is no flag begins */
};

/* Returns: the next flag's `val`, or one of the above. Threads: one reader at a time. */
int stator_flag_next(struct stator_flag_reader *reader);

/*
 * Says that the last flag cannot have that value but "is `must`". Returns: STATOR_LAB_EXIT_USAGE,
 * so that a command may end with it.
 */
int stator_flag_refuse(const struct stator_flag_reader *reader, const char *must);

#endif
