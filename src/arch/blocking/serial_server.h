/*
 * A desk: clients are called from the listeners one by one, and each is served to its end with
 * blocking calls. What a process with one client at a time does, be it the only one or one of many.
 */
#ifndef STATOR_ARCH_BLOCKING_SERIAL_SERVER_H
#define STATOR_ARCH_BLOCKING_SERIAL_SERVER_H

#include "arch/arch.h"
#include "arch/sockets/accept_grace.h"

/*
 * Lets one desk a time call clients: comes back when it is this one's turn, or 0 is false.
 * `leave` is called after it came back with true.
 */
struct stator_desk_gate {
    bool (*enter)(struct stator_arch *arch);
    void (*leave)(struct stator_arch *arch);
};

/* The first five are the owner's to set, all else starts zeroed. */
struct stator_desk {
    struct stator_arch *arch;
    struct stator_worker *worker;
    int wake;                            /* readable when the phase is to be looked at */
    bool gives_way;                      /* see stator_drive_block */
    const struct stator_desk_gate *gate; /* NULL: whoever comes first calls */
    struct stator_linger linger;
    size_t next;  /* the listener whose turn it is */
    size_t moves; /* clients served and gates passed since the last wait */
};

/* What the design is to do now; from a stop on responses end their connections. */
enum stator_arch_phase stator_desk_phase(struct stator_desk *desk);

/* Serves who comes until the design is to stop, then who is there or on the way. */
void stator_desk_run(struct stator_desk *desk);

/* Serves one client, which was accepted elsewhere. Owns: takes the blocking socket `fd` over. */
void stator_desk_serve(struct stator_desk *desk, int fd, const char *peer);

/* Around a wait for clients: they count the worker's turns. */
void stator_desk_begin_wait(struct stator_desk *desk);
void stator_desk_end_wait(struct stator_desk *desk);

/* The design stops: serves who is in the queues already, or will be there in a moment. */
void stator_desk_serve_last(struct stator_desk *desk);

#endif
