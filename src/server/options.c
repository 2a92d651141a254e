/*
 * Options: text in, typed fields out, by the table in options.def.
 *
 * Knows the kinds of values and how each is written; refuses to know what an option is for. The one
 * surprising thing: a list is added to, so that "listen" may be set more than once, while every
 * other option keeps the last value.
 */
#include "server/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "observe/record.h"
#include "server/error.h"
#include "server/suggest.h"
#include "server/value.h"
#include "site/site.h"

enum kind {
    KIND_TEXT,
    KIND_NAME,
    KIND_LIST,
    KIND_NUMBER,
    KIND_SIZE,
    KIND_DURATION,
    KIND_SWITCH,
    KIND_CHOICE,
};

struct row {
    struct stator_option_info info;
    enum kind kind;
    size_t offset; /* of the field in struct stator_options */
};

static const struct row rows[] = {
#define STATOR_OPTION(key, letter, field, kind, standard, range, argument, help)                   \
    {{key, letter, argument, standard, range, help, KIND_##kind == KIND_LIST},                     \
     KIND_##kind,                                                                                  \
     offsetof(struct stator_options, field)},
#include "server/options.def"
};

/* A choice is the position of its name: these are the enums whose values the names stand for. */
_Static_assert(STATOR_MAGIC_FALLBACK == 0 && STATOR_MAGIC_FIRST == 1 && STATOR_MAGIC_OFF == 2,
               "options.def: the names of magic");
_Static_assert(STATOR_LOG_COMMON == 0 && STATOR_LOG_COMBINED == 1 && STATOR_LOG_JSON == 2 &&
                   STATOR_LOG_PRETTY == 3,
               "options.def: the names of log-format");

static void *field_of(struct stator_options *options, const struct row *row)
{
    return (char *)options + row->offset;
}

/* Reads a value by the range of its row. Fails: false. */
static bool parse_by_range(const struct row *row, const char *value, uint64_t *out)
{
    enum stator_value kind = row->kind == KIND_SIZE       ? STATOR_VALUE_SIZE
                             : row->kind == KIND_DURATION ? STATOR_VALUE_DURATION
                                                          : STATOR_VALUE_NUMBER;
    return stator_value_parse(kind, stator_span_from(row->info.range), stator_span_from(value),
                              out);
}

/* Stores what parse_by_range read. */
static void store_number(void *field, enum kind kind, uint64_t number)
{
    switch (kind) {
    case KIND_SWITCH:
        *(bool *)field = number != 0;
        break;
    case KIND_CHOICE:
        *(int *)field = (int)number;
        break;
    case KIND_DURATION:
        *(int64_t *)field = (int64_t)number;
        break;
    default:
        *(uint64_t *)field = number;
        break;
    }
}

static int store_text(char **field, const char *value)
{
    char *copy = strdup(value);
    if (copy == NULL) {
        return -ENOMEM;
    }
    free(*field);
    *field = copy;
    return 0;
}

static int list_add(struct stator_option_list *list, const char *value, size_t length)
{
    char *copy = strndup(value, length);
    char **at = copy != NULL ? reallocarray(list->at, list->count + 1, sizeof(*at)) : NULL;
    if (at == NULL) {
        free(copy);
        return -ENOMEM;
    }
    list->at = at;
    list->at[list->count++] = copy;
    return 0;
}

static void list_finish(struct stator_option_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i]);
    }
    free(list->at);
    *list = (struct stator_option_list){0};
}

/* Adds the words of `value` that spaces separate: all of them, or none. */
static int list_add_words(struct stator_option_list *list, const char *value)
{
    size_t before = list->count;
    while (*(value += strspn(value, " ")) != '\0') {
        size_t length = strcspn(value, " ");
        if (list_add(list, value, length) != 0) {
            while (list->count > before) {
                free(list->at[--list->count]);
            }
            return -ENOMEM;
        }
        value += length;
    }
    return 0;
}

/* Fails: -EINVAL, -ENOMEM; the field keeps its value. */
static int store(struct stator_options *options, const struct row *row, const char *value)
{
    void *field = field_of(options, row);
    uint64_t number;
    switch (row->kind) {
    case KIND_NAME:
        if (value[0] == '.' || strchr(value, '/') != NULL) {
            return -EINVAL;
        }
        /* fall through */
    case KIND_TEXT:
        return value[0] != '\0' ? store_text(field, value) : -EINVAL;
    case KIND_LIST:
        return value[0] != '\0' ? list_add(field, value, strlen(value)) : -EINVAL;
    default:
        if (!parse_by_range(row, value, &number)) {
            return -EINVAL;
        }
        store_number(field, row->kind, number);
        return 0;
    }
}

static const char *advice_for(const struct row *row)
{
    switch (row->kind) {
    case KIND_SIZE:
        return "write bytes, or a number with K, M, G or T";
    case KIND_DURATION:
        return "write seconds, or a number with ms, s, m or h";
    case KIND_NUMBER:
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
    } else if (row->kind == KIND_NAME) {
        stator_error_why(error, "it must name one file: without /, and not a dotfile");
        stator_error_fix(error, "use a name like %s", row->info.standard);
    } else {
        stator_error_why(error, "allowed: %s", row->info.range);
        stator_error_fix(error, "%s; the default is %s", advice_for(row), row->info.standard);
    }
}

