/*
 * The options of a server, one typed field each, all of them made from options.def.
 *
 * Knows the types of values; refuses to know what they mean: whether a directory, an address or a
 * design exists is found out by stator_server_create. The functions on them are in stator.h.
 */
#ifndef STATOR_SERVER_OPTIONS_H
#define STATOR_SERVER_OPTIONS_H

#include "server/option_table.h"

/* The strings of a repeatable option, in the order in which they were given. */
struct stator_option_list {
    char **at;
    size_t count;
};

/* The type of a field, by the kind that options.def gives it. */
#define STATOR_OPTION_TYPE_TEXT     char * /* NULL where it has no value */
#define STATOR_OPTION_TYPE_NAME     char * /* of one file: no '/', no '.' at its start */
#define STATOR_OPTION_TYPE_LIST     struct stator_option_list
#define STATOR_OPTION_TYPE_NUMBER   uint64_t /* 0 for the word before its range: "auto", "off" */
#define STATOR_OPTION_TYPE_SIZE     uint64_t /* bytes */
#define STATOR_OPTION_TYPE_DURATION int64_t  /* milliseconds */
#define STATOR_OPTION_TYPE_SWITCH   bool
#define STATOR_OPTION_TYPE_CHOICE   int /* the position of the name in the range: an enum's value */

struct stator_options {
    /* True for each option that somebody set, even to its default. */
    bool given[STATOR_OPTION_COUNT];
#define STATOR_OPTION(key, letter, field, kind, default_value, range, argument, help)              \
    STATOR_OPTION_TYPE_##kind field;
#include "server/options.def"
};

/* Owns: the caller destroys the copy. Fails: NULL when memory is out. */
struct stator_options *stator_options_copy(const struct stator_options *options);

#endif
