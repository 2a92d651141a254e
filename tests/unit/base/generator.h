/*
 * A small repeatable generator of numbers; a test that draws from it prints its seed when it
 * fails.
 */
#ifndef TEST_BASE_GENERATOR_H
#define TEST_BASE_GENERATOR_H

#include <stdint.h>

/* xorshift64*: the next number of `state`, which is never 0. */
static inline uint64_t generator_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1d >> 16;
}

#endif
