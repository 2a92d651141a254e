/*
 * Reads argv by the library's table of options.
 *
 * Knows the forms that flags may have and which of command line and environment wins; refuses to
 * know what any option means, but for the few words that ask for a text instead of a server. The
 * one surprising thing: PATH is the option "root" without its name, so giving both is giving it
 * twice.
 */
#include "bin/arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much of a word is repeated in an error. */
#define SHOWN "%.80s"

static int refuse(struct stator_error *error, const char *why, const char *fix)
{
    error->kind = STATOR_ERROR_KIND_USAGE;
    error->code = 0;
    snprintf(error->why, sizeof(error->why), "%s", why);
    snprintf(error->fix, sizeof(error->fix), "%s", fix);
    return -EINVAL;
}

static int refuse_memory(struct stator_error *error)
{
    *error = (struct stator_error){
        .kind = STATOR_ERROR_KIND_RUNTIME,
        .code = ENOMEM,
        .what = "cannot read the command line",
        .why = "out of memory",
        .fix = "free some memory and try again",
    };
    return -ENOMEM;
}

static const struct stator_option_info *find_key(const char *key, size_t length)
{
    const struct stator_option_info *option;
    for (size_t i = 0; (option = stator_option_at(i)) != NULL; i++) {
        if (strncmp(option->key, key, length) == 0 && option->key[length] == '\0') {
            return option;
        }
    }
    return NULL;
}

static const struct stator_option_info *find_letter(char letter)
{
    const struct stator_option_info *option;
    for (size_t i = 0; (option = stator_option_at(i)) != NULL; i++) {
        if (letter != '\0' && option->letter == letter) {
            return option;
        }
    }
    return NULL;
}

static bool is_switch(const struct stator_option_info *option)
{
    return option->argument == NULL;
}

static int refuse_second_path(const char *path, struct stator_error *error)
{
    snprintf(error->what, sizeof(error->what), "cannot serve \"" SHOWN "\" too", path);
    return refuse(error, "one PATH can be served at a time",
                  "give one directory that holds both, or start stator twice");
}

static int add(struct stator_arguments *arguments, const struct stator_option_info *option,
               const char *value, struct stator_error *error)
{
    if (strcmp(option->key, "root") == 0) {
        for (size_t i = 0; i < arguments->count; i++) {
            if (arguments->given[i].option == option) {
                return refuse_second_path(value, error);
            }
        }
    }
    if (strcmp(option->key, "arch") == 0 && strcmp(value, "help") == 0) {
        arguments->wish = STATOR_WISH_ARCHS;
    }
    struct stator_argument *given =
        reallocarray(arguments->given, arguments->count + 1, sizeof(*given));
    if (given == NULL) {
        return refuse_memory(error);
    }
    given[arguments->count++] = (struct stator_argument){option, value};
    arguments->given = given;
    return 0;
}

static int refuse_unknown(const char *flag, const char *key, size_t length,
                          struct stator_error *error)
{
    char word[64] = "", fix[sizeof(error->fix)];
    snprintf(error->what, sizeof(error->what), "unknown option " SHOWN, flag);
    if (length < sizeof(word)) {
        memcpy(word, key, length);
    }
    const char *nearest = stator_option_nearest(word);
    if (nearest != NULL) {
        snprintf(fix, sizeof(fix), "did you mean --%s? (stator --help shows all)", nearest);
        return refuse(error, "stator has no such option", fix);
    }
    return refuse(error, "stator has no such option", "stator --help shows all there are");
}

static int refuse_missing(const char *flag, const struct stator_option_info *option,
                          struct stator_error *error)
{
    char fix[sizeof(error->fix)];
    snprintf(error->what, sizeof(error->what), "%s needs a value", flag);
    snprintf(fix, sizeof(fix), "write %s %s", flag, option->argument);
    return refuse(error, "it is the last word of the command line", fix);
}

/* Reads "--no-listing" and suchlike: NULL where it is no switch. */
static const struct stator_option_info *find_negated(const char *key, size_t length)
{
    const struct stator_option_info *option =
        length > 3 && strncmp(key, "no-", 3) == 0 ? find_key(key + 3, length - 3) : NULL;
    return option != NULL && is_switch(option) ? option : NULL;
}

/* Reads the flag at `*word`, "--key...", and its value, which may be the next word. */
static int read_long(struct stator_arguments *arguments, char *const **word,
                     struct stator_error *error)
{
    const char *flag = **word, *key = flag + 2;
    size_t length = strcspn(key, "=");
    const char *value = key[length] == '=' ? key + length + 1 : NULL;
    const struct stator_option_info *option = find_key(key, length);
    const struct stator_option_info *negated = find_negated(key, length);
    if (option == NULL && negated != NULL && value == NULL) {
        return add(arguments, negated, "false", error);
    }
    if (option == NULL) {
        return refuse_unknown(flag, key, length, error);
    }
    if (value == NULL && is_switch(option)) {
        value = "true";
    } else if (value == NULL) {
        value = *++*word;
    }
    return value != NULL ? add(arguments, option, value, error)
                         : refuse_missing(flag, option, error);
}

