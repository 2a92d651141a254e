/* The designs that are tested over sockets. */
#ifndef WIRE_TARGETS_H
#define WIRE_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#define WIRE_TARGETS_MAX 64

struct wire_target {
    char arch[64]; /* as --arch takes it */
    bool over_unix;
};

struct wire_targets {
    size_t count;
    struct wire_target at[WIRE_TARGETS_MAX];
};

/*
 * Every registered design as it is by itself, in the registry's order, what else a design can stand
 * on, and some over a socket of another family.
 */
void wire_targets_find(struct wire_targets *out);

#endif
