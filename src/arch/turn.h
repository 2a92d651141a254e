/* A turn: what a worker does between two waits, as its counters tell of it. */
#ifndef STATOR_ARCH_TURN_H
#define STATOR_ARCH_TURN_H

#include "exchange/worker.h"

/* Something woke the worker: reads its clock. Returns: when, in microseconds, for the turn's end.
 */
int64_t stator_turn_begin(struct stator_worker *worker);

/* Counts how long the worker was busy since `begun`, and whether it woke up for nothing. */
void stator_turn_end(struct stator_worker *worker, int64_t begun, bool for_nothing);

#endif
