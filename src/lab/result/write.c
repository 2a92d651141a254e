/*
 * A result as results.json and results.csv.
 *
 * Knows the shape of both files; refuses to know what is in them. The one surprising thing: a
 * number is written with as few digits as give the same one back when it is read, so that the file
 * can be read by people, and is the same for the same result.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "lab/result/file.h"
#include "lab/result/result.h"
#include "lab/result/save.h"

/* Every double has at most 17 digits that matter. */
static void add_double(struct stator_text *out, double value, const char *none)
{
    char digits[40];

    if (!isfinite(value)) {
        stator_text_add_string(out, none);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof(digits), "%.*g", precision, value);
        if (strtod(digits, NULL) == value) {
            break;
        }
    }
    stator_text_add_string(out, digits);
}

static void add_string(struct stator_text *out, const char *value)
{
    if (value == NULL) {
        stator_text_add_string(out, "null");
    } else {
        stator_json_add_string(out, stator_span_from(value));
    }
}

static void add_member(struct stator_text *out, const char *before, const char *name,
                       const char *value)
{
    stator_text_add_format(out, "%s\"%s\": ", before, name);
    add_string(out, value);
}

static void add_bool(struct stator_text *out, const char *name, bool value)
{
    stator_text_add_format(out, ",\n\"%s\": %s", name, value ? "true" : "false");
}

static void add_head(struct stator_text *out, const struct stator_result *result)
{
    add_member(out, "{\n", "schema", STATOR_RESULT_SCHEMA);
    stator_text_add_format(out, ",\n\"version\": %d", STATOR_RESULT_VERSION);
    add_member(out, ",\n", "date", result->date);
    add_member(out, ",\n", "command", result->command);
    stator_text_add_format(out, ",\n\"seed\": \"%" PRIu64 "\"", result->seed);
    stator_text_add_string(out, ",\n\"seconds\": ");
    add_double(out, result->seconds, "null");
    stator_text_add_format(out, ",\n\"repetitions\": %u", result->repetitions);
    add_bool(out, "partial", result->partial);
    add_bool(out, "publishable", result->publishable);
    add_member(out, ",\n", "reference", result->reference);
}

static void add_facts(struct stator_text *out, const struct stator_result *result)
{
    stator_text_add_string(out, ",\n\"facts\": [");
    for (size_t i = 0; i < result->fact_count; i++) {
        stator_text_add_string(out, i > 0 ? ",\n" : "\n");
        add_member(out, "{", "name", result->facts[i].name);
        add_member(out, ", ", "value", result->facts[i].value);
        stator_text_add_char(out, '}');
    }
    stator_text_add_string(out, "\n]");
}

static void add_checks(struct stator_text *out, const struct stator_result *result)
{
    stator_text_add_string(out, ",\n\"checks\": [");
    for (size_t i = 0; i < result->check_count; i++) {
        const struct stator_check *check = &result->checks[i];

        stator_text_add_string(out, i > 0 ? ",\n" : "\n");
        add_member(out, "{", "name", check->name);
        add_member(out, ", ", "where", check->where);
        stator_text_add_format(out, ", \"passed\": %s", check->passed ? "true" : "false");
        add_member(out, ", ", "detail", check->detail);
        stator_text_add_char(out, '}');
    }
    stator_text_add_string(out, "\n]");
}

static void add_flags(struct stator_text *out, unsigned flags, const char *quote,
                      const char *between)
{
    const char *name;
    bool first = true;

    for (unsigned bit = 0; (name = stator_trial_flag_name(bit)) != NULL; bit++) {
        if ((flags & 1u << bit) != 0) {
            stator_text_add_format(out, "%s%s%s%s", first ? "" : between, quote, name, quote);
            first = false;
        }
    }
}

static void add_histogram(struct stator_text *out, const char *name,
                          const struct stator_histogram *histogram)
{
    bool first = true;

    if (histogram == NULL) {
        return;
    }
    stator_text_add_format(out,
                           ",\n \"%s\": {\"sum\": %" PRIu64 ", \"max\": %" PRIu64 ", \"counts\": [",
                           name, histogram->sum, histogram->max);
    for (size_t i = 0; i < STATOR_HISTOGRAM_BUCKETS; i++) {
        if (histogram->buckets[i] > 0) {
            uint64_t low;

            stator_histogram_bounds(i, &low);
            stator_text_add_format(out, "%s[%" PRIu64 ",%" PRIu64 "]", first ? "" : ",", low,
                                   histogram->buckets[i]);
            first = false;
        }
    }
    stator_text_add_string(out, "]}");
}

