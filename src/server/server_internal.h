/*
 * A server's inside, for a laboratory: what it may look at and put there that is nobody's business
 * who embeds one. Not part of the public interface.
 */
#ifndef STATOR_SERVER_SERVER_INTERNAL_H
#define STATOR_SERVER_SERVER_INTERNAL_H

#include <stddef.h>

#include "exchange/worker.h"
#include "stator/stator.h"

/* How many workers it has, and one of them, for index 0, 1, ... Lives: as long as the server. */
size_t stator_server_workers(const struct stator_server *server);
const struct stator_worker *stator_server_worker(const struct stator_server *server, size_t index);

/* Where it listens, for index 0, 1, ...; -1 after the last. Lives: as long as the server. */
int stator_server_listener(const struct stator_server *server, size_t index);

/* Puts emulated devices on all workers. Lives: `stage` must outlive the server. Threads: the
 * owner's, before stator_server_run. */
void stator_server_emulate(struct stator_server *server, const struct stator_emulation *emulation);

#endif
