/*
 * The checksum of bodies: a polynomial of the bytes, modulo 2^64.
 *
 * Knows bytes; refuses to know why they are compared. The one surprising thing: with a polynomial
 * eight bytes can be added at once by the powers of its base and still give what they would have
 * given one by one, so it does not matter where a body was cut, and no remainder is kept.
 */
#include "lab/load/load.h"

/* The base, and its powers. */
#define P1 ((uint64_t)0x9e3779b97f4a7c15u)
#define P2 (P1 * P1)
#define P4 (P2 * P2)

/* By which each of eight bytes counts. */
static const uint64_t powers[8] = {P4 * P2 * P1, P4 *P2, P4 *P1, P4, P2 *P1, P2, P1, 1};

uint64_t stator_load_checksum(uint64_t sum, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    for (; length >= 8; length -= 8, at += 8) {
        sum = sum * (P4 * P4) + at[0] * powers[0] + at[1] * powers[1] + at[2] * powers[2] +
              at[3] * powers[3] + at[4] * powers[4] + at[5] * powers[5] + at[6] * powers[6] +
              at[7] * powers[7];
    }
    for (; length > 0; length--) {
        sum = sum * P1 + *at++;
    }
    return sum;
}
