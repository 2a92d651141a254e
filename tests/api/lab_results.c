/*
 * stator-lab's commands that read results, as their users meet them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char directory[] = "/tmp/stator-lab-results-XXXXXX";
static char golden[4096], path[104];
static char said[1 << 16], complained[8192];

static const char *in_directory(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_not_null(getenv("STATOR_UNIT"));
    snprintf(golden, sizeof(golden), "%s/lab/report/golden/results.json", getenv("STATOR_UNIT"));
}

static void tear_down(void)
{
    static const char *const names[] = {"lab-report.html", "page.html", "worse.json", "cut.json"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(in_directory(names[i]));
    }
    rmdir(directory);
}

TestSuite(lab_results, .init = set_up, .fini = tear_down);

static int run(const char *const *arguments)
{
    struct program_setup setup = {.arguments = arguments, .directory = directory};

    return program_run(&setup, said, sizeof(said), complained, sizeof(complained));
}

/* The golden result with another first digit of each figure of that metric, or cut short. */
static void spoil(const char *name, const char *metric, char digit, double share)
{
    FILE *in = fopen(golden, "re"), *out = fopen(in_directory(name), "we");
    char *text = calloc(1, 1 << 20), *at;
    size_t length;

    cr_assert(in != NULL && out != NULL && text != NULL);
    length = fread(text, 1, (1 << 20) - 1, in);
    for (at = text; metric != NULL && (at = strstr(at, metric)) != NULL; at++) {
        at[strlen(metric)] = digit;
    }
    length = (size_t)((double)length * share);
    cr_assert_eq(fwrite(text, 1, length, out), length);
    fclose(in);
    fclose(out);
    free(text);
}

Test(lab_results, report_is_written_once)
{
    struct stat status;

    cr_assert_eq(run(ARGUMENTS("report", golden, "--no-plots")), 0, "%s", complained);
    cr_expect_str_eq(said, "lab-report.html\n");
    cr_assert_eq(stat(in_directory("lab-report.html"), &status), 0);
    cr_expect_gt(status.st_size, 10000);
    cr_expect_eq(run(ARGUMENTS("report", golden, "--no-plots")), 2);
    cr_expect_not_null(strstr(complained, "add --force"));
    cr_expect_eq(run(ARGUMENTS("report", golden, "--no-plots", "--force")), 0);
    cr_expect_eq(run(ARGUMENTS("report", golden, golden, "--no-plots", "-o", "page.html")), 0);
    cr_expect_eq(stat(in_directory("page.html"), &status), 0);
}

Test(lab_results, report_refuses)
{
    spoil("cut.json", NULL, 0, 0.5);
    cr_expect_eq(run(ARGUMENTS("report")), 2);
    cr_expect_eq(run(ARGUMENTS("report", golden, "--plots")), 2);
    cr_expect_not_null(strstr(complained, "no-plots"));
    cr_expect_eq(run(ARGUMENTS("report", golden, "-o")), 2);
    cr_expect_eq(run(ARGUMENTS("report", "nothing.json")), 1);
    cr_expect_eq(run(ARGUMENTS("report", "cut.json")), 1);
    cr_expect_not_null(strstr(complained, "line "));
    cr_expect_eq(run(ARGUMENTS("report", golden, "-o", "nowhere/page.html")), 1);
    cr_expect_neq(access(in_directory("lab-report.html"), F_OK), 0, "no page was left");
    cr_expect_eq(run(ARGUMENTS("report", "--help")), 0);
}

/* A page that does not fit leaves none, not even a part of one. */
Test(lab_results, report_on_a_full_disk)
{
    struct program_setup setup = {.arguments = ARGUMENTS("report", golden, "--no-plots"),
                                  .directory = directory,
                                  .file_size = 4096};

    cr_expect_neq(program_run(&setup, said, sizeof(said), complained, sizeof(complained)), 0);
    cr_expect_neq(access(in_directory("lab-report.html"), F_OK), 0);
}

Test(lab_results, compare)
{
    spoil("worse.json", "\"p99\":", '9', 1);
    cr_expect_eq(run(ARGUMENTS("compare", golden, golden)), 0, "%s", complained);
    cr_expect_not_null(strstr(said, "0 worse, 0 better"));
    cr_expect_eq(run(ARGUMENTS("compare", golden, "worse.json")), 3);
    cr_expect_not_null(strstr(said, "WORSE "));
    cr_expect_not_null(strstr(said, "p99 response time"));
    cr_expect_null(strstr(said, "careful"));
    spoil("cut.json", "\"kernel\", \"value\": \"", 'B', 1);
    cr_expect_eq(run(ARGUMENTS("compare", golden, "cut.json")), 0);
    cr_expect_not_null(strstr(said, "careful: kernel was 'Linux"));
    cr_expect_eq(run(ARGUMENTS("compare", "worse.json", golden)), 0, "better is no regression");
    cr_expect_eq(run(ARGUMENTS("compare", golden)), 2);
    cr_expect_eq(run(ARGUMENTS("compare", golden, golden, "--al1")), 2);
    cr_expect_eq(run(ARGUMENTS("compare", golden, "nothing.json")), 1);
}
