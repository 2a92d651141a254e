/*
 * The name that somebody probably meant: the nearest of those offered, by the number of letters
 * that were changed, left out, added or swapped with their neighbour. Case and '_' for '-' cost
 * nothing.
 *
 *     struct stator_suggest suggest = {.word = "lisen"};
 *     stator_suggest_offer(&suggest, "listen");
 *     stator_suggest_offer(&suggest, "listing");
 *     suggest.nearest is "listen"; NULL where nothing offered is near enough to be meant
 */
#ifndef STATOR_SERVER_SUGGEST_H
#define STATOR_SERVER_SUGGEST_H

#include <stddef.h>

struct stator_suggest {
    const char *word;
    const char *nearest; /* lives as the names offered do; of equally near ones, the first */
    size_t distance;     /* of `nearest` */
};

/* Names and words longer than this are never near anything. */
#define STATOR_SUGGEST_MAX 63

void stator_suggest_offer(struct stator_suggest *suggest, const char *name);

#endif
