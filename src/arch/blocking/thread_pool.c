/*
 * Starts and joins the threads of a pool.
 *
 * A thread is joined when its worker is started again: a thread that has reported its end still
 * has a few instructions to run.
 */
#include "arch/blocking/thread_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/fd.h"

struct stator_pool_thread {
    struct stator_thread_pool *threads;
    struct stator_pool_thread *next; /* idle: under it on the pile */
    struct stator_worker *worker;
    void *task;
    pthread_t thread;
    bool started; /* the thread was made and not joined yet */
};

int stator_thread_pool_init(struct stator_thread_pool *threads, struct stator_arch *arch,
                            struct stator_worker **workers, size_t count,
                            stator_thread_pool_work_fn *work, stator_thread_pool_done_fn *done)
{
    *threads = (struct stator_thread_pool){
        .arch = arch, .work = work, .done = done, .count = count, .halt = {-1, -1}};
    threads->members = calloc(count, sizeof(*threads->members));
    if (threads->members == NULL) {
        return -ENOMEM;
    }
    pthread_mutex_init(&threads->lock, NULL);
    for (size_t i = count; i > 0; i--) {
        struct stator_pool_thread *member = &threads->members[i - 1];

        *member = (struct stator_pool_thread){
            .threads = threads, .worker = workers[i - 1], .next = threads->idle};
        threads->idle = member;
    }
    return stator_fd_wake_open(threads->halt);
}

void stator_thread_pool_finish(struct stator_thread_pool *threads)
{
    if (threads->members != NULL) {
        stator_fd_wake_close(threads->halt);
        pthread_mutex_destroy(&threads->lock);
        free(threads->members);
        threads->members = NULL;
    }
}

static struct stator_pool_thread *take_idle(struct stator_thread_pool *threads)
{
    struct stator_pool_thread *member;

    pthread_mutex_lock(&threads->lock);
    member = threads->idle;
    if (member != NULL) {
        threads->idle = member->next;
        threads->busy++;
    }
    pthread_mutex_unlock(&threads->lock);
    return member;
}

static void put_idle(struct stator_pool_thread *member)
{
    struct stator_thread_pool *threads = member->threads;

    pthread_mutex_lock(&threads->lock);
    member->next = threads->idle;
    threads->idle = member;
    threads->busy--;
    pthread_mutex_unlock(&threads->lock);
}

static void *run_member(void *context)
{
    struct stator_pool_thread *member = context;
    struct stator_thread_pool *threads = member->threads;
    void *task = member->task;

    threads->work(threads->arch, member->worker, task);
    put_idle(member); /* the member may have another task from here on */
    if (threads->done != NULL) {
        threads->done(threads->arch, task);
    }
    return NULL;
}

static void join(struct stator_pool_thread *member)
{
    if (member->started) {
        pthread_join(member->thread, NULL);
        member->started = false;
    }
}

static void report_shortage(struct stator_thread_pool *threads)
{
    size_t busy = stator_thread_pool_busy(threads);

    if (busy > 0) {
        stator_arch_report_condition(threads->arch, STATOR_ARCH_CONDITION_SHORTAGE, busy,
                                     threads->arch->setup.workers[0]->clock.monotonic);
    }
}

bool stator_thread_pool_start(struct stator_thread_pool *threads, void *task)
{
    struct stator_pool_thread *member = take_idle(threads);
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
        report_shortage(threads);
    }
    return member->started;
}

size_t stator_thread_pool_busy(struct stator_thread_pool *threads)
{
    size_t busy;

    pthread_mutex_lock(&threads->lock);
    busy = threads->busy;
    pthread_mutex_unlock(&threads->lock);
    return busy;
}

void stator_thread_pool_join(struct stator_thread_pool *threads)
{
    for (size_t i = 0; i < threads->count; i++) {
        join(&threads->members[i]);
    }
}

void stator_thread_pool_wake(struct stator_thread_pool *threads)
{
    stator_fd_wake(threads->halt);
}
