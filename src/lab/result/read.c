/*
 * results.json, read.
 *
 * Knows the file's shape and says where one departs from it; refuses to guess. The one surprising
 * thing: what it does not know is passed over, so that files of later programs can be read as long
 * as their version says that the rest means the same.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/result/field.h"
#include "lab/result/file.h"
#include "lab/result/result.h"

/* More than anyone measures: what is above is no count of repetitions. */
#define REPETITIONS_MAX 1000000
#define OVERLAP_MAX     1000000

static uint64_t get_seed(struct stator_field_reader *reader, json_t *object)
{
    const char *text = stator_field_string(reader, object, "seed");
    char *end;
    uint64_t seed;

    errno = 0;
    seed = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0) {
        stator_field_fail(reader, "seed", "no number in quotes");
    }
    return seed;
}

static void replace_string(struct stator_field_reader *reader, char **string, const char *value)
{
    char *copy = strdup(value);

    if (copy == NULL) {
        stator_field_fail_memory(reader);
        return;
    }
    free(*string);
    *string = copy;
}

static void read_head(struct stator_field_reader *reader, json_t *root)
{
    struct stator_result *result = reader->result;
    json_t *version = json_object_get(root, "version");

    if (strcmp(stator_field_string(reader, root, "schema"), STATOR_RESULT_SCHEMA) != 0) {
        stator_field_fail(reader, "schema", "not '" STATOR_RESULT_SCHEMA "'");
    }
    if (stator_field_count(reader, version, "version", INT32_MAX) != STATOR_RESULT_VERSION) {
        stator_field_fail(reader, "version", "not %d, which is what this program reads",
                          STATOR_RESULT_VERSION);
    }
    replace_string(reader, &result->date, stator_field_string(reader, root, "date"));
    replace_string(reader, &result->command, stator_field_string(reader, root, "command"));
    replace_string(reader, &result->reference, stator_field_string(reader, root, "reference"));
    result->seed = get_seed(reader, root);
    result->seconds = stator_field_number(reader, root, "seconds");
    result->repetitions = (unsigned)stator_field_count(reader, json_object_get(root, "repetitions"),
                                                       "repetitions", REPETITIONS_MAX);
    result->partial = stator_field_bool(reader, root, "partial");
    result->publishable = stator_field_bool(reader, root, "publishable");
}

static void read_facts(struct stator_field_reader *reader, json_t *root)
{
    json_t *array = stator_field_array(reader, root, "facts");

    for (size_t i = 0; i < json_array_size(array) && reader->error == 0; i++) {
        json_t *fact = stator_field_element(reader, array, "facts", i);

        if (stator_result_fact(reader->result, stator_field_string(reader, fact, "name"),
                               stator_field_string(reader, fact, "value")) != 0) {
            stator_field_fail_memory(reader);
        }
    }
    reader->where[0] = '\0';
}

static void read_checks(struct stator_field_reader *reader, json_t *root)
{
    json_t *array = stator_field_array(reader, root, "checks");

    for (size_t i = 0; i < json_array_size(array) && reader->error == 0; i++) {
        json_t *check = stator_field_element(reader, array, "checks", i);

        if (stator_result_check(reader->result, stator_field_string(reader, check, "name"),
                                stator_field_string(reader, check, "where"),
                                stator_field_bool(reader, check, "passed"),
                                stator_field_string(reader, check, "detail")) != 0) {
            stator_field_fail_memory(reader);
        }
    }
    reader->where[0] = '\0';
}

/* Flags of later programs are passed over. */
static unsigned read_flags(struct stator_field_reader *reader, json_t *trial)
{
    json_t *array = stator_field_array(reader, trial, "flags");
    unsigned flags = 0;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *word = json_string_value(json_array_get(array, i)), *name;

        if (word == NULL) {
            stator_field_fail(reader, "flags", "no string");
            break;
        }
        for (unsigned bit = 0; (name = stator_trial_flag_name(bit)) != NULL; bit++) {
            flags |= strcmp(word, name) == 0 ? 1u << bit : 0;
        }
    }
    return flags;
}

