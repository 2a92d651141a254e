/* A server of the fixture in a thread of the test, and connections to it. */
#ifndef STATOR_WIRE_SERVER_H
#define STATOR_WIRE_SERVER_H

#include <pthread.h>

#include "stator/stator.h"
#include "wire/fixture.h"
#include "wire/targets.h"

struct wire_server {
    const struct wire_site *site;     /* borrowed */
    const struct wire_target *target; /* borrowed */
    struct stator_server *server;
    pthread_t thread;
    int result; /* of its run; the thread's until it is stopped */
};

/*
 * Serves a site under a design; `server` must stay where it is until it is stopped. Of two servers
 * at a time that share fixture and site, only one may be over a unix socket. Fails: the test ends.
 */
void wire_server_start(struct wire_server *server, const struct wire_site *site,
                       const struct wire_fixture *fixture, const struct wire_target *target);

/* Connects a blocking socket. Owns: the caller closes it. Fails: the test ends. */
int wire_server_connect(const struct wire_server *server);

/* Stops it at once, and expects that it ran well. */
void wire_server_stop(struct wire_server *server);

#endif
