/*
 * The policy: what the answer to a request is. Reads like a table of contents; how things are done
 * is elsewhere (precondition, range, entry, listing, problem).
 */
#ifndef STATOR_EXCHANGE_RESPOND_H
#define STATOR_EXCHANGE_RESPOND_H

#include "exchange/response.h"
#include "exchange/worker.h"

/*
 * Decides the answer to a request whose head was understood. Never fails: what goes wrong inside
 * becomes a 5xx. `out` is initialized by the caller.
 */
void stator_respond(const struct stator_request *request, struct stator_worker *worker,
                    struct stator_response *out);

/*
 * The answer of the given error status, with a small body. `request` may be one that failed to
 * parse: its method and Accept are used as far as they are known. NULL is allowed.
 */
void stator_respond_error(const struct stator_request *request, enum stator_status status,
                          struct stator_response *out);

#endif
