/* Results: cells and ratios with known answers, files that read back the same, hostile ones. */
#include "lab/result/result.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lab/result/save.h"

/* In memory where that is possible: files are synchronized some thousand times here. */
static char directory[] = "/dev/shm/stator-result-XXXXXX";
static char path[64], other[64];

static void set_up(void)
{
    if (mkdtemp(directory) == NULL) {
        strcpy(directory, "/tmp/stator-result-XXXXXX");
        cr_assert_not_null(mkdtemp(directory));
    }
    snprintf(path, sizeof(path), "%s/results.json", directory);
    snprintf(other, sizeof(other), "%s/other.json", directory);
}

static void tear_down(void)
{
    unlink(path);
    unlink(other);
    rmdir(directory);
}

TestSuite(result, .init = set_up, .fini = tear_down);

static struct stator_trial *add(struct stator_result *result, const char *arch, double level,
                                unsigned repetition, double rate)
{
    struct stator_trial *trial = stator_result_trial(result, arch, "hot", level, "a \"label\"");

    cr_assert_not_null(trial);
    trial->repetition = repetition;
    trial->values[STATOR_METRIC_RATE] = rate;
    return trial;
}

/* Two designs, three blocks, one refusal, the reference's own trials, and whatever a file holds. */
static struct stator_result *make(void)
{
    struct stator_result *result = stator_result_create();
    struct stator_trial *trial;

    cr_assert_not_null(result);
    result->seed = UINT64_MAX;
    result->seconds = 12.1;
    result->repetitions = 3;
    result->publishable = true;
    for (unsigned i = 0; i < 3; i++) {
        add(result, "event", 8, i, 100 + i);
        add(result, "pool:workers=8", 8, i, 50 + i);
        add(result, "event", 8, i, 1e6)->reference = true;
    }
    trial = add(result, "event", 16, 0, 0.1);
    trial->flags = STATOR_TRIAL_FLAG_DRIFT | STATOR_TRIAL_FLAG_CHECK;
    trial->overlap = 16;
    trial->from_intended = stator_histogram_create();
    cr_assert_not_null(trial->from_intended);
    stator_histogram_add(trial->from_intended, 3);
    stator_histogram_add(trial->from_intended, 1000);
    stator_histogram_add(trial->from_intended, 1000);
    stator_histogram_add(trial->from_intended, UINT32_MAX);
    trial = add(result, "select", 16, 0, NAN);
    trial->refusal = strdup("at most 1000 connections, FD_SETSIZE");
    cr_assert_eq(stator_result_fact(result, "kernel", "6.1 \xc3\xa9"), 0);
    cr_assert_eq(stator_result_check(result, "Little's law", "event, hot", false, "1 and 2"), 0);
    return result;
}

static struct stator_text read_file(const char *name)
{
    struct stator_text text = {0};
    FILE *file = fopen(name, "re");
    size_t count;
    char *room;

    cr_assert_not_null(file);
    while ((room = stator_text_reserve(&text, 4096)) != NULL &&
           (count = fread(room, 1, 4096, file)) > 0) {
        text.length += count;
    }
    fclose(file);
    return text;
}

Test(result, cells)
{
    struct stator_result *result = make();
    struct stator_cell cell;
    struct stator_estimate estimate;

    cr_assert_eq(result->cell_count, 4u);
    cr_assert(stator_result_cell(result, 0, &cell));
    cr_expect_str_eq(cell.arch, "event");
    cr_expect_eq(cell.asked, 3u, "the reference's own are not among them: %zu", cell.asked);
    estimate = stator_result_estimate(result, &cell, STATOR_METRIC_RATE);
    cr_expect_eq(estimate.median, 101);
    cr_expect_eq(estimate.low, 100);
    cr_expect_eq(estimate.high, 102);
    cr_expect_eq(estimate.count, 3u);
    cr_expect(isnan(stator_result_estimate(result, &cell, STATOR_METRIC_P99).median));
    cr_assert(stator_result_cell(result, 3, &cell));
    cr_expect_str_eq(cell.refusal, "at most 1000 connections, FD_SETSIZE");
    cr_expect_eq(cell.count, 0u);
    cr_expect_not(stator_result_cell(result, 4, &cell));
    stator_result_destroy(result);
}

