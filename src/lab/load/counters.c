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

int stator_load_counters_init(struct stator_load_counters *counters, const char *name)
{
    *counters = (struct stator_load_counters){
        .outcome = {.name = name,
                    .from_intended = stator_histogram_create(),
                    .from_sent = stator_histogram_create(),
                    .lag = stator_histogram_create(),
                    .fairness = NAN},
        .end = INT64_MAX,
    };
    if (counters->outcome.from_intended == NULL || counters->outcome.from_sent == NULL ||
        counters->outcome.lag == NULL) {
        stator_load_counters_finish(counters);
        return -ENOMEM;
    }
    return 0;
}

void stator_load_counters_finish(struct stator_load_counters *counters)
{
    stator_histogram_destroy(counters->outcome.from_intended);
    stator_histogram_destroy(counters->outcome.from_sent);
    stator_histogram_destroy(counters->outcome.lag);
    counters->outcome.from_intended = counters->outcome.from_sent = counters->outcome.lag = NULL;
}

/* When a request that was meant then began to count, ns since counting began. */
static double since_begin(const struct stator_load_counters *counters, int64_t intended)
{
    return intended > counters->begin ? (double)(intended - counters->begin) : 0;
}

/* Completes the area up to now. */
static void advance(struct stator_load_counters *counters, int64_t now)
{
    if (now > counters->end) {
        now = counters->end;
    }
    if (now > counters->last) {
        counters->area += (double)counters->inside * (double)(now - counters->last);
        counters->last = now;
    }
}

void stator_load_counters_begin(struct stator_load_counters *counters, int64_t now, int64_t end)
{
    counters->counting = true;
    counters->begin = counters->last = now;
    counters->end = end;
    counters->outcome.carried = counters->inside;
}

void stator_load_counters_end(struct stator_load_counters *counters, int64_t end)
{
    if (!counters->counting) {
        return;
    }
    if (end < counters->end) {
        counters->end = end;
    }
    advance(counters, counters->end);
    counters->outcome.unanswered = counters->inside;
    if (counters->end > counters->begin) {
        double span = (double)(counters->end - counters->begin);
        double rest = (double)counters->inside * span - counters->entered;

        counters->outcome.inside = counters->area / span;
        counters->outcome.stayed = (counters->stays + rest) / span;
    }
}

bool stator_load_counters_counts(const struct stator_load_counters *counters, int64_t now)
{
    return counters->counting && now < counters->end;
}

void stator_load_counters_enter(struct stator_load_counters *counters, int64_t intended)
{
    if (intended >= counters->end) {
        return;
    }
    if (counters->counting) {
        int64_t from = intended > counters->begin ? intended : counters->begin;

        advance(counters, intended);
        /* It was inside before anybody looked. */
        counters->area += (double)(counters->last - from);
        counters->entered += since_begin(counters, intended);
        if (intended < counters->begin) {
            counters->outcome.carried++;
        } else {
            counters->outcome.requests++;
        }
    }
    counters->inside++;
}

/* One of those inside is no more. Returns: whether that counts. */
static bool leave(struct stator_load_counters *counters, int64_t now, int64_t intended)
{
    if (now >= counters->end) {
        return false;
    }
    if (counters->counting) {
        advance(counters, now);
        counters->stays += (double)(now - counters->begin) - since_begin(counters, intended);
        counters->entered -= since_begin(counters, intended);
    }
    counters->inside--;
    return counters->counting;
}

static uint64_t microseconds(int64_t ns)
{
    return ns > 0 ? (uint64_t)ns / 1000 : 0;
}

bool stator_load_counters_response(struct stator_load_counters *counters, int64_t now,
                                   int64_t intended, int64_t sent, uint64_t body)
{
    counters->answered++;
    if (!leave(counters, now, intended)) {
        return false;
    }
    counters->outcome.responses++;
    counters->outcome.body_bytes += body;
    stator_histogram_add(counters->outcome.from_intended, microseconds(now - intended));
    stator_histogram_add(counters->outcome.from_sent, microseconds(now - sent));
    return true;
}

void stator_load_counters_error(struct stator_load_counters *counters, int64_t now,
                                int64_t intended, enum stator_load_error error)
{
    if (leave(counters, now, intended)) {
        counters->outcome.errors[error]++;
    }
}

void stator_load_counters_abort(struct stator_load_counters *counters, int64_t now,
                                int64_t intended)
{
    if (leave(counters, now, intended)) {
        counters->outcome.aborted++;
    }
}

void stator_load_counters_lag(struct stator_load_counters *counters, int64_t now, int64_t intended)
{
    if (stator_load_counters_counts(counters, now)) {
        stator_histogram_add(counters->outcome.lag, microseconds(now - intended));
    }
}

void stator_load_counters_wire(struct stator_load_counters *counters, int64_t now, size_t bytes)
{
    if (stator_load_counters_counts(counters, now)) {
        counters->outcome.wire_bytes += bytes;
    }
}

void stator_load_counters_connection(struct stator_load_counters *counters, int64_t now)
{
    if (stator_load_counters_counts(counters, now)) {
        counters->outcome.connections++;
    }
}
