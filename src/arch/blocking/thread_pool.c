/*
 * Threads and who works in them.
 *
 * Knows how a thread begins and ends; refuses to know what it does. The one surprising thing: a
 * thread is joined when its worker is hired again, because a thread that says that it is done still
 * has a few steps to go.
 */
#include "arch/blocking/thread_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/fd.h"

struct stator_crew_member {
    struct stator_crew *crew;
    struct stator_crew_member *next; /* idle: under it on the pile */
    struct stator_worker *worker;
    void *task;
    pthread_t thread;
    bool started; /* the thread was made and not joined yet */
};

int stator_crew_init(struct stator_crew *crew, struct stator_arch *arch,
                     struct stator_worker **workers, size_t count, stator_crew_work_fn *work,
                     stator_crew_done_fn *done)
{
    *crew = (struct stator_crew){
        .arch = arch, .work = work, .done = done, .count = count, .halt = {-1, -1}};
    crew->members = calloc(count, sizeof(*crew->members));
    if (crew->members == NULL) {
        return -ENOMEM;
    }
    pthread_mutex_init(&crew->lock, NULL);
    for (size_t i = count; i > 0; i--) {
        struct stator_crew_member *member = &crew->members[i - 1];

        *member =
            (struct stator_crew_member){.crew = crew, .worker = workers[i - 1], .next = crew->idle};
        crew->idle = member;
    }
    return stator_fd_wake_open(crew->halt);
}

void stator_crew_finish(struct stator_crew *crew)
{
    if (crew->members != NULL) {
        stator_fd_wake_close(crew->halt);
        pthread_mutex_destroy(&crew->lock);
        free(crew->members);
        crew->members = NULL;
    }
}

static struct stator_crew_member *take_idle(struct stator_crew *crew)
{
    struct stator_crew_member *member;

    pthread_mutex_lock(&crew->lock);
    member = crew->idle;
    if (member != NULL) {
        crew->idle = member->next;
        crew->busy++;
    }
    pthread_mutex_unlock(&crew->lock);
    return member;
}

static void put_idle(struct stator_crew_member *member)
{
    struct stator_crew *crew = member->crew;

    pthread_mutex_lock(&crew->lock);
    member->next = crew->idle;
    crew->idle = member;
    crew->busy--;
    pthread_mutex_unlock(&crew->lock);
}

static void *run_member(void *context)
{
    struct stator_crew_member *member = context;
    struct stator_crew *crew = member->crew;
    void *task = member->task;

    crew->work(crew->arch, member->worker, task);
    put_idle(member); /* the member may have another task from here on */
    if (crew->done != NULL) {
        crew->done(crew->arch, task);
    }
    return NULL;
}

static void join(struct stator_crew_member *member)
{
    if (member->started) {
        pthread_join(member->thread, NULL);
        member->started = false;
    }
}

static void tell_short(struct stator_crew *crew)
{
    size_t busy = stator_crew_busy(crew);

    if (busy > 0) {
        stator_arch_meet(crew->arch, STATOR_ARCH_SHORT, busy,
                         crew->arch->setup.workers[0]->clock.monotonic);
    }
}

bool stator_crew_hire(struct stator_crew *crew, void *task)
{
    struct stator_crew_member *member = take_idle(crew);
    sigset_t all, before;

    if (member == NULL) {
        return false;
    }
    join(member);
    member->task = task;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    member->started = pthread_create(&member->thread, NULL, run_member, member) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!member->started) {
        put_idle(member);
        tell_short(crew);
    }
    return member->started;
}

size_t stator_crew_busy(struct stator_crew *crew)
{
    size_t busy;

    pthread_mutex_lock(&crew->lock);
    busy = crew->busy;
    pthread_mutex_unlock(&crew->lock);
    return busy;
}

void stator_crew_join(struct stator_crew *crew)
{
    for (size_t i = 0; i < crew->count; i++) {
        join(&crew->members[i]);
    }
}

void stator_crew_halt(struct stator_crew *crew)
{
    stator_fd_wake(crew->halt);
}
