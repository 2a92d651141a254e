/*
 * Draws arrivals and targets.
 *
 * Knows distributions; refuses to read a clock. The one surprising thing: evenly spaced requests
 * are computed from their number, not from the one before, so no error adds up however long it
 * takes.
 */
#include "lab/load/schedule.h"

#include <math.h>

#include "base/clock.h"

/* Streams of one seed: each group has its own for times, and as many as it has clients. */
#define STREAM_TIMES   0
#define STREAM_TARGETS 1

static uint64_t stream_of(size_t index, size_t client, unsigned kind)
{
    return (uint64_t)index << 33 | (uint64_t)client << 1 | kind;
}

/* When it is that so much time without pauses has passed; ns. */
static int64_t with_pauses(const struct stator_load_schedule *schedule, double time)
{
    double bursts = schedule->burst > 0 ? floor(time / schedule->burst) : 0;

    return (int64_t)(time + bursts * schedule->pause);
}

static void find_next(struct stator_load_schedule *schedule)
{
    double interval = (double)STATOR_NANOSECONDS / schedule->rate;

    if (schedule->poisson) {
        schedule->elapsed += stator_random_exponential(&schedule->times, interval);
        schedule->next = with_pauses(schedule, schedule->elapsed);
    } else {
        schedule->next = with_pauses(schedule, (double)schedule->count * interval);
    }
}

void stator_load_schedule_init(struct stator_load_schedule *schedule,
                               const struct stator_load_group *group, uint64_t seed, size_t index)
{
    *schedule = (struct stator_load_schedule){
        .poisson = group->arrival == STATOR_LOAD_ARRIVAL_POISSON,
        .rate = group->rate,
        .burst = group->burst * STATOR_NANOSECONDS,
        .pause = group->pause * STATOR_NANOSECONDS,
    };
    stator_random_init_stream(&schedule->times, seed, stream_of(index, 0, STREAM_TIMES));
    find_next(schedule);
}

void stator_load_schedule_pass(struct stator_load_schedule *schedule)
{
    schedule->count++;
    find_next(schedule);
}

int stator_load_choice_init(struct stator_load_choice *choice,
                            const struct stator_load_group *group)
{
    *choice = (struct stator_load_choice){.count = group->target_count};
    return group->skew > 0 ? stator_zipf_init(&choice->zipf, choice->count, group->skew) : 0;
}

void stator_load_choice_finish(struct stator_load_choice *choice)
{
    if (choice->zipf.sums != NULL) {
        stator_zipf_finish(&choice->zipf);
    }
    *choice = (struct stator_load_choice){0};
}

void stator_load_choice_seed(struct stator_random *random, uint64_t seed, size_t index,
                             size_t client)
{
    stator_random_init_stream(random, seed, stream_of(index, client, STREAM_TARGETS));
}

size_t stator_load_choice_draw(const struct stator_load_choice *choice,
                               struct stator_random *random)
{
    if (choice->zipf.sums != NULL) {
        return stator_zipf_draw(&choice->zipf, random);
    }
    return choice->count > 1 ? (size_t)stator_random_below(random, choice->count) : 0;
}
