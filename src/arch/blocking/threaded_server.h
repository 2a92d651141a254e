/*
 * A lobby and a crew: what the designs share in which blocking threads serve.
 *
 * The calling thread runs the lobby with the first worker; the others are the crew's. A design says
 * what a thread is made for, and how a guest gets to one.
 */
#ifndef STATOR_ARCH_BLOCKING_THREADED_SERVER_H
#define STATOR_ARCH_BLOCKING_THREADED_SERVER_H

#include "arch/blocking/dispatcher.h"
#include "arch/blocking/run_queue.h"
#include "arch/blocking/thread_pool.h"

/* A design's own struct begins with it. */
struct stator_crewed {
    struct stator_arch arch;
    struct stator_lobby *lobby;
    struct stator_crew crew;
};

/*
 * Makes the lobby and the crew. Fails: -EINVAL where there are fewer than two workers; -errno; the
 * design's finish is allowed then.
 */
int stator_crewed_init(struct stator_arch *arch, const struct stator_guests_host *host,
                       stator_crew_work_fn *work, stator_crew_done_fn *done);
void stator_crewed_finish(struct stator_arch *arch);

/*
 * Runs the lobby, then closes `count` lines, waits for the crew, and ends who is left.
 * Fails: -errno.
 */
int stator_crewed_run(struct stator_arch *arch, struct stator_line *lines, size_t count);

/* For the design's stop. */
void stator_crewed_stop(struct stator_arch *arch);

/*
 * Serves a guest in a thread of the crew: one request, or all there will be. The guest is then to
 * be returned to its lobby.
 */
void stator_crewed_serve(struct stator_arch *arch, struct stator_worker *worker,
                         struct stator_guest *guest, bool one);

/* The same where the thread ends with it: nothing of it is left to be written to the log. */
void stator_crewed_serve_last(struct stator_arch *arch, struct stator_worker *worker,
                              struct stator_guest *guest, bool one);

/*
 * Serves and returns a guest in the lobby's thread: the last resort where the system gives no
 * thread and none is at work. Others wait meanwhile.
 */
void stator_crewed_stand_in(struct stator_arch *arch, struct stator_guest *guest, bool one);

/*
 * Has a thread made for the guest, or stands in for it. False where those at work make room; for
 * stator_guests_take_fn.
 */
bool stator_crewed_hire(struct stator_arch *arch, struct stator_guest *guest, bool one);

/* Returns the guest that a thread was made for: for stator_crew_done_fn. */
void stator_crewed_return(struct stator_arch *arch, void *guest);

/* Serves and returns whoever comes along the line, until it is closed and empty. */
void stator_crewed_attend(struct stator_arch *arch, struct stator_worker *worker,
                          struct stator_line *line, bool one);

#endif
