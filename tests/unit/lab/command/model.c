/* The model by its command: what it prints, and what it refuses. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "lab/model/model.h"
#include "unit/lab/report/words.h"

/* Runs `stator-lab model` with those words, which a space separates. */
static int run(const char *arguments)
{
    char line[200];
    struct words words;
    int code;

    snprintf(line, sizeof(line), "model %s", arguments);
    split_words(&words, line);
    code = stator_command_model(words.argc, words.argv);
    fflush(stdout);
    return code;
}

static void redirect(void)
{
    cr_redirect_stdout();
    cr_redirect_stderr();
}

static json_t *run_json(const char *line)
{
    json_error_t error;
    json_t *whole;

    cr_assert_eq(run(line), STATOR_LAB_EXIT_OK);
    whole = json_loadf(cr_get_redirected_stdout(), 0, &error);
    cr_assert_not_null(whole, "%s", error.text);
    return whole;
}

static double number_at(json_t *row, const char *object, const char *inner, const char *key)
{
    json_t *value = json_object_get(row, object);

    value = inner != NULL ? json_object_get(value, inner) : value;
    return json_number_value(json_object_get(value, key));
}

Test(model, json_has_each_level, .init = redirect)
{
    json_t *whole = run_json("--json --cpu 2.5ms --disk 8ms --hit 75% --cpus 2 --threads 1..2,3");
    json_t *rows = json_object_get(whole, "rows"), *row = json_array_get(rows, 1);

    cr_assert_eq(json_array_size(rows), 3);
    cr_expect_eq(json_integer_value(json_object_get(row, "threads")), 2);
    cr_expect(json_is_null(json_object_get(row, "lecture")));
    cr_expect_float_eq(number_at(row, "network", NULL, "cpu"), 2.5e-3, 1e-9);
    cr_expect_float_eq(number_at(row, "network", NULL, "hit"), 0.75, 1e-9);
    cr_expect_float_eq(number_at(row, "bounds", NULL, "high"), 444.444, 1e-3);
    cr_expect_float_eq(number_at(row, "exact", NULL, "throughput"), 371.134, 1e-3);
    cr_expect_float_eq(number_at(row, "simulated", "constant", "throughput"), 444.4, 0.5);
    cr_expect_float_eq(number_at(row, "simulated", "even", "throughput"), 444.4, 0.5);
    cr_expect_float_eq(number_at(row, "simulated", "coin", "throughput"), 393.5, 2);
    json_decref(whole);
}

Test(model, without_flags_json_has_the_lecture, .init = redirect)
{
    json_t *whole = run_json("--json --coin");
    json_t *rows = json_object_get(whole, "rows"), *row = json_array_get(rows, 2);

    cr_expect_eq(json_array_size(rows), 9);
    cr_expect_float_eq(number_at(row, "lecture", NULL, "slide"), 500, 0);
    cr_expect_float_eq(number_at(row, "simulated", "coin", "throughput"), 379.8, 2);
    cr_expect_null(json_object_get(json_object_get(row, "simulated"), "even"));
    json_decref(whole);
}

static void expect_narrow(const char *line, unsigned min)
{
    char text[200];
    unsigned lines = 0;

    cr_assert_eq(run(line), STATOR_LAB_EXIT_OK);
    fclose(stdout);
    while (fgets(text, sizeof(text), cr_get_redirected_stdout()) != NULL) {
        cr_expect(strcspn(text, "\n") <= 80, "%s", text);
        lines++;
    }
    cr_expect(lines >= min, "%u lines", lines);
}

Test(model, the_lecture_fits_into_80_columns, .init = redirect)
{
    expect_narrow("", 12);
}

Test(model, a_table_fits_into_80_columns, .init = redirect)
{
    expect_narrow("--cpu 10us --disk 99.75ms --hit 0.99 --cpus 1024 --channels 1024 --threads "
                  "1,1024",
                  10);
}

Test(model, help_fits_into_80_columns, .init = redirect)
{
    expect_narrow("--help", 10);
}

Test(model, refuses, .init = redirect)
{
    static const char *const lines[] = {
        "--cpu 2.5x",      "--cpu 61s",
        "--cpu 0.5us",     "--cpu 0 --disk 1us --hit 0.9999",
        "--cpu",           "--disk -1ms",
        "--hit 1.5",       "--hit 101%",
        "--threads 0",     "--threads 1025",
        "--threads 8..1",  "--threads 1..65",
        "--threads 1,,2",  "--threads 1.",
        "--threads 1.2",   "--threads 1..",
        "--threads ..2",   "--threads 1...2",
        "--cpus 0",        "--channels 0",
        "--seed x",        "--seed 9223372036854775808",
        "--frobnicate",    "extra",
        "--json=1",        "--cpu 0 --disk 0",
        "--hit 1 --cpu 0",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        cr_expect_eq(run(lines[i]), STATOR_LAB_EXIT_USAGE, "%s", lines[i]);
    }
    fclose(stdout);
    cr_expect_eq(fgetc(cr_get_redirected_stdout()), EOF, "nothing on standard output");
}

Test(model, fails_without_threads_and_leaves_out_alone)
{
    struct stator_network network = stator_model_network(2e-3, 1, 8e-3, 1, 0.75);
    struct stator_model_row row = {.threads = 42};

    cr_expect_eq(stator_model_solve(&network, 0, 7, 1, &row), -EINVAL);
    cr_expect_eq(row.threads, 42);
    cr_expect_eq(stator_model_solve(&network, 1, 0, 1, &row), 0);
    cr_expect_eq(row.threads, 1);
    cr_expect_eq(row.simulated[STATOR_SIMULATE_CHOICE_COIN].population, 0, "not asked for");
}
