/*
 * One option: a row of options.def as everybody sees it. What the public header says of options in
 * the singular, and what a set of them needs to read values.
 */
#ifndef STATOR_SERVER_OPTION_TABLE_H
#define STATOR_SERVER_OPTION_TABLE_H

#include "stator/stator.h"

/* Positions in the table: STATOR_OPTION_root and so on. */
enum stator_option {
#define STATOR_OPTION(key, letter, field, kind, default_value, range, argument, help)              \
    STATOR_OPTION_##field,
#include "server/options.def"
    STATOR_OPTION_COUNT,
};

enum stator_option_kind {
    STATOR_OPTION_KIND_TEXT,
    STATOR_OPTION_KIND_NAME, /* of one file: no '/', no '.' at its start */
    STATOR_OPTION_KIND_LIST,
    STATOR_OPTION_KIND_NUMBER,
    STATOR_OPTION_KIND_SIZE,
    STATOR_OPTION_KIND_DURATION,
    STATOR_OPTION_KIND_SWITCH,
    STATOR_OPTION_KIND_CHOICE,
};

enum stator_option_kind stator_option_kind(enum stator_option option);

/* The option of that key; STATOR_OPTION_COUNT where there is none. */
enum stator_option stator_option_find(const char *key);

/* The option whose variable `entry`, "NAME=value", is; STATOR_OPTION_COUNT where there is none. */
enum stator_option stator_option_find_variable(const char *entry);

/*
 * True if the option may have that value. `out` is then its number: bytes, milliseconds, 0 or 1 for
 * a switch, the position of a choice; and untouched for texts, names and lists.
 */
bool stator_option_parse(enum stator_option option, const char *value, uint64_t *out);

/*
 * Tells of a value that could not be set: -EINVAL because it is not possible, -ENOMEM. `name` is
 * the key or the variable that carried it.
 */
void stator_option_refuse(enum stator_option option, const char *name, const char *value, int code,
                          struct stator_error *error);

/* Tells that no option has that key. */
void stator_option_refuse_key(const char *key, struct stator_error *error);

#endif
