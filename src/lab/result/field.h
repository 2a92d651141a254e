/*
 * Fields of results.json, which read.c puts together; nobody else includes this. What is
 * wrong is remembered rather than returned: the first error counts, and what is read after it is of
 * no use.
 */
#ifndef STATOR_LAB_RESULT_FIELD_H
#define STATOR_LAB_RESULT_FIELD_H

#include <jansson.h>

#include "lab/result/result.h"

struct stator_field_reader {
    struct stator_result *result;
    char where[80]; /* "trials[3]" */
    char *why;      /* 200 bytes */
    int error;      /* the first one; what is read after it is of no use */
};

/* Says what is wrong with the field `name` of the object that is read. */
void stator_field_fail(struct stator_field_reader *reader, const char *name, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void stator_field_fail_memory(struct stator_field_reader *reader);

/* What the object has there; anything of no use, and an error, where it is none of those. */
const char *stator_field_string(struct stator_field_reader *reader, json_t *object,
                                const char *name);
bool stator_field_bool(struct stator_field_reader *reader, json_t *object, const char *name);
double stator_field_number(struct stator_field_reader *reader, json_t *object, const char *name);
json_t *stator_field_array(struct stator_field_reader *reader, json_t *object, const char *name);

/* The value itself, of the field of that name. */
uint64_t stator_field_count(struct stator_field_reader *reader, json_t *value, const char *name,
                            uint64_t max);

/* The array's object at `index`: from here on errors are said to be in it. */
json_t *stator_field_element(struct stator_field_reader *reader, json_t *array, const char *name,
                             size_t index);

/* NULL where there is none. Owns: the caller destroys it. */
struct stator_histogram *stator_field_histogram(struct stator_field_reader *reader, json_t *object,
                                                const char *name);

#endif
