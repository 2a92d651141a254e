/*
 * Fields of results.json.
 *
 * Knows what each kind of field must be, and says where one is not; refuses to know what it is for.
 * The one surprising thing: a histogram's counts stand by the value at which their bucket begins,
 * so that whoever reads the file needs no table of buckets, and one that begins elsewhere is wrong.
 */
#include "lab/result/field.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

void stator_field_fail(struct stator_field_reader *reader, const char *name, const char *format,
                       ...)
{
    char what[100];
    va_list arguments;

    if (reader->error != 0) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    snprintf(reader->why, 200, "%s%s%s: %s", reader->where,
             reader->where[0] != '\0' && name[0] != '\0' ? "." : "", name, what);
    reader->error = -EINVAL;
}

void stator_field_fail_memory(struct stator_field_reader *reader)
{
    if (reader->error == 0) {
        snprintf(reader->why, 200, "out of memory");
        reader->error = -ENOMEM;
    }
}

/* "" where it is none, which is an error. */
const char *stator_field_string(struct stator_field_reader *reader, json_t *object,
                                const char *name)
{
    json_t *value = json_object_get(object, name);

    if (!json_is_string(value)) {
        stator_field_fail(reader, name, "no string");
        return "";
    }
    return json_string_value(value);
}

bool stator_field_bool(struct stator_field_reader *reader, json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);

    if (!json_is_boolean(value)) {
        stator_field_fail(reader, name, "neither true nor false");
    }
    return json_is_true(value);
}

uint64_t stator_field_count(struct stator_field_reader *reader, json_t *value, const char *name,
                            uint64_t limit)
{
    json_int_t count = json_integer_value(value);

    if (!json_is_integer(value) || count < 0 || (uint64_t)count > limit) {
        stator_field_fail(reader, name, "no count from 0 to %" PRIu64, limit);
        return 0;
    }
    return (uint64_t)count;
}

double stator_field_number(struct stator_field_reader *reader, json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);

    if (!json_is_number(value)) {
        stator_field_fail(reader, name, "no number");
    }
    return json_number_value(value);
}

/* An array of objects, or NULL, which is an error. */
json_t *stator_field_array(struct stator_field_reader *reader, json_t *object, const char *name)
{
    json_t *array = json_object_get(object, name);

    if (!json_is_array(array)) {
        stator_field_fail(reader, name, "no array");
        return NULL;
    }
    return array;
}

/* From here on errors are said to be at that element. */
json_t *stator_field_element(struct stator_field_reader *reader, json_t *array, const char *name,
                             size_t index)
{
    json_t *element = json_array_get(array, index);

    snprintf(reader->where, sizeof(reader->where), "%s[%zu]", name, index);
    if (!json_is_object(element)) {
        stator_field_fail(reader, "", "no object");
    }
    return element;
}

/* The index of the bucket that begins at `low`, or that of none. */
static size_t find_bucket(uint64_t low)
{
    size_t from = 0, to = STATOR_HISTOGRAM_BUCKETS;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        uint64_t begins;

        stator_histogram_bounds(middle, &begins);
        if (begins == low) {
            return middle;
        }
        if (begins < low) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return STATOR_HISTOGRAM_BUCKETS;
}

static void read_bucket(struct stator_field_reader *reader, json_t *pair, const char *name,
                        struct stator_histogram *histogram)
{
    uint64_t low = stator_field_count(reader, json_array_get(pair, 0), name, UINT32_MAX);
    uint64_t count = stator_field_count(reader, json_array_get(pair, 1), name, UINT32_MAX);
    size_t index = find_bucket(low);

    if (json_array_size(pair) != 2) {
        stator_field_fail(reader, name, "counts are no pairs");
    } else if (index == STATOR_HISTOGRAM_BUCKETS) {
        stator_field_fail(reader, name, "no bucket begins at %" PRIu64, low);
    } else if (histogram->buckets[index] != 0) {
        stator_field_fail(reader, name, "the bucket at %" PRIu64 " is there twice", low);
    } else {
        histogram->buckets[index] = count;
        histogram->count += count;
    }
}

struct stator_histogram *stator_field_histogram(struct stator_field_reader *reader, json_t *trial,
                                                const char *name)
{
    json_t *object = json_object_get(trial, name), *counts = json_object_get(object, "counts");
    struct stator_histogram *histogram;

    if (object == NULL || json_is_null(object)) {
        return NULL;
    }
    if (!json_is_array(counts)) {
        stator_field_fail(reader, name, "no array of counts");
        return NULL;
    }
    histogram = stator_histogram_create();
    if (histogram == NULL) {
        stator_field_fail_memory(reader);
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(counts) && reader->error == 0; i++) {
        read_bucket(reader, json_array_get(counts, i), name, histogram);
    }
    histogram->sum = stator_field_count(reader, json_object_get(object, "sum"), name, INT64_MAX);
    histogram->max = stator_field_count(reader, json_object_get(object, "max"), name, INT64_MAX);
    return histogram;
}
