/* What a study leaves behind, above all where it cannot leave it there. */
#include "lab/command/study_files.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/command/command.h"

struct fixture {
    char directory[64]; /* exists, and is removed */
    char results[128];  /* where the study's files go: beneath it */
    struct stator_study study;
    struct stator_result *result;
};

static struct stator_result *make_result(void)
{
    struct stator_result *result = stator_result_create();
    struct stator_trial *trial;

    cr_assert_not_null(result);
    result->repetitions = 1;
    trial = stator_result_trial(result, "event", "hot", 16, "16 clients");
    cr_assert_not_null(trial);
    trial->values[STATOR_METRIC_RATE] = 1234;
    return result;
}

static void open_fixture(struct fixture *fixture)
{
    strcpy(fixture->directory, "/tmp/stator-study-XXXXXX");
    cr_assert_not_null(mkdtemp(fixture->directory));
    snprintf(fixture->results, sizeof(fixture->results), "%s/results", fixture->directory);
    stator_study_init(&fixture->study);
    fixture->study.directory = fixture->results;
    fixture->result = make_result();
}

static void close_fixture(struct fixture *fixture)
{
    char command[128];

    stator_result_destroy(fixture->result);
    snprintf(command, sizeof(command), "rm -rf -- %s", fixture->directory);
    cr_assert_eq(system(command), 0);
}

/* The one directory beneath `directory`; it is asserted that there is one alone. */
static void find_only(const char *directory, char path[512])
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    size_t count = 0;

    cr_assert_not_null(entries);
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] != '.') {
            snprintf(path, 512, "%s/%.200s", directory, entry->d_name);
            count++;
        }
    }
    closedir(entries);
    cr_assert_eq(count, 1, "%zu files in %s", count, directory);
}

Test(study_files, writes_three, .init = cr_redirect_stdout)
{
    static const char *const names[] = {"results.json", "results.csv", "lab-report.html"};
    struct fixture fixture;

    open_fixture(&fixture);
    cr_assert_eq(stator_study_files_examine(&fixture.study), STATOR_LAB_EXIT_OK);
    cr_expect_eq(stator_study_files_write(&fixture.study, fixture.result), STATOR_LAB_EXIT_OK);
    for (size_t i = 0; i < 3; i++) {
        char path[300];

        snprintf(path, sizeof(path), "%s/%s", fixture.results, names[i]);
        cr_expect_eq(access(path, R_OK), 0, "%s", path);
    }
    close_fixture(&fixture);
}

Test(study_files, replaces_nothing_unless_told, .init = cr_redirect_stderr)
{
    struct fixture fixture;
    char path[300];
    FILE *file;

    open_fixture(&fixture);
    cr_assert_eq(stator_study_files_examine(&fixture.study), STATOR_LAB_EXIT_OK);
    snprintf(path, sizeof(path), "%s/results.csv", fixture.results);
    file = fopen(path, "w");
    cr_assert_not_null(file);
    fclose(file);
    cr_expect_eq(stator_study_files_examine(&fixture.study), STATOR_LAB_EXIT_FAILED);
    fixture.study.force = true;
    cr_expect_eq(stator_study_files_examine(&fixture.study), STATOR_LAB_EXIT_OK);
    close_fixture(&fixture);
}

/* The directory is gone by the time that all was measured; a full disk takes the same way. */
Test(study_files, saves_elsewhere_what_cannot_go_where_it_should, .init = cr_redirect_stderr)
{
    struct stator_result *read = NULL;
    char aside[128], found[512], path[600], why[200];
    struct fixture fixture;

    open_fixture(&fixture);
    snprintf(aside, sizeof(aside), "%s/aside", fixture.directory);
    cr_assert_eq(mkdir(aside, 0777), 0);
    setenv("TMPDIR", aside, 1);
    cr_expect_eq(stator_study_files_write(&fixture.study, fixture.result), STATOR_LAB_EXIT_FAILED);
    find_only(aside, found);
    snprintf(path, sizeof(path), "%s/results.json", found);
    cr_assert_eq(stator_result_read(path, &read, why), 0, "%s: %s", path, why);
    cr_expect_eq(read->trial_count, 1);
    cr_expect_eq(read->trials[0].values[STATOR_METRIC_RATE], 1234);
    stator_result_destroy(read);
    close_fixture(&fixture);
}
