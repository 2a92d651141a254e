/* A server that stands still now and then: stopped and continued from outside. */
#ifndef STATOR_LAB_RUN_PAUSER_H
#define STATOR_LAB_RUN_PAUSER_H

#include <sys/types.h>

/* All zero: nothing is stalled. */
struct stator_pauser {
    pid_t pid;   /* of the process that does it */
    pid_t group; /* which is stopped */
};

/*
 * Stops the process group for `seconds`, again and again, each time `every` seconds after the last:
 * for the first time when `every` less `seconds` have passed. Whatever becomes of the caller, the
 * group goes on in the end. Fails: -errno, `out` untouched.
 */
int stator_pauser_start(pid_t group, double seconds, double every, struct stator_pauser *out);

/* Ends that; the group goes on. To end it again does nothing. */
void stator_pauser_end(struct stator_pauser *pauser);

#endif
