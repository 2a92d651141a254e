/* Accept: which media types a client prefers, with weights: RFC 9110 12.4.2 and 12.5.1. */
#ifndef STATOR_HTTP_ACCEPT_H
#define STATOR_HTTP_ACCEPT_H

#include "base/span.h"

/*
 * The weight, 0 to 1000, that one Accept field value gives `type` ("text/html"): the most specific
 * matching media-range decides (type/subtype, then type/[*], then [*]/[*]; a range with parameters
 * other than q matches only types that have them, so never ours). Weights are read to three
 * decimals; a malformed member is skipped. Returns -1 where no range matches.
 */
int stator_accept_quality(struct stator_span accept, struct stator_span type);

#endif
