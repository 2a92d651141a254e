/*
 * The universal scalability law, fitted.
 *
 * Knows that n / rate(n) is linear in what is sought: (1 + contention (n - 1) + coherence n (n -
 * 1)) / single. Refuses to know what was measured. The one surprising thing: where a
 * share comes out below 0, or above 1, it is held there and the other is fitted again without it.
 */
#include "lab/model/usl.h"

#include <math.h>
#include <string.h>

enum { FLAT, LINEAR, SQUARE, TERMS };

/* Which shares are sought; what is not is held at 0, or contention at 1. */
struct quest {
    bool contention, coherence, serial;
};

/* What a size contributes to each term. */
static double term(const struct quest *quest, unsigned index, double size)
{
    double serial = quest->serial ? size : 1;

    return index == FLAT ? serial : index == LINEAR ? size - 1 : size * (size - 1);
}

/* The normal equations of the terms in use; a term that is not is held at 0. */
struct equations {
    double left[TERMS][TERMS], right[TERMS];
};

static void collect(const double *sizes, const double *rates, size_t count,
                    const struct quest *quest, struct equations *out)
{
    const bool used[TERMS] = {true, quest->contention, quest->coherence};

    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        double cost = sizes[i] / rates[i], weight = 1 / (cost * cost);

        for (unsigned row = 0; row < TERMS; row++) {
            double of_row = term(quest, row, sizes[i]);

            for (unsigned column = 0; column < TERMS; column++) {
                out->left[row][column] += weight * of_row * term(quest, column, sizes[i]);
            }
            out->right[row] += weight * of_row * cost;
        }
    }
    for (unsigned row = 0; row < TERMS; row++) {
        for (unsigned column = 0; column < TERMS && !used[row]; column++) {
            out->left[row][column] = out->left[column][row] = 0;
        }
        if (!used[row]) {
            out->left[row][row] = 1;
            out->right[row] = 0;
        }
    }
}

static double determinant(double m[TERMS][TERMS])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* Cramer's rule. */
static void solve(const struct equations *equations, double out[TERMS])
{
    struct equations copy = *equations;
    double whole = determinant(copy.left);

    for (unsigned column = 0; column < TERMS; column++) {
        copy = *equations;
        for (unsigned row = 0; row < TERMS; row++) {
            copy.left[row][column] = equations->right[row];
        }
        out[column] = determinant(copy.left) / whole;
    }
}

static bool are_fit(const double *sizes, const double *rates, size_t count)
{
    size_t different = 0;

    for (size_t i = 0; i < count; i++) {
        bool seen = false;

        if (!(sizes[i] >= 1) || !(rates[i] > 0) || isinf(sizes[i]) || isinf(rates[i])) {
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            seen = seen || sizes[k] == sizes[i];
        }
        different += !seen;
    }
    return different >= STATOR_USL_MIN;
}

/* Solves for what is sought. Returns: what is left of the squares; INFINITY where a share is none.
 */
static double seek(const double *sizes, const double *rates, size_t count,
                   const struct quest *quest, struct stator_usl *out)
{
    struct equations equations;
    double terms[TERMS], sum = 0;

    collect(sizes, rates, count, quest, &equations);
    solve(&equations, terms);
    *out = (struct stator_usl){1 / terms[FLAT], quest->serial ? 1 : terms[LINEAR] / terms[FLAT],
                               terms[SQUARE] / terms[FLAT]};
    if (!(terms[FLAT] > 0) || out->contention < 0 || out->contention > 1 || out->coherence < 0) {
        return INFINITY;
    }
    for (size_t i = 0; i < count; i++) {
        double off = rates[i] / stator_usl_rate(out, sizes[i]) - 1;

        sum += off * off;
    }
    return sum;
}

bool stator_usl_fit(const double *sizes, const double *rates, size_t count, struct stator_usl *out)
{
    /* The first one that is allowed is the best; of the others each may be. */
    static const struct quest quests[] = {{true, true, false},   {true, false, false},
                                          {false, true, false},  {false, true, true},
                                          {false, false, false}, {false, false, true}};
    double best = INFINITY;

    if (!are_fit(sizes, rates, count)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(quests) / sizeof(quests[0]); i++) {
        struct stator_usl found;
        double left = seek(sizes, rates, count, &quests[i], &found);

        if (left < best) {
            best = left;
            *out = found;
        }
        if (i == 0 && !isinf(left)) {
            break;
        }
    }
    return !isinf(best);
}

double stator_usl_rate(const struct stator_usl *law, double size)
{
    return law->single * size /
           (1 + law->contention * (size - 1) + law->coherence * size * (size - 1));
}

double stator_usl_peak(const struct stator_usl *law)
{
    return law->coherence > 0 ? sqrt(fmax(1 - law->contention, 0) / law->coherence) : INFINITY;
}
