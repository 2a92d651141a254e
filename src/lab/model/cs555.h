/*
 * The cases of a lecture (CS555) in which threads overlap processor and disk: what its slide says,
 * and what is right. The model reproduces them and validation measures them.
 *
 * The slide reckons with means: with 75 % hits, every request needs 2 ms of a disk that takes 8 ms.
 * That is right for requests that are alike, and for misses that come evenly, too. Where each
 * misses by chance, threads sometimes queue for the disk together while the processor is idle, and
 * less is done.
 */
#ifndef STATOR_LAB_MODEL_CS555_H
#define STATOR_LAB_MODEL_CS555_H

#include <stddef.h>

struct stator_cs555 {
    const char *name; /* "cache search 0.5 ms" */
    unsigned threads;
    unsigned cpus;
    double cpu, search; /* seconds of each request, on the processors */
    double disk;        /* of each miss */
    double hit;         /* share of the requests */
    double slide;       /* responses a second, as the slide has them */
    double constant;    /* the same where requests are alike, or misses come evenly */
    double coin;        /* the same where each misses by chance */
};

/* For index 0, 1, ...; NULL after the last. Lives: for ever. */
const struct stator_cs555 *stator_cs555_at(size_t index);

#endif
