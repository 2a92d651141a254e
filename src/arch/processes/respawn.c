/*
 * How long to wait for the next child.
 *
 * Knows how long the last ones lived; refuses to know clocks and processes. The one surprising
 * thing: the first that dies young is followed at once, for what kills one seldom kills two.
 */
#include "arch/processes/respawn.h"

int64_t stator_respawn_delay(int64_t lived, unsigned *deaths)
{
    int64_t delay = STATOR_RESPAWN_MIN_MS;

    if (lived >= STATOR_RESPAWN_LIFE_MS) {
        *deaths = 0;
        return 0;
    }
    if ((*deaths)++ == 0) {
        return 0;
    }
    for (unsigned i = 2; i < *deaths && delay < STATOR_RESPAWN_MAX_MS; i++) {
        delay *= 2;
    }
    return delay < STATOR_RESPAWN_MAX_MS ? delay : STATOR_RESPAWN_MAX_MS;
}
