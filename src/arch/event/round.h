/*
 * What a loop that is written by hand does in every round besides waiting and asking its sockets:
 * accepts, counts, and sees to what time and the design's phase demand.
 */
#ifndef STATOR_ARCH_EVENT_ROUND_H
#define STATOR_ARCH_EVENT_ROUND_H

#include "arch/arch.h"
#include "arch/event/client.h"
#include "arch/sockets/accept_grace.h"

struct stator_round {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct stator_client_set clients;
    int64_t resume; /* monotonic ms at which accepting goes on after a pause; 0: it does */
    struct stator_accept_grace grace;
};

/*
 * Makes rounds for the first worker of the design. With a `piece` the clients' sockets block; see
 * stator_client_set.
 */
void stator_round_init(struct stator_round *round, struct stator_arch *arch, size_t piece);

/* Ends all connections, and writes the log. One that was never begun is let pass. */
void stator_round_finish(struct stator_round *round);

/* Waits until a socket is ready, or stator_round_patience is at its end. False where none is. */
typedef bool stator_round_wait_fn(struct stator_arch *arch);

/* Asks the sockets. */
typedef void stator_round_serve_fn(struct stator_arch *arch);

/*
 * Goes round until the design was stopped and drained, counts what each round was good for, and
 * finishes. Without `wait` it scans all the time.
 */
void stator_round_run(struct stator_round *round, stator_round_wait_fn *wait,
                      stator_round_serve_fn *serve);

/* Asks one client. False when it is at its end, as the functions of stator_client say. */
typedef bool stator_round_serve_one_fn(struct stator_client *client, void *context);

/* Asks all clients in turn, and ends those that are at their end. */
void stator_round_serve_each(struct stator_round *round, stator_round_serve_one_fn *serve_one,
                             void *context);

/* True where listeners are to be asked: accepting neither pauses nor is over. */
bool stator_round_accepts(const struct stator_round *round);

/* Takes who waits on that listener, up to a batch of them; pauses accepting where none can be
 * taken. */
void stator_round_accept(struct stator_round *round, int listener);

/* How many ms may pass until the next round; -1: any. */
int64_t stator_round_patience(const struct stator_round *round);

#endif
