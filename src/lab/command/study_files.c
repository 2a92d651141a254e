/*
 * The files of a study.
 *
 * Knows their names, and that hours of measuring stand in one of them; refuses to know how. The one
 * surprising thing: where the disk has become full, or the directory is gone, what was measured is
 * saved in a directory for temporary files rather than lost.
 */
#include "lab/command/study_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/command/command.h"
#include "lab/report/report.h"
#include "lab/result/save.h"

static const char *const outputs[] = {"results.json", "results.csv", "lab-report.html"};

enum { JSON, CSV, HTML, OUTPUTS };

static void name_file(const struct stator_study *study, unsigned output, char path[4096])
{
    snprintf(path, 4096, "%s/%s", study->directory, outputs[output]);
}

int stator_study_files_examine(const struct stator_study *study)
{
    char path[4096], what[4200];

    if (mkdir(study->directory, 0777) < 0 && errno != EEXIST) {
        snprintf(what, sizeof(what), "cannot make the directory %s", study->directory);
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(errno),
                                   "make the directory above it first, or name another with -o");
    }
    if (access(study->directory, W_OK | X_OK) < 0) {
        snprintf(what, sizeof(what), "cannot write into %s", study->directory);
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(errno),
                                   "name another directory with -o");
    }
    for (unsigned i = 0; i < OUTPUTS && !study->force; i++) {
        name_file(study, i, path);
        if (access(path, F_OK) == 0) {
            snprintf(what, sizeof(what), "%s is there already", path);
            return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, "it may be somebody's results",
                                       "name another directory with -o, or replace it by --force");
        }
    }
    return STATOR_LAB_EXIT_OK;
}

static int write_page(const struct stator_result *result, const char *path)
{
    const struct stator_report_options options = {.find = stator_workload_find, .plots = true};
    struct stator_text page = {0};
    int error = stator_report_make(result, &options, &page);

    if (error == 0) {
        error = stator_save_text(path, &page);
    }
    stator_text_finish(&page);
    return error;
}

static int write_file(const struct stator_result *result, unsigned output, const char *path)
{
    switch (output) {
    case JSON:
        return stator_result_write(result, path);
    case CSV:
        return stator_result_write_csv(result, path);
    default:
        return write_page(result, path);
    }
}

/* Writes results.json elsewhere, in a directory of its own; `path` says where. */
static bool rescue(const struct stator_result *result, char path[4096])
{
    const char *const directories[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        char made[4000];

        if (directories[i] == NULL || directories[i][0] == '\0') {
            continue;
        }
        snprintf(made, sizeof(made), "%s/stator-lab-XXXXXX", directories[i]);
        if (mkdtemp(made) == NULL) {
            continue;
        }
        snprintf(path, 4096, "%s/%s", made, outputs[JSON]);
        if (stator_result_write(result, path) == 0) {
            return true;
        }
        rmdir(made);
    }
    return false;
}

static int fail_results(const struct stator_study *study, const struct stator_result *result,
                        const char *path, int error)
{
    char what[4200], fix[12600], saved[4096];

    snprintf(what, sizeof(what), "cannot write %.4000s", path);
    if (!rescue(result, saved)) {
        return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(-error),
                                   "make room and measure again: there was none elsewhere either");
    }
    snprintf(fix, sizeof(fix),
             "what was measured is in %.4000s: make room, then: stator-lab report %.4000s -o "
             "%.4000s/%s",
             saved, saved, study->directory, outputs[HTML]);
    return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(-error), fix);
}

/* What can be made of results.json can be made again, once there is room. */
static int fail_rest(const char *results, const char *page, const char *path, int error)
{
    char what[4200], fix[8400];

    snprintf(what, sizeof(what), "cannot write %.4000s", path);
    snprintf(fix, sizeof(fix),
             "all that was measured is in %.4000s; the page: make room, then stator-lab report "
             "%.2000s -o %.2000s",
             results, results, page);
    return stator_command_fail(STATOR_LAB_EXIT_FAILED, what, strerror(-error), fix);
}

int stator_study_files_write(const struct stator_study *study, const struct stator_result *result)
{
    char path[OUTPUTS][4096];
    int code = STATOR_LAB_EXIT_OK;

    for (unsigned i = 0; i < OUTPUTS; i++) {
        name_file(study, i, path[i]);
    }
    for (unsigned i = 0; i < OUTPUTS; i++) {
        int error = write_file(result, i, path[i]);

        if (error < 0 && i == JSON) {
            return fail_results(study, result, path[i], error);
        }
        if (error < 0) {
            code = fail_rest(path[JSON], path[HTML], path[i], error);
        }
    }
    if (code == STATOR_LAB_EXIT_OK) {
        printf("\n%s\n%s\n%s\n", path[HTML], path[JSON], path[CSV]);
    }
    return code;
}
