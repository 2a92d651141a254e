/*
 * Request methods by name.
 *
 * Knows the names alone; which methods a resource allows is the policy's to say. The one surprising
 * thing: "get" is unknown, because method names are case-sensitive (RFC 9110 9.1).
 */
#include "http/method.h"

static const struct stator_span names[] = {
    [STATOR_METHOD_GET] = STATOR_SPAN_INIT("GET"),
    [STATOR_METHOD_HEAD] = STATOR_SPAN_INIT("HEAD"),
    [STATOR_METHOD_OPTIONS] = STATOR_SPAN_INIT("OPTIONS"),
    [STATOR_METHOD_POST] = STATOR_SPAN_INIT("POST"),
    [STATOR_METHOD_PUT] = STATOR_SPAN_INIT("PUT"),
    [STATOR_METHOD_DELETE] = STATOR_SPAN_INIT("DELETE"),
    [STATOR_METHOD_PATCH] = STATOR_SPAN_INIT("PATCH"),
    [STATOR_METHOD_TRACE] = STATOR_SPAN_INIT("TRACE"),
    [STATOR_METHOD_CONNECT] = STATOR_SPAN_INIT("CONNECT"),
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
