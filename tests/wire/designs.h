/* The designs that are tested over sockets. */
#ifndef STATOR_WIRE_DESIGNS_H
#define STATOR_WIRE_DESIGNS_H

#include <stdbool.h>
#include <stddef.h>

#define WIRE_DESIGNS_MAX 64

struct wire_design {
    char arch[64]; /* as --arch takes it */
    bool over_unix;
};

struct wire_designs {
    size_t count;
    struct wire_design at[WIRE_DESIGNS_MAX];
};

/*
 * Every registered design as it is by itself, in the registry's order, what else a design can stand
 * on, and some over a socket of another family.
 */
void wire_designs_find(struct wire_designs *out);

#endif
