/*
 * Connections that the parent accepts and passes to a child that has nothing to do.
 *
 * A descriptor goes over the child's line (SCM_RIGHTS). The parent keeps its own copy until the
 * child says that it has it, so one that was on its way to a child that died goes to another.
 */
#ifndef STATOR_ARCH_PROCESSES_FD_PASSING_H
#define STATOR_ARCH_PROCESSES_FD_PASSING_H

#include "arch/blocking/serial_server.h"
#include "arch/processes/spawn.h"
#include "arch/sockets/conn_queue.h"

struct stator_fd_passing_child;

/* The parent's side. */
struct stator_fd_passing {
    struct stator_spawn *spawn;
    struct stator_fd_passing_child *slots; /* owned; one a child */
    struct stator_accepted *waiting;       /* owned; whose child died: there is none who has them */
    size_t waiting_count;
    size_t idle;  /* children that wait for a connection */
    size_t known; /* connections that no child has confirmed, those of `waiting` too */
};

/* Fails: -ENOMEM; stator_fd_passing_finish is allowed then too, and on a zeroed one. */
int stator_fd_passing_init(struct stator_fd_passing *pass, struct stator_spawn *spawn);

/* Ends, with a reset, what no child has. */
void stator_fd_passing_finish(struct stator_fd_passing *pass);

/* What the parent does, for stator_spawn_host; `context` is the pass. */
bool stator_fd_passing_accepts(void *context);
int stator_fd_passing_accept(void *context, size_t listener);
bool stator_fd_passing_has_pending(void *context);
void stator_fd_passing_on_message(void *context, size_t index, char message);
void stator_fd_passing_on_exit(void *context, size_t index);

/*
 * What a child does: serves the connections passed to it until the parent closes the channel
 * (serial->wake); then those that are left, as every serial server does.
 */
void stator_fd_passing_run(struct stator_serial_server *serial);

#endif
