/* An event_base with the back-end that was asked for. */
#ifndef STATOR_ARCH_EVENT_BACKEND_H
#define STATOR_ARCH_EVENT_BACKEND_H

struct event_base;

/*
 * Makes a base for one thread. `backend` is "epoll", "poll", "select" ...; NULL takes the best.
 * Owns: the caller frees it (event_base_free). Returns: NULL where there is no such back-end, or no
 * memory.
 */
struct event_base *stator_backend_open(const char *backend);

#endif
