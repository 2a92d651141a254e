/*
 * Waiting by epoll, edge-triggered: one call a connection, none a request.
 *
 * Knows epoll and this thread's timer slack; refuses to know what is waited for. The one surprising
 * thing: the slack, by which the kernel may wake a sleeper late (50 us), is given up while it is
 * used, for it would show in every response time of an open loop.
 */
#include "lab/load/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "lab/load/clock.h"

#define READY_MAX 64

struct stator_load_wait {
    int epoll;
    int slack; /* of this thread before */
};

int stator_load_wait_create(size_t capacity, struct stator_load_wait **out)
{
    struct stator_load_wait *wait = calloc(1, sizeof(*wait));

    (void)capacity;
    if (wait == NULL) {
        return -ENOMEM;
    }
    wait->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (wait->epoll < 0) {
        int code = -errno;

        free(wait);
        return code;
    }
    wait->slack = prctl(PR_GET_TIMERSLACK);
    prctl(PR_SET_TIMERSLACK, 1UL);
    *out = wait;
    return 0;
}

void stator_load_wait_destroy(struct stator_load_wait *wait)
{
    if (wait == NULL) {
        return;
    }
    if (wait->slack > 0) {
        prctl(PR_SET_TIMERSLACK, (unsigned long)wait->slack);
    }
    stator_fd_close(&wait->epoll);
    free(wait);
}

int stator_load_wait_add(struct stator_load_wait *wait, int fd, void *who)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = who};

    return epoll_ctl(wait->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

void stator_load_wait_want(struct stator_load_wait *wait, int fd, bool reading, bool writing)
{
    (void)wait;
    (void)fd;
    (void)reading;
    (void)writing;
}

void stator_load_wait_remove(struct stator_load_wait *wait, int fd)
{
    /* The kernel forgets a descriptor with its last close. */
    (void)wait;
    (void)fd;
}

int stator_load_wait_wait(struct stator_load_wait *wait, int64_t until,
                          struct stator_load_ready *ready, unsigned capacity)
{
    struct epoll_event events[READY_MAX];
    int64_t left = until - stator_load_now();
    struct timespec timeout = {0};
    int count;

    if (left > 0) {
        timeout.tv_sec = (time_t)(left / STATOR_NANOSECONDS);
        timeout.tv_nsec = (long)(left % STATOR_NANOSECONDS);
    }
    capacity = capacity < READY_MAX ? capacity : READY_MAX;
    count = epoll_pwait2(wait->epoll, events, (int)capacity, &timeout, NULL);
    if (count < 0 && errno == ENOSYS) {
        count =
            epoll_wait(wait->epoll, events, (int)capacity, left > 0 ? (int)(left / 1000000) : 0);
    }
    if (count < 0) {
        return -errno;
    }
    for (int i = 0; i < count; i++) {
        ready[i] = (struct stator_load_ready){
            .who = events[i].data.ptr,
            .ended = (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
        };
    }
    return count;
}
