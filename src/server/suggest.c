/*
 * The nearest of some names: edit distance with swaps of neighbours ("optimal string alignment").
 *
 * Knows letters; refuses to know what is being named. The one surprising thing: somebody who wrote
 * the beginning of a name and stopped there is nearer to it than the letters that are missing say.
 */
#include "server/suggest.h"

#include <stdbool.h>
#include <string.h>

#include "base/span.h"

/* How much of a name must be written to count as its beginning. */
#define BEGINNING 3

static char fold(char c)
{
    return c == '_' ? '-' : stator_lower(c);
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Row `i` of the table of distances between the beginnings of two words. */
struct row {
    size_t cell[STATOR_SUGGEST_MAX + 1];
};

static size_t distance_between(const char *a, size_t a_length, const char *b, size_t b_length)
{
    struct row rows[3]; /* two before, one before, this one: used in turn */
    for (size_t j = 0; j <= b_length; j++) {
        rows[0].cell[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        struct row *here = &rows[i % 3];
        const struct row *before = &rows[(i + 2) % 3], *earlier = &rows[(i + 1) % 3];
        here->cell[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            bool same = fold(a[i - 1]) == fold(b[j - 1]);
            size_t best = min(before->cell[j], here->cell[j - 1]) + 1;
            best = min(best, before->cell[j - 1] + !same);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1])) {
                best = min(best, earlier->cell[j - 2] + 1);
            }
            here->cell[j] = best;
        }
    }
    return rows[a_length % 3].cell[b_length];
}

static bool is_beginning(const char *word, size_t length, const char *name, size_t name_length)
{
    return length >= BEGINNING && length < name_length &&
           distance_between(word, length, name, length) == 0;
}

/* How far off a word may be and still be meant: a third of its letters. */
static size_t reach(size_t length)
{
    return (length + 2) / 3;
}

void stator_suggest_offer(struct stator_suggest *suggest, const char *name)
{
    size_t length = strnlen(suggest->word, STATOR_SUGGEST_MAX + 1);
    size_t name_length = strnlen(name, STATOR_SUGGEST_MAX + 1);
    if (length > STATOR_SUGGEST_MAX || name_length > STATOR_SUGGEST_MAX) {
        return;
    }
    size_t distance = is_beginning(suggest->word, length, name, name_length)
                          ? 1
                          : distance_between(suggest->word, length, name, name_length);
    /* Where nothing is shared, changing every letter would turn any short word into any other. */
    if (distance > reach(length) || distance >= name_length) {
        return;
    }
    if (suggest->nearest == NULL || distance < suggest->distance) {
        suggest->nearest = name;
        suggest->distance = distance;
    }
}
