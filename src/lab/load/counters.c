/*
 * Counts what a group sees.
 *
 * Knows the window in which things count; refuses to read a clock. The one surprising thing: the
 * mean number of requests inside is not computed from response times but from who entered and left
 * when, so that Little's law can find a request that was lost.
 */
#include "lab/load/counters.h"

#include <errno.h>
#include <math.h>

int stator_load_tally_init(struct stator_load_tally *tally, const char *name)
{
    *tally = (struct stator_load_tally){
        .outcome = {.name = name,
                    .honest = stator_histogram_create(),
                    .naive = stator_histogram_create(),
                    .lag = stator_histogram_create(),
                    .fairness = NAN},
        .end = INT64_MAX,
    };
    if (tally->outcome.honest == NULL || tally->outcome.naive == NULL ||
        tally->outcome.lag == NULL) {
        stator_load_tally_finish(tally);
        return -ENOMEM;
    }
    return 0;
}

void stator_load_tally_finish(struct stator_load_tally *tally)
{
    stator_histogram_destroy(tally->outcome.honest);
    stator_histogram_destroy(tally->outcome.naive);
    stator_histogram_destroy(tally->outcome.lag);
    tally->outcome.honest = tally->outcome.naive = tally->outcome.lag = NULL;
}

/* When a request that was meant then began to count, ns since counting began. */
static double since_begin(const struct stator_load_tally *tally, int64_t intended)
{
    return intended > tally->begin ? (double)(intended - tally->begin) : 0;
}

/* Completes the area up to now. */
static void advance(struct stator_load_tally *tally, int64_t now)
{
    if (now > tally->end) {
        now = tally->end;
    }
    if (now > tally->last) {
        tally->area += (double)tally->inside * (double)(now - tally->last);
        tally->last = now;
    }
}

void stator_load_tally_begin(struct stator_load_tally *tally, int64_t now, int64_t end)
{
    tally->counting = true;
    tally->begin = tally->last = now;
    tally->end = end;
    tally->outcome.carried = tally->inside;
}

void stator_load_tally_end(struct stator_load_tally *tally, int64_t end)
{
    if (!tally->counting) {
        return;
    }
    if (end < tally->end) {
        tally->end = end;
    }
    advance(tally, tally->end);
    tally->outcome.unanswered = tally->inside;
    if (tally->end > tally->begin) {
        double span = (double)(tally->end - tally->begin);
        double rest = (double)tally->inside * span - tally->entered;

        tally->outcome.inside = tally->area / span;
        tally->outcome.stayed = (tally->stays + rest) / span;
    }
}

bool stator_load_tally_counts(const struct stator_load_tally *tally, int64_t now)
{
    return tally->counting && now < tally->end;
}

void stator_load_tally_enter(struct stator_load_tally *tally, int64_t intended)
{
    if (intended >= tally->end) {
        return;
    }
    if (tally->counting) {
        int64_t from = intended > tally->begin ? intended : tally->begin;

        advance(tally, intended);
        /* It was inside before anybody looked. */
        tally->area += (double)(tally->last - from);
        tally->entered += since_begin(tally, intended);
        if (intended < tally->begin) {
            tally->outcome.carried++;
        } else {
            tally->outcome.requests++;
        }
    }
    tally->inside++;
}

/* One of those inside is no more. Returns: whether that counts. */
static bool leave(struct stator_load_tally *tally, int64_t now, int64_t intended)
{
    if (now >= tally->end) {
        return false;
    }
    if (tally->counting) {
        advance(tally, now);
        tally->stays += (double)(now - tally->begin) - since_begin(tally, intended);
        tally->entered -= since_begin(tally, intended);
    }
    tally->inside--;
    return tally->counting;
}

static uint64_t microseconds(int64_t ns)
{
    return ns > 0 ? (uint64_t)ns / 1000 : 0;
}

bool stator_load_tally_response(struct stator_load_tally *tally, int64_t now, int64_t intended,
                                int64_t sent, uint64_t body)
{
    tally->answered++;
    if (!leave(tally, now, intended)) {
        return false;
    }
    tally->outcome.responses++;
    tally->outcome.body_bytes += body;
    stator_histogram_add(tally->outcome.honest, microseconds(now - intended));
    stator_histogram_add(tally->outcome.naive, microseconds(now - sent));
    return true;
}

void stator_load_tally_error(struct stator_load_tally *tally, int64_t now, int64_t intended,
                             enum stator_load_error error)
{
    if (leave(tally, now, intended)) {
        tally->outcome.errors[error]++;
    }
}

void stator_load_tally_abort(struct stator_load_tally *tally, int64_t now, int64_t intended)
{
    if (leave(tally, now, intended)) {
        tally->outcome.aborted++;
    }
}

void stator_load_tally_lag(struct stator_load_tally *tally, int64_t now, int64_t intended)
{
    if (stator_load_tally_counts(tally, now)) {
        stator_histogram_add(tally->outcome.lag, microseconds(now - intended));
    }
}

void stator_load_tally_wire(struct stator_load_tally *tally, int64_t now, size_t bytes)
{
    if (stator_load_tally_counts(tally, now)) {
        tally->outcome.wire_bytes += bytes;
    }
}

void stator_load_tally_connection(struct stator_load_tally *tally, int64_t now)
{
    if (stator_load_tally_counts(tally, now)) {
        tally->outcome.connections++;
    }
}
