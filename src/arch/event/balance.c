/*
 * Who gets a connection.
 *
 * Knows how many clients each loop has; refuses to know loops. The one surprising thing: it
 * compares with one other loop a time, each in turn, which is enough to even them out (two choices
 * instead of one) and costs the same with two loops and with two hundred.
 */
#include "arch/event/balance.h"

#include "arch/sockets/acceptor.h"

/* How many may wait to be taken: where so many do, their loop is too busy to be given any more. */
#define QUEUE_MAX STATOR_ACCEPT_BATCH

/* A lead that is not worth handing on for: this, and an eighth of what the other one has. */
#define SLACK 2

int stator_balance_init(struct stator_balance *balance, const struct stator_counters *counters,
                        size_t max, stator_balance_wake_fn *wake)
{
    *balance = (struct stator_balance){.counters = counters, .max = (int64_t)max, .wake = wake};
    atomic_init(&balance->handed, 0);
    return stator_conn_queue_init(&balance->queue, QUEUE_MAX);
}

void stator_balance_finish(struct stator_balance *balance)
{
    stator_conn_queue_finish(&balance->queue);
}

void stator_balance_share(struct stator_balance *balance, struct stator_balance *const *all,
                          size_t count)
{
    balance->all = all;
    balance->count = count;
}

/* Read from another thread it may be a few off, which does no harm. */
static int64_t clients_of(struct stator_balance *balance)
{
    int64_t ended = (int64_t)stator_counter_read(&balance->counters->closed);
    int64_t begun = (int64_t)stator_counter_read(&balance->counters->accepted);

    return begun - ended + atomic_load_explicit(&balance->handed, memory_order_relaxed);
}

/* The next one to compare with: each of the others in turn. */
static struct stator_balance *next_other(struct stator_balance *balance)
{
    struct stator_balance *other;

    do {
        other = balance->all[balance->next];
        balance->next = (balance->next + 1) % balance->count;
    } while (other == balance);
    return other;
}

static struct stator_balance *choose(struct stator_balance *balance)
{
    struct stator_balance *other = next_other(balance);
    int64_t theirs = clients_of(other);
    bool leads = clients_of(balance) > theirs + SLACK + theirs / 8;

    return leads && theirs < other->max ? other : balance;
}

bool stator_balance_hand_on(struct stator_balance *balance, const struct stator_accepted *accepted)
{
    struct stator_balance *to = balance->count > 1 ? choose(balance) : balance;

    if (to == balance) {
        return false;
    }
    atomic_fetch_add_explicit(&to->handed, 1, memory_order_relaxed);
    if (!stator_conn_queue_put(&to->queue, accepted)) {
        atomic_fetch_sub_explicit(&to->handed, 1, memory_order_relaxed);
        return false;
    }
    to->wake(to);
    return true;
}

bool stator_balance_take(struct stator_balance *balance, struct stator_accepted *out)
{
    if (!stator_conn_queue_take(&balance->queue, out)) {
        return false;
    }
    atomic_fetch_sub_explicit(&balance->handed, 1, memory_order_relaxed);
    return true;
}
