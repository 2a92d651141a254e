/* The authority of a request: RFC 3986 3.2, as RFC 9110 4.2 allows it for http. */
#ifndef STATOR_HTTP_AUTHORITY_H
#define STATOR_HTTP_AUTHORITY_H

#include <stdbool.h>

#include "base/span.h"

/* True if `text` is a valid authority without userinfo: reg-name, IPv4 or [IPv6], maybe :port. */
bool stator_authority_is_valid(struct stator_span text);

#endif
