/*
 * A process per worker: the parent's side of every design that has children.
 *
 * The parent makes children, replaces those that die and ends them; it serves nobody.
 */
#ifndef STATOR_ARCH_PROCESSES_SPAWN_H
#define STATOR_ARCH_PROCESSES_SPAWN_H

#include "arch/processes/child.h"
#include "arch/sockets/accept_grace.h"

/* How long after the order to end at once a child may still be there before it is killed. */
#define STATOR_SPAWN_PATIENCE_MS 3000

struct pollfd;
struct stator_spawn;

struct stator_spawn_host {
    struct stator_child_life life;

    /* Children are made at the start and replaced when they die. */
    bool respawns;
    /* After a stop the parent goes on accepting while connections arrive; else the children do. */
    bool parent_accepts_on_drain;

    /* In the parent, with the host's context; all of them NULL for nothing. */
    bool (*accepts)(void *context);                /* it waits for listeners now */
    int (*accept)(void *context, size_t listener); /* somebody came; -errno: pause */
    bool (*has_pending)(void *context); /* it has a client in hand that no child has yet */
    void (*on_message)(void *context, size_t index, char message); /* a child said something */
    void (*on_exit)(void *context, size_t index);                  /* a child has died */
};

struct stator_spawn {
    struct stator_arch *arch;
    const struct stator_spawn_host *host;
    void *context;
    struct stator_child *children; /* owned; one a worker */
    struct pollfd *polled;         /* owned */
    size_t alive;
    int64_t now;       /* monotonic ms */
    int64_t resume_at; /* accepting goes on then */
    int64_t kill_at;   /* 0: nobody was told to end at once yet */
    bool told;         /* children know that they are to stop */
    bool emptied;      /* nobody has waited for the parent since */
    struct stator_accept_grace grace;
    int wake[2];
};

/*
 * Gets ready; no child is made yet. `host` and its `context` are borrowed. Fails: -errno;
 * stator_spawn_finish is allowed then too, and on a zeroed one.
 */
int stator_spawn_init(struct stator_spawn *spawn, struct stator_arch *arch,
                      const struct stator_spawn_host *host, void *context);

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
