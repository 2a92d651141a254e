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
static void add_values(struct stator_text *out, const struct stator_knob *knob)
{
    if (knob->choices == NULL) {
        stator_text_add_format(out, "%ld..%ld", knob->least, knob->most);
        return;
    }
    for (size_t i = 0; knob->choices[i] != NULL; i++) {
        stator_text_add_string(out, i > 0 ? "|" : "");
        stator_text_add_string(out, knob->choices[i]);
    }
}

/* All knobs of a design: "backend=auto|epoll|poll,...". */
static void add_knobs(struct stator_text *out, const struct stator_knob *knobs)
{
    for (const struct stator_knob *knob = knobs; knob != NULL && knob->name != NULL; knob++) {
        stator_text_add_string(out, knob == knobs ? "" : ",");
        stator_text_add_string(out, knob->name);
        stator_text_add_char(out, '=');
        add_values(out, knob);
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
        struct stator_text knobs = {0};

        add_knobs(&knobs, stator_arch_at(i)->knobs);
        each(stator_arch_at(i)->name, stator_arch_at(i)->summary, finish_string(&knobs), context);
        stator_text_finish(&knobs);
    }
}

static void tell_knob(const struct stator_knob *knob, stator_knob_each_fn *each, void *context)
{
    struct stator_text values = {0};
    char number[24];

    add_values(&values, knob);
    snprintf(number, sizeof(number), "%ld", knob->standard);
    each(
        &(struct stator_knob_info){
            .name = knob->name,
            .values = finish_string(&values),
            .standard = knob->choices != NULL ? knob->choices[knob->standard] : number,
            .help = knob->help,
        },
        context);
    stator_text_finish(&values);
}

void stator_knob_each(const char *arch, stator_knob_each_fn *each, void *context)
{
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_from(arch));
    const struct stator_knob *knob = impl != NULL ? impl->knobs : NULL;

    for (; knob != NULL && knob->name != NULL; knob++) {
        tell_knob(knob, each, context);
    }
}

static int fail_arch(struct stator_error *error, const char *name)
{
    struct stator_suggest suggest = {.word = name};

    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        stator_suggest_offer(&suggest, stator_arch_at(i)->name);
    }
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "there is no server design '%s'", name);
    stator_error_why(error,
                     suggest.nearest != NULL ? "the nearest one is '%s'" : "the name is not known",
                     suggest.nearest);
    stator_error_fix(error, "`stator --arch help` lists them");
    return -EINVAL;
}

static int fail_unknown_knob(struct stator_error *error, const struct stator_arch_impl *impl,
                             const char *name)
{
    struct stator_suggest suggest = {.word = name};
    struct stator_text knobs = {0};

    for (const struct stator_knob *knob = impl->knobs; knob != NULL && knob->name != NULL; knob++) {
        stator_suggest_offer(&suggest, knob->name);
    }
    add_knobs(&knobs, impl->knobs);
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "the design %s has no knob '%s'", impl->name, name);
    if (suggest.nearest != NULL) {
        stator_error_why(error, "the nearest one is '%s'", suggest.nearest);
    } else if (impl->knobs != NULL) {
        stator_error_why(error, "it has %s", finish_string(&knobs));
    } else {
        stator_error_why(error, "it has none");
    }
    stator_text_finish(&knobs);
    return -EINVAL;
}

/* The choice that was probably meant; NULL where none is near. */
static const char *nearest_choice(const struct stator_knob *knob, const char *value)
{
    struct stator_suggest suggest = {.word = value};

    for (size_t i = 0; knob->choices[i] != NULL; i++) {
        stator_suggest_offer(&suggest, knob->choices[i]);
    }
    return suggest.nearest;
}

/* The bound that a number out of range has passed. False where the value is no number. */
static bool nearest_number(const struct stator_knob *knob, struct stator_span value, long *out)
{
    bool negative = stator_span_starts(value, STATOR_SPAN_OF("-"));
    struct stator_span digits = stator_span_skip(value, negative ? 1 : 0);
    uint64_t number = UINT64_MAX; /* what has too many digits is too large */

    for (size_t i = 0; i < digits.length; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            return false;
        }
    }
    stator_number_parse(digits, &number);
    *out = negative || number < (uint64_t)knob->least ? knob->least : knob->most;
    return digits.length > 0;
}

static void add_nearest(struct stator_text *out, const struct stator_knob *knob,
                        struct stator_span value)
{
    char word[64];
    long number;

    if (knob->choices == NULL) {
        if (nearest_number(knob, value, &number)) {
            stator_text_add_format(out, "; the nearest is %ld", number);
        }
        return;
    }
    snprintf(word, sizeof(word), "%.*s", (int)value.length, value.at);
    if (nearest_choice(knob, word) != NULL) {
        stator_text_add_format(out, "; the nearest is '%s'", nearest_choice(knob, word));
    }
}

static int fail_value(struct stator_error *error, const struct stator_arch_impl *impl,
                      const struct stator_knob_error *wrong)
{
    struct stator_text values = {0};

    add_values(&values, wrong->knob);
    add_nearest(&values, wrong->knob, wrong->value);
    stator_error_begin(error, STATOR_ERROR_USAGE, 0);
    stator_error_what(error, "%s:%s cannot be '%.*s'", impl->name, wrong->knob->name,
                      (int)wrong->value.length, wrong->value.at);
    stator_error_why(error, "it is one of %s", finish_string(&values));
    stator_text_finish(&values);
    return -EINVAL;
}

static int fail_knob(struct stator_error *error, const struct stator_arch_impl *impl,
                     const struct stator_knob_error *wrong)
{
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)wrong->name.length, wrong->name.at);
    if (wrong->fault == STATOR_KNOB_UNKNOWN) {
        fail_unknown_knob(error, impl, name);
    } else {
        fail_value(error, impl, wrong);
    }
    stator_error_fix(error, "`stator --arch help` shows every design with its knobs");
    return -EINVAL;
}

int stator_design_choose(const char *spelling, const struct stator_arch_impl **out,
                         long knobs[STATOR_KNOBS_MAX], struct stator_error *error)
{
    struct stator_span text = stator_span_from(spelling);
    size_t colon = stator_span_find(text, ':');
    const struct stator_arch_impl *impl = stator_arch_find(stator_span_first(text, colon));
    struct stator_knob_error wrong;

    if (impl == NULL) {
        char name[64];

        snprintf(name, sizeof(name), "%.*s", (int)colon, text.at);
        return fail_arch(error, name);
    }
    text = stator_span_skip(text, colon < text.length ? colon + 1 : colon);
    if (stator_knobs_parse(impl->knobs, text, knobs, &wrong) < 0) {
        return fail_knob(error, impl, &wrong);
    }
    *out = impl;
    return 0;
}
