/*
 * A server for one client at a time: it accepts a connection, serves it to its end with blocking
 * calls, and accepts the next. iterative runs one; every child of prefork runs its own.
 */
#ifndef STATOR_ARCH_BLOCKING_SERIAL_SERVER_H
#define STATOR_ARCH_BLOCKING_SERIAL_SERVER_H

#include "arch/arch.h"
#include "arch/sockets/accept_grace.h"

/*
 * Lets one serial server at a time accept. `enter` waits for that; false if it was interrupted.
 * `leave` is called after each `enter` that returned true.
 */
struct stator_serial_gate {
    bool (*enter)(struct stator_arch *arch);
    void (*leave)(struct stator_arch *arch);
};

/* The owner sets the first five; the rest starts zeroed. */
struct stator_serial_server {
    struct stator_arch *arch;
    struct stator_worker *worker;
    int wake;                              /* readable when the phase is to be looked at */
    bool yields;                           /* see stator_blocking_conn_run */
    const struct stator_serial_gate *gate; /* NULL: every server accepts at any time */
    struct stator_accept_grace grace;
    size_t next;  /* the listener whose turn it is */
    size_t moves; /* clients served and gates passed since the last wait */
};

/* What to do now. After a stop, responses end their connections. */
enum stator_arch_phase stator_serial_server_phase(struct stator_serial_server *serial);

/* Serves clients until the architecture stops, then those that are queued or arriving. */
void stator_serial_server_run(struct stator_serial_server *serial);

/* Serves one client that was accepted elsewhere. Owns: takes over the blocking socket `fd`. */
void stator_serial_server_serve(struct stator_serial_server *serial, int fd, const char *peer);

/* Call these before and after a wait for clients: they count the worker's activity. */
void stator_serial_server_begin_wait(struct stator_serial_server *serial);
void stator_serial_server_end_wait(struct stator_serial_server *serial);

/* The architecture stops: serves clients that are queued, or arrive within the grace time. */
void stator_serial_server_serve_last(struct stator_serial_server *serial);

#endif
