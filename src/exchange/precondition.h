/*
 * Conditional requests: RFC 9110 13, in the precedence of 13.2.2. Pure: a request and a
 * representation's validators in, a verdict out.
 */
#ifndef STATOR_EXCHANGE_PRECONDITION_H
#define STATOR_EXCHANGE_PRECONDITION_H

#include "content/entry.h"
#include "http/request.h"

enum stator_precondition {
    STATOR_PRECONDITION_GO_ON, /* perform the method */
    STATOR_PRECONDITION_FAILED,
    STATOR_PRECONDITION_NOT_MODIFIED,
};

/*
 * Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since for a representation
 * that exists. `now` is in seconds since 1970. A malformed If-Match never matches (the safe way to
 * fail); a malformed If-None-Match or date is ignored.
 */
enum stator_precondition stator_precondition_evaluate(const struct stator_request *request,
                                                      const struct stator_entry *entry,
                                                      int64_t now);

/*
 * True if Range may be honoured: there is no If-Range, or it names this very representation (a
 * strong match, or a date equal to a Last-Modified that is strong: RFC 9110 13.1.5, 8.8.2.2).
 */
bool stator_precondition_range_holds(const struct stator_request *request,
                                     const struct stator_entry *entry, int64_t now);

#endif
