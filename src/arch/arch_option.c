/*
 * Reads knobs. Knows the grammar and the tables' shape; refuses to know what a knob does.
 */
#include "arch/arch_option.h"

#include <errno.h>

#include "http/token.h"

static int read_choice(const struct stator_arch_option *option, struct stator_span text, long *out)
{
    for (long i = 0; option->choices[i] != NULL; i++) {
        if (stator_span_equal(stator_span_from(option->choices[i]), text)) {
            *out = i;
            return 0;
        }
    }
    return -EINVAL;
}

static int read_number(const struct stator_arch_option *option, struct stator_span text, long *out)
{
    uint64_t number;

    if (!stator_number_parse(text, &number) || number > (uint64_t)option->max ||
        (long)number < option->min) {
        return -EINVAL;
    }
    *out = (long)number;
    return 0;
}

static int read_option(const struct stator_arch_option *table, struct stator_span name,
                       struct stator_span value, long values[],
                       struct stator_arch_option_error *error)
{
    for (size_t i = 0; table != NULL && table[i].name != NULL; i++) {
        if (!stator_span_equal(stator_span_from(table[i].name), name)) {
            continue;
        }
        int result = table[i].choices != NULL ? read_choice(&table[i], value, &values[i])
                                              : read_number(&table[i], value, &values[i]);

        *error = (struct stator_arch_option_error){STATOR_ARCH_OPTION_FAULT_VALUE, name, value,
                                                   &table[i]};
        return result;
    }
    *error = (struct stator_arch_option_error){STATOR_ARCH_OPTION_FAULT_UNKNOWN, name, value, NULL};
    return -EINVAL;
}

int stator_arch_options_parse(const struct stator_arch_option *table, struct stator_span text,
                              long values[STATOR_ARCH_OPTIONS_MAX],
                              struct stator_arch_option_error *error)
{
    for (size_t i = 0; i < STATOR_ARCH_OPTIONS_MAX; i++) {
        values[i] = 0;
    }
    for (size_t i = 0; table != NULL && table[i].name != NULL; i++) {
        values[i] = table[i].default_value;
    }
    for (bool another = text.length > 0; another;) {
        size_t end = stator_span_find(text, ',');
        struct stator_span pair = stator_span_first(text, end);
        size_t equals = stator_span_find(pair, '=');
        struct stator_span value =
            stator_span_skip(pair, equals < pair.length ? equals + 1 : equals);

        if (read_option(table, stator_span_first(pair, equals), value, values, error) < 0) {
            return -EINVAL;
        }
        another = end < text.length;
        text = stator_span_skip(text, another ? end + 1 : end);
    }
    return 0;
}
