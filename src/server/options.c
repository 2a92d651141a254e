/*
 * A set of options: values by the table, each in the field of its own.
 *
 * Knows where a value is kept and who owns it; refuses to know what an option is for. The one
 * surprising thing: a list is added to, so that "listen" may be set more than once, while every
 * other option keeps the last value.
 */
#include "server/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const size_t offsets[] = {
#define STATOR_OPTION(key, letter, field, kind, default_value, range, argument, help)              \
    offsetof(struct stator_options, field),
#include "server/options.def"
};

static void *field_of(struct stator_options *options, enum stator_option option)
{
    return (char *)options + offsets[option];
}

/* Stores what stator_option_parse found. */
static void store_number(void *field, enum stator_option_kind kind, uint64_t number)
{
    switch (kind) {
    case STATOR_OPTION_KIND_SWITCH:
        *(bool *)field = number != 0;
        break;
    case STATOR_OPTION_KIND_CHOICE:
        *(int *)field = (int)number;
        break;
    case STATOR_OPTION_KIND_DURATION:
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
static int store(struct stator_options *options, enum stator_option option, const char *value)
{
    enum stator_option_kind kind = stator_option_kind(option);
    void *field = field_of(options, option);
    uint64_t number = 0;
    if (!stator_option_parse(option, value, &number)) {
        return -EINVAL;
    }
    switch (kind) {
    case STATOR_OPTION_KIND_NAME:
    case STATOR_OPTION_KIND_TEXT:
        return store_text(field, value);
    case STATOR_OPTION_KIND_LIST:
        return list_add(field, value, strlen(value));
    default:
        store_number(field, kind, number);
        return 0;
    }
}

int stator_options_set(struct stator_options *options, const char *key, const char *value,
                       struct stator_error *error)
{
    enum stator_option option = stator_option_find(key);
    if (option == STATOR_OPTION_COUNT) {
        stator_option_refuse_key(key, error);
        return -EINVAL;
    }
    int result = store(options, option, value);
    if (result != 0) {
        stator_option_refuse(option, key, value, result, error);
        return result;
    }
    options->given[option] = true;
    return 0;
}

/* Sets an option by its variable's value, of which a list takes each word. */
static int set_by_variable(struct stator_options *options, enum stator_option option,
                           const char *value, struct stator_error *error)
{
    int result = stator_option_kind(option) == STATOR_OPTION_KIND_LIST
                     ? list_add_words(field_of(options, option), value)
                     : store(options, option, value);
    if (result != 0) {
        char name[STATOR_OPTION_VARIABLE_SIZE];
        stator_option_variable(stator_option_at(option), name);
        stator_option_refuse(option, name, value, result, error);
        return result;
    }
    options->given[option] = true;
    return 0;
}

int stator_options_read_environment(struct stator_options *options, char *const environment[],
                                    struct stator_error *error)
{
    int result = 0;
    for (size_t i = 0; environment[i] != NULL && result == 0; i++) {
        enum stator_option option = stator_option_find_variable(environment[i]);
        const char *value = option != STATOR_OPTION_COUNT ? strchr(environment[i], '=') + 1 : "";
        /* A variable that is there but empty is how many tools say that it is not there. */
        if (value[0] != '\0') {
            result = set_by_variable(options, option, value, error);
        }
    }
    return result;
}

struct stator_options *stator_options_create(void)
{
    struct stator_options *options = calloc(1, sizeof(*options));
    for (enum stator_option i = 0; options != NULL && i < STATOR_OPTION_COUNT; i++) {
        const char *default_value = stator_option_at(i)->default_value;
        if (default_value[0] != '\0' && store(options, i, default_value) != 0) {
            stator_options_destroy(options);
            return NULL;
        }
    }
    return options;
}

static void finish_field(void *field, enum stator_option_kind kind)
{
    if (kind == STATOR_OPTION_KIND_LIST) {
        list_finish(field);
    } else if (kind == STATOR_OPTION_KIND_TEXT || kind == STATOR_OPTION_KIND_NAME) {
        free(*(char **)field);
    }
}

void stator_options_destroy(struct stator_options *options)
{
    for (enum stator_option i = 0; options != NULL && i < STATOR_OPTION_COUNT; i++) {
        finish_field(field_of(options, i), stator_option_kind(i));
    }
    free(options);
}

/* Makes what a field of a flat copy points to its own; a field that fails is left empty. */
static int own_field(void *field, enum stator_option_kind kind)
{
    if (kind == STATOR_OPTION_KIND_LIST) {
        struct stator_option_list *list = field, from = *list;
        *list = (struct stator_option_list){0};
        for (size_t i = 0; i < from.count; i++) {
            if (list_add(list, from.at[i], strlen(from.at[i])) != 0) {
                return -ENOMEM;
            }
        }
    } else if (kind == STATOR_OPTION_KIND_TEXT || kind == STATOR_OPTION_KIND_NAME) {
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
    for (enum stator_option i = 0; i < STATOR_OPTION_COUNT; i++) {
        /* Also after a failure: no field of the copy may go on pointing to the original's. */
        int failed = own_field(field_of(copy, i), stator_option_kind(i));
        result = result != 0 ? result : failed;
    }
    if (result != 0) {
        stator_options_destroy(copy);
        return NULL;
    }
    return copy;
}
