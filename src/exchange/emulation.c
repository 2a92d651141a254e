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
static void arrive(struct stator_worker *worker, struct stator_visit *visit, int64_t until)
{
    visit->until = until;
    if (worker->staged_until < until) {
        worker->staged_until = until;
    }
    stator_worker_wake(worker);
}

void stator_stage_compute(struct stator_worker *worker, struct stator_visit *visit)
{
    const struct stator_stage *stage = worker->stage;
    int64_t since = worker->staged_until > visit->until ? worker->staged_until : visit->until;

    arrive(worker, visit, stage->compute(stage->context, since));
    visit->misses = stage->misses(stage->context, worker->request.path);
}

void stator_stage_fetch(struct stator_worker *worker, struct stator_visit *visit)
{
    const struct stator_stage *stage = worker->stage;

    if (visit->misses) {
        visit->misses = false;
        arrive(worker, visit, stage->fetch(stage->context, visit->until));
    }
}
