/*
 * Reservation tables: an emulated device (a disk's channels, processors) in memory that threads
 * and processes share.
 *
 * Who needs the device reserves the earliest gap of its service time at or after its own virtual
 * arrival, on whichever channel has it first, and sleeps until exactly that gap's end. No processor
 * time is used, and lateness does not add up: the next stage begins at the finish that was
 * reserved, not when the sleeper woke.
 */
#ifndef STATOR_LAB_WORKLOAD_RESERVATION_TABLE_H
#define STATOR_LAB_WORKLOAD_RESERVATION_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct stator_reservation_table;

/* The most channels that one has, and how many gaps each remembers; the oldest are given up. */
#define STATOR_RESERVATION_TABLE_CHANNELS 64
#define STATOR_RESERVATION_TABLE_GAPS     128

/*
 * In shared memory, so that children of this process use the same one. Fails: -EINVAL for no or too
 * many channels, -ENOMEM; `out` untouched.
 */
int stator_reservation_table_create(unsigned channels, struct stator_reservation_table **out);

/* Unmaps it here; others keep it. NULL is allowed. */
void stator_reservation_table_destroy(struct stator_reservation_table *table);

/*
 * Reserves `service` ns (0: nothing is reserved) on the channel that has a gap first, at or after
 * `arrival` (monotonic ns). Of channels that are equally early, the one that was free for the
 * shortest time. Returns: when the gap ends. Threads, processes: any; survives the death of any.
 */
int64_t stator_reservation_table_reserve(struct stator_reservation_table *table, int64_t arrival,
                                         int64_t service);

/* Nanoseconds that were reserved so far on all channels (utilisation law). Async-signal-safe. */
int64_t stator_reservation_table_busy(const struct stator_reservation_table *table);

/* Sleeps until that moment (monotonic ns), however often signals come. */
void stator_reservation_table_sleep(int64_t until);

#endif