Test(result, ratio_is_paired_by_repetition)
{
    struct stator_result *result = make();
    struct stator_estimate ratio;
    struct stator_cell cell;

    cr_assert(stator_result_cell(result, 0, &cell));
    ratio = stator_result_ratio(result, &cell, "pool:workers=8", STATOR_METRIC_RATE);
    cr_expect_eq(ratio.count, 3u);
    cr_expect_float_eq(ratio.median, 101.0 / 51, 1e-12);
    cr_expect_float_eq(ratio.high, 2, 1e-12);
    cr_expect_not(stator_estimate_is_tie(&ratio));
    ratio = stator_result_ratio(result, &cell, "event", STATOR_METRIC_RATE);
    cr_expect_eq(ratio.median, 1);
    cr_expect(stator_estimate_is_tie(&ratio));
    ratio = stator_result_ratio(result, &cell, "nobody", STATOR_METRIC_RATE);
    cr_expect(isnan(ratio.median));
    cr_expect_not(stator_estimate_is_tie(&ratio), "what is unknown is no tie");
    stator_result_destroy(result);
}

Test(result, ties)
{
    static const struct {
        const char *label;
        struct stator_estimate ratio;
        bool tie;
    } rows[] = {
        {"the same", {1, 1, 1, 5}, true},
        {"4 % and certain", {1.04, 1.03, 1.05, 5}, true},
        {"6 % and certain", {1.06, 1.03, 1.08, 5}, false},
        {"much, but uncertain", {1.5, 0.9, 2, 5}, true},
        {"less and certain", {0.9, 0.85, 0.95, 5}, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_estimate_is_tie(&rows[i].ratio), rows[i].tie, "%s", rows[i].label);
    }
}

Test(result, written_and_read_is_the_same)
{
    struct stator_result *result = make(), *again = NULL;
    struct stator_text first, second;
    char why[200];

    cr_assert_eq(stator_result_write(result, path), 0);
    cr_assert_eq(stator_result_read(path, &again, why), 0, "%s", why);
    cr_expect_eq(again->seed, UINT64_MAX);
    cr_expect_eq(again->trial_count, result->trial_count);
    cr_expect_eq(again->trials[9].values[STATOR_METRIC_RATE], 0.1);
    cr_expect(isnan(again->trials[9].values[STATOR_METRIC_P50]));
    cr_expect_eq(again->trials[9].flags, result->trials[9].flags);
    for (size_t i = 0; i < result->trial_count; i++) {
        cr_expect_eq(again->trials[i].overlap, result->trials[i].overlap, "trial %zu", i);
    }
    cr_expect_eq(memcmp(again->trials[9].from_intended, result->trials[9].from_intended,
                        sizeof(struct stator_histogram)),
                 0);
    cr_assert_eq(stator_result_write(again, other), 0);
    first = read_file(path);
    second = read_file(other);
    cr_expect(stator_span_equal(stator_text_span(&first), stator_text_span(&second)));
    stator_text_finish(&first);
    stator_text_finish(&second);
    stator_result_destroy(result);
    stator_result_destroy(again);
}

Test(result, doubles_read_back_as_they_were)
{
    static const double values[] = {0,      -0.0,  1,      1.0 / 3, 0.1,       1e-300,
                                    5e-324, 1e300, 123456, 2e15,    1 + 1e-15, 9007199254740993.0};
    struct stator_result *result = stator_result_create(), *again = NULL;
    char why[200];

    cr_assert_not_null(result);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        add(result, "event", 1, (unsigned)i, values[i]);
    }
    add(result, "event", 1, 99, INFINITY);
    cr_assert_eq(stator_result_write(result, path), 0);
    cr_assert_eq(stator_result_read(path, &again, why), 0, "%s", why);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        cr_expect_eq(again->trials[i].values[STATOR_METRIC_RATE], values[i], "%zu", i);
    }
    cr_expect(isnan(again->trials[sizeof(values) / sizeof(values[0])].values[STATOR_METRIC_RATE]));
    stator_result_destroy(result);
    stator_result_destroy(again);
}

