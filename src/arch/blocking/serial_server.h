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
struct stator_serial_gate {
    bool (*enter)(struct stator_arch *arch);
    void (*leave)(struct stator_arch *arch);
};

/* The first five are the owner's to set, all else starts zeroed. */
struct stator_serial_server {
    struct stator_arch *arch;
    struct stator_worker *worker;
    int wake;                              /* readable when the phase is to be looked at */
    bool yields;                           /* see stator_blocking_conn_run */
    const struct stator_serial_gate *gate; /* NULL: whoever comes first calls */
    struct stator_accept_grace grace;
    size_t next;  /* the listener whose turn it is */
    size_t moves; /* clients served and gates passed since the last wait */
};

/* What the design is to do now; from a stop on responses end their connections. */
enum stator_arch_phase stator_serial_server_phase(struct stator_serial_server *serial);

/* Serves who comes until the design is to stop, then who is there or on the way. */
void stator_serial_server_run(struct stator_serial_server *serial);

/* Serves one client, which was accepted elsewhere. Owns: takes the blocking socket `fd` over. */
void stator_serial_server_serve(struct stator_serial_server *serial, int fd, const char *peer);

/* Around a wait for clients: they count the worker's turns. */
void stator_serial_server_begin_wait(struct stator_serial_server *serial);
void stator_serial_server_end_wait(struct stator_serial_server *serial);

/* The design stops: serves who is in the queues already, or will be there in a moment. */
void stator_serial_server_serve_last(struct stator_serial_server *serial);

#endif
