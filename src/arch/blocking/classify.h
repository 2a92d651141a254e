/* What can be told of a request before it is served: who is to serve it, and when. */
#ifndef STATOR_ARCH_BLOCKING_CLASSIFY_H
#define STATOR_ARCH_BLOCKING_CLASSIFY_H

#include "exchange/worker.h"

struct stator_classified {
    unsigned urgency;        /* what the site says of the path, else the client by Priority */
    struct stator_span path; /* normalized; empty where the head is not right */
};

/*
 * Reads the head that `in` begins with. `out->path` lives until the worker's scratch (its request)
 * is used for another one. Fails: never: a head that is not right is of the default class.
 */
void stator_classify(struct stator_worker *worker, struct stator_span in,
                     struct stator_classified *out);

/* The size of the file at `path`, in bytes; 0 where none is. May wait for the disk. */
uint64_t stator_classify_size(struct stator_worker *worker, struct stator_span path);

#endif
