/* The flags of a command, and what is said of wrong ones. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/command/flag.h"
#include "unit/lab/report/words.h"

enum { FLAG_RATE = STATOR_FLAG_FIRST, FLAG_RANGE, FLAG_JSON };

static const struct option table[] = {
    {"rate", required_argument, NULL, FLAG_RATE},
    {"range", required_argument, NULL, FLAG_RANGE},
    {"json", no_argument, NULL, FLAG_JSON},
    {NULL, 0, NULL, 0},
};

static struct stator_flag_reader read_words(struct words *words, const char *line)
{
    split_words(words, line);
    return (struct stator_flag_reader){
        .command = "do", .table = table, .argc = words->argc, .argv = words->argv};
}

Test(flag, flags_and_words_may_be_mixed)
{
    struct words words;
    struct stator_flag_reader reader =
        read_words(&words, "do one --rate 5 two --json --range=1..2 -- --json");

    cr_expect_eq(stator_flag_next(&reader), FLAG_RATE);
    cr_expect_str_eq(reader.value, "5");
    cr_expect_str_eq(reader.name, "rate");
    cr_expect_eq(stator_flag_next(&reader), FLAG_JSON);
    cr_expect_null(reader.value);
    cr_expect_eq(stator_flag_next(&reader), FLAG_RANGE);
    cr_expect_str_eq(reader.value, "1..2");
    cr_expect_eq(stator_flag_next(&reader), STATOR_FLAG_END);
    cr_assert_eq(words.argc - reader.rest, 3);
    cr_expect_str_eq(words.argv[reader.rest], "one");
    cr_expect_str_eq(words.argv[reader.rest + 1], "two");
    cr_expect_str_eq(words.argv[reader.rest + 2], "--json");
}

Test(flag, a_second_reader_begins_anew)
{
    struct words words[2];
    struct stator_flag_reader first = read_words(&words[0], "do --json --rate 3");
    struct stator_flag_reader second = read_words(&words[1], "do --json --json");

    cr_expect_eq(stator_flag_next(&first), FLAG_JSON);
    cr_expect_eq(stator_flag_next(&second), FLAG_JSON);
    cr_expect_eq(stator_flag_next(&second), FLAG_JSON);
    cr_expect_eq(stator_flag_next(&second), STATOR_FLAG_END);
}

static void read_error(char *out, size_t size)
{
    fflush(stderr);
    FILE *stream = cr_get_redirected_stderr();
    out[fread(out, 1, size - 1, stream)] = '\0';
}

Test(flag, wrong_ones_are_named, .init = cr_redirect_stderr)
{
    static const char *const lines[] = {"do --rat3", "do -xyz", "do --rate", "do --json=yes",
                                        "do --ra=5"};

    for (size_t i = 0; i < 5; i++) {
        struct words words;
        struct stator_flag_reader reader = read_words(&words, lines[i]);

        cr_expect_eq(stator_flag_next(&reader), STATOR_FLAG_WRONG, "%s", lines[i]);
    }
    char said[2000];
    read_error(said, sizeof(said));
    cr_expect_not_null(strstr(said, "there is no flag of do 'rat3'"));
    cr_expect_not_null(strstr(said, "the nearest one is 'rate'"));
    cr_expect_not_null(strstr(said, "there is no flag of do 'x'"));
    cr_expect_not_null(strstr(said, "--rate needs a value"));
    cr_expect_not_null(strstr(said, "--json takes no value"));
    cr_expect_not_null(strstr(said, "there is no flag of do 'ra=5'"));
}

Test(flag, a_value_is_refused_by_name, .init = cr_redirect_stderr)
{
    struct words words;
    struct stator_flag_reader reader = read_words(&words, "do --rate much");
    char said[400];

    cr_expect_eq(stator_flag_next(&reader), FLAG_RATE);
    cr_expect_eq(stator_flag_refuse(&reader, "a number"), STATOR_LAB_EXIT_USAGE);
    read_error(said, sizeof(said));
    cr_expect_str_eq(said, "stator-lab: --rate cannot be 'much'\n  fix: it is a number\n");
}
