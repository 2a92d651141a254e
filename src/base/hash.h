/*
 * SipHash-1-3: a keyed hash for tables whose keys come from the network, so that nobody can make
 * all of them collide (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
 */
#ifndef STATOR_BASE_HASH_H
#define STATOR_BASE_HASH_H

#include "base/span.h"

struct stator_hash_key {
    uint64_t word[2];
};

/* Draws a key from the kernel's random numbers. Fails: -errno, `out` untouched. */
int stator_hash_key_draw(struct stator_hash_key *out);

uint64_t stator_hash(const struct stator_hash_key *key, struct stator_span bytes);

#endif
