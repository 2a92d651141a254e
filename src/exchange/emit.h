/* Turns a response into an output: the head, then as much of the body as one output can say. */
#ifndef STATOR_EXCHANGE_EMIT_H
#define STATOR_EXCHANGE_EMIT_H

#include "exchange/output.h"
#include "exchange/response.h"
#include "exchange/worker.h"

/*
 * Puts the next piece of the response on `out`: first the head with the body, or with the first
 * part of a multipart body; later calls, each after `out` was drained, one further part. `out` is
 * empty, or was folded into worker->head, and then the piece follows what stands there. Returns: 1
 * while more pieces follow (out->more is set), 0 with the last one, -errno when memory is out (the
 * connection must be cut).
 */
int stator_emit(struct stator_response *response, struct stator_worker *worker,
                struct stator_output *out);

/* The body's length, as Content-Length says it: of all parts together for a multipart one. */
uint64_t stator_response_length(const struct stator_response *response);

#endif
