/*
 * The time as one worker knows it: read once a wake-up, then a plain value, so that everything
 * decided in one wake-up agrees, and a test can say what time it is.
 */
#ifndef STATOR_BASE_CLOCK_H
#define STATOR_BASE_CLOCK_H

#include <stdint.h>

struct stator_clock {
    int64_t monotonic; /* milliseconds since some start; never goes back: for deadlines */
    int64_t wall;      /* nanoseconds since 1970-01-01 UTC: for Date, validators and logs */
};

#define STATOR_NANOSECONDS 1000000000LL

/* Reads both clocks, at their coarse (about 4 ms) but cheap resolution where there is one. */
void stator_clock_read(struct stator_clock *clock);

#endif
