/* Random numbers that are the same for the same seed, on every machine. Not for secrets. */
#ifndef STATOR_LAB_STATS_RANDOM_H
#define STATOR_LAB_STATS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct stator_random {
    uint64_t state[4];
};

void stator_random_init(struct stator_random *random, uint64_t seed);

/* A stream of its own for the same seed: for what must not depend on how much others draw. */
void stator_random_init_stream(struct stator_random *random, uint64_t seed, uint64_t stream);

uint64_t stator_random_next(struct stator_random *random);

/* From 0 to, not including, `bound`, which is at least 1; without bias. */
uint64_t stator_random_below(struct stator_random *random, uint64_t bound);

/* From 0 to, not including, 1. */
double stator_random_unit(struct stator_random *random);

/* Exponentially distributed, with that mean. */
double stator_random_exponential(struct stator_random *random, double mean);

/* Puts indices into an order of which each is equally likely. */
void stator_random_shuffle(struct stator_random *random, size_t *indices, size_t count);

/* Zipf's law over `count` ranks: rank k (from 0) has weight 1 / (k + 1)^exponent. */
struct stator_zipf {
    double *sums; /* owned */
    size_t count;
};

/* At least one rank. Fails: -ENOMEM, `zipf` untouched. */
int stator_zipf_init(struct stator_zipf *zipf, size_t count, double exponent);
void stator_zipf_finish(struct stator_zipf *zipf);

/* A rank, from 0. Threads: any, each with a generator of its own. */
size_t stator_zipf_draw(const struct stator_zipf *zipf, struct stator_random *random);

#endif
