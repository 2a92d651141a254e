/*
 * Cuts bytes into pieces. Knows nothing of what they mean. The one surprising thing: random pieces
 * are mostly short, because the interesting edges lie between neighbours, and now and then long, so
 * that a big body does not take forever.
 */
#include "wire/way.h"

#include <stdlib.h>
#include <time.h>

uint64_t wire_seed(void)
{
    const char *given = getenv("WIRE_SEED");
    struct timespec now;
    if (given != NULL) {
        return strtoull(given, NULL, 0);
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* SplitMix64 (Steele, Lea and Flood, 2014): any seed is a good one, 0 too. */
static uint64_t draw(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t random_length(uint64_t *seed)
{
    uint64_t number = draw(seed);
    switch (number >> 60) {
    case 0:
        return 1 + number % 65536;
    case 1:
    case 2:
        return 1 + number % 2048;
    default:
        return 1 + number % 24;
    }
}

size_t wire_cut_next(enum wire_cut cut, size_t left, uint64_t *seed)
{
    size_t length = left;
    if (cut == WIRE_CUT_BYTES) {
        length = 1;
    } else if (cut == WIRE_CUT_RANDOM) {
        length = random_length(seed);
    }
    return length < left ? length : left;
}