/* Every beginning of a file is no whole one, and says so without a crash. */
Test(result, cut_files)
{
    struct stator_result *result = make(), *again = NULL;
    struct stator_text text;
    char why[200];

    cr_assert_eq(stator_result_write(result, path), 0);
    stator_result_destroy(result);
    text = read_file(path);
    for (size_t length = 0; length + 2 < text.length; length += length < 600 ? 1 : 17) {
        struct stator_text cut = {.at = text.at, .length = length};

        cr_assert_eq(stator_save_text(other, &cut), 0);
        cr_assert_eq(stator_result_read(other, &again, why), -EINVAL, "%zu", length);
        cr_assert_neq(why[0], '\0');
    }
    cr_expect_null(again);
    stator_text_finish(&text);
}

/* Every third byte changed in turn: read or refused, and what was read can be written again. */
Test(result, changed_files, .timeout = 60)
{
    struct stator_result *result = make();
    struct stator_text text;
    char why[200];

    cr_assert_eq(stator_result_write(result, path), 0);
    stator_result_destroy(result);
    text = read_file(path);
    for (size_t i = 0; i < text.length; i += 3) {
        struct stator_result *again = NULL;
        char byte = text.at[i];

        text.at[i] = "\"0-[{}],n\\"[i % 10];
        cr_assert_eq(stator_save_text(other, &text), 0);
        if (stator_result_read(other, &again, why) == 0) {
            cr_expect_eq(stator_result_write(again, other), 0);
        }
        stator_result_destroy(again);
        text.at[i] = byte;
    }
    stator_text_finish(&text);
}

#define HEAD                                                                                       \
    "{\"schema\":\"stator-lab results\",\"version\":1,\"date\":\"\",\"command\":\"\","             \
    "\"seed\":\"1\",\"seconds\":1,\"repetitions\":1,\"partial\":false,\"publishable\":true,"       \
    "\"reference\":\"event\","
#define TRIAL                                                                                      \
    "\"design\":\"event\",\"workload\":\"hot\",\"level\":1,\"label\":\"1\",\"repetition\":0,"      \
    "\"position\":0,\"reference\":false,"

static const struct {
    const char *label, *text, *why; /* how it is refused; NULL: it is read */
} files[] = {
    {"empty", "", "line 1"},
    {"no object", "[]", "file: no object"},
    {"another schema", "{\"schema\":\"x\",\"version\":1}", "schema: not 'stator-lab results'"},
    {"a later version", "{\"schema\":\"stator-lab results\",\"version\":2}",
     "version: not 1, which is what this program reads"},
    {"no facts", HEAD "\"checks\":[],\"trials\":[]}", "facts: no array"},
    {"nothing but what is needed", HEAD "\"facts\":[],\"checks\":[],\"trials\":[]}", NULL},
    {"unknown fields", HEAD "\"more\":{\"a\":[1]},\"facts\":[],\"checks\":[],\"trials\":[]}", NULL},
    {"a fact that is none", HEAD "\"facts\":[1],\"checks\":[],\"trials\":[]}",
     "facts[0]: no object"},
    {"a fact without value", HEAD "\"facts\":[{\"name\":\"a\"}],\"checks\":[],\"trials\":[]}",
     "facts[0].value: no string"},
    {"a trial without flags",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL "\"values\":{}}]}",
     "trials[0].flags: no array"},
    {"unknown metrics and flags",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL
          "\"flags\":[\"later\"],\"values\":{\"later\":\"x\"}}]}",
     NULL},
    {"a metric that is a word",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL
          "\"flags\":[],\"values\":{\"rate\":\"x\"}}]}",
     "trials[0].values: rate is neither a number nor null"},
    {"a bucket between two",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL
          "\"flags\":[],\"values\":{},\"honest\":{\"sum\":1,\"max\":1,\"counts\":[[129,1]]}}]}",
     "trials[0].honest: no bucket begins at 129"},
    {"a bucket twice",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL
          "\"flags\":[],\"values\":{},\"naive\":{\"sum\":1,\"max\":1,\"counts\":[[1,1],[1,1]]}}]}",
     "trials[0].naive: the bucket at 1 is there twice"},
    {"fewer than none",
     HEAD "\"facts\":[],\"checks\":[],\"trials\":[{" TRIAL
          "\"flags\":[],\"values\":{},\"naive\":{\"sum\":1,\"max\":1,\"counts\":[[1,-1]]}}]}",
     "trials[0].naive: no count from 0 to 4294967295"},
    {"a seed that is no number",
     "{\"schema\":\"stator-lab results\",\"version\":1,\"date\":\"\","
     "\"command\":\"\",\"reference\":\"\",\"seed\":\"-1\"}",
     "seed: no number in quotes"},
    {"a field twice", "{\"schema\":1,\"schema\":1}", "line 1"},
};

