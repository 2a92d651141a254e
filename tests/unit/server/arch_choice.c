/*
 * What is said of a design that is spelled wrong. The table is the registry: whatever is registered
 * later is tested with it.
 */
#include "server/arch_choice.h"
#include "arch/architectures/registry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

static struct stator_error error;

static int choose(const char *spelling, const struct stator_arch_impl **out)
{
    long knobs[STATOR_KNOBS_MAX];

    error = (struct stator_error){0};
    return stator_design_choose(spelling, out, knobs, &error);
}

/* It is refused with all three parts, the second of which says `words`. */
static void expect_refusal(const char *spelling, const char *words)
{
    const struct stator_arch_impl *impl = NULL;

    cr_expect_eq(choose(spelling, &impl), -EINVAL, "%s", spelling);
    cr_expect_null(impl, "%s: untouched", spelling);
    cr_expect_eq(error.kind, STATOR_ERROR_USAGE, "%s", spelling);
    cr_expect_str_not_empty(error.what, "%s", spelling);
    cr_expect_not_null(strstr(error.why, words), "%s: '%s' in: %s", spelling, words, error.why);
    cr_expect_str_not_empty(error.fix, "%s", spelling);
}

/* Calls `each` for every knob of every design. */
static size_t each_knob(void (*each)(const struct stator_arch_impl *, const struct stator_knob *))
{
    size_t count = 0;

    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        const struct stator_arch_impl *impl = stator_arch_at(i);

        for (const struct stator_knob *knob = impl->knobs; knob != NULL && knob->name != NULL;
             knob++) {
            each(impl, knob);
            count++;
        }
    }
    return count;
}

/* --- names ----------------------------------------------------------------------------------- */

Test(design, every_name_is_chosen_and_its_misspelling_refused)
{
    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        const struct stator_arch_impl *impl = NULL;
        const char *name = stator_arch_at(i)->name;
        char spelling[80], nearest[80];

        cr_expect_eq(choose(name, &impl), 0, "%s", name);
        cr_expect_eq(impl, stator_arch_at(i), "%s", name);
        snprintf(spelling, sizeof(spelling), "%sx", name);
        snprintf(nearest, sizeof(nearest), "'%s'", name);
        expect_refusal(spelling, nearest);
        snprintf(spelling, sizeof(spelling), "%s:zzzzzzzzzzzz=1", name);
        expect_refusal(spelling, stator_arch_at(i)->knobs != NULL ? "it has " : "it has none");
    }
}

static void misspell(const struct stator_arch_impl *impl, const struct stator_knob *knob)
{
    char spelling[80], nearest[80];

    snprintf(spelling, sizeof(spelling), "%s:%sx=1", impl->name, knob->name);
    snprintf(nearest, sizeof(nearest), "the nearest one is '%s'", knob->name);
    expect_refusal(spelling, nearest);
}

Test(design, every_unknown_knob_is_told_the_nearest)
{
    cr_expect_gt(each_knob(misspell), 0);
}

/* --- values ---------------------------------------------------------------------------------- */

static void expect_value(const struct stator_arch_impl *impl, const struct stator_knob *knob,
                         const char *value, const char *words)
{
    char spelling[128];

    snprintf(spelling, sizeof(spelling), "%s:%s=%s", impl->name, knob->name, value);
    if (words != NULL) {
        expect_refusal(spelling, words);
    } else {
        const struct stator_arch_impl *chosen = NULL;

        cr_expect_eq(choose(spelling, &chosen), 0, "%s: %s", spelling, error.why);
    }
}

static void pass_bounds(const struct stator_arch_impl *impl, const struct stator_knob *knob)
{
    char least[64], most[64], value[64];

    if (knob->choices != NULL) {
        return;
    }
    snprintf(least, sizeof(least), "%ld..%ld; the nearest is %ld", knob->least, knob->most,
             knob->least);
    snprintf(most, sizeof(most), "%ld..%ld; the nearest is %ld", knob->least, knob->most,
             knob->most);
    snprintf(value, sizeof(value), "%ld", knob->least);
    expect_value(impl, knob, value, NULL);
    snprintf(value, sizeof(value), "%ld", knob->most);
    expect_value(impl, knob, value, NULL);
    snprintf(value, sizeof(value), "%ld", knob->least - 1);
    expect_value(impl, knob, value, least);
    snprintf(value, sizeof(value), "%ld", knob->most + 1);
    expect_value(impl, knob, value, most);
    expect_value(impl, knob, "99999999999999999999999", most);
    snprintf(value, sizeof(value), "%ld..%ld", knob->least, knob->most);
    expect_value(impl, knob, "many", value);
    cr_expect_null(strstr(error.why, "nearest"), "no number is near to a word: %s", error.why);
    expect_value(impl, knob, "", value);
}

Test(design, every_number_out_of_range_is_told_the_bound)
{
    cr_expect_gt(each_knob(pass_bounds), 0);
}

static void miss_choices(const struct stator_arch_impl *impl, const struct stator_knob *knob)
{
    for (size_t i = 0; knob->choices != NULL && knob->choices[i] != NULL; i++) {
        char value[64], nearest[80];

        expect_value(impl, knob, knob->choices[i], NULL);
        snprintf(value, sizeof(value), "%sx", knob->choices[i]);
        snprintf(nearest, sizeof(nearest), "; the nearest is '%s'", knob->choices[i]);
        expect_value(impl, knob, value, nearest);
        cr_expect_not_null(strstr(error.why, knob->choices[0]), "all are shown: %s", error.why);
        expect_value(impl, knob, "zzzzzzzzzzzz", knob->choices[i]);
        cr_expect_null(strstr(error.why, "nearest"), "%s", error.why);
    }
}

Test(design, every_unknown_choice_is_told_the_nearest)
{
    cr_expect_gt(each_knob(miss_choices), 0);
}
