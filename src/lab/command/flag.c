/*
 * Reads the flags of a command.
 *
 * Knows how flags are written and what can be wrong with them; refuses to know any of them. The one
 * surprising thing: getopt_long keeps its place in variables of the process, so a reader that has
 * no flag yet begins by resetting them.
 */
#include "lab/command/flag.h"

#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"

#define NAMES_MAX 64u

static const char *find_name(const struct option *table, int val)
{
    while (table->name != NULL && table->val != val) {
        table++;
    }
    return table->name;
}

/* Says that there is no such flag; `word` with or without its dashes. */
static void say_unknown(const struct stator_flag_reader *reader, const char *word)
{
    const char *names[NAMES_MAX] = {NULL};
    char kind[40];

    for (size_t i = 0; reader->table[i].name != NULL && i + 1 < NAMES_MAX; i++) {
        names[i] = reader->table[i].name;
    }
    snprintf(kind, sizeof(kind), "flag of %s", reader->command);
    stator_command_unknown(kind, word + strspn(word, "-"), names);
}

static void say_wrong(const struct stator_flag_reader *reader, int letter)
{
    const char *name = find_name(reader->table, optopt);
    const char byte[] = {(char)optopt, '\0'};
    char what[120];

    if (name != NULL) {
        snprintf(what, sizeof(what), "--%s %s", name,
                 letter == ':' ? "needs a value" : "takes no value");
        stator_command_fail(STATOR_LAB_EXIT_USAGE, what, NULL, NULL);
    } else {
        say_unknown(reader, optopt != 0 ? byte : reader->argv[optind - 1]);
    }
}

int stator_flag_next(struct stator_flag_reader *reader)
{
    int val;

    if (reader->name == NULL) {
        optind = 0;
    }
    opterr = 0;
    optopt = 0;
    val = getopt_long(reader->argc, reader->argv, reader->letters != NULL ? reader->letters : ":",
                      reader->table, NULL);
    if (val == '?' || val == ':') {
        say_wrong(reader, val);
        return STATOR_FLAG_WRONG;
    }
    if (val == -1) {
        reader->rest = optind;
        return STATOR_FLAG_END;
    }
    reader->name = find_name(reader->table, val);
    reader->value = optarg;
    return val;
}

int stator_flag_refuse(const struct stator_flag_reader *reader, const char *must)
{
    char what[160], fix[200];

    snprintf(what, sizeof(what), "--%s cannot be '%.60s'", reader->name,
             reader->value != NULL ? reader->value : "");
    snprintf(fix, sizeof(fix), "it is %s", must);
    return stator_command_fail(STATOR_LAB_EXIT_USAGE, what, NULL, fix);
}
