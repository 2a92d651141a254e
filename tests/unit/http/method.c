/* Methods by name; names are case-sensitive: RFC 9110 9.1. */
#include "http/method.h"

#include <criterion/criterion.h>

Test(method, parse)
{
    static const struct {
        struct stator_span name;
        enum stator_method method;
    } rows[] = {
        {STATOR_SPAN_INIT("GET"), STATOR_METHOD_GET},
        {STATOR_SPAN_INIT("HEAD"), STATOR_METHOD_HEAD},
        {STATOR_SPAN_INIT("OPTIONS"), STATOR_METHOD_OPTIONS},
        {STATOR_SPAN_INIT("POST"), STATOR_METHOD_POST},
        {STATOR_SPAN_INIT("PUT"), STATOR_METHOD_PUT},
        {STATOR_SPAN_INIT("DELETE"), STATOR_METHOD_DELETE},
        {STATOR_SPAN_INIT("PATCH"), STATOR_METHOD_PATCH},
        {STATOR_SPAN_INIT("TRACE"), STATOR_METHOD_TRACE},
        {STATOR_SPAN_INIT("CONNECT"), STATOR_METHOD_CONNECT},
        {STATOR_SPAN_INIT("get"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN_INIT("GE"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN_INIT("GETS"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN_INIT("GET\0"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN_INIT("BREW"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN_INIT(""), STATOR_METHOD_UNKNOWN},
        {{NULL, 0}, STATOR_METHOD_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_method_parse(rows[i].name), rows[i].method, "row %zu", i);
    }
}
