/*
 * The universal scalability law: what more processors bring, and what takes it away again.
 *
 *     rate(n) = single n / (1 + contention (n - 1) + coherence n (n - 1))
 *
 * Gunther, "Guerrilla Capacity Planning", 2007. Pure arithmetic.
 */
#ifndef STATOR_LAB_MODEL_USL_H
#define STATOR_LAB_MODEL_USL_H

#include <stdbool.h>
#include <stddef.h>

/* The law has three unknowns: fewer sizes than this say nothing about it. */
#define STATOR_USL_MIN 3

struct stator_usl {
    double single;     /* the rate of one, 1/s */
    double contention; /* the share that only one can do at a time, 0 to 1 */
    double coherence;  /* what each pair of them costs, as a share; 0: the rate never falls */
};

/*
 * Fits the law to the rates that `count` sizes (processors, at least 1) had, by least squares of
 * n / rate, each weighed by its rate, with neither share below 0. Fails: false where fewer than
 * STATOR_USL_MIN different sizes were given, or a size or rate is not positive; `out` untouched.
 */
bool stator_usl_fit(const double *sizes, const double *rates, size_t count, struct stator_usl *out);

/* The rate that the law gives for a size. */
double stator_usl_rate(const struct stator_usl *law, double size);

/* The size from which on more is less; INFINITY where there is none. */
double stator_usl_peak(const struct stator_usl *law);

#endif