/* Reads the flags at `*word`, "-qv" or "-p80", and a value, which may be the next word. */
static int read_short(struct stator_arguments *arguments, char *const **word,
                      struct stator_error *error)
{
    const char *flags = **word;
    for (const char *letter = flags + 1; *letter != '\0'; letter++) {
        const struct stator_option_info *option = find_letter(*letter);
        const char flag[] = {'-', *letter, '\0'};
        if (*letter == 'h' || *letter == 'V') {
            arguments->wish = *letter == 'h' ? STATOR_WISH_HELP : STATOR_WISH_VERSION;
            return 0;
        }
        if (option == NULL) {
            /* "-port" is a word with one dash too few, not four letters. */
            return letter == flags + 1 ? refuse_unknown(flags, flags + 1, strlen(flags + 1), error)
                                       : refuse_unknown(flag, letter, 1, error);
        }
        if (!is_switch(option)) {
            const char *value = letter[1] != '\0' ? letter + 1 : *++*word;
            return value != NULL ? add(arguments, option, value, error)
                                 : refuse_missing(flag, option, error);
        }
        int result = add(arguments, option, "true", error);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

/* Reads one word and what belongs to it; `*word` is left at the last word that was read. */
static int read_word(struct stator_arguments *arguments, char *const **word, bool *flags_end,
                     struct stator_error *error)
{
    const char *text = **word;
    if (*flags_end || text[0] != '-' || text[1] == '\0') {
        return add(arguments, find_key("root", strlen("root")), text, error);
    }
    if (strcmp(text, "--") == 0) {
        *flags_end = true;
        return 0;
    }
    if (strcmp(text, "--help") == 0 || strcmp(text, "--version") == 0) {
        arguments->wish = text[2] == 'h' ? STATOR_WISH_HELP : STATOR_WISH_VERSION;
        return 0;
    }
    return text[1] == '-' ? read_long(arguments, word, error) : read_short(arguments, word, error);
}

int stator_arguments_parse(char *const argv[], char *const environment[],
                           struct stator_arguments *out, struct stator_error *error)
{
    struct stator_arguments arguments = {.environment = environment};
    bool flags_end = false;
    int result = 0;
    /* A program may be started without even its own name. */
    char *const *word = argv[0] != NULL ? argv + 1 : argv;
    /* Whoever asks for help gets it, whatever stands behind the question. */
    for (; result == 0 && arguments.wish == STATOR_WISH_SERVE && *word != NULL; word++) {
        result = read_word(&arguments, &word, &flags_end, error);
    }
    if (result != 0) {
        stator_arguments_finish(&arguments);
        return result;
    }
    *out = arguments;
    return 0;
}

void stator_arguments_finish(struct stator_arguments *arguments)
{
    free(arguments->given);
    *arguments = (struct stator_arguments){0};
}

/* The last value on the command line, or NULL. */
static const char *find_given(const struct stator_arguments *arguments, const char *key)
{
    for (size_t i = arguments->count; i > 0; i--) {
        if (strcmp(arguments->given[i - 1].option->key, key) == 0) {
            return arguments->given[i - 1].value;
        }
    }
    return NULL;
}

/* The value of `entry`, "NAME=value", if it is the option's variable, else NULL. */
static const char *variable_value(const char *entry, const struct stator_option_info *option)
{
    char name[STATOR_OPTION_VARIABLE_SIZE];
    stator_option_variable(option, name);
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=' ? entry + length + 1 : NULL;
}

const char *stator_arguments_find(const struct stator_arguments *arguments, const char *key)
{
    const struct stator_option_info *option = find_key(key, strlen(key));
    const char *found = find_given(arguments, key);
    if (found != NULL) {
        return found;
    }
    for (size_t i = 0; arguments->environment[i] != NULL; i++) {
        const char *value = variable_value(arguments->environment[i], option);
        if (value != NULL && value[0] != '\0') {
            found = value;
        }
    }
    return found;
}

bool stator_arguments_is_on(const struct stator_arguments *arguments, const char *key)
{
    const char *value = stator_arguments_find(arguments, key);
    return value != NULL && strcmp(value, "true") == 0;
}

int stator_arguments_assume(struct stator_arguments *arguments, const char *key, const char *value,
                            struct stator_error *error)
{
    return stator_arguments_find(arguments, key) == NULL
               ? add(arguments, find_key(key, strlen(key)), value, error)
               : 0;
}

/* True if the command line speaks of the option whose variable `entry` is. */
static bool is_overridden(const struct stator_arguments *arguments, const char *entry)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (variable_value(entry, arguments->given[i].option) != NULL) {
            return true;
        }
    }
    return false;
}

static int apply_environment(const struct stator_arguments *arguments,
                             struct stator_options *options, struct stator_error *error)
{
    size_t count = 0, kept = 0;
    while (arguments->environment[count] != NULL) {
        count++;
    }
    char **environment = calloc(count + 1, sizeof(*environment));
    if (environment == NULL) {
        return refuse_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_overridden(arguments, arguments->environment[i])) {
            environment[kept++] = arguments->environment[i];
        }
    }
    int result = stator_options_read_environment(options, environment, error);
    free(environment);
    return result;
}

int stator_arguments_apply(const struct stator_arguments *arguments, struct stator_options *options,
                           struct stator_error *error)
{
    int result = apply_environment(arguments, options, error);
    for (size_t i = 0; i < arguments->count && result == 0; i++) {
        const struct stator_argument *given = &arguments->given[i];
        result = stator_options_set(options, given->option->key, given->value, error);
    }
    return result;
}
