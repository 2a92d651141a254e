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
    long arch_options[STATOR_ARCH_OPTIONS_MAX];

    error = (struct stator_error){0};
    return stator_arch_choice_parse(spelling, out, arch_options, &error);
}

/* It is refused with all three parts, the second of which says `words`. */
static void expect_refusal(const char *spelling, const char *words)
{
    const struct stator_arch_impl *impl = NULL;

    cr_expect_eq(choose(spelling, &impl), -EINVAL, "%s", spelling);
    cr_expect_null(impl, "%s: untouched", spelling);
    cr_expect_eq(error.kind, STATOR_ERROR_KIND_USAGE, "%s", spelling);
    cr_expect_str_not_empty(error.what, "%s", spelling);
    cr_expect_not_null(strstr(error.why, words), "%s: '%s' in: %s", spelling, words, error.why);
    cr_expect_str_not_empty(error.fix, "%s", spelling);
}

/* Calls `each` for every knob of every design. */
static size_t each_arch_option(void (*each)(const struct stator_arch_impl *,
                                            const struct stator_arch_option *))
{
    size_t count = 0;

    for (size_t i = 0; stator_arch_at(i) != NULL; i++) {
        const struct stator_arch_impl *impl = stator_arch_at(i);

        for (const struct stator_arch_option *arch_option = impl->options;
             arch_option != NULL && arch_option->name != NULL; arch_option++) {
            each(impl, arch_option);
            count++;
        }
    }
    return count;
}

/* --- names ----------------------------------------------------------------------------------- */

Test(arch, every_name_is_chosen_and_its_misspelling_refused)
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
        expect_refusal(spelling, stator_arch_at(i)->options != NULL ? "it has " : "it has none");
    }
}

static void misspell(const struct stator_arch_impl *impl,
                     const struct stator_arch_option *arch_option)
{
    char spelling[80], nearest[80];

    snprintf(spelling, sizeof(spelling), "%s:%sx=1", impl->name, arch_option->name);
    snprintf(nearest, sizeof(nearest), "the nearest one is '%s'", arch_option->name);
    expect_refusal(spelling, nearest);
}

Test(arch, every_unknown_option_is_told_the_nearest)
{
    cr_expect_gt(each_arch_option(misspell), 0);
}

/* --- values ---------------------------------------------------------------------------------- */

static void expect_value(const struct stator_arch_impl *impl,
                         const struct stator_arch_option *arch_option, const char *value,
                         const char *words)
{
    char spelling[128];

    snprintf(spelling, sizeof(spelling), "%s:%s=%s", impl->name, arch_option->name, value);
    if (words != NULL) {
        expect_refusal(spelling, words);
    } else {
        const struct stator_arch_impl *chosen = NULL;

        cr_expect_eq(choose(spelling, &chosen), 0, "%s: %s", spelling, error.why);
    }
}

static void pass_bounds(const struct stator_arch_impl *impl,
                        const struct stator_arch_option *arch_option)
{
    char min[64], max[64], value[64];

    if (arch_option->choices != NULL) {
        return;
    }
    snprintf(min, sizeof(min), "%ld..%ld; the nearest is %ld", arch_option->min, arch_option->max,
             arch_option->min);
    snprintf(max, sizeof(max), "%ld..%ld; the nearest is %ld", arch_option->min, arch_option->max,
             arch_option->max);
    snprintf(value, sizeof(value), "%ld", arch_option->min);
    expect_value(impl, arch_option, value, NULL);
    snprintf(value, sizeof(value), "%ld", arch_option->max);
    expect_value(impl, arch_option, value, NULL);
    snprintf(value, sizeof(value), "%ld", arch_option->min - 1);
    expect_value(impl, arch_option, value, min);
    snprintf(value, sizeof(value), "%ld", arch_option->max + 1);
    expect_value(impl, arch_option, value, max);
    expect_value(impl, arch_option, "99999999999999999999999", max);
    snprintf(value, sizeof(value), "%ld..%ld", arch_option->min, arch_option->max);
    expect_value(impl, arch_option, "many", value);
    cr_expect_null(strstr(error.why, "nearest"), "no number is near to a word: %s", error.why);
    expect_value(impl, arch_option, "", value);
}

Test(arch, every_number_out_of_range_is_told_the_bound)
{
    cr_expect_gt(each_arch_option(pass_bounds), 0);
}

static void miss_choices(const struct stator_arch_impl *impl,
                         const struct stator_arch_option *arch_option)
{
    for (size_t i = 0; arch_option->choices != NULL && arch_option->choices[i] != NULL; i++) {
        char value[64], nearest[80];

        expect_value(impl, arch_option, arch_option->choices[i], NULL);
        snprintf(value, sizeof(value), "%sx", arch_option->choices[i]);
        snprintf(nearest, sizeof(nearest), "; the nearest is '%s'", arch_option->choices[i]);
        expect_value(impl, arch_option, value, nearest);
        cr_expect_not_null(strstr(error.why, arch_option->choices[0]), "all are shown: %s",
                           error.why);
        expect_value(impl, arch_option, "zzzzzzzzzzzz", arch_option->choices[i]);
        cr_expect_null(strstr(error.why, "nearest"), "%s", error.why);
    }
}

Test(arch, every_unknown_choice_is_told_the_nearest)
{
    cr_expect_gt(each_arch_option(miss_choices), 0);
}
