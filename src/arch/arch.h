/*
 * A server design: who waits, and on what. One file each, behind this interface.
 *
 * The core (conn and below) is the same under all of them. A design gets listening sockets and
 * workers and runs until it is told to stop; it neither parses nor answers.
 */
#ifndef STATOR_ARCH_ARCH_H
#define STATOR_ARCH_ARCH_H

#include <stdatomic.h>
#include <sys/types.h>

#include "arch/arch_option.h"
#include "exchange/worker.h"

/* What a design can do; tests and reports read them, code never branches on a name. */
enum stator_arch_trait {
    STATOR_ARCH_TRAIT_MULTIPLEXED = 1, /* many connections at a time in one thread of control */
    STATOR_ARCH_TRAIT_MULTICORE = 2,   /* uses as many workers as it is given */
    STATOR_ARCH_TRAIT_ISOLATED = 4, /* a worker is a process: a crash loses its own clients alone */
    STATOR_ARCH_TRAIT_ON_DEMAND =
        8, /* a thread or process is made for each client: workers bound them */
};

struct stator_arch;

typedef int stator_arch_init_fn(struct stator_arch *arch);
typedef int stator_arch_run_fn(struct stator_arch *arch);
typedef void stator_arch_stop_fn(struct stator_arch *arch);
typedef void stator_arch_finish_fn(struct stator_arch *arch);

/* How many workers the design is to be given. `asked` is what the user said, 0 for nothing. */
typedef size_t stator_arch_workers_fn(const long options[STATOR_ARCH_OPTIONS_MAX], size_t asked,
                                      size_t processors);

struct stator_arch_impl {
    const char *name;    /* as typed: --arch=event; the label in reports */
    const char *summary; /* one line for people */
    const char *source;  /* the design's textbook or paper */
    unsigned traits;
    size_t clients_max;      /* the most clients that a worker of it can have; 0: no bound */
    const char *clients_why; /* what bounds them */
    const struct stator_arch_option *options; /* ends with a NULL name; NULL for none */
    size_t size; /* bytes that are allocated; a struct stator_arch comes first in them */

    stator_arch_workers_fn *workers; /* NULL: one, or with MULTICORE one a processor */
    stator_arch_init_fn *init;       /* gets ready; may fail, finish is called then too */
    stator_arch_run_fn *run;         /* serves in the calling thread until stopped */
    stator_arch_stop_fn *stop;       /* makes run look at the phase; async-signal-safe */
    stator_arch_finish_fn *finish;   /* gives back what init took */
};

/* The most addresses that a design which polls them itself can listen on. */
#define STATOR_ARCH_LISTENERS_MAX 64

/* What an operator should hear of: the design goes on, but not as it was asked to. */
enum stator_arch_condition {
    STATOR_ARCH_CONDITION_SHORTAGE, /* fewer threads or processes than wanted */
    STATOR_ARCH_CONDITION_CRASHING, /* processes die, and their successors do so within a second */
};
#define STATOR_ARCH_CONDITION_COUNT 2

/* One that was not met for so many ms is over; the next time it begins anew. */
#define STATOR_ARCH_QUIET_MS 60000

/*
 * Called when a trouble begins, not each time that it is met; `count` is how many threads or
 * processes there are just then. Threads: the one that called stator_arch_run; it must not wait.
 */
typedef void stator_arch_condition_fn(void *context, enum stator_arch_condition condition,
                                      size_t count);

struct stator_arch_setup {
    const int *listeners; /* listening, non-blocking; borrowed */
    size_t listener_count;
    struct stator_worker **workers; /* at least one; borrowed */
    size_t worker_count;
    int64_t drain;                          /* ms that responses get to finish once stopped */
    stator_arch_condition_fn *on_condition; /* NULL: nobody is told */
    void *context;                          /* of on_trouble */
};

enum stator_arch_phase {
    STATOR_ARCH_PHASE_RUN,
    STATOR_ARCH_PHASE_DRAIN, /* accept what is queued, finish what is under way */
    STATOR_ARCH_PHASE_STOP,  /* end at once */
};

struct stator_arch {
    const struct stator_arch_impl *impl;
    struct stator_arch_setup setup;
    long options[STATOR_ARCH_OPTIONS_MAX]; /* in the order of impl->knobs */
    atomic_int *stops;                     /* how often it was told to; its processes share it */
    atomic_int stops_here;    /* how often this process alone was told to, where it is a child */
    pid_t owner;              /* the process that created the design */
    int lifeline;             /* in a child: at its end once the parent is gone; -1 in the owner */
    atomic_llong drain_until; /* monotonic ms; 0 before the first stop was seen */
    int64_t met
        [STATOR_ARCH_CONDITION_COUNT]; /* monotonic ms at which a trouble was met last; 0: never */
};

/*
 * Allocates the design and gets it ready. `setup` is copied, what it points to must outlive it;
 * `knobs` as stator_arch_options_parse wrote them.
 * Fails: -errno, `out` untouched.
 */
int stator_arch_create(const struct stator_arch_impl *impl, const struct stator_arch_setup *setup,
                       const long options[STATOR_ARCH_OPTIONS_MAX], struct stator_arch **out);
void stator_arch_destroy(struct stator_arch *arch);

/* Serves until stopped. Fails: -errno. */
int stator_arch_run(struct stator_arch *arch);

/*
 * First call: drain; second: stop. In the process that created the design it tells all of them, in
 * a child just this one. Any thread; async-signal-safe.
 */
void stator_arch_stop(struct stator_arch *arch);

/*
 * A design has met a trouble: whoever wants to know is told, once for as long as it lasts. `count`
 * and the thread as stator_arch_condition_fn says; `now` in monotonic ms.
 */
void stator_arch_report_condition(struct stator_arch *arch, enum stator_arch_condition condition,
                                  size_t count, int64_t now);

/* What the design is to do now; `now` in monotonic ms. */
enum stator_arch_phase stator_arch_phase(struct stator_arch *arch, int64_t now);

#endif
