/*
 * Random numbers: xoshiro256** (Blackman and Vigna), whose state splitmix64 fills from the seed.
 *
 * Knows generators and the few distributions that the laboratory draws from; refuses to know what
 * they are for. The one surprising thing: a stream's number is added to the hash of the seed rather
 * than to the seed, so stream 1 of seed 7 is not stream 0 of seed 8.
 */
#include "lab/stats/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

/* The next number of splitmix64. */
static uint64_t split(uint64_t *state)
{
    uint64_t word = *state += 0x9e3779b97f4a7c15u;

    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
    word = (word ^ word >> 27) * 0x94d049bb133111ebu;
    return word ^ word >> 31;
}

void stator_random_init(struct stator_random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        random->state[i] = split(&seed);
    }
}

void stator_random_init_stream(struct stator_random *random, uint64_t seed, uint64_t stream)
{
    stator_random_init(random, split(&seed) + stream);
}

uint64_t stator_random_next(struct stator_random *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

uint64_t stator_random_below(struct stator_random *random, uint64_t bound)
{
    /* 2^64 modulo bound: so many of the lowest would make the first remainders likelier. */
    uint64_t excess = -bound % bound;
    uint64_t word;

    do {
        word = stator_random_next(random);
    } while (word < excess);
    return word % bound;
}

double stator_random_unit(struct stator_random *random)
{
    return (double)(stator_random_next(random) >> 11) * 0x1p-53;
}

double stator_random_exponential(struct stator_random *random, double mean)
{
    return -mean * log1p(-stator_random_unit(random));
}

void stator_random_shuffle(struct stator_random *random, size_t *indices, size_t count)
{
    for (size_t left = count; left > 1; left--) {
        size_t drawn = stator_random_below(random, left);
        size_t index = indices[drawn];

        indices[drawn] = indices[left - 1];
        indices[left - 1] = index;
    }
}

int stator_zipf_init(struct stator_zipf *zipf, size_t count, double exponent)
{
    double *sums = calloc(count > 0 ? count : 1, sizeof(*sums));
    double sum = 0;

    if (sums == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        sum += pow((double)i + 1, -exponent);
        sums[i] = sum;
    }
    *zipf = (struct stator_zipf){.sums = sums, .count = count};
    return 0;
}

void stator_zipf_finish(struct stator_zipf *zipf)
{
    free(zipf->sums);
    *zipf = (struct stator_zipf){0};
}

size_t stator_zipf_draw(const struct stator_zipf *zipf, struct stator_random *random)
{
    size_t low = 0, high = zipf->count - 1;
    double point = stator_random_unit(random) * zipf->sums[high];

    /* The first rank whose sum is above the point. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zipf->sums[middle] > point) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}
