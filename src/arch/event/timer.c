/*
 * Sets timers. Knows libevent's way to say a time. The one surprising thing: one that is set keeps
 * its time, so that setting it again and again does not put it off for ever.
 */
#include "arch/event/timer.h"

#include <event2/event.h>

void stator_timer_arm(struct event *timer, int64_t ms)
{
    struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    if (!evtimer_pending(timer, NULL)) {
        evtimer_add(timer, &delay);
    }
}
