/*
 * A request's way through emulated devices.
 *
 * Knows in which order they come, and that a request cannot begin before its worker and its client
 * have done with the one before; refuses to know how long anything takes. The one surprising thing:
 * "before" is meant in emulated time, so the time that the server itself takes can be left out.
 */
#include "exchange/emulation.h"

#include "exchange/worker.h"

/* Both are here: the worker because it waited, the clock because time went by. */
static void arrive(struct stator_worker *worker, struct stator_emulation_point *point,
                   int64_t until)
{
    point->until = until;
    if (worker->emulated_until < until) {
        worker->emulated_until = until;
    }
    stator_worker_wake(worker);
}

void stator_emulation_compute(struct stator_worker *worker, struct stator_emulation_point *point)
{
    const struct stator_emulation *emulation = worker->emulation;
    int64_t since = worker->emulated_until > point->until ? worker->emulated_until : point->until;

    arrive(worker, point, emulation->compute(emulation->context, since));
    point->misses = emulation->misses(emulation->context, worker->request.path);
}

void stator_emulation_fetch(struct stator_worker *worker, struct stator_emulation_point *point)
{
    const struct stator_emulation *emulation = worker->emulation;

    if (point->misses) {
        point->misses = false;
        arrive(worker, point, emulation->fetch(emulation->context, point->until));
    }
}
