/*
 * Evens out the clients of loops that accept from the same sockets.
 *
 * A loop that wakes first would take a whole burst of connections, and keep them for as long as
 * they live; so one that has clearly more than another hands on what it just accepted.
 */
#ifndef STATOR_ARCH_EVENT_BALANCE_H
#define STATOR_ARCH_EVENT_BALANCE_H

#include <stdatomic.h>

#include "arch/sockets/conn_queue.h"
#include "observe/counters.h"

struct stator_balance;

/* Tells the loop whose balance it is that its queue has something. Any thread. */
typedef void stator_balance_wake_fn(struct stator_balance *balance);

struct stator_balance {
    struct stator_conn_queue queue;         /* what was handed to this loop and not taken yet */
    atomic_long handed;                     /* how many those are */
    const struct stator_counters *counters; /* its worker's, which tell how many clients it has */
    struct stator_balance *const *all;      /* of the loops that share */
    size_t count;                           /* of them; 0: this one is alone */
    int64_t max;                            /* clients that this loop may have */
    size_t next;                            /* whom to compare with next */
    stator_balance_wake_fn *wake;
};

/* A loop that is alone and has at most `most` clients. `counters` are borrowed. Fails: -ENOMEM. */
int stator_balance_init(struct stator_balance *balance, const struct stator_counters *counters,
                        size_t max, stator_balance_wake_fn *wake);

/* Ends what nobody took. */
void stator_balance_finish(struct stator_balance *balance);

/* Lets it share with `count` balances, itself among them; `all` is borrowed. Before they run. */
void stator_balance_share(struct stator_balance *balance, struct stator_balance *const *all,
                          size_t count);

/* A connection was accepted: true where it went to another loop, false where it stays here. */
bool stator_balance_hand_on(struct stator_balance *balance, const struct stator_accepted *accepted);

/* Takes a connection that another loop handed to this one. False where there is none. */
bool stator_balance_take(struct stator_balance *balance, struct stator_accepted *out);

#endif
