/*
 * Emulated devices: what a request needs of processors and a disk that are not there.
 *
 * A laboratory puts a stage on workers to see what a design makes of slow devices; a server has
 * none. The core only says when a request comes to which device, and who waits for it: in place, as
 * for a real device, or a helper where the design has helpers. It knows nothing of how long it
 * takes.
 */
#ifndef STATOR_EXCHANGE_EMULATION_H
#define STATOR_EXCHANGE_EMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct stator_worker;

/*
 * Moments are monotonic ns. Functions that wait return the moment that was waited for, which is
 * earlier than now by the lateness of the wake-up: whatever comes next counts from it. Threads: any
 * of the server's, in all of its processes, at a time.
 */
struct stator_emulation {
    void *context;

    /* Waits until processors have done what each request needs. `since`: the end of what both the
     * worker and the client did last in emulated time; 0 for nothing. */
    int64_t (*compute)(void *context, int64_t since);

    /* Does the request for that path need the disk? Called once a request. */
    bool (*misses)(void *context, struct stator_span path);

    /* Waits until the disk has done what one miss needs, which asks for it at `since`. */
    int64_t (*fetch)(void *context, int64_t since);
};

/* How far a connection is in emulated time. */
struct stator_emulation_point {
    int64_t until; /* the end of its last wait; 0: none yet */
    bool misses;   /* it still has to wait for the disk, from `until` on */
};

/* The worker's request takes its turn on the processors; `visit` then says if it misses. The
 * worker's clock is right afterwards, as after stator_emulation_fetch. */
void stator_emulation_compute(struct stator_worker *worker, struct stator_emulation_point *point);

/* Waits for the disk in place, where the visit misses. */
void stator_emulation_fetch(struct stator_worker *worker, struct stator_emulation_point *point);

#endif
