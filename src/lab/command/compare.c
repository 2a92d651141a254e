/*
 * `stator-lab compare`: has anything got worse?
 *
 * Knows how a comparison is printed and what it makes of the exit code; refuses to know when a
 * change is one. The one surprising thing: what one of them did not measure is said, but is no
 * regression, since a shorter run is not a worse server.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/command/flag.h"
#include "lab/command/results.h"
#include "lab/result/compare.h"
#include "lab/result/figure.h"

enum {
    FLAG_ALL = STATOR_FLAG_FIRST,
    FLAG_HELP,
};

static const struct option table[] = {
    {"all", no_argument, NULL, FLAG_ALL},
    {"help", no_argument, NULL, FLAG_HELP},
    {NULL, 0, NULL, 0},
};

static int print_help(void)
{
    printf("usage: stator-lab compare BASE.json NEW.json [--all]\n\n"
           "Prints what changed by more than 5 %% outside its interval, and what one of them did\n"
           "not measure. Exit code 3 where something got worse.\n\n"
           "  --all   what did not change, too\n");
    return fflush(stdout) == 0 ? STATOR_LAB_EXIT_OK : STATOR_LAB_EXIT_FAILED;
}

static const char *name_of(enum stator_change change)
{
    static const char *const names[] = {
        [STATOR_CHANGE_NONE] = "same",
        [STATOR_CHANGE_WORSE] = "WORSE",
        [STATOR_CHANGE_BETTER] = "better",
        [STATOR_CHANGE_LOST] = "not in the new one",
        [STATOR_CHANGE_GAINED] = "not in the base",
    };

    return names[change];
}

static void add_flags(struct stator_text *line, unsigned flags)
{
    const char *name;

    for (unsigned bit = 0; (name = stator_trial_flag_name(bit)) != NULL; bit++) {
        if ((flags & 1u << bit) != 0) {
            stator_text_add_format(line, " [%s]", name);
        }
    }
}

static void add_change(struct stator_text *line, const struct stator_difference *difference)
{
    const struct stator_estimate *ratio = &difference->ratio;

    stator_figure_add(line, difference->metric, difference->base.median);
    stator_text_add_string(line, " -> ");
    stator_figure_add(line, difference->metric, difference->now.median);
    if (isfinite(ratio->median) && isfinite(ratio->low) && isfinite(ratio->high)) {
        stator_text_add_format(line, "  %+.1f %% (%+.1f to %+.1f)", (ratio->median - 1) * 100,
                               (ratio->low - 1) * 100, (ratio->high - 1) * 100);
    }
}

static void print_difference(const struct stator_difference *difference)
{
    struct stator_text line = {0};

    stator_text_add_format(&line, "%-6s  %s, %s, %s: %s  ", name_of(difference->change),
                           difference->cell.workload, difference->cell.label, difference->cell.arch,
                           stator_metric_info(difference->metric)->name);
    add_change(&line, difference);
    add_flags(&line, difference->flags);
    printf("%.*s\n", (int)line.length, line.at != NULL ? line.at : "");
    stator_text_finish(&line);
}

/* A cell that one of them does not have is said once, and not for each of its metrics. */
static void print_missing(const struct stator_comparison *comparison, enum stator_change change)
{
    size_t cell = SIZE_MAX;

    for (size_t i = 0; i < comparison->count; i++) {
        const struct stator_difference *difference = &comparison->differences[i];

        if (difference->change == change && difference->cell.index != cell) {
            cell = difference->cell.index;
            printf("%s: %s, %s, %s\n", name_of(change), difference->cell.workload,
                   difference->cell.label, difference->cell.arch);
        }
    }
}

/* Another machine or build is another experiment. */
static void print_environments(const struct stator_result *base, const struct stator_result *now)
{
    for (size_t i = 0; i < base->fact_count; i++) {
        const char *value = stator_result_find_fact(now, base->facts[i].name);

        if (value != NULL && strcmp(value, base->facts[i].value) != 0 &&
            stator_fact_is_lasting(base->facts[i].name)) {
            printf("careful: %s was '%s', is '%s'\n", base->facts[i].name, base->facts[i].value,
                   value);
        }
    }
}

static int print(const struct stator_comparison *comparison, bool all)
{
    for (size_t i = 0; i < comparison->count; i++) {
        enum stator_change change = comparison->differences[i].change;

        if (change == STATOR_CHANGE_WORSE || change == STATOR_CHANGE_BETTER ||
            (all && change == STATOR_CHANGE_NONE)) {
            print_difference(&comparison->differences[i]);
        }
    }
    print_missing(comparison, STATOR_CHANGE_LOST);
    print_missing(comparison, STATOR_CHANGE_GAINED);
    printf("%zu worse, %zu better, %zu as they were\n", comparison->worse, comparison->better,
           comparison->count - comparison->worse - comparison->better - comparison->lost -
               comparison->gained);
    if (fflush(stdout) != 0) {
        return STATOR_LAB_EXIT_FAILED;
    }
    return comparison->worse > 0 ? STATOR_LAB_EXIT_REGRESSION : STATOR_LAB_EXIT_OK;
}

static int compare(char *const paths[2], bool all)
{
    struct stator_result *base = NULL, *now = NULL;
    struct stator_comparison comparison;
    int code = stator_command_read(paths, 1, &base);

    if (code == STATOR_LAB_EXIT_OK) {
        code = stator_command_read(paths + 1, 1, &now);
    }
    if (code == STATOR_LAB_EXIT_OK && stator_comparison_make(base, now, &comparison) != 0) {
        code = stator_command_fail(STATOR_LAB_EXIT_FAILED, "they cannot be compared",
                                   "out of memory", NULL);
    } else if (code == STATOR_LAB_EXIT_OK) {
        print_environments(base, now);
        code = print(&comparison, all);
        stator_comparison_finish(&comparison);
    }
    stator_result_destroy(base);
    stator_result_destroy(now);
    return code;
}

int stator_command_compare(int argc, char *argv[])
{
    struct stator_flag_reader reader = {
        .command = "compare", .table = table, .argc = argc, .argv = argv};
    bool all = false;
    int flag;

    while ((flag = stator_flag_next(&reader)) >= 0) {
        if (flag == FLAG_HELP) {
            return print_help();
        }
        all = true;
    }
    if (flag != STATOR_FLAG_END) {
        return STATOR_LAB_EXIT_USAGE;
    }
    if (argc - reader.rest != 2) {
        return stator_command_fail(STATOR_LAB_EXIT_USAGE, "compare needs two files", NULL,
                                   "stator-lab compare base.json new.json");
    }
    return compare(argv + reader.rest, all);
}
