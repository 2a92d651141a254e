/* What a client has sent: received, kept, and put together again. */
#ifndef STATOR_ARCH_EVENT_CLIENT_INPUT_H
#define STATOR_ARCH_EVENT_CLIENT_INPUT_H

#include "arch/event/client.h"

/* What one receive brought: its bytes are in the shared buffer. */
struct stator_received {
    size_t count;
    bool nothing; /* none were there */
    bool lost;    /* the connection is */
};

/* One receive, with recv(2)'s flags; the connection is told where it was the end. */
struct stator_received stator_client_receive(struct stator_client *client, int flags);

/*
 * All input that is there, in one piece, of which `fresh` bytes are new in the shared buffer.
 * Lives: until the next receive of any client. Fails: false, memory is out.
 */
bool stator_client_join(struct stator_client *client, size_t received, struct stator_span *out);

/*
 * What is left of what join gave stays with the client. Fails: false, memory is out.
 */
bool stator_client_keep(struct stator_client *client, struct stator_span in);

#endif
