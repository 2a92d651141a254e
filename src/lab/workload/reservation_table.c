/*
 * Who has an emulated device when.
 *
 * Knows each channel's end and the gaps before it; refuses to know what is reserved for. The one
 * surprising thing: gaps in the past are kept, because whoever is woken late asks for a moment that
 * has gone by, and would else be served later than a real device had served it.
 */
#include "lab/workload/reservation_table.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define NANOSECONDS 1000000000

struct gap {
    int64_t begin, end;
};

struct channel {
    int64_t free_from; /* nothing is reserved from here on */
    size_t gap_count;
    struct gap gaps[STATOR_RESERVATION_TABLE_GAPS]; /* before that, in order, none empty */
};

struct stator_reservation_table {
    pthread_mutex_t lock; /* of all below */
    unsigned count;
    atomic_int_fast64_t busy; /* may be read without the lock, by a signal handler too */
    struct channel channels[];
};

/* Where a reservation would be. */
struct place {
    struct channel *channel;
    size_t gap; /* gap_count: behind all that is reserved */
    int64_t begin;
    int64_t idle; /* how long the channel would have been free before */
};

static size_t size_of(unsigned channels)
{
    return sizeof(struct stator_reservation_table) + channels * sizeof(struct channel);
}

static int init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    int error = pthread_mutexattr_init(&kind);

    if (error != 0) {
        return -error;
    }
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    error = pthread_mutex_init(lock, &kind);
    pthread_mutexattr_destroy(&kind);
    return -error;
}

int stator_reservation_table_create(unsigned channels, struct stator_reservation_table **out)
{
    struct stator_reservation_table *table;
    int error;

    if (channels == 0 || channels > STATOR_RESERVATION_TABLE_CHANNELS) {
        return -EINVAL;
    }
    table =
        mmap(NULL, size_of(channels), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED) {
        return -ENOMEM;
    }
    table->count = channels;
    error = init_lock(&table->lock);
    if (error < 0) {
        stator_reservation_table_destroy(table);
        return error;
    }
    *out = table;
    return 0;
}

void stator_reservation_table_destroy(struct stator_reservation_table *table)
{
    if (table != NULL) {
        munmap(table, size_of(table->count));
    }
}

/*
 * Somebody died within: the list that it was at may be half changed. Without its gaps a channel is
 * right again, if somewhat busier than it was.
 */
static void repair(struct stator_reservation_table *table)
{
    for (unsigned i = 0; i < table->count; i++) {
        table->channels[i].gap_count = 0;
    }
    pthread_mutex_consistent(&table->lock);
}

static void enter(struct stator_reservation_table *table)
{
    if (pthread_mutex_lock(&table->lock) == EOWNERDEAD) {
        repair(table);
    }
}

static void leave(struct stator_reservation_table *table)
{
    pthread_mutex_unlock(&table->lock);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The first place on the channel. */
static struct place place_on(struct channel *channel, int64_t arrival, int64_t service)
{
    struct place place = {.channel = channel};

    for (; place.gap < channel->gap_count; place.gap++) {
        const struct gap *gap = &channel->gaps[place.gap];

        place.begin = later(arrival, gap->begin);
        place.idle = place.begin - gap->begin;
        if (place.begin + service <= gap->end) {
            return place;
        }
    }
    place.begin = later(arrival, channel->free_from);
    place.idle = place.begin - channel->free_from;
    return place;
}

static void remove_gap(struct channel *channel, size_t index)
{
    channel->gap_count--;
    memmove(&channel->gaps[index], &channel->gaps[index + 1],
            (channel->gap_count - index) * sizeof(channel->gaps[0]));
}

/* Returns: where the next later gap stands now. */
static size_t insert_gap(struct channel *channel, size_t index, int64_t begin, int64_t end)
{
    if (begin >= end) {
        return index;
    }
    if (channel->gap_count == STATOR_RESERVATION_TABLE_GAPS) {
        if (index == 0) {
            return index; /* it would be the oldest */
        }
        remove_gap(channel, 0);
        index--;
    }
    memmove(&channel->gaps[index + 1], &channel->gaps[index],
            (channel->gap_count - index) * sizeof(channel->gaps[0]));
    channel->gaps[index] = (struct gap){begin, end};
    channel->gap_count++;
    return index + 1;
}

static void take(const struct place *place, int64_t service)
{
    struct channel *channel = place->channel;
    int64_t end = place->begin + service;
    size_t next = place->gap;

    if (place->gap == channel->gap_count) {
        insert_gap(channel, next, channel->free_from, place->begin);
        channel->free_from = end;
    } else {
        struct gap gap = channel->gaps[place->gap];

        remove_gap(channel, place->gap);
        next = insert_gap(channel, next, gap.begin, place->begin);
        insert_gap(channel, next, end, gap.end);
    }
}

int64_t stator_reservation_table_reserve(struct stator_reservation_table *table, int64_t arrival,
                                         int64_t service)
{
    struct place best;

    if (service <= 0) {
        return arrival;
    }
    enter(table);
    best = place_on(&table->channels[0], arrival, service);
    for (unsigned i = 1; i < table->count; i++) {
        struct place other = place_on(&table->channels[i], arrival, service);

        if (other.begin < best.begin || (other.begin == best.begin && other.idle < best.idle)) {
            best = other;
        }
    }
    take(&best, service);
    atomic_fetch_add(&table->busy, service);
    leave(table);
    return best.begin + service;
}

int64_t stator_reservation_table_busy(const struct stator_reservation_table *table)
{
    return atomic_load((atomic_int_fast64_t *)&table->busy);
}

void stator_reservation_table_sleep(int64_t until)
{
    struct timespec time = {.tv_sec = until / NANOSECONDS, .tv_nsec = until % NANOSECONDS};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}
