/*
 * The cases that emulated devices are validated by: the lecture's, and designs that do as much at a
 * time as each other.
 */
#ifndef STATOR_LAB_MODEL_VALIDATION_H
#define STATOR_LAB_MODEL_VALIDATION_H

#include <stddef.h>

#include "lab/workload/device.h"

struct stator_validation_case {
    const char *what;
    char arch[48];
    unsigned clients;
    struct stator_device_spec devices;
    double expected; /* responses a second */
};

struct stator_validation_part {
    const char *name, *title;
    double tolerance; /* of `expected` */
    /* Fails: false after the last case, `out` untouched. */
    bool (*at)(size_t index, struct stator_validation_case *out);
};

/* For index 0, 1, ...; NULL after the last. */
const struct stator_validation_part *stator_validation_at(size_t index);

/*
 * The seed of a repetition (from 1), of which the part between `first` and `last` seconds counts.
 * Where misses are coins, it is the first of the repetition's own with which that part of a run has
 * as many misses as it should.
 */
uint64_t stator_validation_seed(const struct stator_validation_case *trial, double first,
                                double last, uint64_t repetition);

#endif
