/*
 * When a child that has died is followed by another: at once, unless it keeps dying young.
 */
#ifndef STATOR_ARCH_PROCESSES_RESPAWN_H
#define STATOR_ARCH_PROCESSES_RESPAWN_H

#include <stdint.h>

/* A life of this many ms is no sign of trouble. */
#define STATOR_RESPAWN_LIFE_MS 1000

/* The shortest and the longest pause before the next one, in ms; it doubles in between. */
#define STATOR_RESPAWN_MIN_MS 50
#define STATOR_RESPAWN_MAX_MS 5000

/*
 * How long to wait, in ms, after a child that lived for `lived` ms; `deaths` is how many before it
 * have died young in a row, and is counted on.
 */
int64_t stator_respawn_delay(int64_t lived, unsigned *deaths);

#endif
