/* Request methods: RFC 9110 9. Names are case-sensitive. */
#ifndef STATOR_HTTP_METHOD_H
#define STATOR_HTTP_METHOD_H

#include "base/span.h"

enum stator_method {
    STATOR_METHOD_UNKNOWN, /* a token that is no method we know: 501 */
    STATOR_METHOD_GET,
    STATOR_METHOD_HEAD,
    STATOR_METHOD_OPTIONS,
    STATOR_METHOD_POST,
    STATOR_METHOD_PUT,
    STATOR_METHOD_DELETE,
    STATOR_METHOD_PATCH,
    STATOR_METHOD_TRACE,
    STATOR_METHOD_CONNECT,
};

/* The method of that name, or STATOR_METHOD_UNKNOWN. */
enum stator_method stator_method_parse(struct stator_span name);

#endif
