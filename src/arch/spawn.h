/*
 * A process per worker: the parent's side of every design that has children.
 *
 * The parent makes children, replaces those that die and ends them; it serves nobody. Between it
 * and each child there is a line, a pair of sockets. Its end says either of the other is gone, be
 * it by SIGKILL; and the parent shuts its side to say that the design's phase has changed. So a
 * child has one descriptor to wait for besides its clients: arch->lifeline.
 */
#ifndef STATOR_ARCH_SPAWN_H
#define STATOR_ARCH_SPAWN_H

#include "arch/arch.h"
#include "arch/linger.h"

/* How long after the order to end at once a child may still be there before it is killed. */
#define STATOR_SPAWN_PATIENCE_MS 3000

struct pollfd;
struct stator_spawn;

struct stator_spawn_host {
    /*
     * In the child: serves with arch->setup.workers[0], the only one it has there, and
     * arch->setup.listeners until the phase says otherwise. Its process ends when it returns, and
     * the worker's log is written then. No descriptor of the parent is open but those that these
     * need, and `arch->lifeline`.
     */
    void (*serve)(struct stator_arch *arch);

    /*
     * In the child, before descriptors are closed: chooses listeners; `index` says which child.
     * Returns: a descriptor that is kept too, or -1. NULL for nothing.
     */
    int (*settle)(struct stator_arch *arch, size_t index);

    bool keeps; /* children are made when the design begins and replaced when they die */

    /* In the parent, all of them NULL for nothing: */
    bool (*accepts)(struct stator_arch *arch);                /* it waits for listeners now */
    int (*accept)(struct stator_arch *arch, size_t listener); /* somebody came; -errno: pause */
    void (*hear)(struct stator_arch *arch, size_t index, char word); /* a child said something */
    void (*bury)(struct stator_arch *arch, size_t index);            /* a child has died */
    bool (*holds)(struct stator_arch *arch); /* it has a client in hand that no child has yet */
    bool drains; /* at a stop it goes on until nobody waits; else the children do that */
};

struct stator_spawn_child {
    pid_t pid;    /* 0: none */
    int line;     /* the parent's side; -1: none */
    int64_t born; /* monotonic ms */
    int64_t due;  /* the next one is not made before */
    unsigned deaths;
};

struct stator_spawn {
    struct stator_arch *arch;
    const struct stator_spawn_host *host;
    struct stator_spawn_child *children; /* owned; one a worker */
    struct pollfd *polled;               /* owned */
    size_t alive;
    int64_t now;       /* monotonic ms */
    int64_t resume_at; /* accepting goes on then */
    int64_t kill_at;   /* 0: nobody was told to end at once yet */
    bool told;         /* children know that they are to stop */
    bool emptied;      /* nobody has waited for the parent since */
    struct stator_linger linger;
    int wake[2];
};

/*
 * Gets ready; no child is made yet. `host` is borrowed. Fails: -errno; stator_spawn_finish is
 * allowed then too, and on a zeroed one.
 */
int stator_spawn_init(struct stator_spawn *spawn, struct stator_arch *arch,
                      const struct stator_spawn_host *host);

/* After stator_spawn_run has returned. */
void stator_spawn_finish(struct stator_spawn *spawn);

/*
 * Runs the design until it was stopped and every child is gone. Fails: -errno where the first
 * children cannot be made.
 */
int stator_spawn_run(struct stator_spawn *spawn);

/*
 * Makes the child of that index, which must not be there. Fails: -errno (-EAGAIN: there are too
 * many processes).
 */
int stator_spawn_start(struct stator_spawn *spawn, size_t index);

/* Makes the parent, or in a child that one alone, look at the phase. Async-signal-safe. */
void stator_spawn_stop(struct stator_spawn *spawn);

#endif
