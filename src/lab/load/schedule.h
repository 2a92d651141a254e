/*
 * When a group's requests are meant to be sent, and what for: a sequence that follows from the
 * seed, the group and nothing else. Two schedules of the same seed and group give the same one, so
 * it need not be stored: who wants to look ahead uses a second one.
 */
#ifndef STATOR_LAB_LOAD_SCHEDULE_H
#define STATOR_LAB_LOAD_SCHEDULE_H

#include "lab/load/load.h"
#include "lab/stats/random.h"

/* Of an open loop. Copied by assignment. */
struct stator_load_schedule {
    uint64_t count; /* requests that were passed so far */
    int64_t next;   /* when the next one is meant to be sent: ns since the start */

    /* Its own. */
    bool poisson;
    double rate;
    double burst, pause; /* ns; 0: no pauses */
    double elapsed;      /* Poisson: ns, pauses left out */
    struct stator_random times;
};

void stator_load_schedule_init(struct stator_load_schedule *schedule,
                               const struct stator_load_group *group, uint64_t seed, size_t index);

/* Passes the next one. */
void stator_load_schedule_pass(struct stator_load_schedule *schedule);

/* Which target is asked for: one sequence of draws a client, or one for the whole of an open loop.
 */
struct stator_load_choice {
    struct stator_zipf zipf; /* owned; empty where each is equally likely */
    size_t count;
};

/* Fails: -ENOMEM. */
int stator_load_choice_init(struct stator_load_choice *choice,
                            const struct stator_load_group *group);
void stator_load_choice_finish(struct stator_load_choice *choice);

/* A generator for the draws of `client`, or of an open loop, of which it is 0. */
void stator_load_choice_seed(struct stator_random *random, uint64_t seed, size_t index,
                             size_t client);

/* The target's index. */
size_t stator_load_choice_draw(const struct stator_load_choice *choice,
                               struct stator_random *random);

#endif
