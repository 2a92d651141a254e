/*
 * The cases of a lecture (CS555) in which threads overlap processor and disk: what its slide says,
 * and what is right. The model reproduces them and validation measures them.
 *
 * The slide's figures take every request to need the same: with 75 % hits, 2 ms of a disk that
 * takes 8 ms. Where each request hits or misses by chance, some wait in vain, and less is done.
 */
#ifndef STATOR_LAB_CS555_H
#define STATOR_LAB_CS555_H

#include "lab/network.h"
#include "lab/simulate.h"

struct stator_cs555 {
    const char *name; /* "cache search 0.5 ms" */
    unsigned threads;
    unsigned cpus;
    double cpu, search; /* seconds of each request, on the processors */
    double disk;        /* of each miss */
    double hit;         /* share of the requests */
    double slide;       /* responses a second, as the slide has them */
    double constant;    /* the same where each brings its share of a miss */
    double coin;        /* the same where each misses by chance */
};

/* For index 0, 1, ...; NULL after the last. Lives: for ever. */
const struct stator_cs555 *stator_cs555_at(size_t index);

/* The stations of a case. */
enum { STATOR_CS555_CPU, STATOR_CS555_DISK, STATOR_CS555_STATIONS };

/* Requests that need processors first and, on a miss, a disk of so many channels then. */
struct stator_network stator_cs555_network(double cpu, unsigned cpus, double disk,
                                           unsigned channels, double hit);

/*
 * Simulates that network with constant service times; fails as stator_simulate_run does.
 */
int stator_cs555_simulate(const struct stator_network *network, unsigned threads,
                          enum stator_simulate_choice choice, uint64_t seed,
                          struct stator_network_figures *out);

#endif