/* Tells of a value that was refused; `name` is the key or variable that carried it. */
static void fill_error(const struct row *row, const char *name, const char *value, int code,
                       struct stator_error *error)
{
    if (code == -ENOMEM) {
        stator_error_begin(error, STATOR_ERROR_RUNTIME, code);
        stator_error_what(error, "cannot set %s", name);
        stator_error_fix(error, "free some memory and try again");
        return;
    }
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "%s cannot be \"%.100s\"", name, value);
    explain_value(row, value, error);
}

static const struct row *find_row(const char *key)
{
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        if (strcmp(rows[i].info.key, key) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static void fill_unknown(const char *key, struct stator_error *error)
{
    const char *nearest = stator_option_nearest(key);
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "unknown option \"%.100s\"", key);
    stator_error_why(error, "there is none of that name");
    if (nearest != NULL) {
        stator_error_fix(error, "did you mean \"%s\"?", nearest);
    } else {
        stator_error_fix(error, "use an option of the table");
    }
}

int stator_options_set(struct stator_options *options, const char *key, const char *value,
                       struct stator_error *error)
{
    const struct row *row = find_row(key);
    if (row == NULL) {
        fill_unknown(key, error);
        return -EINVAL;
    }
    int result = store(options, row, value);
    if (result != 0) {
        fill_error(row, key, value, result, error);
        return result;
    }
    options->given[row - rows] = true;
    return 0;
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

/* The row whose variable `entry`, "NAME=value", is; NULL where there is none. */
static const struct row *find_variable(const char *entry)
{
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        char name[STATOR_OPTION_VARIABLE_SIZE];
        stator_option_variable(&rows[i].info, name);
        size_t length = strlen(name);
        if (strncmp(entry, name, length) == 0 && entry[length] == '=') {
            return &rows[i];
        }
    }
    return NULL;
}

int stator_options_read_environment(struct stator_options *options, char *const environment[],
                                    struct stator_error *error)
{
    for (size_t i = 0; environment[i] != NULL; i++) {
        const struct row *row = find_variable(environment[i]);
        const char *value = row != NULL ? strchr(environment[i], '=') + 1 : "";
        /* A variable that is there but empty is how many tools say that it is not there. */
        if (value[0] == '\0') {
            continue;
        }
        int result = row->kind == KIND_LIST ? list_add_words(field_of(options, row), value)
                                            : store(options, row, value);
        if (result != 0) {
            char name[STATOR_OPTION_VARIABLE_SIZE];
            stator_option_variable(&row->info, name);
            fill_error(row, name, value, result, error);
            return result;
        }
        options->given[row - rows] = true;
    }
    return 0;
}

struct stator_options *stator_options_create(void)
{
    struct stator_options *options = calloc(1, sizeof(*options));
    for (size_t i = 0; options != NULL && i < STATOR_OPTION_COUNT; i++) {
        if (rows[i].info.standard[0] != '\0' &&
            store(options, &rows[i], rows[i].info.standard) != 0) {
            stator_options_destroy(options);
            return NULL;
        }
    }
    return options;
}

static void finish_field(void *field, enum kind kind)
{
    if (kind == KIND_LIST) {
        list_finish(field);
    } else if (kind == KIND_TEXT || kind == KIND_NAME) {
        free(*(char **)field);
    }
}

void stator_options_destroy(struct stator_options *options)
{
    for (size_t i = 0; options != NULL && i < STATOR_OPTION_COUNT; i++) {
        finish_field(field_of(options, &rows[i]), rows[i].kind);
    }
    free(options);
}

/* Makes what a field of a flat copy points to its own; a field that fails is left empty. */
static int own_field(void *field, enum kind kind)
{
    if (kind == KIND_LIST) {
        struct stator_option_list *list = field, from = *list;
        *list = (struct stator_option_list){0};
        for (size_t i = 0; i < from.count; i++) {
            if (list_add(list, from.at[i], strlen(from.at[i])) != 0) {
                return -ENOMEM;
            }
        }
    } else if (kind == KIND_TEXT || kind == KIND_NAME) {
        char **text = field;
        const char *from = *text;
        *text = NULL;
        return from != NULL ? store_text(text, from) : 0;
    }
    return 0;
}

struct stator_options *stator_options_copy(const struct stator_options *options)
{
    struct stator_options *copy = malloc(sizeof(*copy));
    if (copy == NULL) {
        return NULL;
    }
    *copy = *options;
    int result = 0;
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        /* Also after a failure: no field of the copy may go on pointing to the original's. */
        int failed = own_field(field_of(copy, &rows[i]), rows[i].kind);
        result = result != 0 ? result : failed;
    }
    if (result != 0) {
        stator_options_destroy(copy);
        return NULL;
    }
    return copy;
}

const struct stator_option_info *stator_option_at(size_t index)
{
    return index < STATOR_OPTION_COUNT ? &rows[index].info : NULL;
}

const char *stator_option_nearest(const char *key)
{
    struct stator_suggest suggest = {.word = key};
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        stator_suggest_offer(&suggest, rows[i].info.key);
    }
    return suggest.nearest;
}