static void read_values(struct stator_field_reader *reader, json_t *trial,
                        double values[STATOR_METRIC_COUNT])
{
    json_t *object = json_object_get(trial, "values"), *value;
    const char *key;

    if (!json_is_object(object)) {
        stator_field_fail(reader, "values", "no object");
        return;
    }
    json_object_foreach(object, key, value)
    {
        enum stator_metric metric = stator_metric_find(key);

        if (metric != STATOR_METRIC_COUNT && json_is_number(value)) {
            values[metric] = json_number_value(value);
        } else if (metric != STATOR_METRIC_COUNT && !json_is_null(value)) {
            stator_field_fail(reader, "values", "%s is neither a number nor null", key);
        }
    }
}

static void read_trial(struct stator_field_reader *reader, json_t *object)
{
    json_t *refusal = json_object_get(object, "refusal");
    struct stator_trial *trial = stator_result_trial(
        reader->result, stator_field_string(reader, object, "design"),
        stator_field_string(reader, object, "workload"),
        stator_field_number(reader, object, "level"), stator_field_string(reader, object, "label"));

    if (trial == NULL) {
        stator_field_fail_memory(reader);
        return;
    }
    trial->repetition = (unsigned)stator_field_count(reader, json_object_get(object, "repetition"),
                                                     "repetition", REPETITIONS_MAX);
    trial->position = (unsigned)stator_field_count(reader, json_object_get(object, "position"),
                                                   "position", REPETITIONS_MAX);
    trial->reference = stator_field_bool(reader, object, "reference");
    if (refusal != NULL && !json_is_null(refusal)) {
        replace_string(reader, &trial->refusal, stator_field_string(reader, object, "refusal"));
    }
    trial->flags = read_flags(reader, object);
    if (json_object_get(object, "overlap") != NULL) {
        trial->overlap = (unsigned)stator_field_count(reader, json_object_get(object, "overlap"),
                                                      "overlap", OVERLAP_MAX);
    }
    read_values(reader, object, trial->values);
    trial->from_intended = stator_field_histogram(reader, object, "honest");
    trial->from_sent = stator_field_histogram(reader, object, "naive");
}

static void read_trials(struct stator_field_reader *reader, json_t *root)
{
    json_t *array = stator_field_array(reader, root, "trials");

    for (size_t i = 0; i < json_array_size(array) && reader->error == 0; i++) {
        read_trial(reader, stator_field_element(reader, array, "trials", i));
    }
    reader->where[0] = '\0';
}

static json_t *load(const char *path, char why[200])
{
    FILE *file = fopen(path, "re");
    json_error_t error;
    json_t *root;

    if (file == NULL) {
        return NULL;
    }
    root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        snprintf(why, 200, "line %d, column %d: %.150s", error.line, error.column, error.text);
    }
    /* A directory opens, and cannot be read. */
    errno = ferror(file) ? EIO : EINVAL;
    fclose(file);
    return root;
}

int stator_result_read(const char *path, struct stator_result **out, char why[200])
{
    struct stator_field_reader reader = {.why = why};
    json_t *root;

    why[0] = '\0';
    root = load(path, why);
    if (root == NULL) {
        return -errno;
    }
    reader.result = stator_result_create();
    if (reader.result == NULL) {
        stator_field_fail_memory(&reader);
    } else if (!json_is_object(root)) {
        stator_field_fail(&reader, "file", "no object");
    } else {
        read_head(&reader, root);
        read_facts(&reader, root);
        read_checks(&reader, root);
        read_trials(&reader, root);
    }
    json_decref(root);
    if (reader.error != 0) {
        stator_result_destroy(reader.result);
        return reader.error;
    }
    *out = reader.result;
    return 0;
}
