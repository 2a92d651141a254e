/* Methods by name; names are case-sensitive: RFC 9110 9.1. */
#include "http/method.h"

#include <criterion/criterion.h>

Test(method, parse)
{
    static const struct {
        struct stator_span name;
        enum stator_method method;
    } rows[] = {
        {STATOR_SPAN("GET"), STATOR_METHOD_GET},
        {STATOR_SPAN("HEAD"), STATOR_METHOD_HEAD},
        {STATOR_SPAN("OPTIONS"), STATOR_METHOD_OPTIONS},
        {STATOR_SPAN("POST"), STATOR_METHOD_POST},
        {STATOR_SPAN("PUT"), STATOR_METHOD_PUT},
        {STATOR_SPAN("DELETE"), STATOR_METHOD_DELETE},
        {STATOR_SPAN("PATCH"), STATOR_METHOD_PATCH},
        {STATOR_SPAN("TRACE"), STATOR_METHOD_TRACE},
        {STATOR_SPAN("CONNECT"), STATOR_METHOD_CONNECT},
        {STATOR_SPAN("get"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN("GE"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN("GETS"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN("GET\0"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN("BREW"), STATOR_METHOD_UNKNOWN},
        {STATOR_SPAN(""), STATOR_METHOD_UNKNOWN},
        {{NULL, 0}, STATOR_METHOD_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_method_parse(rows[i].name), rows[i].method, "row %zu", i);
    }
}
