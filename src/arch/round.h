/*
 * What a loop that is written by hand does in every round besides waiting and asking its sockets:
 * accepts, counts, and sees to what time and the design's phase demand.
 */
#ifndef STATOR_ARCH_ROUND_H
#define STATOR_ARCH_ROUND_H

#include "arch/arch.h"
#include "arch/client.h"
#include "arch/linger.h"

struct stator_round {
    struct stator_arch *arch;
    struct stator_worker *worker;
    struct stator_clients clients;
    int64_t resume;  /* monotonic ms at which accepting goes on after a pause; 0: it does */
    uint64_t before; /* clients.moves when this round began */
    struct stator_linger linger;
};

/*
 * Makes rounds for the first worker of the design. With a `piece` the clients' sockets block; see
 * stator_clients.
 */
void stator_round_init(struct stator_round *round, struct stator_arch *arch, size_t piece);

/* Ends all connections, and writes the log. One that was never begun is let pass. */
void stator_round_finish(struct stator_round *round);

/* A wait is over, or a scan begins: reads the clock and counts. */
void stator_round_begin(struct stator_round *round);

/* All was done that there was to do; counts whether it was anything. */
void stator_round_end(struct stator_round *round);

/* True where listeners are to be asked: accepting neither pauses nor is over. */
bool stator_round_accepts(const struct stator_round *round);

/* Takes who waits on that listener, up to a batch of them; pauses accepting where none can be
 * taken. */
void stator_round_accept(struct stator_round *round, int listener);

/* Ends the client unless it `goes_on`, which is what a function of stator_client returned. */
void stator_round_settle(struct stator_client *client, bool goes_on);

/* Sees to deadlines, the log and the design's phase. False when the loop is to end. */
bool stator_round_attend(struct stator_round *round);

/* How many ms may pass until stator_round_attend is to be called again; -1: any. */
int64_t stator_round_patience(const struct stator_round *round);

#endif
