/*
 * The cases that emulated devices are validated by: CS555's worked example, and designs that do as
 * much at a time as each other.
 */
#ifndef STATOR_LAB_VALIDATION_H
#define STATOR_LAB_VALIDATION_H

#include <stddef.h>

#include "lab/device.h"

/* Who misses, and what it costs: the three ways in which the example can be read. */
enum stator_validation_miss {
    STATOR_VALIDATION_ALL,    /* each request: 8 ms */
    STATOR_VALIDATION_FOURTH, /* every fourth: 8 ms */
    STATOR_VALIDATION_COIN,   /* each with a quarter's chance: 8 ms */
    STATOR_VALIDATION_MEAN,   /* each, the mean of that: 2 ms */
};

struct stator_validation_case {
    const char *what;
    const char *design;
    unsigned clients;
    unsigned cores;
    double cpu_ms;
    enum stator_validation_miss misses;
    double expected; /* responses a second */
};

struct stator_validation_part {
    const char *name, *title;
    const struct stator_validation_case *trials;
    size_t count;
    double tolerance;
};

/* For index 0, 1, ...; NULL after the last. */
const struct stator_validation_part *stator_validation_at(size_t index);

/* What its disk does, for people: "8 ms, 25 %". */
const char *stator_validation_disk(const struct stator_validation_case *trial);

/*
 * The devices of a repetition (from 1) of which the part between `first` and `last` seconds counts.
 * Where misses are coins, their seed is the first of the repetition's own with which that part of
 * a run has as many misses as it should.
 */
struct stator_device_spec stator_validation_devices(const struct stator_validation_case *trial,
                                                    double first, double last, uint64_t repetition);

#endif
