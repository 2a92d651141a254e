/* Range fields read, from the usual one to what an attacker would fill a head with. */
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "http/range.h"
#include "micro.h"

#define LENGTH 100000

struct field {
    const char *start;
    const char *piece; /* what follows it `times` over */
    size_t times;
    enum stator_range_result result;
    struct stator_range_set set; /* what it means, for PARTIAL */
};

struct reading {
    const struct field *field;
    struct stator_text value;
    enum stator_range_result result;
    struct stator_range_set set;
};

static void finish(void *state)
{
    struct reading *reading = state;

    stator_text_finish(&reading->value);
    free(reading);
}

static int setup(const void *with, void **out)
{
    const struct field *field = with;
    struct reading *reading = calloc(1, sizeof(*reading));

    if (reading == NULL) {
        return -ENOMEM;
    }
    reading->field = field;
    stator_text_add_string(&reading->value, field->start);
    for (size_t i = 0; i < field->times; i++) {
        stator_text_add_string(&reading->value, field->piece);
    }
    if (reading->value.failed) {
        finish(reading);
        return -ENOMEM;
    }
    *out = reading;
    return 0;
}

static void read_field(void *state)
{
    struct reading *reading = state;

    reading->result = stator_range_parse(stator_text_span(&reading->value), LENGTH, &reading->set);
    micro_keep(reading);
}

static bool check(const void *state)
{
    const struct reading *reading = state;
    const struct stator_range_set *set = &reading->field->set;

    return reading->result == reading->field->result && reading->set.count == set->count &&
           memcmp(reading->set.at, set->at, set->count * sizeof(set->at[0])) == 0;
}

static const struct field one = {
    .start = "bytes=0-499", .result = STATOR_RANGE_RESULT_PARTIAL, .set = {1, {{0, 499}}}};
static const struct field suffix = {
    .start = "bytes=-500", .result = STATOR_RANGE_RESULT_PARTIAL, .set = {1, {{99500, 99999}}}};
static const struct field several = {
    .start = "bytes=0-99, 200-299, 5000-5999, -1000",
    .result = STATOR_RANGE_RESULT_PARTIAL,
    .set = {4, {{0, 99}, {200, 299}, {5000, 5999}, {99000, 99999}}}};
static const struct field overlapping = {.start = "bytes=0-",
                                         .piece = ",0-",
                                         .times = STATOR_RANGE_MAX - 1,
                                         .result = STATOR_RANGE_RESULT_PARTIAL,
                                         .set = {1, {{0, 99999}}}};
static const struct field hostile = {
    .start = "bytes=0-", .piece = ",0-", .times = 4999, .result = STATOR_RANGE_RESULT_IGNORED};

static const struct micro_row rows[] = {
    {"one range", &one, 1, setup, read_field, check, finish},
    {"a suffix", &suffix, 1, setup, read_field, check, finish},
    {"4 ranges", &several, 1, setup, read_field, check, finish},
    {"16 ranges that overlap", &overlapping, 1, setup, read_field, check, finish},
    {"5,000 ranges, to be ignored", &hostile, 1, setup, read_field, check, finish},
};

const struct micro_subject micro_range = MICRO_SUBJECT("range", rows);
