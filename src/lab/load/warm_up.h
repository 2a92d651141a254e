/* When a load has settled: two successive slices of time in which as much was done. */
#ifndef STATOR_LAB_LOAD_WARM_UP_H
#define STATOR_LAB_LOAD_WARM_UP_H

#include <stdbool.h>
#include <stdint.h>

/* All zero at first. */
struct stator_load_warm_up {
    unsigned slices; /* so far */
    uint64_t count;  /* at the last slice's end */
    uint64_t last;   /* done within the last slice */
};

/*
 * Another slice has ended, by which so much was done in all. Returns: whether the last two agree
 * within 5 %, or within what chance makes of so few, and the last one was not empty.
 */
bool stator_load_warm_up_add(struct stator_load_warm_up *warm_up, uint64_t count);

#endif
