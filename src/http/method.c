/*
 * Request methods by name.
 *
 * Knows the names alone; which methods a resource allows is the policy's to say. The one surprising
 * thing: "get" is unknown, because method names are case-sensitive (RFC 9110 9.1).
 */
#include "http/method.h"

static const struct stator_span names[] = {
    [STATOR_METHOD_GET] = STATOR_SPAN("GET"),
    [STATOR_METHOD_HEAD] = STATOR_SPAN("HEAD"),
    [STATOR_METHOD_OPTIONS] = STATOR_SPAN("OPTIONS"),
    [STATOR_METHOD_POST] = STATOR_SPAN("POST"),
    [STATOR_METHOD_PUT] = STATOR_SPAN("PUT"),
    [STATOR_METHOD_DELETE] = STATOR_SPAN("DELETE"),
    [STATOR_METHOD_PATCH] = STATOR_SPAN("PATCH"),
    [STATOR_METHOD_TRACE] = STATOR_SPAN("TRACE"),
    [STATOR_METHOD_CONNECT] = STATOR_SPAN("CONNECT"),
};

enum stator_method stator_method_parse(struct stator_span name)
{
    for (size_t i = STATOR_METHOD_GET; i < sizeof(names) / sizeof(names[0]); i++) {
        if (stator_span_equal(name, names[i])) {
            return (enum stator_method)i;
        }
    }
    return STATOR_METHOD_UNKNOWN;
}
