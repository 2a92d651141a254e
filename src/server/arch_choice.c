/*
 * From "name:knob=value,..." to a design and its knobs, or to a word that helps.
 *
 * Knows how to explain what is wrong with a spelling; refuses to know what a design does.
 */
#include "server/arch_choice.h"

#include <errno.h>
#include <stdio.h>

#include "arch/architectures/registry.h"
#include "http/token.h"
#include "server/error.h"
#include "server/suggest.h"

/* What a knob takes: "auto|epoll|poll" or "1..64". */
static void add_values(struct stator_text *out, const struct stator_arch_option *arch_option)
{
    if (arch_option->choices == NULL) {
        stator_text_add_format(out, "%ld..%ld", arch_option->min, arch_option->max);
        return;
    }
    for (size_t i = 0; arch_option->choices[i] != NULL; i++) {
        stator_text_add_string(out, i > 0 ? "|" : "");
        stator_text_add_string(out, arch_option->choices[i]);
    }
}

/* All knobs of a design: "backend=auto|epoll|poll,...". */
static void add_arch_options(struct stator_text *out, const struct stator_arch_option *arch_options)
{
    for (const struct stator_arch_option *arch_option = arch_options;
         arch_option != NULL && arch_option->name != NULL; arch_option++) {
        stator_text_add_string(out, arch_option == arch_options ? "" : ",");
        stator_text_add_string(out, arch_option->name);
        stator_text_add_char(out, '=');
        add_values(out, arch_option);
    }
}

static const char *finish_string(struct stator_text *text)
{
    stator_text_add_char(text, '\0');
    return text->failed ? "" : text->at;
}

void stator_arch_each(stator_arch_each_fn *each, void *context)
{
    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        struct stator_text arch_options = {0};

        add_arch_options(&arch_options, stator_arch_at(i)->options);
        each(stator_arch_at(i)->name, stator_arch_at(i)->summary, finish_string(&arch_options),
             context);
        stator_text_finish(&arch_options);
    }
}

static void tell_arch_option(const struct stator_arch_option *arch_option,
                             stator_arch_option_each_fn *each, void *context)
{
    struct stator_text values = {0};
    char number[24];

    add_values(&values, arch_option);
    snprintf(number, sizeof(number), "%ld", arch_option->default_value);
    each(
        &(struct stator_arch_option_info){
            .name = arch_option->name,
            .values = finish_string(&values),
            .default_value = arch_option->choices != NULL
                                 ? arch_option->choices[arch_option->default_value]
                                 : number,
            .help = arch_option->help,
        },
        context);
    stator_text_finish(&values);
}

void stator_arch_option_each(const char *arch, stator_arch_option_each_fn *each, void *context)
{
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_from(arch));
    const struct stator_arch_option *arch_option = impl != NULL ? impl->options : NULL;

    for (; arch_option != NULL && arch_option->name != NULL; arch_option++) {
        tell_arch_option(arch_option, each, context);
    }
}

static int fail_arch(struct stator_error *error, const char *name)
{
    struct stator_suggest suggest = {.word = name};

    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        stator_suggest_offer(&suggest, stator_arch_at(i)->name);
    }
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "there is no server design '%s'", name);
    stator_error_why(error,
                     suggest.nearest != NULL ? "the nearest one is '%s'" : "the name is not known",
                     suggest.nearest);
    stator_error_fix(error, "`stator --arch help` lists them");
    return -EINVAL;
}

static int fail_unknown_arch_option(struct stator_error *error, const struct stator_arch_impl *impl,
                                    const char *name)
{
    struct stator_suggest suggest = {.word = name};
    struct stator_text arch_options = {0};

    for (const struct stator_arch_option *arch_option = impl->options;
         arch_option != NULL && arch_option->name != NULL; arch_option++) {
        stator_suggest_offer(&suggest, arch_option->name);
    }
    add_arch_options(&arch_options, impl->options);
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "the design %s has no knob '%s'", impl->name, name);
    if (suggest.nearest != NULL) {
        stator_error_why(error, "the nearest one is '%s'", suggest.nearest);
    } else if (impl->options != NULL) {
        stator_error_why(error, "it has %s", finish_string(&arch_options));
    } else {
        stator_error_why(error, "it has none");
    }
    stator_text_finish(&arch_options);
    return -EINVAL;
}

