/*
 * What counts of a group's requests, from when counting begins until it ends.
 *
 * Everything that happens to a request is told once: it enters when it is meant to be sent, and
 * leaves as a response, an error or an abort. Times are monotonic ns and never go back, but for the
 * intended ones, which may have passed before anybody could look.
 */
#ifndef STATOR_LAB_LOAD_COUNTERS_H
#define STATOR_LAB_LOAD_COUNTERS_H

#include "lab/load/load.h"

struct stator_load_counters {
    struct stator_load_outcome outcome; /* complete after stator_load_counters_end */
    bool counting;
    int64_t begin, end; /* `end`: INT64_MAX until it is known */
    int64_t last;       /* `area` is complete up to here */
    uint64_t answered;  /* responses, those before anything counted included */
    uint64_t inside;    /* requests under way or not yet sent */
    double area;        /* their number over time: requests times ns */
    double stays;       /* of those that left: ns that each was inside while it counted */
    double entered;     /* of those inside: when each came, ns since `begin`, summed up */
};

/* Fails: -ENOMEM. */
int stator_load_counters_init(struct stator_load_counters *counters, const char *name);

/* Frees the histograms, unless somebody took them out of `outcome`. */
void stator_load_counters_finish(struct stator_load_counters *counters);

/* Counting begins now, and ends at `end`. */
void stator_load_counters_begin(struct stator_load_counters *counters, int64_t now, int64_t end);

/* Counting ended then. */
void stator_load_counters_end(struct stator_load_counters *counters, int64_t end);

/* True where what happens now counts. */
bool stator_load_counters_counts(const struct stator_load_counters *counters, int64_t now);

void stator_load_counters_enter(struct stator_load_counters *counters, int64_t intended);

/* Complete and verified. Returns: whether it counted. */
bool stator_load_counters_response(struct stator_load_counters *counters, int64_t now,
                                   int64_t intended, int64_t sent, uint64_t body);
void stator_load_counters_error(struct stator_load_counters *counters, int64_t now,
                                int64_t intended, enum stator_load_error error);
void stator_load_counters_abort(struct stator_load_counters *counters, int64_t now,
                                int64_t intended);

/* A request is sent now for which a client was free at `intended`. */
void stator_load_counters_lag(struct stator_load_counters *counters, int64_t now, int64_t intended);

/* Bytes came, a connection was made. */
void stator_load_counters_wire(struct stator_load_counters *counters, int64_t now, size_t bytes);
void stator_load_counters_connection(struct stator_load_counters *counters, int64_t now);

#endif
