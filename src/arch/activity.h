/*
 * A turn: what a worker does between two waits, as its counters tell of it. It begins where a wait
 * returns (of epoll_wait, poll, select, a condition or a call that blocks) and ends before the
 * next.
 */
#ifndef STATOR_ARCH_ACTIVITY_H
#define STATOR_ARCH_ACTIVITY_H

#include "exchange/worker.h"

/*
 * The worker may have been woken: unless a turn has begun, begins one, counts it and reads the
 * worker's clock; what takes time within a turn reads it again. For the first thing that is done
 * after a wait, or where that is not known, for everything that may be the first.
 */
void stator_activity_begin(struct stator_worker *worker);

/*
 * The worker waits again: counts how long the turn was, and whether it was for nothing. Nothing
 * where none has begun.
 */
void stator_activity_end(struct stator_worker *worker, bool for_nothing);

#endif