Test(result, files)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct stator_text text = {0};
        struct stator_result *result = NULL;
        char why[200];
        int error;

        stator_text_add_string(&text, files[i].text);
        cr_assert_eq(stator_save_text(path, &text), 0);
        stator_text_finish(&text);
        error = stator_result_read(path, &result, why);
        cr_expect_eq(error, files[i].why != NULL ? -EINVAL : 0, "%s: %d %s", files[i].label, error,
                     why);
        cr_expect(files[i].why == NULL || strncmp(why, files[i].why, strlen(files[i].why)) == 0,
                  "%s: %s", files[i].label, why);
        stator_result_destroy(result);
    }
}

Test(result, no_file)
{
    struct stator_result *result = NULL;
    char why[200];

    cr_expect_eq(stator_result_read(other, &result, why), -ENOENT);
    cr_expect_neq(stator_result_read(directory, &result, why), 0);
    cr_expect_null(result);
}

Test(result, csv_has_a_line_a_trial_and_metric)
{
    struct stator_result *result = make();
    struct stator_text text;
    size_t lines = 0;

    cr_assert_eq(stator_result_write_csv(result, path), 0);
    text = read_file(path);
    for (size_t i = 0; i < text.length; i++) {
        lines += text.at[i] == '\n';
    }
    cr_expect_eq(lines, 1 + result->trial_count * STATOR_METRIC_COUNT);
    stator_text_add_char(&text, '\0');
    cr_expect_not_null(strstr(text.at, "\"event\",\"hot\",8,\"a \"\"label\"\"\",0,0,0,\"\",,rate,"
                                       "1/s,100\n"));
    cr_expect_not_null(strstr(text.at, "\"event\",\"hot\",16,\"a \"\"label\"\"\",0,0,0,\"\","
                                       "drift check,p50,us,\n"));
    stator_text_finish(&text);
    stator_result_destroy(result);
}

Test(result, merged_pairs_stay_pairs)
{
    struct stator_result *result = make(), *more = make();
    struct stator_cell cell;

    cr_assert_eq(stator_result_fact(more, "kernel", "6.2"), 0);
    more->partial = true;
    cr_assert_eq(stator_result_merge(result, more), 0);
    cr_expect_eq(result->repetitions, 6u);
    cr_expect_eq(result->fact_count, 2u, "the same fact once, another one beside it");
    cr_expect(result->partial);
    cr_assert(stator_result_cell(result, 0, &cell));
    cr_expect_eq(cell.asked, 6u);
    cr_expect_eq(stator_result_ratio(result, &cell, "pool:workers=8", STATOR_METRIC_RATE).count,
                 6u);
    stator_result_destroy(result);
    stator_result_destroy(more);
}

