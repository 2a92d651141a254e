/*
 * The table of options: keys, ranges and the words for a value that is not possible.
 *
 * Knows the rows of options.def; refuses to know where values are kept. The one surprising thing:
 * a value is checked by the very text of its range that the help and the errors show.
 */
#include "server/option_table.h"

#include <errno.h>
#include <string.h>

#include "base/span.h"
#include "observe/record.h"
#include "server/error.h"
#include "server/suggest.h"
#include "server/value.h"
#include "site/site.h"

static const struct row {
    struct stator_option_info info;
    enum stator_option_kind kind;
} rows[] = {
#define STATOR_OPTION(key, letter, field, kind, default_value, range, argument, help)              \
    {{key, letter, argument, default_value, range, help,                                           \
      STATOR_OPTION_KIND_##kind == STATOR_OPTION_KIND_LIST},                                       \
     STATOR_OPTION_KIND_##kind},
#include "server/options.def"
};

/* A choice is the position of its name: these are the enums whose values the names stand for. */
_Static_assert(STATOR_MAGIC_MODE_FALLBACK == 0 && STATOR_MAGIC_MODE_FIRST == 1 &&
                   STATOR_MAGIC_MODE_OFF == 2,
               "options.def: the names of magic");
_Static_assert(STATOR_LOG_FORMAT_COMMON == 0 && STATOR_LOG_FORMAT_COMBINED == 1 &&
                   STATOR_LOG_FORMAT_JSON == 2 && STATOR_LOG_FORMAT_PRETTY == 3,
               "options.def: the names of log-format");

enum stator_option_kind stator_option_kind(enum stator_option option)
{
    return rows[option].kind;
}

/* --- finding --------------------------------------------------------------------------------- */

const struct stator_option_info *stator_option_at(size_t index)
{
    return index < STATOR_OPTION_COUNT ? &rows[index].info : NULL;
}

enum stator_option stator_option_find(const char *key)
{
    size_t i = 0;
    while (i < STATOR_OPTION_COUNT && strcmp(rows[i].info.key, key) != 0) {
        i++;
    }
    return (enum stator_option)i;
}

const char *stator_option_nearest(const char *key)
{
    struct stator_suggest suggest = {.word = key};
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        stator_suggest_offer(&suggest, rows[i].info.key);
    }
    return suggest.nearest;
}

#define PREFIX "STATOR_"

void stator_option_variable(const struct stator_option_info *option,
                            char out[STATOR_OPTION_VARIABLE_SIZE])
{
    size_t length = strlen(PREFIX);
    memcpy(out, PREFIX, length);
    for (const char *key = option->key; *key != '\0' && length < STATOR_OPTION_VARIABLE_SIZE - 1;
         key++) {
        bool is_lower = *key >= 'a' && *key <= 'z';
        out[length++] = *key == '-' ? '_' : (char)(is_lower ? *key & ~0x20 : *key);
    }
    out[length] = '\0';
}

static bool is_variable(const struct stator_option_info *option, const char *entry)
{
    char name[STATOR_OPTION_VARIABLE_SIZE];
    stator_option_variable(option, name);
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

enum stator_option stator_option_find_variable(const char *entry)
{
    size_t i = 0;
    while (i < STATOR_OPTION_COUNT && !is_variable(&rows[i].info, entry)) {
        i++;
    }
    return (enum stator_option)i;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool parse_by_range(const struct row *row, const char *value, uint64_t *out)
{
    enum stator_value kind = row->kind == STATOR_OPTION_KIND_SIZE       ? STATOR_VALUE_SIZE
                             : row->kind == STATOR_OPTION_KIND_DURATION ? STATOR_VALUE_DURATION
                                                                        : STATOR_VALUE_NUMBER;
    return stator_value_parse(kind, stator_span_from(row->info.range), stator_span_from(value),
                              out);
}

bool stator_option_parse(enum stator_option option, const char *value, uint64_t *out)
{
    switch (rows[option].kind) {
    case STATOR_OPTION_KIND_NAME:
        return value[0] != '\0' && value[0] != '.' && strchr(value, '/') == NULL;
    case STATOR_OPTION_KIND_TEXT:
    case STATOR_OPTION_KIND_LIST:
        return value[0] != '\0';
    default:
        return parse_by_range(&rows[option], value, out);
    }
}

static const char *advice_for(enum stator_option_kind kind)
{
    switch (kind) {
    case STATOR_OPTION_KIND_SIZE:
        return "write bytes, or a number with K, M, G or T";
    case STATOR_OPTION_KIND_DURATION:
        return "write seconds, or a number with ms, s, m or h";
    case STATOR_OPTION_KIND_NUMBER:
        return "write a whole number in that range";
    default:
        return "choose one of these";
    }
}

/* What a value of the row must be, for a person. */
static void explain_value(const struct row *row, const char *value, struct stator_error *error)
{
    if (value[0] == '\0') {
        stator_error_why(error, "it is empty");
        stator_error_fix(error, "give it a value, or leave it out");
    } else if (row->kind == STATOR_OPTION_KIND_NAME) {
        stator_error_why(error, "it must name one file: without /, and not a dotfile");
        stator_error_fix(error, "use a name like %s", row->info.default_value);
    } else {
        stator_error_why(error, "allowed: %s", row->info.range);
        stator_error_fix(error, "%s; the default is %s", advice_for(row->kind),
                         row->info.default_value);
    }
}

void stator_option_refuse(enum stator_option option, const char *name, const char *value, int code,
                          struct stator_error *error)
{
    if (code == -ENOMEM) {
        stator_error_begin(error, STATOR_ERROR_KIND_RUNTIME, code);
        stator_error_what(error, "cannot set %s", name);
        stator_error_fix(error, "free some memory and try again");
        return;
    }
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "%s cannot be \"%.100s\"", name, value);
    explain_value(&rows[option], value, error);
}

void stator_option_refuse_key(const char *key, struct stator_error *error)
{
    const char *nearest = stator_option_nearest(key);
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "unknown option \"%.100s\"", key);
    stator_error_why(error, "there is none of that name");
    if (nearest != NULL) {
        stator_error_fix(error, "did you mean \"%s\"?", nearest);
    } else {
        stator_error_fix(error, "use an option of the table");
    }
}