/* The choice that was probably meant; NULL where none is near. */
static const char *nearest_choice(const struct stator_arch_option *arch_option, const char *value)
{
    struct stator_suggest suggest = {.word = value};

    for (size_t i = 0; arch_option->choices[i] != NULL; i++) {
        stator_suggest_offer(&suggest, arch_option->choices[i]);
    }
    return suggest.nearest;
}

/* The bound that a number out of range has passed. False where the value is no number. */
static bool nearest_number(const struct stator_arch_option *arch_option, struct stator_span value,
                           long *out)
{
    bool negative = stator_span_starts(value, STATOR_SPAN("-"));
    struct stator_span digits = stator_span_skip(value, negative ? 1 : 0);
    uint64_t number = UINT64_MAX; /* what has too many digits is too large */

    for (size_t i = 0; i < digits.length; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            return false;
        }
    }
    stator_number_parse(digits, &number);
    *out = negative || number < (uint64_t)arch_option->min ? arch_option->min : arch_option->max;
    return digits.length > 0;
}

static void add_nearest(struct stator_text *out, const struct stator_arch_option *arch_option,
                        struct stator_span value)
{
    char word[64];
    long number;

    if (arch_option->choices == NULL) {
        if (nearest_number(arch_option, value, &number)) {
            stator_text_add_format(out, "; the nearest is %ld", number);
        }
        return;
    }
    snprintf(word, sizeof(word), "%.*s", (int)value.length, value.at);
    if (nearest_choice(arch_option, word) != NULL) {
        stator_text_add_format(out, "; the nearest is '%s'", nearest_choice(arch_option, word));
    }
}

static int fail_value(struct stator_error *error, const struct stator_arch_impl *impl,
                      const struct stator_arch_option_error *wrong)
{
    struct stator_text values = {0};

    add_values(&values, wrong->option);
    add_nearest(&values, wrong->option, wrong->value);
    stator_error_begin(error, STATOR_ERROR_KIND_USAGE, 0);
    stator_error_what(error, "%s:%s cannot be '%.*s'", impl->name, wrong->option->name,
                      (int)wrong->value.length, wrong->value.at);
    stator_error_why(error, "it is one of %s", finish_string(&values));
    stator_text_finish(&values);
    return -EINVAL;
}

static int fail_arch_option(struct stator_error *error, const struct stator_arch_impl *impl,
                            const struct stator_arch_option_error *wrong)
{
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)wrong->name.length, wrong->name.at);
    if (wrong->fault == STATOR_ARCH_OPTION_FAULT_UNKNOWN) {
        fail_unknown_arch_option(error, impl, name);
    } else {
        fail_value(error, impl, wrong);
    }
    stator_error_fix(error, "`stator --arch help` shows every design with its knobs");
    return -EINVAL;
}

int stator_arch_choice_parse(const char *spelling, const struct stator_arch_impl **out,
                             long arch_options[STATOR_ARCH_OPTIONS_MAX], struct stator_error *error)
{
    struct stator_span text = stator_span_from(spelling);
    size_t colon = stator_span_find(text, ':');
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_first(text, colon));
    struct stator_arch_option_error wrong;

    if (impl == NULL) {
        char name[64];

        snprintf(name, sizeof(name), "%.*s", (int)colon, text.at);
        return fail_arch(error, name);
    }
    text = stator_span_skip(text, colon < text.length ? colon + 1 : colon);
    if (stator_arch_options_parse(impl->options, text, arch_options, &wrong) < 0) {
        return fail_arch_option(error, impl, &wrong);
    }
    *out = impl;
    return 0;
}