static void add_reference(struct stator_result *result, unsigned repetition, double rate)
{
    struct stator_trial *trial = stator_result_trial(result, "event", "hot", 16, "there");

    cr_assert_not_null(trial);
    trial->reference = true;
    trial->repetition = repetition;
    trial->values[STATOR_METRIC_RATE] = rate;
}

/* Its median is 100, and it was 80 once; within a repetition its least was 100 by a median of 110.
 */
Test(result, few_repetitions_wander_as_the_reference_does)
{
    static const double slow[] = {80, 80, 100, 100, 120, 120};

    for (unsigned repetitions = 2; repetitions <= 5; repetitions += 3) {
        struct stator_result *result = stator_result_create();
        struct stator_estimate figure, ratio;
        struct stator_cell cell;

        result->repetitions = repetitions;
        for (unsigned i = 0; i < repetitions; i++) {
            struct stator_trial *trial = stator_result_trial(result, "thread", "hot", 16, "there");

            trial->repetition = i;
            trial->values[STATOR_METRIC_RATE] = 10 + 2 * (i % 2);
            trial = stator_result_trial(result, "fork", "hot", 16, "there");
            trial->repetition = i;
            trial->values[STATOR_METRIC_RATE] = 10;
        }
        for (unsigned i = 0; i < 6; i++) {
            add_reference(result, i < 2 ? 0 : 1, slow[i]);
        }
        cr_assert(stator_result_cell(result, 0, &cell));
        figure = stator_result_estimate(result, &cell, STATOR_METRIC_RATE);
        ratio = stator_result_ratio(result, &cell, "fork", STATOR_METRIC_RATE);
        if (repetitions < 5) {
            cr_expect_float_eq(figure.low, 10 / 1.25, 1e-9, "%g", figure.low);
            cr_expect_float_eq(figure.high, 12 * 1.25, 1e-9, "%g", figure.high);
            cr_expect_float_eq(ratio.low, 1 / 1.1, 1e-9, "%g", ratio.low);
            cr_expect_float_eq(ratio.high, 1.2 * 1.1, 1e-9, "%g", ratio.high);
        } else {
            cr_expect_eq(figure.low, 10);
            cr_expect_eq(figure.high, 12);
        }
        stator_result_destroy(result);
    }
}

/* The repetition that was under way has trials, and is not counted as one. */
Test(result, what_was_broken_off_pairs_with_nothing_of_another_run)
{
    struct stator_result *result = make(), *more = make();
    struct stator_trial *trial = stator_result_trial(result, "event", "hot", 8, "there");
    struct stator_cell cell;

    cr_assert_not_null(trial);
    trial->repetition = result->repetitions;
    trial->values[STATOR_METRIC_RATE] = 1;
    result->partial = true;
    cr_assert_eq(stator_result_merge(result, more), 0);
    cr_assert(stator_result_cell(result, 0, &cell));
    cr_expect_str_eq(cell.arch, "event");
    cr_expect_eq(stator_result_ratio(result, &cell, "pool:workers=8", STATOR_METRIC_RATE).count, 6u,
                 "that one has no pair");
    for (size_t i = 0; i < more->trial_count; i++) {
        unsigned merged = result->trials[result->trial_count - more->trial_count + i].repetition;

        cr_expect_eq(merged, more->trials[i].repetition + 4, "%zu: %u", i, merged);
    }
    stator_result_destroy(result);
    stator_result_destroy(more);
}

Test(result, a_full_disk_leaves_what_was_there)
{
    struct stator_text text = {0}, failed = {.failed = true};

    stator_text_add_string(&text, "before");
    cr_assert_eq(stator_save_text(path, &text), 0);
    cr_expect_eq(stator_save_text(path, &failed), -ENOMEM);
    cr_expect_eq(stator_save_text("/proc/nobody/results.json", &text), -ENOENT);
    stator_text_finish(&text);
    text = read_file(path);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN("before")));
    stator_text_finish(&text);
}
