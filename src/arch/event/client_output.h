/* What a client is to get: sent as far as it may be now. */
#ifndef STATOR_ARCH_EVENT_CLIENT_OUTPUT_H
#define STATOR_ARCH_EVENT_CLIENT_OUTPUT_H

#include "arch/event/client.h"

/* The client goes on later: when its socket is writable, or its job is done. False: it is lost.
 */
bool stator_client_block(struct stator_client *client, struct stator_span *in);

/*
 * Sends what may go now; `writable` says that the loop found the socket so. Returns: 0 when all is
 * sent, -EAGAIN when the client has to wait, another -errno when the connection is lost.
 */
int stator_client_send_some(struct stator_client *client, bool writable);

/* Sends what is to be sent, and stalls the client where that is not all. False: it is lost. */
bool stator_client_send(struct stator_client *client, struct stator_span *in);

#endif
