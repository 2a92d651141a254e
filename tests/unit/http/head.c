/* The fields of a response head, to the byte. */
#include "http/head.h"

#include <criterion/criterion.h>

Test(head, is_written_in_order)
{
    struct stator_text text = {0};
    stator_head_add(&text, STATOR_SPAN("ETag"), STATOR_SPAN("\"a, b\""));
    stator_head_add(&text, STATOR_SPAN("X-Empty"), (struct stator_span){NULL, 0});
    stator_head_add_number(&text, STATOR_SPAN("Content-Length"), UINT64_MAX);
    stator_head_add_number(&text, STATOR_SPAN("Age"), 0);
    stator_head_end(&text);
    struct stator_span wanted = STATOR_SPAN_INIT("ETag: \"a, b\"\r\n"
                                                 "X-Empty: \r\n"
                                                 "Content-Length: 18446744073709551615\r\n"
                                                 "Age: 0\r\n"
                                                 "\r\n");
    cr_expect(stator_span_equal(stator_text_span(&text), wanted), "%.*s", (int)text.length,
              text.at);
    cr_expect_not(text.failed);
    stator_text_finish(&text);
}

Test(head, keeps_a_failure)
{
    struct stator_text text = {0};
    stator_head_add(&text, STATOR_SPAN("A"), STATOR_SPAN("b"));
    size_t length = text.length;
    stator_text_reserve(&text, SIZE_MAX);
    stator_head_add(&text, STATOR_SPAN("A"), STATOR_SPAN("b"));
    stator_head_add_number(&text, STATOR_SPAN("A"), 1);
    stator_head_end(&text);
    cr_expect(text.failed);
    cr_expect_eq(text.length, length);
    stator_text_finish(&text);
}