static void add_values(struct stator_text *out, const double values[STATOR_METRIC_COUNT])
{
    stator_text_add_string(out, ",\n \"values\": {");
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        stator_text_add_format(out, "%s\"%s\": ", i > 0 ? ", " : "", stator_metric_info(i)->key);
        add_double(out, values[i], "null");
    }
    stator_text_add_char(out, '}');
}

static void add_trial(struct stator_text *out, const struct stator_trial *trial)
{
    add_member(out, "{", "design", trial->arch);
    add_member(out, ", ", "workload", trial->workload);
    stator_text_add_string(out, ", \"level\": ");
    add_double(out, trial->level, "null");
    add_member(out, ", ", "label", trial->label);
    stator_text_add_format(out, ", \"repetition\": %u, \"position\": %u, \"reference\": %s",
                           trial->repetition, trial->position, trial->reference ? "true" : "false");
    add_member(out, ", ", "refusal", trial->refusal);
    stator_text_add_string(out, ", \"flags\": [");
    add_flags(out, trial->flags, "\"", ", ");
    stator_text_add_char(out, ']');
    if (trial->overlap > 0) {
        stator_text_add_format(out, ", \"overlap\": %u", trial->overlap);
    }
    add_values(out, trial->values);
    add_histogram(out, "honest", trial->from_intended);
    add_histogram(out, "naive", trial->from_sent);
    stator_text_add_char(out, '}');
}

int stator_result_write(const struct stator_result *result, const char *path)
{
    struct stator_text out = {0};
    int error;

    add_head(&out, result);
    add_facts(&out, result);
    add_checks(&out, result);
    stator_text_add_string(&out, ",\n\"trials\": [");
    for (size_t i = 0; i < result->trial_count; i++) {
        stator_text_add_string(&out, i > 0 ? ",\n" : "\n");
        add_trial(&out, &result->trials[i]);
    }
    stator_text_add_string(&out, "\n]\n}\n");
    error = stator_save_text(path, &out);
    stator_text_finish(&out);
    return error;
}

/* RFC 4180: quotes are doubled; quoted always, so that no comma and no line end matters. */
static void add_quoted(struct stator_text *out, const char *value)
{
    stator_text_add_char(out, '"');
    for (; *value != '\0'; value++) {
        stator_text_add_char(out, *value);
        if (*value == '"') {
            stator_text_add_char(out, '"');
        }
    }
    stator_text_add_string(out, "\",");
}

static void add_line(struct stator_text *out, const struct stator_trial *trial, unsigned metric)
{
    const struct stator_metric_info *info = stator_metric_info(metric);

    add_quoted(out, trial->arch);
    add_quoted(out, trial->workload);
    add_double(out, trial->level, "");
    stator_text_add_char(out, ',');
    add_quoted(out, trial->label);
    stator_text_add_format(out, "%u,%u,%d,", trial->repetition, trial->position, trial->reference);
    add_quoted(out, trial->refusal != NULL ? trial->refusal : "");
    add_flags(out, trial->flags, "", " ");
    stator_text_add_format(out, ",%s,%s,", info->key, info->unit);
    add_double(out, trial->values[metric], "");
    stator_text_add_char(out, '\n');
}

int stator_result_write_csv(const struct stator_result *result, const char *path)
{
    struct stator_text out = {0};
    int error;

    stator_text_add_string(&out, "design,workload,level,label,repetition,position,reference,"
                                 "refusal,flags,metric,unit,value\n");
    for (size_t i = 0; i < result->trial_count; i++) {
        for (unsigned metric = 0; metric < STATOR_METRIC_COUNT; metric++) {
            add_line(&out, &result->trials[i], metric);
        }
    }
    error = stator_save_text(path, &out);
    stator_text_finish(&out);
    return error;
}
