/* Time as the load generator needs it: exact, where base/clock.h is cheap. */
#ifndef STATOR_LAB_LOAD_CLOCK_H
#define STATOR_LAB_LOAD_CLOCK_H

#include <stdint.h>

/* Monotonic ns. */
int64_t stator_load_now(void);

/* Processor time of the calling thread, ns. */
int64_t stator_load_cpu(void);

/* Seconds as ns. */
int64_t stator_load_ns(double seconds);

#endif
