/*
 * A way to play a conversation: how what is sent is cut up, and how what comes back is taken.
 * Random ways have a seed that failures print; WIRE_SEED in the environment plays it again.
 */
#ifndef STATOR_WIRE_WAY_H
#define STATOR_WIRE_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_cut {
    WIRE_CUT_NONE,   /* everything at once */
    WIRE_CUT_BYTES,  /* byte by byte */
    WIRE_CUT_RANDOM, /* pieces of random length */
};

struct wire_way {
    const char *name;
    enum wire_cut send;
    enum wire_cut take;
    bool as_head; /* GET is sent as HEAD: everything but the body must be the same */
};

/* The seed that this run begins with: WIRE_SEED, else one drawn from the clock. */
uint64_t wire_seed(void);

/* The length of the next piece of `left` (> 0) bytes; moves `seed` on where it is random. */
size_t wire_cut_next(enum wire_cut cut, size_t left, uint64_t *seed);

#endif
