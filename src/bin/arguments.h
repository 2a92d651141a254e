/*
 * The command line and the environment, as what they ask for.
 */
#ifndef STATOR_BIN_ARGUMENTS_H
#define STATOR_BIN_ARGUMENTS_H

#include "stator/stator.h"

enum stator_wish {
    STATOR_WISH_SERVE,
    STATOR_WISH_HELP,
    STATOR_WISH_VERSION,
    STATOR_WISH_ARCHS, /* --arch help */
};

struct stator_argument {
    const struct stator_option_info *option;
    const char *value;
};

/* Zero-initialized is empty and valid. */
struct stator_arguments {
    enum stator_wish wish;
    struct stator_argument *given; /* the options of the command line, in order */
    size_t count;
    char *const *environment;
};

/*
 * Reads the command line; values are not checked yet. Owns: the caller finishes `out`, which points
 * into `argv` and `environment`. Fails: -EINVAL or -ENOMEM, `error` says more, `out` untouched.
 */
int stator_arguments_parse(char *const argv[], char *const environment[],
                           struct stator_arguments *out, struct stator_error *error);
void stator_arguments_finish(struct stator_arguments *arguments);

/* What `key` is set to, by the command line, else by the environment; NULL where by neither. */
const char *stator_arguments_find(const struct stator_arguments *arguments, const char *key);

/* True if the switch `key` is set to "true". */
bool stator_arguments_is_on(const struct stator_arguments *arguments, const char *key);

/* Sets `key` as if the command line did, unless it or the environment does. Fails: -ENOMEM. */
int stator_arguments_assume(struct stator_arguments *arguments, const char *key, const char *value,
                            struct stator_error *error);

/*
 * Sets in `options` what the environment says, then what the command line says. An option that
 * stands in the command line is not read from the environment at all, so a list is replaced, not
 * added to. Fails: as stator_options_set; -ENOMEM.
 */
int stator_arguments_apply(const struct stator_arguments *arguments, struct stator_options *options,
                           struct stator_error *error);

#endif
